// SPDX-License-Identifier: Apache-2.0

package enclaver_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/oci"
)

// evil is a registry whose answers to GET can be changed.
type evil struct {
	inner  http.Handler
	change func(path string, body []byte) []byte
}

func (e *evil) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || e.change == nil {
		e.inner.ServeHTTP(w, r)
		return
	}
	recorder := httptest.NewRecorder()
	e.inner.ServeHTTP(recorder, r)
	w.Header().Set("Content-Type", recorder.Header().Get("Content-Type"))
	w.WriteHeader(recorder.Code)
	w.Write(e.change(r.URL.Path, recorder.Body.Bytes()))
}

func evilRegistry(t *testing.T) (*evil, string) {
	t.Helper()
	e := &evil{inner: registry.New(registry.Logger(log.New(io.Discard, "", 0)))}
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	return e, server.Listener.Addr().String()
}

func TestREG01TamperedRegistryIsNoticedWhateverItChanges(t *testing.T) {
	ctx := context.Background()
	server, host := evilRegistry(t)
	ref := reference(t, host+"/app:v1")
	made := mustBuild(t, openStore(t), ref)
	if err := enclaver.Push(ctx, made, ref, nil); err != nil {
		t.Fatal(err)
	}
	changes := map[string]func([]byte) []byte{
		"one byte less": func(b []byte) []byte { return b[:len(b)-1] },
		"one byte more": func(b []byte) []byte { return append(bytes.Clone(b), 0) },
		"one bit":       func(b []byte) []byte { b = bytes.Clone(b); b[len(b)/2] ^= 1; return b },
		"nothing":       func([]byte) []byte { return nil },
	}
	for name, change := range changes {
		for _, kind := range []string{"/blobs/", "/manifests/"} {
			server.change = func(path string, body []byte) []byte {
				if strings.Contains(path, kind) {
					return change(body)
				}
				return body
			}
			store := openStore(t)
			if _, err := enclaver.Pull(ctx, ref.WithDigest(made.Digest()), store, nil); !errors.Is(err, oci.ErrMismatch) {
				t.Errorf("%s of %s: %v", name, kind, err)
			}
			if _, err := enclaver.Load(ctx, ref, store); !errors.Is(err, enclaver.ErrNotExist) {
				t.Errorf("%s of %s: the store has it: %v", name, kind, err)
			}
		}
	}
	server.change = nil
	if _, err := enclaver.Pull(ctx, ref.WithDigest(made.Digest()), openStore(t), nil); err != nil {
		t.Error(err)
	}
}

func TestREG05PinnedEnclaveNeedsNoRegistry(t *testing.T) {
	ctx := context.Background()
	store := openStore(t)
	ref := reference(t, "127.0.0.1:1/app:v1")
	made := mustBuild(t, store, ref)
	pulled, err := enclaver.Pull(ctx, ref.WithDigest(made.Digest()), store, nil)
	if err != nil || pulled.Digest() != made.Digest() {
		t.Errorf("%v", err)
	}
	flip(t, blobs(t, store.Dir())[0], 0)
	if _, err := enclaver.Pull(ctx, ref.WithDigest(made.Digest()), store, nil); err == nil {
		t.Error("REG-13: a corrupted copy was taken")
	}
}

func TestREG05MovedTagIsNotTheEnclaveThatWasPinned(t *testing.T) {
	ctx := context.Background()
	ref := reference(t, imagetest.Registry(t)+"/app:v1")
	store := openStore(t)
	first := mustBuild(t, store, ref)
	if err := enclaver.Push(ctx, first, ref, nil); err != nil {
		t.Fatal(err)
	}
	other, err := build(t, store, layoutOf(t, imagetest.Image(imagetest.Run("/other"), imagetest.Tar(imagetest.File{Name: "other"}))), ref)
	if err != nil {
		t.Fatal(err)
	}
	if err := enclaver.Push(ctx, other, ref, nil); err != nil {
		t.Fatal(err)
	}
	if e, err := enclaver.Pull(ctx, ref, openStore(t), nil); err != nil || e.Digest() != other.Digest() {
		t.Errorf("by tag: %v", err)
	}
	if e, err := enclaver.Pull(ctx, ref.WithDigest(first.Digest()), openStore(t), nil); err != nil || e.Digest() != first.Digest() {
		t.Errorf("by digest: %v", err)
	}
	if err := enclaver.Push(ctx, other, ref.WithDigest(first.Digest()), nil); err == nil {
		t.Error("pushed one enclave as another")
	}
}

func TestOrdinaryImageIsNoEnclave(t *testing.T) {
	ctx := context.Background()
	host := imagetest.Registry(t)
	tag, err := name.NewTag(host + "/image:v1")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(tag, imagetest.Small()); err != nil {
		t.Fatal(err)
	}
	_, err = enclaver.Pull(ctx, reference(t, host+"/image:v1"), openStore(t), nil)
	if !errors.Is(err, artifact.ErrNotEnclave) || !strings.Contains(hint.Of(err), "escrin enclave") {
		t.Errorf("%v (hint: %s)", err, hint.Of(err))
	}
	if _, err := build(t, openStore(t), fmt.Sprintf("docker://%s/image:v1", host), enclaver.Reference{}); err != nil {
		t.Errorf("an image in a registry: %v", err)
	}
}
