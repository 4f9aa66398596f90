// SPDX-License-Identifier: Apache-2.0

package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
)

// indexDocument is the layout's index.json.
type indexDocument struct {
	SchemaVersion int              `json:"schemaVersion"`
	MediaType     string           `json:"mediaType"`
	Manifests     []oci.Descriptor `json:"manifests"`
}

// annotationOrigin is a note in the store's own index: the repository that a source image was read from.
const annotationOrigin = "org.escrin.store.origin"

// Name is a name of the store and what it stands for.
type Name struct {
	Name     string         // HOST/NAME:TAG or HOST/NAME@DIGEST
	Manifest oci.Descriptor // without annotations
	Origin   string         // repository of the source image, if it came from one and that is known
}

// Tag gives the manifest that d describes the name ref: its tag or, if it is pinned, its digest. The origin is the
// repository of the source image, or empty.
func (s *Store) Tag(ref oci.Reference, d oci.Descriptor, origin string) error {
	return s.changeNames(ref, func(tag string, kept []oci.Descriptor) ([]oci.Descriptor, error) {
		d.Annotations = map[string]string{oci.AnnotationRefName: tag}
		if origin != "" {
			d.Annotations[annotationOrigin] = origin
		}
		if kept = append(kept, d); len(kept) > oci.MaxManifests {
			return nil, hint.Wrap(fmt.Errorf("the store has %d names", oci.MaxManifests), "remove some with `escrin store remove REF`")
		}
		return kept, nil
	})
}

// Remove takes a name away. Its content stays until Prune. The error wraps ErrNotExist if there is no such name.
func (s *Store) Remove(ref oci.Reference) error {
	names, err := s.Names()
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(names, func(n Name) bool { return n.Name == tagOf(ref) }) {
		return fmt.Errorf("remove %s: %w", ref, ErrNotExist)
	}
	return s.changeNames(ref, func(_ string, kept []oci.Descriptor) ([]oci.Descriptor, error) { return kept, nil })
}

// Origin is the repository of the source image of what ref names, or empty if it is not known.
func (s *Store) Origin(ref oci.Reference) string {
	m, err := s.named(ref)
	if err != nil {
		return ""
	}
	return m.Annotations[annotationOrigin]
}

// Names lists the names of the store in their order.
func (s *Store) Names() ([]Name, error) {
	index, err := s.index()
	if err != nil {
		return nil, fmt.Errorf("list names: %w", err)
	}
	names := make([]Name, len(index.Manifests))
	for i, m := range index.Manifests {
		names[i] = Name{Name: m.Annotations[oci.AnnotationRefName], Origin: m.Annotations[annotationOrigin]}
		m.Annotations = nil
		names[i].Manifest = m
	}
	return names, nil
}

// changeNames has change make the new list of names of the one without ref's, under the lock.
func (s *Store) changeNames(ref oci.Reference, change func(tag string, kept []oci.Descriptor) ([]oci.Descriptor, error)) error {
	unlock, err := s.lock("lock", unix.LOCK_EX)
	if err != nil {
		return fmt.Errorf("name %s: %w", ref, err)
	}
	defer unlock()
	index, err := s.index()
	if err != nil {
		return fmt.Errorf("name %s: %w", ref, err)
	}
	tag := tagOf(ref)
	kept := slices.DeleteFunc(index.Manifests, func(m oci.Descriptor) bool {
		return m.Annotations[oci.AnnotationRefName] == tag
	})
	if kept, err = change(tag, kept); err != nil {
		return fmt.Errorf("name %s: %w", ref, err)
	}
	slices.SortFunc(kept, func(a, b oci.Descriptor) int {
		return strings.Compare(a.Annotations[oci.AnnotationRefName], b.Annotations[oci.AnnotationRefName])
	})
	data, err := json.Marshal(indexDocument{SchemaVersion: 2, MediaType: oci.MediaTypeIndex, Manifests: orEmpty(kept)})
	if err != nil {
		return err
	}
	return s.replace(filepath.Join(s.dir, "index.json"), data)
}

func orEmpty(list []oci.Descriptor) []oci.Descriptor {
	if list == nil {
		return []oci.Descriptor{}
	}
	return list
}

// Resolve returns the descriptor of the manifest that ref names: the one with its digest if it is pinned
// and some name of the store has it, else the one with its tag. The error wraps ErrNotExist.
func (s *Store) Resolve(ref oci.Reference) (oci.Descriptor, error) {
	m, err := s.named(ref)
	m.Annotations = nil
	return m, err
}

func (s *Store) named(ref oci.Reference) (oci.Descriptor, error) {
	index, err := s.index()
	if err != nil {
		return oci.Descriptor{}, fmt.Errorf("find %s: %w", ref, err)
	}
	digest, pinned := ref.Digest()
	for _, m := range index.Manifests {
		if pinned && m.Digest == digest || !pinned && m.Annotations[oci.AnnotationRefName] == tagOf(ref) {
			return m, nil
		}
	}
	return oci.Descriptor{}, fmt.Errorf("find %s: %w", ref, ErrNotExist)
}

// tagOf is the name under which a reference is kept. That of a pinned one is its digest: what its tag
// means is not known here.
func tagOf(ref oci.Reference) string {
	if digest, pinned := ref.Digest(); pinned {
		return ref.Repository().Name() + "@" + digest.String()
	}
	return ref.String()
}

func (s *Store) index() (indexDocument, error) {
	data, err := os.ReadFile(filepath.Join(s.dir, "index.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return indexDocument{}, nil
	}
	if err != nil {
		return indexDocument{}, err
	}
	index, err := oci.ParseIndex(data, oci.MediaTypeIndex)
	return indexDocument{Manifests: index.Manifests}, err
}

// lock takes a lock of flock(2) on a file of the store; it ends with the process.
func (s *Store) lock(name string, how int) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(s.dir, name), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), how); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}
