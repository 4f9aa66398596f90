// SPDX-License-Identifier: Apache-2.0

package ociregistry_test

import (
	"bytes"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/escrin/escrin/cmd/escrin-devnet/ociregistry"
)

// serve opens the registry in dir and returns its address.
func serve(t *testing.T, dir string) (address string, stop func()) {
	t.Helper()
	registry, err := ociregistry.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(registry)
	return strings.TrimPrefix(server.URL, "http://"), func() {
		server.Close()
		if err := registry.Close(); err != nil {
			t.Error(err)
		}
	}
}

func reference(t *testing.T, text string) name.Reference {
	t.Helper()
	ref, err := name.ParseReference(text)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func digest(t *testing.T, of interface{ Digest() (v1.Hash, error) }) v1.Hash {
	t.Helper()
	d, err := of.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestContentOutlivesTheProcess pushes an image and an index, opens the registry again and pulls both.
func TestContentOutlivesTheProcess(t *testing.T) {
	dir := t.TempDir()
	image, err := random.Image(2000, 3)
	if err != nil {
		t.Fatal(err)
	}
	index, err := random.Index(1000, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	address, stop := serve(t, dir)
	if err := remote.Write(reference(t, address+"/app:v1"), image); err != nil {
		t.Fatal(err)
	}
	if err := remote.WriteIndex(reference(t, address+"/app:all"), index); err != nil {
		t.Fatal(err)
	}
	stop()
	crash(t, filepath.Join(dir, "manifests.jsonl"))

	address, stop = serve(t, dir)
	defer stop()
	pulled, err := remote.Image(reference(t, address+"/app:v1"))
	if err != nil {
		t.Fatal(err)
	}
	if digest(t, pulled) != digest(t, image) {
		t.Fatal("another image")
	}
	layers, err := pulled.Layers()
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range layers {
		content, err := layer.Compressed()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, content); err != nil { // remote checks the digest
			t.Fatal(err)
		}
	}
	pulledIndex, err := remote.Index(reference(t, address+"/app:all"))
	if err != nil {
		t.Fatal(err)
	}
	if digest(t, pulledIndex) != digest(t, index) {
		t.Fatal("another index")
	}
}

// crash leaves half a line at the end of a log.
func crash(t *testing.T, path string) {
	t.Helper()
	log, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.WriteString(`{"method":"PUT","path":"/v2/app/mani`); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestDeletedManifestsStayDeleted deletes a tag and opens the registry again.
func TestDeletedManifestsStayDeleted(t *testing.T) {
	dir := t.TempDir()
	image, err := random.Image(100, 1)
	if err != nil {
		t.Fatal(err)
	}
	address, stop := serve(t, dir)
	ref := reference(t, address+"/app:v1")
	if err := remote.Write(ref, image); err != nil {
		t.Fatal(err)
	}
	if err := remote.Delete(ref); err != nil {
		t.Fatal(err)
	}
	stop()
	address, stop = serve(t, dir)
	defer stop()
	if _, err := remote.Head(reference(t, address+"/app:v1")); err == nil {
		t.Fatal("the tag is back")
	}
}

// TestDamagedLogIsRefused: only the last line may be cut off.
func TestDamagedLogIsRefused(t *testing.T) {
	dir := t.TempDir()
	log := []byte("{\"method\":\"PUT\"\n{}\n")
	if err := os.WriteFile(filepath.Join(dir, "manifests.jsonl"), log, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ociregistry.Open(dir); err == nil {
		t.Fatal("opened")
	}
	after, err := os.ReadFile(filepath.Join(dir, "manifests.jsonl"))
	if err != nil || !bytes.Equal(after, log) {
		t.Fatalf("the log was changed: %q (%v)", after, err)
	}
}
