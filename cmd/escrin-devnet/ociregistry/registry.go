// SPDX-License-Identifier: Apache-2.0

// Package ociregistry is an OCI registry for development: go-containerregistry's, with blobs and manifests in a
// directory from which it resumes. It has no access control.
package ociregistry

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/registry"
)

// Registry answers requests of the distribution specification.
type Registry struct{ manifests *manifests }

// Open opens the registry whose content is in dir, or makes an empty one.
func Open(dir string) (*Registry, error) {
	blobDir := filepath.Join(dir, "blobs")
	if err := os.MkdirAll(blobDir, 0o755); err != nil {
		return nil, fmt.Errorf("open registry: %w", err)
	}
	handler := registry.New(
		registry.WithBlobHandler(blobs{blobDir}),
		registry.WithReferrersSupport(true),
		registry.Logger(log.New(io.Discard, "", 0)))
	manifests, err := openManifests(filepath.Join(dir, "manifests.jsonl"), handler)
	if err != nil {
		return nil, fmt.Errorf("open registry: %w", err)
	}
	return &Registry{manifests: manifests}, nil
}

// ServeHTTP answers one request.
func (r *Registry) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.manifests.ServeHTTP(w, request)
}

// Close closes the registry's files.
func (r *Registry) Close() error { return r.manifests.log.Close() }
