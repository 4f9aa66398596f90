// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestReportsAreMadeBesideEachOther: in a folder where nothing answers, which keeps them, each has an entry with its own report data.
func TestReportsAreMadeBesideEachOther(t *testing.T) {
	in := t.TempDir()
	asked := [][64]byte{{1}, {2}, {3}}
	for _, data := range asked {
		if _, err := readReport(in, data); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("it gets not as far as the provider: %v", err)
		}
	}
	entries, err := filepath.Glob(filepath.Join(in, "*", "inblob"))
	if err != nil || len(entries) != len(asked) {
		t.Fatalf("%q, %v", entries, err)
	}
	var written []string
	for _, entry := range entries {
		if err := os.Chmod(entry, 0o600); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(entry)
		if err != nil {
			t.Fatal(err)
		}
		written = append(written, string(content))
	}
	for _, data := range asked {
		if !slices.Contains(written, string(data[:])) {
			t.Errorf("nobody asks about %d", data[0])
		}
	}
}

// TestMachinesWithoutReportsHaveNoQuote: the host is asked then.
func TestMachinesWithoutReportsHaveNoQuote(t *testing.T) {
	if quote, err := readReport(filepath.Join(t.TempDir(), "none"), [64]byte{}); quote != nil || err != nil {
		t.Errorf("%x, %v", quote, err)
	}
}
