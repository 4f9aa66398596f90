// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/escrin/escrin/enclaver"
)

// pushes counts what is sent to a registry after a change of the top layer: by us, by skopeo for the source image, and by a
// push of the whole disk as one blob. Each has a registry of its own, which has what came before.
func (b *bench) pushes() error {
	ours, err := b.sentByUs()
	if err != nil {
		return err
	}
	source, err := b.sentBySkopeo()
	if err != nil {
		return err
	}
	disk, err := b.sentForDisk()
	if err != nil {
		return err
	}
	count("push.delta_vs_source", ours, source, "skopeo copy of the changed image")
	count("push.delta_vs_disk", ours, disk, "pushing the disk image as one blob")
	return nil
}

// metered starts a registry and a meter before it.
func (b *bench) metered(dir string) (*meter, func(), error) {
	blobs := filepath.Join(b.dir, dir)
	if err := os.MkdirAll(blobs, 0o755); err != nil {
		return nil, nil, err
	}
	handler := registry.New(registry.WithBlobHandler(registry.NewDiskBlobHandler(blobs)), registry.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(http.Handler(handler))
	m, err := newMeter(server.Listener.Addr().String())
	if err != nil {
		server.Close()
		return nil, nil, err
	}
	return m, func() { m.close(); server.Close(); os.RemoveAll(blobs) }, nil
}

func (b *bench) sentByUs() (int64, error) {
	m, stop, err := b.metered("registry.ours")
	if err != nil {
		return 0, err
	}
	defer stop()
	return b.twice(m, func(fixture string) error {
		dir, err := b.fixture(fixture)
		if err != nil {
			return err
		}
		_, err = b.escrin("enclave", "oci:"+dir+":latest", "-t", m.address()+"/large", "--store", b.store(), "--push")
		return err
	})
}

func (b *bench) sentBySkopeo() (int64, error) {
	m, stop, err := b.metered("registry.source")
	if err != nil {
		return 0, err
	}
	defer stop()
	return b.twice(m, func(fixture string) error {
		dir, err := b.fixture(fixture)
		if err != nil {
			return err
		}
		_, err = b.theirs("skopeo", "copy", "--quiet", "--dest-tls-verify=false", "oci:"+dir+":latest", "docker://"+m.address()+"/large")
		return err
	})
}

// twice pushes the image and the changed one, and returns what the second push sent.
func (b *bench) twice(m *meter, push func(fixture string) error) (int64, error) {
	if err := push("large-gzip"); err != nil {
		return 0, err
	}
	return m.during(func() error { return push("large-gzip-changed") })
}

func (b *bench) sentForDisk() (int64, error) {
	m, stop, err := b.metered("registry.disk")
	if err != nil {
		return 0, err
	}
	defer stop()
	store, err := enclaver.OpenStore(b.store())
	if err != nil {
		return 0, err
	}
	ref, err := enclaver.ParseReference("localhost/large-gzip")
	if err != nil {
		return 0, err
	}
	if err := b.enclaveOf("large-gzip", b.store()); err != nil {
		return 0, err
	}
	e, err := enclaver.Load(b.ctx, ref, store)
	if err != nil {
		return 0, err
	}
	boot, err := e.Assemble(b.ctx, filepath.Join(b.dir, "disks"))
	if err != nil {
		return 0, err
	}
	repository, err := name.NewRepository(m.address()+"/disk", name.Insecure)
	if err != nil {
		return 0, err
	}
	layer, err := newFileLayer(boot.Disk)
	if err != nil {
		return 0, err
	}
	return m.during(func() error { return remote.WriteLayer(repository, layer, remote.WithContext(b.ctx)) })
}

// fileLayer is a file that is pushed as it is.
type fileLayer struct {
	path   string
	digest v1.Hash
	size   int64
}

func newFileLayer(path string) (fileLayer, error) {
	file, err := os.Open(path)
	if err != nil {
		return fileLayer{}, err
	}
	defer file.Close()
	digest, size, err := v1.SHA256(file)
	return fileLayer{path, digest, size}, err
}

func (l fileLayer) Digest() (v1.Hash, error)             { return l.digest, nil }
func (l fileLayer) DiffID() (v1.Hash, error)             { return l.digest, nil }
func (l fileLayer) Compressed() (io.ReadCloser, error)   { return os.Open(l.path) }
func (l fileLayer) Uncompressed() (io.ReadCloser, error) { return os.Open(l.path) }
func (l fileLayer) Size() (int64, error)                 { return l.size, nil }
func (l fileLayer) MediaType() (types.MediaType, error)  { return types.OCIUncompressedLayer, nil }
