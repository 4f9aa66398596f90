// SPDX-License-Identifier: Apache-2.0

package imagetest

import (
	"bytes"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/escrin/escrin/enclaver/oci"
)

// Layer is a tar stream as an image carries it: packed in the way that its media type says.
func Layer(mediaType string, tar []byte) v1.Layer {
	var buf bytes.Buffer
	var w io.WriteCloser
	var err error
	switch mediaType {
	case oci.MediaTypeLayerGzip, oci.DockerLayerGzip:
		w = gzip.NewWriter(&buf)
	case oci.MediaTypeLayerZstd:
		w, err = zstd.NewWriter(&buf)
		must(err)
	default:
		return Blob(mediaType, tar, tar)
	}
	_, err = w.Write(tar)
	must(err)
	must(w.Close())
	return Blob(mediaType, buf.Bytes(), tar)
}

// Blob is a layer of a media type whose bytes are said to unpack to tar.
func Blob(mediaType string, packed, tar []byte) v1.Layer {
	return blob{types.MediaType(mediaType), packed, tar}
}

type blob struct {
	mediaType   types.MediaType
	packed, tar []byte
}

func (b blob) Digest() (v1.Hash, error) { return oci.DescriptorOf("", b.packed).Digest, nil }
func (b blob) DiffID() (v1.Hash, error) { return oci.DescriptorOf("", b.tar).Digest, nil }
func (b blob) Compressed() (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(b.packed)), nil
}
func (b blob) Uncompressed() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.tar)), nil }
func (b blob) Size() (int64, error)                 { return int64(len(b.packed)), nil }
func (b blob) MediaType() (types.MediaType, error)  { return b.mediaType, nil }

// Of is an image of linux/amd64 with these layers, bottom first, in the form of OCI or of Docker schema 2.
func Of(manifest types.MediaType, config v1.Config, layers ...v1.Layer) v1.Image {
	configType := types.OCIConfigJSON
	if manifest == types.DockerManifestSchema2 {
		configType = types.DockerConfigJSON
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, manifest), configType)
	image, err := mutate.ConfigFile(image, &v1.ConfigFile{
		Architecture: "amd64", OS: "linux", Config: config, RootFS: v1.RootFS{Type: "layers"},
	})
	must(err)
	for _, layer := range layers {
		mediaType, err := layer.MediaType()
		must(err)
		image, err = mutate.Append(image, mutate.Addendum{Layer: layer, MediaType: mediaType})
		must(err)
	}
	return image
}
