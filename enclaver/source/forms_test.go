// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-containerregistry/pkg/compression"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/source/daemontest"
	"github.com/escrin/escrin/enclaver/source/sourcetest"
)

// form is how an image and its layers are written.
type form struct {
	manifest, config, layer types.MediaType
	compression             compression.Compression
}

func (f form) image(t *testing.T, layers ...[]byte) v1.Image {
	t.Helper()
	image, err := mutate.ConfigFile(mutate.ConfigMediaType(mutate.MediaType(empty.Image, f.manifest), f.config), &v1.ConfigFile{
		Architecture: "amd64", OS: "linux", RootFS: v1.RootFS{Type: "layers"},
	})
	for _, data := range layers {
		if err != nil {
			t.Fatal(err)
		}
		image, err = mutate.AppendLayers(image, f.pack(t, data))
	}
	if err != nil {
		t.Fatal(err)
	}
	return image
}

func (f form) pack(t *testing.T, data []byte) v1.Layer {
	t.Helper()
	if f.compression == compression.None {
		return static.NewLayer(data, f.layer)
	}
	opener := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	layer, err := tarball.LayerFromOpener(opener, tarball.WithCompression(f.compression), tarball.WithMediaType(f.layer))
	if err != nil {
		t.Fatal(err)
	}
	return layer
}

// Docker's schema 2 and OCI, with layers plain and packed, are read from wherever manifests are kept; so is an image of
// 127 layers, and one whose layers are empty.
func TestFormsOfImages(t *testing.T) {
	containerd := daemontest.Containerd(t)
	var many [][]byte
	for i := range 126 {
		many = append(many, imagetest.Tar(imagetest.File{Name: fmt.Sprint(i), Data: "x"}))
	}
	nothing := imagetest.Tar()
	few := [][]byte{imagetest.Tar(imagetest.File{Name: "a", Data: "1"}), nothing, imagetest.Tar(imagetest.File{Name: "b/"}), nothing}
	for name, c := range map[string]struct {
		form   form
		layers [][]byte
	}{
		"oci-gzip":    {form{types.OCIManifestSchema1, types.OCIConfigJSON, types.OCILayer, compression.GZip}, few},
		"oci-zstd":    {form{types.OCIManifestSchema1, types.OCIConfigJSON, types.OCILayerZStd, compression.ZStd}, few},
		"oci-plain":   {form{types.OCIManifestSchema1, types.OCIConfigJSON, types.OCIUncompressedLayer, compression.None}, few},
		"docker-gzip": {form{types.DockerManifestSchema2, types.DockerConfigJSON, types.DockerLayer, compression.GZip}, few},
		"many":        {form{types.OCIManifestSchema1, types.OCIConfigJSON, types.OCILayer, compression.GZip}, append(many, nothing)},
		"empty":       {form{types.DockerManifestSchema2, types.DockerConfigJSON, types.DockerLayer, compression.GZip}, [][]byte{nothing}},
	} {
		dir := imagetest.Layout(t.TempDir(), map[string]v1.Image{"latest": c.form.image(t, c.layers...)})
		sourcetest.IntoContainerd(t, containerd, name, "docker.io/library/image:latest", dir)
		archive, saved := sourcetest.Archive(t, dir), sourcetest.Saved(t, dir)
		options := Options{ContainerdAddress: containerd, ContainerdNamespace: name, DockerHost: sourcetest.Docker(t, saved)}
		want := readImage(t, dir, options)
		for _, from := range []string{"oci-archive:" + archive, sourcetest.Registry(t, dir, nil) + "/image", "containerd:image"} {
			image := readImage(t, from, options)
			image.mustBe(t, want)
			if image.descriptor.Digest != want.descriptor.Digest || image.descriptor.MediaType != string(c.form.manifest) {
				t.Errorf("%s from %s: %+v", name, from, image.descriptor)
			}
		}
		for _, from := range []string{saved, "docker-daemon:image"} {
			image := readImage(t, from, options)
			image.mustBe(t, want)
			if image.descriptor.MediaType != oci.MediaTypeManifest {
				t.Errorf("%s from %s: %+v", name, from, image.descriptor)
			}
		}
	}
}
