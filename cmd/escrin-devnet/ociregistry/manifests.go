// SPDX-License-Identifier: Apache-2.0

package ociregistry

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync"
)

// maxManifest bounds a manifest, in bytes; the distribution specification asks registries for 4 MiB.
const maxManifest = 4 << 20

// manifests remembers every change of a manifest in a log, and plays it to the registry at the next start.
type manifests struct {
	registry http.Handler

	mu  sync.Mutex // a change of the registry and its line in the log are one
	log *os.File
}

// change is one line of the log.
type change struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Type   string `json:"type,omitempty"`
	Body   []byte `json:"body,omitempty"`
}

// openManifests replays the log at path into the registry and continues it. A last line that was cut off by a crash is
// cut off.
func openManifests(path string, registry http.Handler) (*manifests, error) {
	raw, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read manifests: %w", err)
	}
	whole := raw[:bytes.LastIndexByte(raw, '\n')+1]
	if err := replay(whole, registry); err != nil {
		return nil, fmt.Errorf("read manifests in %s: %w", path, err)
	}
	log, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open manifests: %w", err)
	}
	if err := log.Truncate(int64(len(whole))); err != nil {
		return nil, errors.Join(fmt.Errorf("open manifests: %w", err), log.Close())
	}
	if _, err := log.Seek(0, io.SeekEnd); err != nil {
		return nil, errors.Join(fmt.Errorf("open manifests: %w", err), log.Close())
	}
	return &manifests{registry: registry, log: log}, nil
}

func replay(log []byte, registry http.Handler) error {
	lines := bufio.NewScanner(bytes.NewReader(log))
	lines.Buffer(nil, 2*maxManifest)
	for lines.Scan() {
		var c change
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return err
		}
		request, err := http.NewRequest(c.Method, c.Path, bytes.NewReader(c.Body))
		if err != nil {
			return err
		}
		request.Header.Set("Content-Type", c.Type)
		registry.ServeHTTP(newAnswer(), request)
	}
	return lines.Err()
}

// ServeHTTP passes requests on to the registry; changes of manifests that it accepts go to the log before the client
// hears of them.
func (m *manifests) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.Contains(r.URL.Path, "/manifests/") || (r.Method != http.MethodPut && r.Method != http.MethodDelete) {
		m.registry.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxManifest))
	if err != nil {
		http.Error(w, "read manifest: "+err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))

	m.mu.Lock()
	defer m.mu.Unlock()
	answer := newAnswer()
	m.registry.ServeHTTP(answer, r)
	if answer.status < 300 {
		err := m.record(change{Method: r.Method, Path: r.URL.Path, Type: r.Header.Get("Content-Type"), Body: body})
		if err != nil {
			http.Error(w, "store manifest: "+err.Error(), http.StatusInternalServerError)
			return
		}
	}
	answer.passOn(w)
}

func (m *manifests) record(c change) error {
	line, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if _, err := m.log.Write(append(line, '\n')); err != nil {
		return err
	}
	return m.log.Sync()
}

// answer is a response that was not sent yet.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newAnswer() *answer { return &answer{header: http.Header{}, status: http.StatusOK} }

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }

func (a *answer) passOn(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	w.Write(a.body.Bytes())
}
