// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// builder is a way to build the base: the program of this package, started otherwise.
type builder struct {
	name   string
	dir    string   // where it starts; the module's root if empty
	before []string // words before the command
	env    []string // beside the user's own
	system syscall.SysProcAttr
}

// TestSC01SameBytesUnderVariations builds as other people on other machines would.
func TestSC01SameBytesUnderVariations(t *testing.T) {
	want := build(t, small)
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "guestbase")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build guestbase: %v\n%s", err, out)
	}
	for _, b := range variations(t, root) {
		t.Run(b.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "base")
			words := append(b.before, program, "-o", out)
			cmd := exec.Command(words[0], words[1:]...)
			cmd.Dir, cmd.Env, cmd.SysProcAttr = root, append(os.Environ(), b.env...), &b.system
			if b.dir != "" {
				cmd.Dir = b.dir
			}
			if report, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("guestbase: %v\n%s", err, report)
			}
			for name, content := range want.files {
				got, err := os.ReadFile(filepath.Join(out, name))
				if err != nil {
					t.Fatal(err)
				}
				if describe(got) != describe(content) {
					t.Errorf("%s differs", name)
				}
			}
		})
	}
}

func variations(t *testing.T, root string) []builder {
	elsewhere := copyModule(t, root)
	settings := filepath.Join(t.TempDir(), "goenv")
	if err := os.WriteFile(settings, []byte("GOAMD64=v3\nGOFLAGS=-ldflags=-X=main.version=1\nCGO_ENABLED=1\nGOTOOLCHAIN=local\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return []builder{
		{name: "again"},
		{name: "umask", before: []string{"sh", "-c", `umask 077; exec "$@"`, "sh"}},
		{name: "locale and time zone", env: []string{"LC_ALL=tr_TR.UTF-8", "LANG=tr_TR.UTF-8", "TZ=Pacific/Chatham"}},
		{name: "one core", before: []string{"taskset", "1"}, env: []string{"GOMAXPROCS=1"}},
		{name: "more threads than cores", env: []string{"GOMAXPROCS=61"}},
		{name: "memory file system", env: []string{"TMPDIR=/dev/shm"}},
		{name: "settings in the environment", env: []string{"GOFLAGS=-race -tags=netgo", "GOAMD64=v3", "GOEXPERIMENT=greenteagc", "CGO_ENABLED=1", "CGO_CFLAGS=-O0 -g",
			"GOFIPS140=latest", "GOOS=plan9", "SOURCE_DATE_EPOCH=1"}},
		{name: "settings in a file", env: []string{"GOENV=" + settings}},
		{name: "no compiler of C", env: []string{"CC=/nonexistent", "CXX=/nonexistent"}},
		{name: "other directory, user, home and day, nothing compiled before", dir: elsewhere,
			env: []string{"HOME=" + t.TempDir(), "GOCACHE=" + t.TempDir(), "USER=other", "ESCRIN_CACHE=" + defaultCache(),
				"GOMODCACHE=" + moduleCache(t)},
			system: syscall.SysProcAttr{
				Cloneflags:  syscall.CLONE_NEWUSER,
				UidMappings: []syscall.SysProcIDMap{{ContainerID: 4711, HostID: os.Getuid(), Size: 1}},
				GidMappings: []syscall.SysProcIDMap{{ContainerID: 4712, HostID: os.Getgid(), Size: 1}},
			}},
	}
}

func moduleCache(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// copyModule copies what Go builds from to another directory, dated another day.
func copyModule(t *testing.T, root string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "another place", "with a longer name")
	day := time.Unix(86400, 0)
	others := []string{"scripts/guestkernel", "scripts/guestruntime", "scripts/guestruntime/source", "guestagent/workload/seccomp"} // whose files are all built from
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "build" || d.Name() == "bin" || strings.HasPrefix(d.Name(), ".") && name != ".") {
			return fs.SkipDir
		}
		if !d.Type().IsRegular() || filepath.Ext(name) != ".go" && !slices.Contains([]string{"go.mod", "go.sum"}, d.Name()) && !slices.Contains(others, filepath.Dir(name)) {
			return nil
		}
		copyFile(t, path, filepath.Join(dir, name))
		return os.Chtimes(filepath.Join(dir, name), day, day)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o644); err != nil {
		t.Fatal(err)
	}
}
