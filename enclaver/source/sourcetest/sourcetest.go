// SPDX-License-Identifier: Apache-2.0

// Package sourcetest puts the image of an OCI layout, flawed as it may be, into every other place that an image can be
// in: bytes are carried over and nothing is checked or mended. Only tests import it.
package sourcetest

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/pkg/namespaces"
	"github.com/klauspost/compress/gzip"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Target is the first descriptor of a layout's index.
func Target(t testing.TB, dir string) ocispec.Descriptor {
	return decode[ocispec.Index](t, filepath.Join(dir, "index.json")).Manifests[0]
}

// decode reads JSON as a careless program would.
func decode[T any](t testing.TB, path string) T {
	t.Helper()
	var value T
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &value)
	}
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func blobPath(dir string, d ocispec.Descriptor) string {
	return filepath.Join(dir, "blobs", "sha256", d.Digest.Encoded())
}

// AddIndex writes an index into a layout and makes it what the tag "latest" stands for. The document is a pattern in
// which MANIFEST stands for the descriptor of the image so far, without the closing brace.
func AddIndex(t testing.TB, dir, document string) {
	t.Helper()
	target := Target(t, dir)
	target.Annotations = nil
	text, err := json.Marshal(target)
	if err != nil {
		t.Fatal(err)
	}
	data := []byte(strings.ReplaceAll(document, "MANIFEST", strings.TrimSuffix(string(text), "}")))
	index := ocispec.Descriptor{
		MediaType: ocispec.MediaTypeImageIndex, Digest: digest.FromBytes(data), Size: int64(len(data)),
		Annotations: map[string]string{ocispec.AnnotationRefName: "latest"},
	}
	write(t, blobPath(dir, index), data)
	all := ocispec.Index{MediaType: ocispec.MediaTypeImageIndex, Manifests: []ocispec.Descriptor{index}}
	all.SchemaVersion = 2
	if data, err = json.Marshal(all); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "index.json"), data)
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// Archive packs a layout into a tar and returns its path.
func Archive(t testing.TB, dir string) string {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	if err := w.AddFS(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return pack(t, w, &buf)
}

func pack(t testing.TB, w *tar.Writer, buf *bytes.Buffer) string {
	t.Helper()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "image.tar")
	write(t, file, buf.Bytes())
	return file
}

// Saved packs the image of a layout as `docker save` does and returns the path of the tar. Layers that are not gzip, or
// not there, stay so.
func Saved(t testing.TB, dir string) string {
	t.Helper()
	manifest := decode[ocispec.Manifest](t, blobPath(dir, Target(t, dir)))
	index := struct {
		Config   string
		RepoTags []string
		Layers   []string
	}{Config: manifest.Config.Digest.Encoded() + ".json", RepoTags: []string{"image:latest"}}
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	add := func(name string, data []byte) {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(data))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	config, err := os.ReadFile(blobPath(dir, manifest.Config))
	if err != nil {
		t.Fatal(err)
	}
	add(index.Config, config)
	for _, layer := range manifest.Layers {
		name := layer.Digest.Encoded() + "/layer.tar"
		again := slices.Contains(index.Layers, name)
		if index.Layers = append(index.Layers, name); again {
			continue
		}
		if data, err := os.ReadFile(blobPath(dir, layer)); err == nil {
			add(name, unpacked(data))
		}
	}
	document, err := json.Marshal([]any{index})
	if err != nil {
		t.Fatal(err)
	}
	add("manifest.json", document)
	return pack(t, w, &buf)
}

func unpacked(data []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return data
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return data
	}
	return plain
}

// IntoContainerd puts what a layout has into containerd under a name.
func IntoContainerd(t testing.TB, address, namespace, name, dir string) {
	t.Helper()
	daemon, err := client.New(address)
	if err != nil {
		t.Fatal(err)
	}
	defer daemon.Close()
	ctx, done, err := daemon.WithLease(namespaces.WithNamespace(context.Background(), namespace))
	if err != nil {
		t.Fatal(err)
	}
	defer done(ctx)
	store := daemon.ContentStore()
	labels := make(map[string]string)
	blobs, err := fs.Glob(os.DirFS(dir), "blobs/sha256/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, blob := range blobs {
		data, err := os.ReadFile(filepath.Join(dir, blob))
		if err != nil {
			t.Fatal(err)
		}
		d := ocispec.Descriptor{Digest: digest.FromBytes(data), Size: int64(len(data))}
		if err := content.WriteBlob(ctx, store, d.Digest.String(), bytes.NewReader(data), d); err != nil {
			t.Fatal(err)
		}
		labels["containerd.io/gc.ref.content."+d.Digest.Encoded()[:12]] = d.Digest.String()
	}
	target := Target(t, dir)
	if _, err := store.Update(ctx, content.Info{Digest: target.Digest, Labels: labels}, "labels"); err != nil {
		t.Fatal(err)
	}
	if _, err := daemon.ImageService().Create(ctx, images.Image{Name: name, Target: target}); err != nil {
		t.Fatal(err)
	}
}

// Registry serves what a layout has, as the repository "image", and returns its host and port. It counts how often a tag
// is asked for in tags, unless that is nil.
func Registry(t testing.TB, dir string, tags *atomic.Int32) (host string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last := path.Base(r.URL.Path)
		target := Target(t, dir)
		if path.Base(path.Dir(r.URL.Path)) == "manifests" && !strings.HasPrefix(last, "sha256:") {
			if tags != nil {
				tags.Add(1)
			}
			last = target.Digest.String()
		}
		if r.URL.Path == "/v2/" {
			return
		}
		data, err := os.ReadFile(filepath.Join(dir, "blobs", "sha256", path.Base(strings.TrimPrefix(last, "sha256:"))))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		if path.Base(path.Dir(r.URL.Path)) == "manifests" {
			w.Header().Set("Content-Type", typeOf(data, target))
		}
		w.Write(data)
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// typeOf is what a document says it is, or else what the layout says.
func typeOf(data []byte, target ocispec.Descriptor) string {
	var document struct {
		MediaType string `json:"mediaType"`
	}
	if json.Unmarshal(data, &document); document.MediaType != "" {
		return document.MediaType
	}
	return target.MediaType
}

// Docker plays a docker daemon whose one image is an archive of Saved, and returns its address.
func Docker(t testing.TB, saved string) (host string) {
	dir, err := os.MkdirTemp("", "escrin-docker-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "docker.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	id := savedID(t, saved)
	mux := http.NewServeMux()
	mux.HandleFunc("/_ping", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("API-Version", "1.41") })
	mux.HandleFunc("/v1.41/images/get", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, saved) })
	mux.HandleFunc("/v1.41/images/", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"Id":"sha256:`+id+`"}`)
	})
	server := &http.Server{Handler: mux}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return "unix://" + socket
}

// savedID is the id of the image in an archive of Saved, which is its first file's name.
func savedID(t testing.TB, saved string) string {
	t.Helper()
	f, err := os.Open(saved)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	first, err := tar.NewReader(f).Next()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(first.Name, ".json")
}
