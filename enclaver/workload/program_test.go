// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/escrin/escrin/guestagent/config"
)

// TestProgramsAreLookedForAsTheRuntimeDoes: by a path, absolute or from the working directory, through links, and a bare name in PATH.
func TestProgramsAreLookedForAsTheRuntimeDoes(t *testing.T) {
	image := fstest.MapFS{
		"usr/bin/app":    {Mode: 0o755},
		"usr/bin/owners": {Mode: 0o100},
		"usr/bin/notes":  {Mode: 0o644},
		"usr/bin/folder": {Mode: fs.ModeDir | 0o755},
		"bin":            {Mode: fs.ModeSymlink | 0o777, Data: []byte("usr/bin")},
		"usr/bin/link":   {Mode: fs.ModeSymlink | 0o777, Data: []byte("app")},
		"usr/bin/broken": {Mode: fs.ModeSymlink | 0o777, Data: []byte("gone")},
		"srv/run.sh":     {Mode: 0o755},
	}
	for _, c := range []struct {
		program, cwd, path string
		found              bool
	}{
		{"/usr/bin/app", "/", "", true},
		{"/bin/app", "/", "", true},
		{"/bin/link", "/", "", true},
		{"/usr/bin/owners", "/", "", true},
		{"/usr/bin/notes", "/", "", false},
		{"/usr/bin/folder", "/", "", false},
		{"/usr/bin/broken", "/", "", false},
		{"/usr/bin/gone", "/", "/usr/bin", false},
		{"/", "/", "", false},
		{"./run.sh", "/srv", "", true},
		{"./run.sh", "/", "/srv", false},
		{"../srv/run.sh", "/usr", "", true},
		{"app", "/", "/sbin:/bin", true},
		{"app", "/", "/sbin", false},
		{"app", "/usr/bin", "/sbin", false},
		{"app", "/usr/bin", "/sbin:", true}, // an empty one is where it is
		{"app", "/usr", "bin", true},
		{"app", "/", "", false},
		{"notes", "/", "/usr/bin", false},
	} {
		p := config.Process{Args: []string{c.program, "-v"}, Env: []string{"A=b", "PATH=" + c.path}, Cwd: c.cwd}
		if err := FindProgram(p, image); (err == nil) != c.found {
			t.Errorf("%s in %s with PATH=%s: %v", c.program, c.cwd, c.path, err)
		}
	}
}
