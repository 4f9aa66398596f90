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

	v1 "github.com/google/go-containerregistry/pkg/v1"
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

// Tag gives the manifest that d describes the name ref: its tag or, if it is pinned, its digest.
func (s *Store) Tag(ref oci.Reference, d oci.Descriptor) error {
	unlock, err := s.lock()
	if err != nil {
		return fmt.Errorf("tag %s: %w", ref, err)
	}
	defer unlock()
	index, err := s.index()
	if err != nil {
		return fmt.Errorf("tag %s: %w", ref, err)
	}
	tag := tagOf(ref)
	kept := slices.DeleteFunc(index.Manifests, func(m oci.Descriptor) bool {
		return m.Annotations[oci.AnnotationRefName] == tag
	})
	d.Annotations = map[string]string{oci.AnnotationRefName: tag}
	if kept = append(kept, d); len(kept) > oci.MaxManifests {
		return hint.Wrap(fmt.Errorf("tag %s: the store has %d names", ref, oci.MaxManifests), "remove the folder %s, or use another", s.dir)
	}
	slices.SortFunc(kept, func(a, b oci.Descriptor) int {
		return strings.Compare(a.Annotations[oci.AnnotationRefName], b.Annotations[oci.AnnotationRefName])
	})
	data, err := json.Marshal(indexDocument{SchemaVersion: 2, MediaType: oci.MediaTypeIndex, Manifests: kept})
	if err != nil {
		return err
	}
	return s.replace(filepath.Join(s.dir, "index.json"), data)
}

// Resolve returns the descriptor of the manifest that ref names: the one with its digest if it is pinned
// and some name of the store has it, else the one with its tag. The error wraps ErrNotExist.
func (s *Store) Resolve(ref oci.Reference) (oci.Descriptor, error) {
	index, err := s.index()
	if err != nil {
		return oci.Descriptor{}, fmt.Errorf("find %s: %w", ref, err)
	}
	digest, pinned := ref.Digest()
	for _, m := range index.Manifests {
		if pinned && m.Digest == digest || !pinned && m.Annotations[oci.AnnotationRefName] == tagOf(ref) {
			m.Annotations = nil
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

// lock keeps other processes from changing the index; the lock ends with the process.
func (s *Store) lock() (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(s.dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

// CachedLayer returns the converted form of the layer with this diff id, made by this version of the
// converter, if the store has it. The caller must still check the blob.
func (s *Store) CachedLayer(diffID v1.Hash, version string) (oci.Descriptor, bool) {
	data, err := os.ReadFile(s.layerPath(diffID, version))
	if err != nil {
		return oci.Descriptor{}, false
	}
	var d oci.Descriptor
	if json.Unmarshal(data, &d) != nil || d.Validate() != nil {
		return oci.Descriptor{}, false
	}
	return d, true
}

// CacheLayer remembers the converted form of a layer.
func (s *Store) CacheLayer(diffID v1.Hash, version string, d oci.Descriptor) error {
	data, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return s.replace(s.layerPath(diffID, version), data)
}

func (s *Store) layerPath(diffID v1.Hash, version string) string {
	return filepath.Join(s.dir, "layers", diffID.Hex+"-"+version)
}
