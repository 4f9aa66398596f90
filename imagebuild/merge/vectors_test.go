// SPDX-License-Identifier: Apache-2.0

package merge_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/escrin/escrin/imagebuild/layer"
	"github.com/escrin/escrin/imagebuild/merge"
)

// vectors are those of the layer's SPEC.md. Whoever changes what a layer becomes must change layer.Version, and these.
type vectors struct {
	Conversion int           `json:"conversion"`
	Layers     []layerVector `json:"layers"` // bottom layer first
	Disk       diskVector    `json:"disk"`
}

type layerVector struct {
	Tar        string `json:"tar"`
	DiffID     string `json:"diffId"`
	Size       int64  `json:"size"`
	DataBlocks uint32 `json:"dataBlocks"`
	RootHash   string `json:"rootHash"`
	Devices    int    `json:"devices"`
	Attributes int    `json:"attributes"`
}

type diskVector struct {
	DataBlocks     uint64 `json:"dataBlocks"`
	MetadataBlocks uint32 `json:"metadataBlocks"`
	Inodes         uint64 `json:"inodes"`
	RootHash       string `json:"rootHash"`
}

func TestVectors(t *testing.T) {
	const dir = "../layer/testdata"
	document, err := os.ReadFile(filepath.Join(dir, "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want vectors
	if err := json.Unmarshal(document, &want); err != nil {
		t.Fatal(err)
	}
	got := vectors{Conversion: layer.Version}
	var layers []*merge.Layer
	for _, w := range want.Layers {
		stream, err := os.ReadFile(filepath.Join(dir, w.Tar))
		if err != nil {
			t.Fatal(err)
		}
		l, err := convert(stream)
		if err != nil {
			t.Fatal(err)
		}
		got.Layers = append(got.Layers, layerVector{
			w.Tar, hex.EncodeToString(l.DiffID[:]), l.Size, l.DataBlocks, hex.EncodeToString(l.RootHash[:]), l.Devices, l.Attributes,
		})
		opened, err := l.open()
		if err != nil {
			t.Fatal(err)
		}
		layers = append(layers, opened)
	}
	d, err := merge.Stack(layers)
	if err != nil {
		t.Fatal(err)
	}
	root, err := d.Root()
	if err != nil {
		t.Fatal(err)
	}
	got.Disk = diskVector{d.DataBlocks(), d.MetadataBlocks(), d.Inodes(), hex.EncodeToString(root[:])}
	made, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if string(made)+"\n" != string(document) {
		t.Errorf("got:\n%s\nwant:\n%s", made, document)
	}
}
