// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/escrin/escrin/enclaver/oci"
)

// wholeImage is an image that was read to its last byte and verified.
type wholeImage struct {
	name       string
	descriptor oci.Descriptor
	manifest   oci.Manifest
	config     []byte
	diffIDs    []v1.Hash
	layers     [][]byte // unpacked
}

// readImage reads an image of one platform.
func readImage(t *testing.T, name string, options Options) wholeImage {
	t.Helper()
	from, err := options.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	image, err := readSource(from)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return image
}

func readSource(from Source) (image wholeImage, err error) {
	defer from.Close()
	ctx := context.Background()
	image.name = from.String()
	if image.descriptor, err = from.Resolve(ctx); err != nil {
		return image, err
	}
	data, err := readVerified(from, image.descriptor)
	if err != nil {
		return image, err
	}
	if image.manifest, err = oci.ParseManifest(data, image.descriptor.MediaType); err != nil {
		return image, err
	}
	if image.config, err = readVerified(from, image.manifest.Config); err != nil {
		return image, err
	}
	config, err := oci.ParseImageConfig(image.config)
	if err != nil {
		return image, err
	}
	image.diffIDs = config.DiffIDs
	for i, layer := range image.manifest.Layers {
		data, err := readVerified(from, layer)
		if err != nil {
			return image, err
		}
		if data, err = unpackLayer(data, layer.MediaType); err != nil {
			return image, err
		}
		if got := oci.DescriptorOf("", data).Digest; got != image.diffIDs[i] {
			return image, fmt.Errorf("layer %d unpacks to %s, not %s", i, got, image.diffIDs[i])
		}
		image.layers = append(image.layers, data)
	}
	return image, nil
}

func unpackLayer(data []byte, mediaType string) ([]byte, error) {
	switch mediaType {
	case oci.MediaTypeLayerGzip, oci.DockerLayerGzip:
		r, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(r)
	case oci.MediaTypeLayerZstd:
		r, err := zstd.NewReader(nil)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return r.DecodeAll(data, nil)
	}
	return data, nil
}

func readVerified(from Source, d oci.Descriptor) ([]byte, error) {
	r, err := from.Open(context.Background(), d)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(oci.NewVerifier(context.Background(), r, d))
}

// mustBe holds two images against each other by what they unpack to.
func (image wholeImage) mustBe(t *testing.T, want wholeImage) {
	t.Helper()
	if !bytes.Equal(image.config, want.config) {
		t.Errorf("%s: config\n%s\nwant\n%s", image.name, image.config, want.config)
	}
	if len(image.layers) != len(want.layers) {
		t.Fatalf("%s: %d layers, want %d", image.name, len(image.layers), len(want.layers))
	}
	for i := range want.layers {
		if !bytes.Equal(image.layers[i], want.layers[i]) {
			t.Errorf("%s: layer %d differs", image.name, i)
		}
	}
}

// silentSocket accepts connections and says nothing.
func silentSocket(t *testing.T) string {
	dir, err := os.MkdirTemp("", "escrin-silent-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "socket")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return path
}
