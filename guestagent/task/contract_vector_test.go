// SPDX-License-Identifier: Apache-2.0

package task_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
)

// contractVector is a manifest that contracts/src/client/InputManifest.sol writes, and its parts.
type contractVector struct {
	Identity  wire.Hash32    `json:"identity"`
	Policy    wire.Hash32    `json:"policy"`
	Accounts  []wire.Address `json:"accounts"`
	Digests   []wire.Hash32  `json:"digests"`
	Sizes     []uint64       `json:"sizes"`
	ResultKey byte           `json:"resultKey"` // repeated
	GroupKey  byte           `json:"groupKey"`  // repeated
	Manifest  string         `json:"manifest"`
}

var update = flag.Bool("update", false, "rewrite contracts/testdata/manifest.json")

// The manifest that a contract writes is the canonical one.
func TestContractWritesTheCanonicalManifest(t *testing.T) {
	path := filepath.Join("..", "..", "contracts", "testdata", "manifest.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v contractVector
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	m := task.Manifest{Version: task.ManifestVersion, Identity: v.Identity, Policy: v.Policy,
		ResultKey: bytes.Repeat([]byte{v.ResultKey}, task.ResultKeySize), GroupKey: bytes.Repeat([]byte{v.GroupKey}, task.GroupKeySize)}
	for i, account := range v.Accounts {
		m.Inputs = append(m.Inputs, task.Input{Name: account.String() + ".json", Digest: wire.Digest(v.Digests[i]), Size: v.Sizes[i]})
	}
	want, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		v.Manifest = string(want)
		text, err := json.MarshalIndent(v, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if v.Manifest != string(want) {
		t.Errorf("the contract writes\n%s\nwant\n%s", v.Manifest, want)
	}
	if _, err := task.ParseManifest([]byte(v.Manifest)); err != nil {
		t.Error(err)
	}
}
