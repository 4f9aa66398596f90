// SPDX-License-Identifier: Apache-2.0

package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/oci"
)

// LayerInfo is what is known of a converted layer.
type LayerInfo struct {
	artifact.Layer
	Entries     int    `json:"entries"`               // of the tar stream
	Devices     int    `json:"devices,omitempty"`     // nodes that were left out
	FirstDevice string `json:"firstDevice,omitempty"` // the name of the first
	Attributes  int    `json:"attributes,omitempty"`  // extended attributes that were left out
}

// Layer is a converted layer in the cache, open for reading.
type Layer struct {
	LayerInfo
	Image  *os.File // its EROFS image
	Leaves *os.File // SHA-256 of each block of the image, in their order
}

// Close closes both files.
func (l *Layer) Close() error { return errors.Join(l.Image.Close(), l.Leaves.Close()) }

// LayerInfo returns what is known of the layer with this diff id, if the cache has it as this version of the
// converter makes it. That image and leaves are right is for their reader to check.
func (s *Store) LayerInfo(conversion int, diffID v1.Hash) (LayerInfo, bool) {
	var info LayerInfo
	err := readSealed(filepath.Join(s.layerDir(conversion, diffID), "about.json"), &info)
	if err != nil || info.DiffID != diffID {
		return LayerInfo{}, false
	}
	return info, true
}

// OpenLayer opens the layer with this diff id. The error wraps ErrNotExist if the cache does not have it.
func (s *Store) OpenLayer(conversion int, diffID v1.Hash) (*Layer, error) {
	info, ok := s.LayerInfo(conversion, diffID)
	if !ok {
		return nil, fmt.Errorf("converted layer %s: %w", diffID, ErrNotExist)
	}
	dir := s.layerDir(conversion, diffID)
	image, err := os.Open(filepath.Join(dir, "image"))
	if err != nil {
		return nil, fmt.Errorf("converted layer %s: %w", diffID, err)
	}
	leaves, err := os.Open(filepath.Join(dir, "leaves"))
	if err != nil {
		image.Close()
		return nil, fmt.Errorf("converted layer %s: %w", diffID, err)
	}
	return &Layer{LayerInfo: info, Image: image, Leaves: leaves}, nil
}

// DropLayer removes a converted layer, for whoever found that it is not right. It can be made again.
func (s *Store) DropLayer(conversion int, diffID v1.Hash) error {
	return s.removeDir(s.layerDir(conversion, diffID))
}

func (s *Store) layerDir(conversion int, diffID v1.Hash) string {
	return filepath.Join(s.dir, "layers", strconv.Itoa(conversion), diffID.Hex)
}

// NewLayer is a layer that is being converted and is not in the cache yet.
type NewLayer struct {
	Image   *os.File
	Leaves  *os.File
	Scratch *os.File

	dir   string
	store *Store
}

// CreateLayer starts a converted layer. The caller ends it with Commit or Discard.
func (s *Store) CreateLayer() (*NewLayer, error) {
	dir, err := os.MkdirTemp(filepath.Join(s.dir, "tmp"), "layer-")
	if err != nil {
		return nil, fmt.Errorf("write to store: %w", err)
	}
	l := &NewLayer{dir: dir, store: s}
	for _, f := range []struct {
		name string
		into **os.File
	}{{"image", &l.Image}, {"leaves", &l.Leaves}, {"scratch", &l.Scratch}} {
		if *f.into, err = os.OpenFile(filepath.Join(dir, f.name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644); err != nil {
			l.Discard()
			return nil, fmt.Errorf("write to store: %w", err)
		}
	}
	return l, nil
}

// Commit puts the layer into the cache, in the place of one that may be there.
func (l *NewLayer) Commit(conversion int, info LayerInfo) error {
	about, err := seal(info)
	if err != nil {
		return err
	}
	if err := errors.Join(l.close(), os.Remove(filepath.Join(l.dir, "scratch"))); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(l.dir, "about.json"), about, 0o644); err != nil {
		return err
	}
	if err := os.Chmod(l.dir, 0o755); err != nil {
		return err
	}
	place := l.store.layerDir(conversion, info.DiffID)
	if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
		return err
	}
	unlock, err := l.store.lock("layers.lock", unix.LOCK_EX)
	if err != nil {
		return err
	}
	defer unlock()
	if err := l.store.removeDir(place); err != nil {
		return err
	}
	return os.Rename(l.dir, place)
}

// Discard forgets a layer that was not committed; after Commit it does nothing.
func (l *NewLayer) Discard() {
	l.close()
	os.RemoveAll(l.dir)
}

func (l *NewLayer) close() error {
	var all error
	for _, f := range []**os.File{&l.Image, &l.Leaves, &l.Scratch} {
		if *f != nil {
			all = errors.Join(all, (*f).Close())
			*f = nil
		}
	}
	return all
}

// removeDir removes a folder in one step, so that no reader finds half of it.
func (s *Store) removeDir(dir string) error {
	grave, err := os.MkdirTemp(filepath.Join(s.dir, "tmp"), "removed-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(grave)
	if err := os.Rename(dir, filepath.Join(grave, "it")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Packed is what a layer's blob was found to be: the diff id of what it unpacks to, and the blob that carries it
// in an enclave.
type Packed struct {
	DiffID v1.Hash        `json:"diffId"`
	Blob   oci.Descriptor `json:"blob"`
}

// Packed returns what the blob with this digest was found to be, if it was seen before.
func (s *Store) Packed(digest v1.Hash) (Packed, bool) {
	var p Packed
	if readSealed(s.packedPath(digest), &p) != nil || p.Blob.Validate() != nil {
		return Packed{}, false
	}
	return p, true
}

// SetPacked remembers what the blob with this digest is.
func (s *Store) SetPacked(digest v1.Hash, p Packed) error {
	data, err := seal(p)
	if err != nil {
		return err
	}
	return s.replace(s.packedPath(digest), data)
}

func (s *Store) packedPath(digest v1.Hash) string {
	return filepath.Join(s.dir, "packed", digest.Hex+".json")
}
