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
	layers := func() []artifact.Layer {
		return []artifact.Layer{{DiffID: hash("c"), DataBlocks: 1, RootHash: [32]byte{1}}}
	}
	c := artifact.Config{
		Conversion: layer.Version,
		Images: []artifact.Image{
			{
				Source: artifact.Source{Manifest: hash("a"), Config: hash("b")}, Layers: layers(),
				Disk: config.Disk{DataBlocks: 3, HashOffsetBlocks: 3, RootHash: [32]byte{2}},
			},
			{
				Source: artifact.Source{Manifest: hash("f"), Config: hash("9")}, Layers: layers(),
				Disk: config.Disk{OffsetBlocks: 4, DataBlocks: 3, HashOffsetBlocks: 7, RootHash: [32]byte{3}},
			},
		},
		MeasuredConfig: artifact.MeasuredConfig{Digest: hash("d"), OffsetBlocks: 8, Size: 500},
		Measurements:   measurements, MeasurementRoot: root,
	}
	digest, err := sum(hash("d").Hex)
	if err != nil {
		t.Fatal(err)
	}
	c.Cmdline = config.Location{Digest: digest, OffsetBlocks: 8, Size: 500}.CommandLine()
	carried := []oci.Descriptor{artifact.LayerDescriptor(oci.MediaTypeLayerGzip, part("e"), layers()[0])}
	m := artifact.Manifest{MeasuredConfig: part("d"), Images: []artifact.ImageParts{
		{Manifest: part("a"), Config: part("b"), Layers: carried}, {Manifest: part("f"), Config: part("9"), Layers: carried},
	}}
	return m, c
}

func TestDocumentsThatContradictEachOtherAreRefused(t *testing.T) {
	if m, c := documents(t); checkDocuments(m, c) != nil {
		t.Fatal(checkDocuments(m, c))
	}
	for want, change := range map[string]func(*artifact.Manifest, *artifact.Config){
		"converted by version": func(_ *artifact.Manifest, c *artifact.Config) { c.Conversion++ },
		"different source images": func(_ *artifact.Manifest, c *artifact.Config) {
			c.Images[0].Source.Config = c.Images[0].Source.Manifest
		},
		"different measured configs":        func(m *artifact.Manifest, _ *artifact.Config) { m.MeasuredConfig.Size++ },
		"has a salt":                        func(_ *artifact.Manifest, c *artifact.Config) { c.Images[0].Disk.Salt[0] = 1 },
		"do not follow each other":          func(_ *artifact.Manifest, c *artifact.Config) { c.Images[0].Disk.HashOffsetBlocks++ },
		"does not name the measured config": func(_ *artifact.Manifest, c *artifact.Config) { c.Cmdline += " " },
		"not that of the measurements":      func(_ *artifact.Manifest, c *artifact.Config) { c.MeasurementRoot[0] ^= 1 },
		"the manifest has 1 layers": func(_ *artifact.Manifest, c *artifact.Config) {
			c.Images[0].Layers = append(c.Images[0].Layers, c.Images[0].Layers[0])
		},
		"give layer 1 different verity roots": func(_ *artifact.Manifest, c *artifact.Config) { c.Images[0].Layers[0].RootHash[0] ^= 1 },
		"more data than the disk's 3 blocks":  func(_ *artifact.Manifest, c *artifact.Config) { c.Images[0].Layers[0].DataBlocks++ },
		"is not a SHA-256 digest":             func(_ *artifact.Manifest, c *artifact.Config) { c.MeasuredConfig.Digest.Hex = "00" },
		"image 2: manifest and config name different": func(m *artifact.Manifest, _ *artifact.Config) {
			m.Images[1].Manifest.Digest = m.Images[0].Manifest.Digest
		},
		"image 2: the disk's hash tree has a salt": func(_ *artifact.Manifest, c *artifact.Config) { c.Images[1].Disk.Salt[0] = 1 },
		"image 2: the parts of the disk do not":    func(_ *artifact.Manifest, c *artifact.Config) { c.Images[1].Disk.OffsetBlocks-- },
		"image 2: the layers have more data":       func(_ *artifact.Manifest, c *artifact.Config) { c.Images[1].Layers[0].DataBlocks++ },
		"has 2 images, the config 1":               func(_ *artifact.Manifest, c *artifact.Config) { c.Images = c.Images[:1] },
		"the parts of the disk do not follow": func(_ *artifact.Manifest, c *artifact.Config) {
			c.Images[1].Disk.DataBlocks, c.Images[1].Disk.HashOffsetBlocks = 4, 8
		},
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
