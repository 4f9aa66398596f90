// SPDX-License-Identifier: Apache-2.0

package evilreg

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/escrin/escrin/enclaver/oci"
)

// honest answers as the distribution specification asks.
func (r *Registry) honest(w http.ResponseWriter, req *http.Request) {
	repo, kind, name := split(req.URL.Path)
	route := map[string]func(http.ResponseWriter, *http.Request, string, string){
		"GET blobs": r.getBlob, "HEAD blobs": r.getBlob,
		"POST uploads": r.begin, "PATCH uploads": r.append, "PUT uploads": r.finish,
		"GET manifests": r.getManifest, "HEAD manifests": r.getManifest, "PUT manifests": r.putManifest,
		"GET referrers": r.listReferrers,
	}[req.Method+" "+kind]
	switch {
	case req.URL.Path == "/v2/":
		w.WriteHeader(http.StatusOK)
	case route == nil:
		Refuse(w, http.StatusNotFound, "NAME_UNKNOWN", "no such place")
	default:
		route(w, req, repo, name)
	}
}

// split takes a path apart: /v2/REPO/KIND/NAME.
func split(path string) (repo, kind, name string) {
	path = strings.TrimPrefix(path, "/v2/")
	for _, marker := range []string{"/blobs/uploads/", "/blobs/", "/manifests/", "/referrers/"} {
		if at := strings.LastIndex(path, marker); at > 0 {
			parts := strings.Split(strings.Trim(marker, "/"), "/")
			return path[:at], parts[len(parts)-1], path[at+len(marker):]
		}
	}
	return "", "", ""
}

// Refuse answers with an error in the specification's form.
func Refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string][]map[string]string{"errors": {{"code": code, "message": message}}})
}

func (r *Registry) getBlob(w http.ResponseWriter, req *http.Request, repo, digest string) {
	r.mu.Lock()
	data, ok := r.repo(repo).blobs[digest]
	r.mu.Unlock()
	if !ok {
		Refuse(w, http.StatusNotFound, "BLOB_UNKNOWN", "no such blob")
		return
	}
	w.Header().Set("Docker-Content-Digest", digest)
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, req, "", time.Time{}, bytes.NewReader(data))
}

func (r *Registry) begin(w http.ResponseWriter, req *http.Request, repo, _ string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	mount, from := req.URL.Query().Get("mount"), req.URL.Query().Get("from")
	if data, ok := r.repo(from).blobs[mount]; ok && from != "" {
		r.repo(repo).blobs[mount] = data
		w.Header().Set("Location", "/v2/"+repo+"/blobs/"+mount)
		w.WriteHeader(http.StatusCreated)
		return
	}
	r.opened++
	id := fmt.Sprint(r.opened)
	r.sessions[id] = nil
	w.Header().Set("Location", "/v2/"+repo+"/blobs/uploads/"+id+"?state=a%2Fb")
	w.WriteHeader(http.StatusAccepted)
}

func (r *Registry) append(w http.ResponseWriter, req *http.Request, repo, id string) {
	data, err := io.ReadAll(req.Body)
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sessions[id] = append(r.sessions[id], data...)
	w.Header().Set("Location", "/v2/"+repo+"/blobs/uploads/"+id)
	w.Header().Set("Range", fmt.Sprintf("0-%d", len(r.sessions[id])-1))
	w.WriteHeader(http.StatusAccepted)
}

func (r *Registry) finish(w http.ResponseWriter, req *http.Request, repo, id string) {
	data, err := io.ReadAll(req.Body)
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	before, ok := r.sessions[id]
	data = append(before, data...)
	d := oci.DescriptorOf("", data)
	switch {
	case !ok:
		Refuse(w, http.StatusNotFound, "BLOB_UPLOAD_UNKNOWN", "no such upload")
	case req.URL.Query().Get("digest") != d.Digest.String():
		Refuse(w, http.StatusBadRequest, "DIGEST_INVALID", "the content has another digest")
	default:
		delete(r.sessions, id)
		r.repo(repo).blobs[d.Digest.String()] = data
		w.Header().Set("Docker-Content-Digest", d.Digest.String())
		w.Header().Set("Location", "/v2/"+repo+"/blobs/"+d.Digest.String())
		w.WriteHeader(http.StatusCreated)
	}
}

func (r *Registry) getManifest(w http.ResponseWriter, req *http.Request, repo, name string) {
	r.mu.Lock()
	at := r.repo(repo)
	if digest, ok := at.tags[name]; ok {
		name = digest
	}
	d, ok := at.manifests[name]
	data := at.blobs[name]
	r.mu.Unlock()
	if !ok {
		Refuse(w, http.StatusNotFound, "MANIFEST_UNKNOWN", "no such manifest")
		return
	}
	w.Header().Set("Docker-Content-Digest", d.Digest.String())
	w.Header().Set("Content-Type", d.MediaType)
	http.ServeContent(w, req, "", time.Time{}, bytes.NewReader(data))
}

func (r *Registry) putManifest(w http.ResponseWriter, req *http.Request, repo, name string) {
	data, err := io.ReadAll(req.Body)
	if err != nil {
		return
	}
	m := parse(data)
	d := oci.DescriptorOf(req.Header.Get("Content-Type"), data)
	r.mu.Lock()
	defer r.mu.Unlock()
	at := r.repo(repo)
	for _, part := range append(m.Layers, m.Config) {
		if _, ok := at.blobs[part.Digest.String()]; !ok && m.Manifests == nil {
			Refuse(w, http.StatusNotFound, "MANIFEST_BLOB_UNKNOWN", "no blob "+part.Digest.String())
			return
		}
	}
	at.blobs[d.Digest.String()], at.manifests[d.Digest.String()] = data, d
	if !strings.HasPrefix(name, "sha256:") {
		at.tags[name] = d.Digest.String()
	}
	w.Header().Set("Docker-Content-Digest", d.Digest.String())
	if m.Subject != nil && !r.oldStyle {
		w.Header().Set("OCI-Subject", m.Subject.Digest.String())
	}
	w.WriteHeader(http.StatusCreated)
}

// manifest has what a registry looks at.
type manifest struct {
	ArtifactType string           `json:"artifactType"`
	Config       oci.Descriptor   `json:"config"`
	Layers       []oci.Descriptor `json:"layers"`
	Manifests    []oci.Descriptor `json:"manifests"`
	Subject      *oci.Descriptor  `json:"subject"`
}

// parse takes a manifest that cannot be read for an empty one.
func parse(data []byte) manifest {
	var m manifest
	if json.Unmarshal(data, &m) != nil {
		return manifest{}
	}
	return m
}

func (r *Registry) listReferrers(w http.ResponseWriter, _ *http.Request, repo, subject string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.oldStyle {
		http.NotFound(w, nil)
		return
	}
	found := []oci.Descriptor{}
	for digest, d := range r.repo(repo).manifests {
		m := parse(r.repo(repo).blobs[digest])
		if m.Subject != nil && m.Subject.Digest.String() == subject {
			d.ArtifactType = m.ArtifactType
			found = append(found, d)
		}
	}
	slices.SortFunc(found, func(a, b oci.Descriptor) int { return strings.Compare(a.Digest.Hex, b.Digest.Hex) })
	WriteIndex(w, found)
}

// WriteIndex answers with an index.
func WriteIndex(w http.ResponseWriter, manifests []oci.Descriptor) {
	w.Header().Set("Content-Type", oci.MediaTypeIndex)
	json.NewEncoder(w).Encode(struct {
		SchemaVersion int              `json:"schemaVersion"`
		MediaType     string           `json:"mediaType"`
		Manifests     []oci.Descriptor `json:"manifests"`
	}{2, oci.MediaTypeIndex, manifests})
}
