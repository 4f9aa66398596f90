// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
)

// rootfs is an image of one layer that is made of a root file system. Its bytes are a function of names, types, modes,
// contents, links, and the extended attributes that an enclave keeps: the same whoever makes it, where and when, and the
// same for a folder and its tar (SPEC.md).
type rootfs struct {
	path  string
	tree  rootTree
	made  // empty until it is resolved
	layer oci.Descriptor
	list  []entry
}

// rootTree is a root file system that can be read.
type rootTree interface {
	// entries lists the file system in any order.
	entries(ctx context.Context) ([]entry, error)
	// open returns the content (of a regular file) and the extended attributes of an entry.
	open(e entry) (io.ReadCloser, map[string]string, error)
	Close() error
}

// RootFS is an image of the root file system in a folder or a tar (which may be packed with gzip, zstd or bzip2). It has
// one layer and an empty config: what runs must be said elsewhere. Of a folder all is root's, as nobody could say who
// made it otherwise; a tar keeps the owners that it names. There are no times.
func RootFS(path string) (Source, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, missing(path, err)
	case info.IsDir() && hasLayout(path):
		return nil, hint.Wrap(fmt.Errorf("open root file system: %s is an OCI layout", path), "it is an image already: leave --rootfs out")
	case info.IsDir():
		return &rootfs{path: path, tree: &rootFolder{path: path}}, nil
	}
	return &rootfs{path: path, tree: &rootTar{load: fromFile(path)}}, nil
}

func (r *rootfs) String() string { return "rootfs:" + r.path }

func (r *rootfs) Resolve(ctx context.Context) (oci.Descriptor, error) {
	if r.manifest == nil {
		if err := r.pack(ctx); err != nil {
			return oci.Descriptor{}, fmt.Errorf("open root file system %s: %w", r.path, err)
		}
	}
	return r.made.resolve()
}

// pack lists the file system and computes what its tar will be.
func (r *rootfs) pack(ctx context.Context) error {
	found, err := r.tree.entries(ctx)
	if err != nil {
		return err
	}
	if r.list, err = canonical(found); err != nil {
		return err
	}
	sum := sha256.New()
	size := &lengthOf{}
	if err := writeTree(ctx, io.MultiWriter(sum, size), r.list, r.tree.open); err != nil {
		return err
	}
	digest := oci.HashOf([32]byte(sum.Sum(nil)))
	r.layer = oci.Descriptor{MediaType: oci.MediaTypeLayer, Digest: digest, Size: size.n}
	config, err := json.Marshal(rootConfig(digest))
	if err != nil {
		return err
	}
	r.made, err = makeImage(config, []oci.Descriptor{r.layer})
	return err
}

type rootConfigDocument struct {
	Architecture string   `json:"architecture"`
	OS           string   `json:"os"`
	Config       struct{} `json:"config"`
	RootFS       struct {
		Type    string    `json:"type"`
		DiffIDs []v1.Hash `json:"diff_ids"`
	} `json:"rootfs"`
}

func rootConfig(diffID v1.Hash) rootConfigDocument {
	doc := rootConfigDocument{Architecture: "amd64", OS: "linux"}
	doc.RootFS.Type, doc.RootFS.DiffIDs = "layers", []v1.Hash{diffID}
	return doc
}

func (r *rootfs) Open(ctx context.Context, d oci.Descriptor) (io.ReadCloser, error) {
	switch {
	case r.manifest == nil:
		return nil, fmt.Errorf("open root file system %s: it has not been resolved", r.path)
	case d.Digest != r.layer.Digest:
		return r.made.openBlob(d)
	}
	reader, writer := io.Pipe()
	go func() { writer.CloseWithError(writeTree(ctx, writer, r.list, r.tree.open)) }()
	return &steady{ReadCloser: reader, path: r.path, want: d, sum: sha256.New()}, nil
}

func (r *rootfs) Close() error { return r.tree.Close() }

// steady ends with an error that says what happened if a root file system is not what it was when it was packed
// (threat IMG-18).
type steady struct {
	io.ReadCloser
	path string
	want oci.Descriptor
	sum  hash.Hash
}

func (s *steady) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	s.sum.Write(p[:n])
	if errors.Is(err, io.EOF) && oci.HashOf([32]byte(s.sum.Sum(nil))) != s.want.Digest {
		err = errChanged
	}
	if errors.Is(err, errChanged) {
		err = hint.Wrap(fmt.Errorf("read root file system %s: %w", s.path, err), "end what writes to it, and begin again")
	}
	return n, err
}

var errChanged = errors.New("it changed while it was read")

// lengthOf counts what is written to it.
type lengthOf struct{ n int64 }

func (l *lengthOf) Write(p []byte) (int, error) {
	l.n += int64(len(p))
	return len(p), nil
}
