// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/escrin/escrin/enclaver/oci"
)

// made are the documents of an image whose manifest is written here, because where the image comes from has none. The
// manifest is a function of the config and of the layers' descriptors.
type made struct {
	manifest, config []byte
}

// madeManifest is an OCI image manifest. The order of its fields, and that it has no others, is that of `docker save`.
type madeManifest struct {
	SchemaVersion int              `json:"schemaVersion"`
	MediaType     string           `json:"mediaType"`
	Config        oci.Descriptor   `json:"config"`
	Layers        []oci.Descriptor `json:"layers"`
}

func makeImage(config []byte, layers []oci.Descriptor) (made, error) {
	manifest, err := json.Marshal(madeManifest{2, oci.MediaTypeManifest, oci.DescriptorOf(oci.MediaTypeConfig, config), layers})
	return made{manifest, config}, err
}

func (m made) resolve() (oci.Descriptor, error) {
	return oci.DescriptorOf(oci.MediaTypeManifest, m.manifest), nil
}

func (m made) openBlob(d oci.Descriptor) (io.ReadCloser, error) {
	for _, data := range [][]byte{m.manifest, m.config} {
		if oci.DescriptorOf(d.MediaType, data).Digest == d.Digest {
			return io.NopCloser(bytes.NewReader(data)), nil
		}
	}
	return nil, fmt.Errorf("open image: it has no %s", d.Digest)
}
