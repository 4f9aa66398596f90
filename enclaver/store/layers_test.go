// SPDX-License-Identifier: Apache-2.0

package store

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/escrin/escrin/enclaver/oci"
)

// putLayer converts nothing: it stores content as if it were a layer.
func putLayer(t *testing.T, s *Store, conversion int, content string) LayerInfo {
	t.Helper()
	l, err := s.CreateLayer()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Discard()
	for _, f := range []*os.File{l.Image, l.Leaves, l.Scratch} {
		if _, err := f.WriteString(content); err != nil {
			t.Fatal(err)
		}
	}
	var info LayerInfo
	info.DiffID, info.Size, info.Entries = manifest(content).Digest, 4096, 7
	if err := l.Commit(conversion, info); err != nil {
		t.Fatal(err)
	}
	return info
}

func TestLayerCacheKnowsItsVersion(t *testing.T) {
	s := open(t)
	info := putLayer(t, s, 1, "layer")
	if got, ok := s.LayerInfo(1, info.DiffID); !ok || got != info {
		t.Errorf("%v, %v", got, ok)
	}
	if _, ok := s.LayerInfo(2, info.DiffID); ok {
		t.Error("found a conversion of another version")
	}
	l, err := s.OpenLayer(1, info.DiffID)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, f := range []*os.File{l.Image, l.Leaves} {
		if got, err := io.ReadAll(f); err != nil || string(got) != "layer" {
			t.Errorf("%s, %v", got, err)
		}
	}
	if err := s.DropLayer(1, info.DiffID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.OpenLayer(1, info.DiffID); !errors.Is(err, ErrNotExist) {
		t.Errorf("dropped, and then %v", err)
	}
	if left, _ := os.ReadDir(filepath.Join(s.Dir(), "tmp")); len(left) != 0 {
		t.Errorf("%d files left behind", len(left))
	}
}

func TestManyMayCacheTheSameLayer(t *testing.T) {
	s := open(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { putLayer(t, s, 2, "layer") })
	}
	wg.Wait()
	if _, err := s.OpenLayer(2, manifest("layer").Digest); err != nil {
		t.Error(err)
	}
}

func TestPruneKeepsWhatItIsToldTo(t *testing.T) {
	s := open(t)
	kept, err := s.PutBytes("x", []byte("kept"))
	if err != nil {
		t.Fatal(err)
	}
	gone, err := s.PutBytes("x", []byte("gone"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []oci.Descriptor{kept, gone} {
		if err := s.SetPacked(d.Digest, Packed{DiffID: d.Digest, Blob: d}); err != nil {
			t.Fatal(err)
		}
	}
	current, other, old := putLayer(t, s, 2, "current"), putLayer(t, s, 2, "other"), putLayer(t, s, 1, "current")
	keep := Keep{Conversion: 2}
	keep.Blobs, keep.Layers = digestSet(kept.Digest), digestSet(current.DiffID)
	release, err := s.Use()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Prune(func() (Keep, error) { return keep, nil }); err == nil {
		t.Error("pruned a store in use")
	}
	release()
	freed, err := s.Prune(func() (Keep, error) { return keep, nil })
	if err != nil || freed == 0 {
		t.Fatalf("%d bytes, %v", freed, err)
	}
	_, packed := s.Packed(gone.Digest)
	_, cached := s.LayerInfo(2, other.DiffID)
	_, outdated := s.LayerInfo(1, old.DiffID)
	if s.Has(gone) || packed || cached || outdated {
		t.Error("something stayed")
	}
	_, packed = s.Packed(kept.Digest)
	_, cached = s.LayerInfo(2, current.DiffID)
	if !s.Has(kept) || !packed || !cached {
		t.Error("something went")
	}
}

// TestPruneStaysInItsStore: a store's path may look like a pattern that matches another store, and an entry may be a link.
func TestPruneStaysInItsStore(t *testing.T) {
	dir := t.TempDir()
	stores := map[string]*Store{}
	for _, name := range []string{"a", "[a]", "?"} {
		s, err := Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		stores[name] = s
	}
	kept, err := stores["a"].PutBytes("x", []byte("kept"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"[a]", "?"} {
		s := stores[name]
		gone, err := s.PutBytes("x", []byte("gone"))
		if err != nil {
			t.Fatal(err)
		}
		for link, to := range map[string]string{"tmp/link": stores["a"].Dir(), "tmp/dangling": "nowhere", "partial/blob": stores["a"].BlobPath(kept.Digest)} {
			if err := os.Symlink(to, filepath.Join(s.Dir(), link)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Prune(func() (Keep, error) { return Keep{}, nil }); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, link := range []string{"tmp/link", "tmp/dangling", "partial/blob"} {
			if _, err := os.Lstat(filepath.Join(s.Dir(), link)); err == nil {
				t.Errorf("%s: %s stayed", name, link)
			}
		}
		if s.Has(gone) {
			t.Errorf("%s: nothing was removed", name)
		}
		if !stores["a"].Has(kept) {
			t.Fatalf("pruning %s removed from another store", name)
		}
	}
}
