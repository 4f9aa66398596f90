// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/escrin/escrin/enclaver/oci"
)

func open(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestREG01PutStoresOnlyWhatTheDescriptorNames(t *testing.T) {
	s, ctx := open(t), context.Background()
	content := []byte("content")
	d := oci.DescriptorOf("x", content)
	for name, bad := range map[string]string{"short": "conten", "long": "content!", "other": "contenT", "empty": ""} {
		if err := s.Put(ctx, d, strings.NewReader(bad)); !errors.Is(err, oci.ErrMismatch) {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.Check(ctx, d); !errors.Is(err, ErrNotExist) {
			t.Errorf("%s: stored: %v", name, err)
		}
	}
	if err := s.Put(ctx, d, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(ctx, d); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(filepath.Join(s.Dir(), "tmp")); len(left) != 0 {
		t.Errorf("%d files left behind", len(left))
	}
}

func TestREG13StoredContentIsCheckedWhenItIsUsed(t *testing.T) {
	s, ctx := open(t), context.Background()
	d, err := s.PutBytes("x", []byte("content"))
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"contenT", "conten"} {
		if err := os.WriteFile(s.BlobPath(d.Digest), []byte(bad), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := s.Check(ctx, d); !errors.Is(err, oci.ErrMismatch) {
			t.Errorf("%s: %v", bad, err)
		}
		if _, err := s.ReadDocument(ctx, d); !errors.Is(err, oci.ErrMismatch) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, err := s.PutBytes("x", []byte("content")); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(ctx, d); err != nil {
		t.Errorf("not repaired: %v", err)
	}
}

func reference(t *testing.T, s string) oci.Reference {
	t.Helper()
	ref, err := oci.ParseReference(s)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func TestTagsResolveByNameAndByDigest(t *testing.T) {
	s := open(t)
	ref := reference(t, "localhost:5000/a:v1")
	first, second := manifest("first"), manifest("second")
	if err := s.Tag(ref, first, ""); err != nil {
		t.Fatal(err)
	}
	if err := s.Tag(reference(t, "localhost:5000/a:v2"), second, ""); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Resolve(ref); err != nil || d.Digest != first.Digest {
		t.Errorf("%v, %v", d, err)
	}
	if d, err := s.Resolve(ref.WithDigest(second.Digest)); err != nil || d.Digest != second.Digest {
		t.Errorf("REG-05: the tag won over the digest: %v, %v", d, err)
	}
	if err := s.Tag(ref.WithDigest(second.Digest), second, ""); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Resolve(ref); err != nil || d.Digest != first.Digest {
		t.Errorf("a pinned name moved the tag: %v, %v", d, err)
	}
	if err := s.Tag(ref, second, "localhost:5000/image"); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Resolve(ref); err != nil || d.Digest != second.Digest {
		t.Errorf("not moved: %v, %v", d, err)
	}
	for _, other := range []string{"localhost:5000/a", "localhost:5001/a:v1", "localhost:5000/b:v1"} {
		if _, err := s.Resolve(reference(t, other)); !errors.Is(err, ErrNotExist) {
			t.Errorf("%s: %v", other, err)
		}
	}
}

func TestNamesAreRemovedOneByOne(t *testing.T) {
	s := open(t)
	ref, content := reference(t, "localhost:5000/a:v1"), manifest("first")
	if err := s.Tag(ref, content, "localhost:5000/image"); err != nil {
		t.Fatal(err)
	}
	if s.Origin(ref) != "localhost:5000/image" || s.Origin(reference(t, "localhost:5000/b")) != "" {
		t.Error("the origin is lost, or made up")
	}
	for _, other := range []oci.Reference{reference(t, "localhost:5000/a:v2"), ref.WithDigest(content.Digest)} {
		if err := s.Remove(other); !errors.Is(err, ErrNotExist) {
			t.Errorf("%s: %v", other, err)
		}
	}
	if names, err := s.Names(); err != nil || len(names) != 1 || names[0].Name != "localhost:5000/a:v1" || names[0].Manifest.Digest != content.Digest {
		t.Errorf("%v, %v", names, err)
	}
	if err := s.Remove(ref); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Resolve(ref); !errors.Is(err, ErrNotExist) {
		t.Errorf("removed, and then %v", err)
	}
}

func TestManyMayTagAtOnce(t *testing.T) {
	s := open(t)
	var wg sync.WaitGroup
	refs := make([]oci.Reference, 20)
	for i := range refs {
		refs[i] = reference(t, fmt.Sprintf("localhost:5000/a:v%d", i))
		wg.Go(func() {
			if err := s.Tag(refs[i], manifest(refs[i].String()), ""); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, ref := range refs {
		if d, err := s.Resolve(ref); err != nil || d.Digest != manifest(ref.String()).Digest {
			t.Errorf("%s: %v, %v", ref, d, err)
		}
	}
}

func TestCorruptedIndexIsAnError(t *testing.T) {
	s := open(t)
	ref := reference(t, "localhost:5000/a:v1")
	if err := s.Tag(ref, manifest("first"), ""); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.Dir(), "index.json"), []byte(`{"schemaVersion":2,"Manifests":[]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Resolve(ref); err == nil || errors.Is(err, ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func manifest(content string) oci.Descriptor {
	return oci.DescriptorOf(oci.MediaTypeManifest, []byte(content))
}
