// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/imagetest"
)

// image writes an OCI layout with one layer that holds the given programs, and returns its reference.
func image(t *testing.T, config v1.Config, programs map[string][]byte) string {
	t.Helper()
	var files []imagetest.File
	for _, name := range slices.Sorted(maps.Keys(programs)) {
		files = append(files, imagetest.File{Name: name, Data: string(programs[name]), Mode: 0o755})
	}
	image := imagetest.Image(config, imagetest.Tar(files...))
	return imagetest.Layout(filepath.Join(t.TempDir(), "oci"), map[string]v1.Image{"latest": image}) + ":latest"
}

// busybox is a shell and little else, from the distribution's static build.
func busybox(t *testing.T, config v1.Config) string {
	t.Helper()
	for _, path := range []string{"/bin/busybox", "/usr/bin/busybox"} {
		if content, err := os.ReadFile(path); err == nil {
			return image(t, config, map[string][]byte{"bin/sh": content, "bin/cat": content, "bin/sleep": content})
		}
	}
	t.Fatal("busybox is not installed: run scripts/setup.sh")
	return ""
}

// static compiles a Go program into an image FROM scratch.
func static(t *testing.T, source string, config v1.Config) string {
	t.Helper()
	return image(t, config, map[string][]byte{"app": compile(t, source)})
}

// compile makes a static program.
func compile(t *testing.T, source string) []byte {
	t.Helper()
	dir := t.TempDir()
	main := filepath.Join(dir, "main.go")
	if err := os.WriteFile(main, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(dir, "app"), main)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	content, err := os.ReadFile(filepath.Join(dir, "app"))
	if err != nil {
		t.Fatal(err)
	}
	return content
}
