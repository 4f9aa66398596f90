// SPDX-License-Identifier: Apache-2.0

package artifact

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/spec"
	"github.com/escrin/escrin/guestagent/config"
)

func digest(c string) v1.Hash { return v1.Hash{Algorithm: "sha256", Hex: strings.Repeat(c, 64)} }

func part(mediaType, c string) oci.Descriptor {
	return oci.Descriptor{MediaType: mediaType, Digest: digest(c), Size: 4096}
}

func sampleManifest() Manifest {
	layer := sampleConfig().Images[0].Layers[0]
	return Manifest{
		Config: part(MediaTypeConfig, "0"), Kernel: part(MediaTypeKernel, "1"), Initrd: part(MediaTypeInitrd, "2"),
		Firmware: part(MediaTypeFirmware, "3"), MeasuredConfig: part(MediaTypeRunConfig, "4"),
		Images: []ImageParts{
			{
				Manifest: part(MediaTypeSourceManifest, "a"), Config: part(MediaTypeSourceConfig, "b"),
				Layers: []oci.Descriptor{
					LayerDescriptor(oci.MediaTypeLayerGzip, part("", "6"), layer), LayerDescriptor(oci.MediaTypeLayerZstd, part("", "6"), layer),
				},
			},
			{
				Manifest: part(MediaTypeSourceManifest, "7"), Config: part(MediaTypeSourceConfig, "8"),
				Layers: []oci.Descriptor{LayerDescriptor(oci.MediaTypeLayerGzip, part("", "6"), layer)},
			},
		},
	}
}

func sampleConfig() Config {
	layer := Layer{DiffID: digest("c"), Size: 12288, DataBlocks: 1, RootHash: [32]byte{3}}
	two := spec.Default()
	two.Containers = []spec.Container{{Name: "db"}, {Name: "app", Image: 1}}
	return Config{
		Version: Version, Spec: two, Conversion: 2,
		Images: []Image{
			{
				Source: Source{MediaType: oci.MediaTypeManifest, Manifest: digest("a"), Config: digest("b")}, Layers: []Layer{layer, layer},
				Disk: config.Disk{DataBlocks: 4, HashOffsetBlocks: 4, RootHash: [32]byte{1}},
			},
			{
				Source: Source{MediaType: oci.DockerManifest, Manifest: digest("7"), Config: digest("8")}, Layers: []Layer{layer},
				Disk: config.Disk{OffsetBlocks: 5, DataBlocks: 3, HashOffsetBlocks: 8, RootHash: [32]byte{4}},
			},
		},
		GuestBase: GuestBase{Kernel: "6.12", Runtime: "crun 1", Go: "go1.26", Firmware: digest("d")}, Cmdline: "console=ttyS0",
		MeasuredConfig:  MeasuredConfig{Digest: digest("4"), OffsetBlocks: 9, Size: 500},
		QEMU:            "10.0",
		Measurements:    []attest.Measurement{{TEE: attest.TDX, Shape: attest.Shape{VCPUs: 1, MemoryMiB: 1024}, Registers: attest.Registers{MRTD: attest.Register{5}}}},
		MeasurementRoot: [32]byte{2},
	}
}

// The vectors pin the bytes: whoever writes another implementation reads them too.
func TestVectors(t *testing.T) {
	manifest, err := sampleManifest().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	document, err := sampleConfig().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string][]byte{"manifest.json": manifest, "config.json": document} {
		want, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v, got\n%s", name, err, got)
		}
	}
	if m, err := ParseManifest(manifest); err != nil || len(m.Images) != 2 || len(m.Parts()) != 11 || len(m.Blobs()) != 10 || m.Size() != 10*4096 {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := ParseConfig(document); err != nil {
		t.Error(err)
	}
}

func TestREG03OnlyOneSpellingIsRead(t *testing.T) {
	manifest, _ := sampleManifest().Marshal()
	document, _ := sampleConfig().Marshal()
	mutations := map[string]func(string) string{
		"space":        func(s string) string { return strings.Replace(s, ":", ": ", 1) },
		"newline":      func(s string) string { return s + "\n" },
		"unknown key":  func(s string) string { return strings.Replace(s, "{", `{"x":1,`, 1) },
		"case variant": func(s string) string { return strings.Replace(s, `"config"`, `"Config"`, 1) },
		"repeated":     func(s string) string { return s[:len(s)-1] + `,"schemaVersion":2,"version":1}` },
		"escaped":      func(s string) string { return strings.Replace(s, "sha256", `sh\u0061256`, 1) },
		"cut":          func(s string) string { return s[:len(s)-1] },
		"null":         func(string) string { return "null" },
		"empty object": func(string) string { return "{}" },
	}
	for name, mutate := range mutations {
		if _, err := ParseManifest([]byte(mutate(string(manifest)))); err == nil {
			t.Errorf("manifest, %s: accepted", name)
		}
		if _, err := ParseConfig([]byte(mutate(string(document)))); err == nil {
			t.Errorf("config, %s: accepted", name)
		}
	}
}

func TestManifestRefusesOtherParts(t *testing.T) {
	for name, change := range map[string]func(*Manifest){
		"no layers":        func(m *Manifest) { m.Images[0].Layers = nil },
		"no images":        func(m *Manifest) { m.Images = nil },
		"17 images":        func(m *Manifest) { m.Images = slices.Repeat(m.Images[:1], 17) },
		"other documents":  func(m *Manifest) { m.Images[1].Manifest, m.Images[1].Config = m.Images[1].Config, m.Images[1].Manifest },
		"second: no layer": func(m *Manifest) { m.Images[1].Layers = nil },
		"second: no root":  func(m *Manifest) { m.Images[1].Layers[0].Annotations = nil },
		"roles swapped":    func(m *Manifest) { m.Kernel, m.Initrd = m.Initrd, m.Kernel },
		"layer of a role":  func(m *Manifest) { m.Images[0].Layers[0] = m.Kernel },
		"plain layer":      func(m *Manifest) { m.Images[0].Layers[0].MediaType = oci.MediaTypeLayer },
		"docker's layer":   func(m *Manifest) { m.Images[0].Layers[0].MediaType = oci.DockerLayerGzip },
		"no root hash":     func(m *Manifest) { m.Images[0].Layers[0].Annotations = nil },
		"short root hash":  func(m *Manifest) { m.Images[0].Layers[0].Annotations[AnnotationRootHash] = "00" },
		"upper case":       func(m *Manifest) { m.Images[0].Layers[0].Annotations[AnnotationRootHash] = strings.Repeat("A", 64) },
		"other annotation": func(m *Manifest) { m.Images[0].Layers[0].Annotations["a"] = "b" },
		"empty part":       func(m *Manifest) { m.Kernel.Size = 0 },
		"REG07 urls":       func(m *Manifest) { m.Images[0].Layers[0].URLs = []string{"http://169.254.169.254/"} },
		"annotations":      func(m *Manifest) { m.Kernel.Annotations = map[string]string{"a": "b"} },
		"platform":         func(m *Manifest) { m.Kernel.Platform = &oci.Platform{OS: "linux"} },
		"another hash":     func(m *Manifest) { m.Kernel.Digest.Algorithm = "sha512" },
		"config of others": func(m *Manifest) { m.Config.MediaType = oci.MediaTypeConfig },
	} {
		m := sampleManifest()
		change(&m)
		data, err := m.Marshal()
		if err != nil {
			continue
		}
		if _, err := ParseManifest(data); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestOrdinaryImagesAreNotEnclaves(t *testing.T) {
	image := `{"schemaVersion":2,"mediaType":"` + oci.MediaTypeManifest + `","config":{},"layers":[]}`
	if _, err := ParseManifest([]byte(image)); !errors.Is(err, ErrNotEnclave) {
		t.Errorf("got %v", err)
	}
}

func TestConfigRefusesWhatIsMissing(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"version":         func(c *Config) { c.Version = 0 },
		"no layers":       func(c *Config) { c.Images[0].Layers = nil },
		"no images":       func(c *Config) { c.Images = nil },
		"an image less":   func(c *Config) { c.Images = c.Images[:1] },
		"an image more":   func(c *Config) { c.Images = append(c.Images, c.Images[0]) },
		"second: no root": func(c *Config) { c.Images[1].Layers = []Layer{{DiffID: digest("c"), Size: 8192}} },
		"second: digest":  func(c *Config) { c.Images[1].Source.Config = v1.Hash{} },
		"no diff id":      func(c *Config) { c.Images[0].Layers[0].DiffID = v1.Hash{} },
		"no root":         func(c *Config) { c.Images[0].Layers[0].RootHash = [32]byte{} },
		"half a block":    func(c *Config) { c.Images[0].Layers[0].Size = 12289 },
		"all data":        func(c *Config) { c.Images[0].Layers[0].DataBlocks = 3 },
		"negative size":   func(c *Config) { c.Images[0].Layers[0].Size = -4096 },
		"no spec":         func(c *Config) { c.Spec = spec.Spec{} },
		"no conversion":   func(c *Config) { c.Conversion = 0 },
		"index":           func(c *Config) { c.Images[0].Source.MediaType = oci.MediaTypeIndex },
		"no measurements": func(c *Config) { c.Measurements = nil },
		"no digest":       func(c *Config) { c.MeasuredConfig.Digest = v1.Hash{} },
		"other TEE":       func(c *Config) { c.Measurements[0].TEE = 0 },
	} {
		c := sampleConfig()
		change(&c)
		if _, err := c.Marshal(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestConfigRefusesTextsThatDraw: what nobody measures is shown to people.
func TestConfigRefusesTextsThatDraw(t *testing.T) {
	for name, field := range map[string]func(*Config) *string{
		"kernel":  func(c *Config) *string { return &c.GuestBase.Kernel },
		"runtime": func(c *Config) *string { return &c.GuestBase.Runtime },
		"go":      func(c *Config) *string { return &c.GuestBase.Go },
		"qemu":    func(c *Config) *string { return &c.QEMU },
		"cmdline": func(c *Config) *string { return &c.Cmdline },
	} {
		for _, bad := range []string{"", "x\x1b[2J", "x\nok    verity root: 0x00", "x\r", "x\t", "x\x7f", "x\u009b", "x\u202e", "ö", "\xff", strings.Repeat("x", 2049)} {
			c := sampleConfig()
			*field(&c) = bad
			if _, err := c.Marshal(); err == nil {
				t.Errorf("%s: %q was written", name, bad)
			}
			good := sampleConfig()
			*field(&good) = "PLACEHOLDER"
			document, err := good.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			quoted, err := json.Marshal(bad)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ParseConfig(bytes.Replace(document, []byte(`"PLACEHOLDER"`), quoted, 1)); err == nil {
				t.Errorf("%s: %q was read", name, bad)
			}
		}
	}
}

func FuzzParseManifest(f *testing.F) {
	data, _ := sampleManifest().Marshal()
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ParseManifest(data)
		if err != nil {
			return
		}
		if again, err := m.Marshal(); err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s\nis written\n%s, %v", data, again, err)
		}
	})
}

func FuzzParseConfig(f *testing.F) {
	data, _ := sampleConfig().Marshal()
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseConfig(data)
		if err != nil {
			return
		}
		if again, err := c.Marshal(); err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s\nis written\n%s, %v", data, again, err)
		}
	})
}
