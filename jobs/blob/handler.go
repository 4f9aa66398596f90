// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/jobs/api"
)

// Register adds the store's routes to mux: PUT and GET of /v1/blobs/{digest} and /v1/evidence/{digest}.
func (s *Store) Register(mux *http.ServeMux) {
	mux.HandleFunc("PUT /v1/blobs/{digest}", s.servePut)
	mux.HandleFunc("GET /v1/blobs/{digest}", s.serveGet)
	mux.HandleFunc("PUT /v1/evidence/{digest}", s.servePutEvidence)
	mux.HandleFunc("GET /v1/evidence/{digest}", s.serveEvidence)
}

func (s *Store) servePut(w http.ResponseWriter, r *http.Request) {
	d, err := ParseDigest(r.PathValue("digest"))
	if err != nil {
		writeError(w, http.StatusBadRequest, api.CodeBadRequest, err)
		return
	}
	take(w, r, s.max, func(body io.Reader) (bool, error) { return s.Put(d, body) })
}

// take stores what a request brings, of at most so many bytes.
func take(w http.ResponseWriter, r *http.Request, most int64, put func(io.Reader) (created bool, err error)) {
	if r.ContentLength > most {
		refuse(w, &TooLargeError{Max: most})
		return
	}
	created, err := put(http.MaxBytesReader(w, r.Body, most+1))
	switch {
	case err != nil:
		refuse(w, err)
	case created:
		w.WriteHeader(http.StatusCreated)
	default:
		w.WriteHeader(http.StatusOK)
	}
}

func (s *Store) serveGet(w http.ResponseWriter, r *http.Request) {
	d, err := ParseDigest(r.PathValue("digest"))
	if err != nil {
		writeError(w, http.StatusBadRequest, api.CodeBadRequest, err)
		return
	}
	f, size, err := s.open(d)
	if err != nil {
		refuse(w, err)
		return
	}
	defer f.Close()
	describe(w, size)
	_, _ = io.CopyN(w, f, size) // the client is gone if this fails, or learns by the length that bytes are missing
}

// describe says in the header what follows: so many bytes.
func describe(w http.ResponseWriter, size int64) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
}

var evidencePattern = regexp.MustCompile(`^0x[0-9a-f]{64}$`)

func parseEvidence(name string) (digest [32]byte, err error) {
	if !evidencePattern.MatchString(name) {
		return digest, fmt.Errorf("evidence %.80q is not 0x and 64 lower-case hexadecimal digits", name)
	}
	_, err = hex.Decode(digest[:], []byte(name[2:]))
	return digest, err
}

func (s *Store) servePutEvidence(w http.ResponseWriter, r *http.Request) {
	digest, err := parseEvidence(r.PathValue("digest"))
	if err != nil {
		writeError(w, http.StatusBadRequest, api.CodeBadRequest, err)
		return
	}
	take(w, r, attest.MaxEvidenceSize, func(body io.Reader) (bool, error) { return s.takeEvidence(digest, body) })
}

func (s *Store) serveEvidence(w http.ResponseWriter, r *http.Request) {
	digest, err := parseEvidence(r.PathValue("digest"))
	if err != nil {
		writeError(w, http.StatusBadRequest, api.CodeBadRequest, err)
		return
	}
	b, err := s.Evidence(digest)
	if err != nil {
		refuse(w, err)
		return
	}
	describe(w, int64(len(b)))
	_, _ = w.Write(b) // the client is gone if this fails; there is nobody to tell
}

func refuse(w http.ResponseWriter, err error) {
	var large *TooLargeError
	switch {
	case errors.As(err, &large):
		writeError(w, http.StatusRequestEntityTooLarge, api.CodeTooLarge, large)
	case errors.Is(err, errMalformed):
		writeError(w, http.StatusBadRequest, api.CodeBadRequest, err)
	case errors.Is(err, ErrNotFound):
		writeError(w, http.StatusNotFound, api.CodeNotFound, err)
	case errors.Is(err, ErrMismatch):
		writeError(w, http.StatusUnprocessableEntity, api.CodeMismatch, err)
	default:
		writeError(w, http.StatusInternalServerError, api.CodeInternal, errors.New("store failed"))
	}
}

func writeError(w http.ResponseWriter, status int, code string, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(api.Error{Error: api.ErrorDetail{Code: code, Message: err.Error()}})
}
