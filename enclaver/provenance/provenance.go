// SPDX-License-Identifier: Apache-2.0

// Package provenance says where an enclave comes from in the words of others: as an in-toto statement (v1) with an SLSA
// provenance predicate (v1), for tools that read those. It is attached to an enclave in a registry and is a function of
// the enclave alone: no time, no place, no name of who made it. It is not signed and needs no signature, because
// nobody has to believe it: whoever has the enclave and its source can make the same statement.
package provenance

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/oci"
)

const (
	// MediaType is that of a statement, and of the artifact that has one.
	MediaType = "application/vnd.in-toto+json"
	// PredicateType is that of SLSA provenance.
	PredicateType = "https://slsa.dev/provenance/v1"
	// BuildType names the way from an image to an enclave (enclaver/SPEC.md).
	BuildType = "https://github.com/escrin/escrin/enclave/v1"
	// SourceType is the media type of a source image's descriptor, and of the artifact that has one.
	SourceType = "application/vnd.escrin.enclave.source.v1+json"

	statementType = "https://in-toto.io/Statement/v1"
	builder       = "https://github.com/escrin/escrin"
	maxMaterials  = 16 * 512
)

// ErrOther says that a statement is not the one of an enclave.
var ErrOther = errors.New("the statement is not that of this enclave")

// Material is something that went into an enclave.
type Material struct {
	Name      string // what it was: "kernel", "layer 3"
	MediaType string // "" if it has none
	Digest    v1.Hash
}

// Build is how an enclave was made.
type Build struct {
	Enclave         v1.Hash         // digest of its manifest
	Sources         []v1.Hash       // digests of the source images' manifests
	Spec            json.RawMessage // what its author declared, as in the enclave config
	Conversion      int             // version of the conversion of layers
	QEMU            string          // series whose virtual hardware was measured
	Materials       []Material
	MeasurementRoot [32]byte
}

// digests is an in-toto digest set.
type digests map[string]string

// resource is an in-toto resource descriptor.
type resource struct {
	Name      string  `json:"name,omitempty"`
	MediaType string  `json:"mediaType,omitempty"`
	Digest    digests `json:"digest"`
}

type statement struct {
	Type          string     `json:"_type"`
	Subject       []resource `json:"subject"`
	PredicateType string     `json:"predicateType"`
	Predicate     predicate  `json:"predicate"`
}

type predicate struct {
	BuildDefinition definition `json:"buildDefinition"`
	RunDetails      details    `json:"runDetails"`
}

type definition struct {
	BuildType            string     `json:"buildType"`
	ExternalParameters   external   `json:"externalParameters"`
	InternalParameters   internal   `json:"internalParameters"`
	ResolvedDependencies []resource `json:"resolvedDependencies"`
}

type external struct {
	Sources []resource      `json:"sources"`
	Spec    json.RawMessage `json:"spec,omitempty"`
}

type internal struct {
	Conversion int    `json:"conversion"`
	QEMU       string `json:"qemu"`
}

type details struct {
	Builder    identity   `json:"builder"`
	Byproducts []resource `json:"byproducts"`
}

type identity struct {
	ID string `json:"id"`
}

// Statement is the statement about b, always in the same bytes.
func (b Build) Statement() ([]byte, error) {
	if err := b.validate(); err != nil {
		return nil, fmt.Errorf("state provenance: %w", err)
	}
	materials := make([]resource, 0, len(b.Materials))
	for _, m := range b.Materials {
		materials = append(materials, resource{m.Name, m.MediaType, digestsOf(m.Digest)})
	}
	sources := make([]resource, 0, len(b.Sources))
	for _, digest := range b.Sources {
		sources = append(sources, resource{Digest: digestsOf(digest)})
	}
	return encode(statement{
		Type:          statementType,
		Subject:       []resource{{MediaType: oci.MediaTypeManifest, Digest: digestsOf(b.Enclave)}},
		PredicateType: PredicateType,
		Predicate: predicate{
			BuildDefinition: definition{
				BuildType:            BuildType,
				ExternalParameters:   external{sources, b.Spec},
				InternalParameters:   internal{b.Conversion, b.QEMU},
				ResolvedDependencies: materials,
			},
			RunDetails: details{
				Builder:    identity{builder},
				Byproducts: []resource{{Name: "measurement root", Digest: digests{"keccak256": hex.EncodeToString(b.MeasurementRoot[:])}}},
			},
		},
	})
}

// Check returns nil if data is the statement about b, byte for byte, and else an error that wraps ErrOther (threats
// SC-02, SC-03).
func (b Build) Check(data []byte) error {
	want, err := b.Statement()
	if err != nil {
		return err
	}
	if !bytes.Equal(data, want) {
		return ErrOther
	}
	return nil
}

// Source is the document that names the source image: its descriptor without anything that is not needed to find it.
func Source(image oci.Descriptor) ([]byte, error) {
	if err := image.Validate(); err != nil {
		return nil, fmt.Errorf("name source image: %w", err)
	}
	return encode(oci.Descriptor{MediaType: image.MediaType, Digest: image.Digest, Size: image.Size})
}

func (b Build) validate() error {
	if b.MeasurementRoot == [32]byte{} || len(b.Sources) == 0 || len(b.Materials) == 0 || len(b.Materials) > maxMaterials {
		return fmt.Errorf("want a measurement root, a source and 1…%d materials, have %d", maxMaterials, len(b.Materials))
	}
	all := append([]Material{{Name: "enclave", Digest: b.Enclave}}, b.Materials...)
	for _, digest := range b.Sources {
		all = append(all, Material{Name: "source", Digest: digest})
	}
	for _, m := range all {
		if m.Name == "" || m.Digest.Algorithm != "sha256" || len(m.Digest.Hex) != 64 {
			return fmt.Errorf("%q has no SHA-256 digest, or no name", m.Name)
		}
	}
	return nil
}

func digestsOf(h v1.Hash) digests { return digests{h.Algorithm: h.Hex} }

func encode(document any) ([]byte, error) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(document); err != nil {
		return nil, fmt.Errorf("state provenance: %w", err)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
