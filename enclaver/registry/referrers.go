// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/strictjson"
)

// ErrMoreReferrers says that the registry has more referrers than were asked for.
var ErrMoreReferrers = errors.New("the registry has more referrers")

const emptyDocument = "{}"

// referrer is the manifest of an artifact that says something about another one, its subject.
type referrer struct {
	SchemaVersion int              `json:"schemaVersion"`
	MediaType     string           `json:"mediaType"`
	ArtifactType  string           `json:"artifactType"`
	Config        oci.Descriptor   `json:"config"`
	Layers        []oci.Descriptor `json:"layers"`
	Subject       *oci.Descriptor  `json:"subject"`
}

// Referrer uploads blob as an artifact of its own that refers to subject, a manifest in this repository. The
// same blob makes the same artifact.
func (p *Pusher) Referrer(ctx context.Context, subject oci.Descriptor, artifactType string, blob []byte, mediaType string) error {
	content := oci.DescriptorOf(mediaType, blob)
	empty := oci.DescriptorOf(oci.MediaTypeEmpty, []byte(emptyDocument))
	for d, data := range map[*oci.Descriptor][]byte{&content: blob, &empty: []byte(emptyDocument)} {
		open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
		if err := p.Blob(ctx, *d, open); err != nil {
			return err
		}
	}
	document, err := json.Marshal(referrer{
		SchemaVersion: 2,
		MediaType:     oci.MediaTypeManifest,
		ArtifactType:  artifactType,
		Config:        empty,
		Layers:        []oci.Descriptor{content},
		Subject:       &oci.Descriptor{MediaType: subject.MediaType, Digest: subject.Digest, Size: subject.Size},
	})
	if err != nil {
		return fmt.Errorf("encode referrer: %w", err)
	}
	return p.put(ctx, "", oci.DescriptorOf(oci.MediaTypeManifest, document), document)
}

// Referrers lists at most limit artifacts that refer to the manifest with this digest. Anyone who may write
// to the repository can add one: they are hints. If there are more the error is ErrMoreReferrers, beside the
// first ones.
func (r *Repository) Referrers(ctx context.Context, digest v1.Hash, limit int) ([]oci.Descriptor, error) {
	resp, err := r.get(ctx, "referrers/"+digest.String())
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, oci.MaxDocument+1))
	if err != nil {
		return nil, err
	}
	index, err := strictjson.DecodeOpen[struct {
		Manifests []oci.Descriptor `json:"manifests"`
	}](data, oci.MaxDocument)
	if err != nil {
		return nil, fmt.Errorf("list referrers of %s: %w", digest, err)
	}
	if len(index.Manifests) > limit {
		return index.Manifests[:limit], ErrMoreReferrers
	}
	return index.Manifests, nil
}
