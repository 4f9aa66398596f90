// SPDX-License-Identifier: Apache-2.0

// Package evilreg is an OCI registry for tests that lies on request. It runs on the local host, keeps everything
// in memory, writes down what it is asked, and follows the distribution specification (v1.1) except where it was
// told a [Lie]. Only tests import it.
package evilreg

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/oci"
)

// Registry is a registry that runs.
type Registry struct {
	Host string // and port

	mu       sync.Mutex
	repos    map[string]*repository
	sessions map[string][]byte
	opened   int // sessions so far
	lies     []Lie
	seen     []Request
	oldStyle bool
}

// repository is what one repository has: blobs and manifests by digest, tags.
type repository struct {
	blobs     map[string][]byte
	manifests map[string]oci.Descriptor
	tags      map[string]string
}

// Request is one that a registry got.
type Request struct {
	Method, Path, Query, Range, Authorization string
}

// A Lie stands between a client and the honest registry, and answers what it likes.
type Lie func(honest http.Handler) http.Handler

// Start starts an empty, honest registry that ends with the test.
func Start(t testing.TB) *Registry {
	r := &Registry{repos: map[string]*repository{}, sessions: map[string][]byte{}}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	r.Host = server.Listener.Addr().String()
	return r
}

// Tell replaces the lies that the registry tells; the first is the nearest to the client.
func (r *Registry) Tell(lies ...Lie) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lies = lies
}

// WithoutReferrers makes it a registry of version 1.0 of the specification, which has no lists of referrers.
func (r *Registry) WithoutReferrers() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.oldStyle = true
}

// Put stores a blob or, by its media type, a manifest, unchecked.
func (r *Registry) Put(repo, mediaType string, data []byte) oci.Descriptor {
	d := oci.DescriptorOf(mediaType, data)
	r.PutAs(repo, d, data)
	return d
}

// PutAs stores data under the name of d, which may be a lie.
func (r *Registry) PutAs(repo string, d oci.Descriptor, data []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := r.repo(repo)
	at.blobs[d.Digest.String()] = data
	if oci.IsManifest(d.MediaType) || oci.IsIndex(d.MediaType) {
		at.manifests[d.Digest.String()] = d
	}
}

// Tag names a manifest.
func (r *Registry) Tag(repo, tag string, digest v1.Hash) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.repo(repo).tags[tag] = digest.String()
}

// Forget removes content from a repository.
func (r *Registry) Forget(repo string, digest v1.Hash) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.repo(repo).blobs, digest.String())
	delete(r.repo(repo).manifests, digest.String())
}

// Content returns what a repository has under a digest, and whether it has it.
func (r *Registry) Content(repo string, digest v1.Hash) ([]byte, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	data, ok := r.repo(repo).blobs[digest.String()]
	return data, ok
}

// Digests are the digests of all content of a repository.
func (r *Registry) Digests(repo string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(maps.Keys(r.repo(repo).blobs))
}

// Requests are those that came so far with this method ("" for any) and this text in their path.
func (r *Registry) Requests(method, path string) []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []Request
	for _, request := range r.seen {
		if (method == "" || method == request.Method) && strings.Contains(request.Path, path) {
			found = append(found, request)
		}
	}
	return found
}

// ServeHTTP implements http.Handler.
func (r *Registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	r.seen = append(r.seen, Request{
		req.Method, req.URL.Path, req.URL.RawQuery, req.Header.Get("Range"), req.Header.Get("Authorization"),
	})
	lies := r.lies
	r.mu.Unlock()
	handler := http.Handler(http.HandlerFunc(r.honest))
	for _, lie := range slices.Backward(lies) {
		handler = lie(handler)
	}
	handler.ServeHTTP(w, req)
}

// repo is the repository with a name, made when it is first named. The caller holds the lock.
func (r *Registry) repo(name string) *repository {
	if r.repos[name] == nil {
		r.repos[name] = &repository{map[string][]byte{}, map[string]oci.Descriptor{}, map[string]string{}}
	}
	return r.repos[name]
}
