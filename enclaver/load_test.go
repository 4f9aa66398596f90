// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/imagebuild/layer"
)

// documents are an enclave's, without its blobs.
func documents(t *testing.T) (artifact.Manifest, artifact.Config) {
	t.Helper()
	hash := func(c string) v1.Hash { return v1.Hash{Algorithm: "sha256", Hex: strings.Repeat(c, 64)} }
	part := func(c string) oci.Descriptor { return oci.Descriptor{Digest: hash(c), Size: 500} }
	measurements := []attest.Measurement{{TEE: attest.TDX, Shape: attest.Shape{VCPUs: 1, MemoryMiB: 1024}}}
	root, err := attest.Root(measurements)
	if err != nil {
		t.Fatal(err)
	}
	c := artifact.Config{
		Conversion: layer.Version, Source: artifact.Source{Manifest: hash("a"), Config: hash("b")},
		Layers:         []artifact.Layer{{DiffID: hash("c"), DataBlocks: 1, RootHash: [32]byte{1}}},
		Disk:           config.Disk{DataBlocks: 3, HashOffsetBlocks: 3, RootHash: [32]byte{2}},
		MeasuredConfig: artifact.MeasuredConfig{Digest: hash("d"), OffsetBlocks: 4, Size: 500},
		Measurements:   measurements, MeasurementRoot: root,
	}
	digest, err := sum(hash("d").Hex)
	if err != nil {
		t.Fatal(err)
	}
	c.Cmdline = config.CommandLine(digest, 4, 500)
	m := artifact.Manifest{MeasuredConfig: part("d"), SourceManifest: part("a"), SourceConfig: part("b")}
	m.Layers = []oci.Descriptor{artifact.LayerDescriptor(oci.MediaTypeLayerGzip, part("e"), c.Layers[0])}
	return m, c
}

func TestDocumentsThatContradictEachOtherAreRefused(t *testing.T) {
	if m, c := documents(t); checkDocuments(m, c) != nil {
		t.Fatal(checkDocuments(m, c))
	}
	for want, change := range map[string]func(*artifact.Manifest, *artifact.Config){
		"converted by version":                func(_ *artifact.Manifest, c *artifact.Config) { c.Conversion++ },
		"different source images":             func(_ *artifact.Manifest, c *artifact.Config) { c.Source.Config = c.Source.Manifest },
		"different measured configs":          func(m *artifact.Manifest, _ *artifact.Config) { m.MeasuredConfig.Size++ },
		"has a salt":                          func(_ *artifact.Manifest, c *artifact.Config) { c.Disk.Salt[0] = 1 },
		"do not follow each other":            func(_ *artifact.Manifest, c *artifact.Config) { c.Disk.HashOffsetBlocks++ },
		"does not name the measured config":   func(_ *artifact.Manifest, c *artifact.Config) { c.Cmdline += " " },
		"not that of the measurements":        func(_ *artifact.Manifest, c *artifact.Config) { c.MeasurementRoot[0] ^= 1 },
		"the manifest has 1 layers":           func(_ *artifact.Manifest, c *artifact.Config) { c.Layers = append(c.Layers, c.Layers[0]) },
		"give layer 1 different verity roots": func(_ *artifact.Manifest, c *artifact.Config) { c.Layers[0].RootHash[0] ^= 1 },
		"more data than the disk's 3 blocks":  func(_ *artifact.Manifest, c *artifact.Config) { c.Layers[0].DataBlocks++ },
		"is not a SHA-256 digest":             func(_ *artifact.Manifest, c *artifact.Config) { c.MeasuredConfig.Digest.Hex = "00" },
		"Merkle root": func(_ *artifact.Manifest, c *artifact.Config) {
			c.Measurements = append(c.Measurements, c.Measurements...)
		},
	} {
		m, c := documents(t)
		change(&m, &c)
		if err := checkDocuments(m, c); err == nil || !strings.Contains(err.Error(), want) && want != "Merkle root" {
			t.Errorf("want %q: %v", want, err)
		}
	}
}
