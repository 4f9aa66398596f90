// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/enclaver/oci"
)

func reference(t *testing.T, s string) oci.Reference {
	t.Helper()
	ref, err := oci.ParseReference(s)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// serve starts a server that plays a registry.
func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func TestPushedContentComesBack(t *testing.T) {
	ctx := context.Background()
	ref := reference(t, imagetest.Registry(t)+"/some/thing:v1")
	pusher, err := NewPusher(ref)
	if err != nil {
		t.Fatal(err)
	}
	content := []byte("content")
	blob := oci.DescriptorOf("application/x", content)
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
	if err := pusher.Blob(ctx, blob, open); err != nil {
		t.Fatal(err)
	}
	manifest := fmt.Appendf(nil, `{"schemaVersion":2,"mediaType":%q,"config":{"mediaType":"application/x","digest":%q,"size":7},"layers":[]}`, oci.MediaTypeManifest, blob.Digest)
	d := oci.DescriptorOf(oci.MediaTypeManifest, manifest)
	if err := pusher.Manifest(ctx, d, manifest); err != nil {
		t.Fatal(err)
	}
	repository, err := Open(ctx, ref.Repository())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []oci.Reference{ref, ref.WithDigest(d.Digest)} {
		got, data, err := repository.Resolve(ctx, name)
		if err != nil || got.Digest != d.Digest || got.MediaType != oci.MediaTypeManifest || !bytes.Equal(data, manifest) {
			t.Errorf("%s: %+v, %s, %v", name, got, data, err)
		}
	}
	r, err := repository.OpenContent(ctx, blob)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(oci.NewVerifier(ctx, r, blob)); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestREG05PinnedReferenceGetsNothingElse(t *testing.T) {
	host := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", oci.MediaTypeManifest)
		fmt.Fprint(w, `{"schemaVersion":2}`)
	})
	ref := reference(t, host+"/a@sha256:"+strings.Repeat("a", 64))
	repository, err := Open(context.Background(), ref.Repository())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := repository.Resolve(context.Background(), ref); !errors.Is(err, oci.ErrMismatch) {
		t.Errorf("got %v", err)
	}
}

func TestREG03ManifestIsBounded(t *testing.T) {
	host := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", oci.MediaTypeManifest)
		if strings.Contains(r.URL.Path, "manifests") {
			io.Copy(w, io.LimitReader(zeros{}, 100<<20))
		}
	})
	ref := reference(t, host+"/a")
	repository, err := Open(context.Background(), ref.Repository())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := repository.Resolve(context.Background(), ref); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("got %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// answers is a transport that answers without a network.
type answers struct{ asked *int }

func (a answers) RoundTrip(*http.Request) (*http.Response, error) {
	*a.asked++
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

func TestREG07GuardKeepsRegistriesFromSendingUsHome(t *testing.T) {
	for _, c := range []struct {
		registry, url string
		ok            bool
	}{
		{"registry.example", "https://registry.example/v2/", true},
		{"registry.example", "https://storage.example/blob", true},
		{"registry.example", "http://registry.example/v2/", false},
		{"registry.example", "http://storage.example/blob", false},
		{"registry.example", "https://localhost/x", false},
		{"registry.example", "https://127.0.0.1/x", false},
		{"registry.example", "https://[::1]/x", false},
		{"registry.example", "https://[::ffff:127.0.0.1]/x", false},
		{"registry.example", "https://169.254.169.254/latest/meta-data", false},
		{"registry.example", "https://0.0.0.0/x", false},
		{"10.0.0.1:5000", "http://10.0.0.1:5000/v2/", false},
		{"registry.local", "http://registry.local/v2/", false},
		{"localhost.example:5000", "http://localhost.example:5000/v2/", false},
		{"localhost:5000", "http://localhost:5000/v2/", true},
		{"127.0.0.1:5000", "http://127.0.0.1:5000/v2/", true},
		{"[::1]:5000", "http://[::1]:5000/v2/", true},
		{"localhost:5000", "http://storage.example/blob", false},
		{"localhost:5000", "http://169.254.169.254/", false},
	} {
		registry, err := name.NewRegistry(c.registry)
		if err != nil {
			t.Fatal(err)
		}
		asked := 0
		w := newWay(registry)
		w.home, w.away, w.proxied = answers{&asked}, answers{&asked}, answers{&asked}
		req, err := http.NewRequest(http.MethodGet, c.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.RoundTrip(req)
		if (err == nil) != c.ok || (asked == 1) != c.ok {
			t.Errorf("%s sends to %s: %v", c.registry, c.url, err)
		}
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	refuses := serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) })
	breaks := serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for name, want := range map[string][2]string{
		"127.0.0.1:1/a":                 {"cannot reach registry 127.0.0.1:1", "escrin dev up"},
		refuses + "/a":                  {"refuses access", "docker login"},
		breaks + "/a":                   {"registry " + breaks, ""},
		imagetest.Registry(t) + "/a:v1": {"not in the registry", "check name and tag"},
	} {
		ref := reference(t, name)
		repository, err := Open(context.Background(), ref.Repository())
		if err == nil {
			_, _, err = repository.Resolve(context.Background(), ref)
		}
		if err == nil || !strings.Contains(err.Error(), want[0]) || !strings.Contains(hint.Of(err), want[1]) {
			t.Errorf("%s: %v (hint: %s)", name, err, hint.Of(err))
		}
	}
}
