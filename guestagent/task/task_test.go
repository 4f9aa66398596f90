// SPDX-License-Identifier: Apache-2.0

package task

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/keyholder/envelope"
)

func goodManifest() Manifest {
	return Manifest{
		Version: ManifestVersion, Identity: wire.Hash32{1}, Policy: wire.Hash32{2}, ResultKey: make([]byte, ResultKeySize), GroupKey: make([]byte, GroupKeySize),
		Inputs: []Input{{Name: "b.json", Digest: wire.Digest{2}, Size: 3}, {Name: "a", Digest: wire.Digest{1}, Size: MaxInput}},
	}
}

func TestManifestRoundTripSortsInputs(t *testing.T) {
	document, err := goodManifest().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	m, err := ParseManifest(document)
	if err != nil {
		t.Fatal(err)
	}
	if m.Inputs[0].Name != "a" || m.Inputs[1].Name != "b.json" {
		t.Errorf("inputs %+v", m.Inputs)
	}
}

func TestManifestsThatAreRefused(t *testing.T) {
	for name, change := range map[string]func(*Manifest){
		"version":        func(m *Manifest) { m.Version = 0 },
		"identity":       func(m *Manifest) { m.Identity = wire.Hash32{} },
		"policy":         func(m *Manifest) { m.Policy = wire.Hash32{} },
		"result key":     func(m *Manifest) { m.ResultKey = m.ResultKey[1:] },
		"group key":      func(m *Manifest) { m.GroupKey = nil },
		"name twice":     func(m *Manifest) { m.Inputs[0].Name = "a" },
		"empty blob":     func(m *Manifest) { m.Inputs[0].Size = 0 },
		"large blob":     func(m *Manifest) { m.Inputs[0].Size = MaxInput + 1 },
		"large in all":   func(m *Manifest) { m.Inputs = append(m.Inputs, Input{Name: "c", Size: MaxInput}) },
		"too many":       func(m *Manifest) { m.Inputs = make([]Input, MaxInputs+1) },
		"traversal":      func(m *Manifest) { m.Inputs[0].Name = "../b" },
		"hidden":         func(m *Manifest) { m.Inputs[0].Name = ".b" },
		"upper case":     func(m *Manifest) { m.Inputs[0].Name = "B" },
		"newline":        func(m *Manifest) { m.Inputs[0].Name = "b\n" },
		"empty name":     func(m *Manifest) { m.Inputs[0].Name = "" },
		"long name":      func(m *Manifest) { m.Inputs[0].Name = strings.Repeat("b", 65) },
		"slash":          func(m *Manifest) { m.Inputs[0].Name = "a/b" },
		"not ASCII":      func(m *Manifest) { m.Inputs[0].Name = "ä" },
		"NUL in a name":  func(m *Manifest) { m.Inputs[0].Name = "a\x00" },
		"option-looking": func(m *Manifest) { m.Inputs[0].Name = "-rf" },
		"no version":     func(m *Manifest) { m.Inputs[0].Secret = &Secret{} },
		"MB-15 config":   func(m *Manifest) { m.Inputs[0].Name, m.Inputs[0].Secret = "escrin.config", &Secret{Version: 1} },
		"no label":       func(m *Manifest) { m.Inputs[0].Name, m.Inputs[0].Secret = "pаssword", &Secret{Version: 1} },
	} {
		m := goodManifest()
		change(&m)
		if _, err := m.Marshal(); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	document, _ := goodManifest().Marshal()
	secret := goodManifest()
	secret.Inputs[0].Name, secret.Inputs[0].Secret = "TLS_KEY", &Secret{Version: 2}
	labelled, err := secret.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	unsorted := bytes.Replace(document, []byte(`"name":"a"`), []byte(`"name":"z"`), 1)
	for _, other := range [][]byte{nil, []byte("{}"), append(document, '\n'), unsorted, bytes.Replace(document, []byte(`{"version"`), []byte(`{"x":1,"version"`), 1),
		bytes.Replace(document, []byte(`"size":3}`), []byte(`"size":3,"secret":null}`), 1), bytes.Replace(labelled, []byte(`"version":2`), []byte(`"version":2,"x":1`), 1)} {
		if _, err := ParseManifest(other); err == nil {
			t.Errorf("%.60q was accepted", other)
		}
	}
}

func FuzzParseManifest(f *testing.F) {
	document, _ := goodManifest().Marshal()
	f.Add(document)
	f.Add(bytes.Replace(document, []byte(`"size":3}`), []byte(`"size":3,"secret":{"version":1,"policy":"0x`+strings.Repeat("00", 32)+`"}}`), 1))
	f.Fuzz(func(t *testing.T, document []byte) {
		m, err := ParseManifest(document)
		if err != nil {
			return
		}
		if again, err := m.Marshal(); err != nil || !bytes.Equal(again, document) {
			t.Errorf("%q encodes as %q, %v", document, again, err)
		}
	})
}

// TestAG11UnfitOutputsEndEarly: what a workload can leave behind and no archive holds. A file of 1 TiB with
// nothing in it costs a workload nothing.
func TestAG11UnfitOutputsEndEarly(t *testing.T) {
	crowd := fstest.MapFS{}
	for i := range MaxOutputEntries + 1 {
		crowd[strconv.Itoa(i)] = &fstest.MapFile{}
	}
	for name, files := range map[string]fs.FS{
		"sparse file":    sparse(t, 1<<40),
		"just too large": sparse(t, MaxOutput-6*512+1),
		"crowd":          crowd,
		"long name":      fstest.MapFS{strings.Repeat("n", MaxOutputName+1): {}},
		"not UTF-8":      listing{"\xff"},
	} {
		written := new(counter)
		err := WriteOutput(written, []byte("out"), nil, files)
		if unfit := new(UnfitError); !errors.As(err, &unfit) {
			t.Errorf("%s: error is %v", name, err)
		}
		if *written > MaxOutput {
			t.Errorf("%s: %d bytes written", name, *written)
		}
	}
	written := new(counter)
	if err := WriteOutput(written, []byte("out"), nil, sparse(t, MaxOutput-6*512)); err != nil || *written != MaxOutput {
		t.Errorf("largest file: %d bytes, %v", *written, err)
	}
	if size := envelope.SealedToRecipientSize(MaxOutput); size >= 32<<20 {
		t.Errorf("sealed output of %d bytes", size)
	}
}

// sparse is a directory with one file of so many zeros.
func sparse(t *testing.T, size int64) fs.FS {
	t.Helper()
	dir := t.TempDir()
	file, err := os.Create(filepath.Join(dir, "f"))
	if err == nil {
		err = errors.Join(file.Truncate(size), file.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return os.DirFS(dir)
}

// listing is a directory with these names, which need not be valid.
type listing []string

func (listing) Open(string) (fs.File, error) { return nil, fs.ErrInvalid }
func (l listing) ReadDir(string) ([]fs.DirEntry, error) {
	var entries []fs.DirEntry
	for _, name := range l {
		info, err := fstest.MapFS{"f": {}}.Stat("f")
		if err != nil {
			return nil, err
		}
		entries = append(entries, renamed{fs.FileInfoToDirEntry(info), name})
	}
	return entries, nil
}
func (listing) Stat(string) (fs.FileInfo, error) { return fstest.MapFS{}.Stat(".") }

type renamed struct {
	fs.DirEntry
	name string
}

func (r renamed) Name() string { return r.name }

// counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
