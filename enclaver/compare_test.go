// SPDX-License-Identifier: Apache-2.0

package enclaver_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/source"
)

// rebuild verifies e and makes it again from an image.
func rebuild(t *testing.T, e *enclaver.Enclave, image v1.Image, base string) enclaver.Report {
	t.Helper()
	from, err := source.Parse(layoutOf(t, image))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	return enclaver.Rebuild(context.Background(), e, []source.Source{from}, base, nil)
}

func TestSC01RebuildProvesWhichImageMakesTheEnclave(t *testing.T) {
	store := openStore(t)
	image := packedAs(types.OCIManifestSchema1, oci.MediaTypeLayerGzip)
	made, err := build(t, store, layoutOf(t, image), enclaver.Reference{})
	if err != nil {
		t.Fatal(err)
	}
	for _, base := range []string{"", guestBase(t)} {
		if err := rebuild(t, made, image, base).Err(); err != nil {
			t.Errorf("the image itself: %v", err)
		}
	}
	report := rebuild(t, made, packedAs(types.DockerManifestSchema2, oci.DockerLayer), "")
	if last := report[len(report)-1]; report.Err() != nil || !strings.Contains(last.Detail, "packed in another way") {
		t.Errorf("packed otherwise: %v, %s", report.Err(), last.Detail)
	}
	others := map[string]v1.Image{
		"layer 1 of the image is":   imagetest.Of(types.OCIManifestSchema1, imagetest.Run("/bin/app"), otherTars()...),
		"the image has 1 layer, ":   imagetest.Of(types.OCIManifestSchema1, imagetest.Run("/bin/app"), otherTars()[:1]...),
		"to be run in another way":  packedWith(v1.Config{Entrypoint: []string{"/bin/app"}, User: "7"}),
		"neither entrypoint nor co": packedWith(v1.Config{}),
	}
	for want, other := range others {
		err := rebuild(t, made, other, "").Err()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
	otherBase := t.TempDir()
	if err := imagetest.OtherGuestBase(otherBase); err != nil {
		t.Fatal(err)
	}
	if err := rebuild(t, made, image, otherBase).Err(); err == nil || !strings.Contains(err.Error(), "another initrd") {
		t.Errorf("another guest base: %v", err)
	}
}

func otherTars() []v1.Layer {
	var layers []v1.Layer
	for i, tar := range tars() {
		if i == 0 {
			tar = imagetest.Tar(imagetest.File{Name: "bin/"}, imagetest.File{Name: "bin/app", Data: "other", Mode: 0o755}, imagetest.File{Name: "bin/old"})
		}
		layers = append(layers, imagetest.Layer(oci.MediaTypeLayerGzip, tar))
	}
	return layers
}

func packedWith(config v1.Config) v1.Image {
	var layers []v1.Layer
	for _, tar := range tars() {
		layers = append(layers, imagetest.Layer(oci.MediaTypeLayerGzip, tar))
	}
	return imagetest.Of(types.OCIManifestSchema1, config, layers...)
}

// compared makes two enclaves of one-layer images and returns what differs, as "kind name a b".
func compared(t *testing.T, configA, configB v1.Config, a, b []byte) []string {
	t.Helper()
	store := openStore(t)
	var pair [2]*enclaver.Enclave
	for i, image := range []v1.Image{imagetest.Image(configA, a), imagetest.Image(configB, b)} {
		var err error
		if pair[i], err = build(t, store, layoutOf(t, image), enclaver.Reference{}); err != nil {
			t.Fatal(err)
		}
	}
	differences, err := enclaver.Diff(context.Background(), pair[0], pair[1], nil)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, d := range differences {
		if !slices.Contains([]string{"source image", "layer", "disk", "machine", "register"}, d.Kind) { // those follow from others
			lines = append(lines, strings.Join([]string{d.Kind, d.Name, d.A, d.B}, "|"))
		}
	}
	return lines
}

func TestDiffNamesEachFile(t *testing.T) {
	run := imagetest.Run("/app")
	same := imagetest.File{Name: "same", Data: "same"}
	a := imagetest.Tar(same, imagetest.File{Name: "mode", Data: "x"}, imagetest.File{Name: "text", Data: "1"}, imagetest.File{Name: "gone/"},
		imagetest.File{Name: "gone/file"}, imagetest.File{Name: "link", Link: "a"}, imagetest.File{Name: "kind"})
	b := imagetest.Tar(same, imagetest.File{Name: "mode", Data: "x", Mode: 0o755}, imagetest.File{Name: "text", Data: "2"},
		imagetest.File{Name: "new"}, imagetest.File{Name: "link", Link: "b"}, imagetest.File{Name: "kind/"})
	want := []string{
		"file|/gone|directory|",
		"file|/kind|file|directory",
		"file|/link|content a|content b",
		"file|/mode|mode 0644|mode 0755",
		"file|/new||file",
		"file|/text|content sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b (1 bytes)|content sha256:d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35 (1 bytes)",
	}
	if got := compared(t, run, run, a, b); !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestDiffNamesWhatIsRunOtherwise(t *testing.T) {
	tar := imagetest.Tar(imagetest.File{Name: "app"})
	a := v1.Config{Entrypoint: []string{"/app", "x y"}, Env: []string{"A=1", "B=2", "E="}, User: "1", WorkingDir: "/", StopSignal: "SIGINT"}
	b := v1.Config{Entrypoint: []string{"/app", "x", "y"}, Env: []string{"A=1", "B=3", "C=4"}, User: "1:2", WorkingDir: "/app",
		Volumes: map[string]struct{}{"/data": {}}}
	want := []string{
		`process|arguments|["/app" "x y"]|["/app" "x" "y"]`,
		"process|directory|/|/app",
		"process|user|1:0 []|1:2 []",
		"process|stop signal|SIGINT|SIGTERM",
		"environment|B|2|3",
		"environment|C||4",
		`environment|E|""|`,
		"volume|/data||256 MiB of memory",
	}
	if got := compared(t, a, b, tar, tar); !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}
