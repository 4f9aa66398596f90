// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/imagetest"
)

func TestLayoutResolvesItsTags(t *testing.T) {
	dir := imagetest.Layout(t.TempDir(), map[string]v1.Image{"latest": imagetest.Small(), "v1": imagetest.Small()})
	for name, ok := range map[string]bool{
		dir + ":latest": true, dir + ":v1": true, "oci:" + dir + ":v1": true,
		dir: false, dir + ":v2": false,
	} {
		image, err := Parse(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := image.Resolve(context.Background()); (err == nil) != ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	dir := imagetest.Layout(t.TempDir(), map[string]v1.Image{"latest": imagetest.Small(), "v1": imagetest.Small()})
	notLayout := t.TempDir()
	archive := filepath.Join(notLayout, "image.tar")
	if err := os.WriteFile(archive, []byte("tar"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][2]string{
		"./nowhere:latest":     {"no folder or file ./nowhere", "./FOLDER:TAG"},
		notLayout + ":latest":  {"not an OCI layout", "skopeo"},
		archive:                {"read tar", "--rootfs " + archive},
		"oci:" + archive:       {"not the folder of an OCI layout", "oci-archive:" + archive},
		"oci-archive:" + dir:   {"is a folder", "oci:" + dir},
		"docker-daemon:../x":   {"not the name", "docker images"},
		"containerd:":          {"wants a name", "containerd:HOST"},
		"rootfs:" + dir:        {"is an OCI layout", "--rootfs"},
		"containers-storage:x": {"podman", "podman save"},
		"dir:x":                {"not read", "skopeo copy dir:x"},
		dir:                    {"name one", "latest, v1"},
		dir + ":v9":            {`no tag "v9"`, "latest, v1"},
		"Upper/Case":           {"parse reference", "HOST/NAME:TAG"},
		"":                     {"parse reference", "HOST/NAME:TAG"},
	} {
		image, err := Parse(name)
		if err == nil {
			_, err = image.Resolve(context.Background())
			image.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want[0]) || !strings.Contains(hint.Of(err), want[1]) {
			t.Errorf("%s: %v (hint: %s)", name, err, hint.Of(err))
		}
	}
}

func TestREG03LayoutIndexIsReadStrictly(t *testing.T) {
	for name, index := range map[string]string{
		"case variant": `{"schemaVersion":2,"Manifests":[]}`,
		"duplicate":    `{"schemaVersion":2,"manifests":[],"manifests":[]}`,
		"mixed":        `{"schemaVersion":2,"manifests":[],"layers":[]}`,
		"urls": `{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":1,"urls":["file:///etc/passwd"],` +
			`"digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]}`,
	} {
		dir := imagetest.Layout(t.TempDir(), map[string]v1.Image{"latest": imagetest.Small()})
		if err := os.WriteFile(filepath.Join(dir, "index.json"), []byte(index), 0o644); err != nil {
			t.Fatal(err)
		}
		image, err := Parse(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := image.Resolve(context.Background()); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestOtherLayoutVersionsAreRefused(t *testing.T) {
	dir := imagetest.Layout(t.TempDir(), map[string]v1.Image{"latest": imagetest.Small()})
	if err := os.WriteFile(filepath.Join(dir, "oci-layout"), []byte(`{"imageLayoutVersion":"2.0.0"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(dir); err == nil {
		t.Error("accepted")
	}
}

// A plain name is a path only if what is there has an image's form, so that a folder of the same name does not stand in
// for an image in a registry.
func TestPlainNamesAreGuessed(t *testing.T) {
	dir, _ := small(t)
	archive := packFiles(t, filesOf(t, dir)...)
	t.Chdir(t.TempDir())
	for _, step := range []error{
		os.Mkdir("localhost", 0o755), os.Mkdir("project", 0o755), os.WriteFile("notes", []byte("notes"), 0o644),
		os.WriteFile("packed", archive, 0o644), os.WriteFile("a:b", archive, 0o644), os.CopyFS("layout", os.DirFS(dir)),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	for name, want := range map[string]string{
		"localhost:5000/app:v1": "registry", "project": "registry", "project:v1": "registry", "notes": "registry", "notes:v1": "registry",
		"elsewhere:latest": "registry", "docker:dind": "registry", "docker://layout": "registry",
		"packed": "archive", "packed:latest": "archive", "a:b": "archive", "./a:b": "archive", "a:b:latest": "archive",
		"layout": "folder", "layout:latest": "folder", "./layout": "folder", "oci:layout": "folder",
		"./project": "", "./elsewhere": "", "/elsewhere:v1": "", "oci:project": "",
	} {
		image, err := Parse(name)
		got := ""
		switch image.(type) {
		case *remote:
			got = "registry"
		case *packed:
			got = "archive"
		case folder:
			got = "folder"
		}
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
		if ref, ok := Reference(image); ok != (want == "registry") || ok && ref.IsZero() {
			t.Errorf("%s: reference %v, %v", name, ref, ok)
		}
	}
}
