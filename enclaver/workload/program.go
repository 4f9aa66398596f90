// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/escrin/escrin/guestagent/config"
)

// FindProgram looks for what a container's first process executes, as the guest's runtime does: by its path, or in the directories of PATH.
// An error says that the image does not have it; a volume or the confidential config may still bring it.
func FindProgram(p config.Process, image fs.FS) error {
	name := p.Args[0]
	if strings.Contains(name, "/") {
		if !executable(image, p.Cwd, name) {
			return fmt.Errorf("the image has no program %s that can be executed", name)
		}
		return nil
	}
	var list string
	for _, variable := range p.Env {
		if value, ok := strings.CutPrefix(variable, "PATH="); ok {
			list = value
		}
	}
	for dir := range strings.SplitSeq(list, ":") {
		if executable(image, p.Cwd, path.Join(dir, name)) {
			return nil
		}
	}
	return fmt.Errorf("the image has no program %s that can be executed in its PATH, which is %s", name, list)
}

// executable tells whether a path leads to a file that somebody may execute.
func executable(image fs.FS, cwd, name string) bool {
	if !path.IsAbs(name) {
		name = path.Join("/", cwd, name)
	}
	info, err := fs.Stat(image, strings.TrimPrefix(path.Clean(name), "/"))
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}
