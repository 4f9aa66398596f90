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
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/scripts/images/fixture"
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

// compile makes a static program of its source.
func compile(t *testing.T, source string) []byte {
	t.Helper()
	main := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(main, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	return built(t, main)
}

// compiled is static for a package of this repository.
func compiled(t *testing.T, source string, config v1.Config) string {
	t.Helper()
	return image(t, config, map[string][]byte{"app": built(t, "./"+source)})
}

// built is the static program that a package or a file is.
func built(t *testing.T, source string) []byte {
	t.Helper()
	app := filepath.Join(t.TempDir(), "app")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", app, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return read(t, app)
}

// with adds files of this repository to one of the matrix's images, and runs another command in it.
func with(t *testing.T, name string, command []string, files map[string]string) string {
	t.Helper()
	builder, err := fixture.NewBuilder(os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := builder.Image(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	var added []imagetest.File
	for _, path := range slices.Sorted(maps.Keys(files)) {
		added = append(added, imagetest.File{Name: path, Data: string(read(t, files[path]))})
	}
	below, err := oci(dir)
	if err != nil {
		t.Fatal(err)
	}
	config, err := below.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	config.Config.Entrypoint, config.Config.Cmd = command, nil
	above, err := mutate.AppendLayers(below, imagetest.Layer(string(types.OCILayer), imagetest.Tar(added...)))
	if err == nil {
		above, err = mutate.Config(above, config.Config)
	}
	if err != nil {
		t.Fatal(err)
	}
	return imagetest.Layout(filepath.Join(t.TempDir(), "oci"), map[string]v1.Image{"latest": above}) + ":latest"
}

// oci reads the one image of a layout.
func oci(dir string) (v1.Image, error) {
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return nil, err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	return index.Image(manifest.Manifests[0].Digest)
}
