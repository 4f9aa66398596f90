// SPDX-License-Identifier: Apache-2.0

package joblog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/guestagent/livelog"
	"github.com/escrin/escrin/jobs/api"
)

// firstHeader has the number of a reply's first segment.
const firstHeader = "Escrin-First-Segment"

// Register adds the store's route to mux: GET /v1/tasks/{id}/attempts/{attempt}/logs?from=NUMBER.
func (s *Store) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /v1/tasks/{id}/attempts/{attempt}/logs", s.serve)
}

func (s *Store) serve(w http.ResponseWriter, r *http.Request) {
	id, err := api.ParseID(r.PathValue("id"))
	attempt, badAttempt := strconv.ParseUint(r.PathValue("attempt"), 10, 32)
	from, badFrom := strconv.ParseUint(r.URL.Query().Get("from"), 10, 64)
	if err := errors.Join(err, badAttempt, badFrom); err != nil {
		refuse(w, http.StatusBadRequest, api.CodeBadRequest, err)
		return
	}
	first, segments, err := s.Read(id, uint32(attempt), from)
	if err != nil {
		refuse(w, http.StatusInternalServerError, api.CodeInternal, errors.New("the log cannot be read"))
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set(firstHeader, strconv.FormatUint(first, 10))
	_, _ = w.Write(segments) // a client that went away is nobody to tell
}

func refuse(w http.ResponseWriter, status int, code string, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(api.Error{Error: api.ErrorDetail{Code: code, Message: err.Error()}})
}

// Client reads the logs of one job service.
type Client struct{ base string }

// NewClient makes a client of the job service at base.
func NewClient(base string) Client { return Client{base} }

// Read is Store.Read from afar: segments, sealed, from one number on, and the number of the first.
func (c Client) Read(ctx context.Context, task common.Hash, attempt uint32, from uint64) (first uint64, segments [][]byte, err error) {
	url := fmt.Sprintf("%s/v1/tasks/%s/attempts/%d/logs?from=%d", c.base, task.Hex(), attempt, from)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	response, err := api.HTTPClient().Do(request)
	if err != nil {
		return 0, nil, fmt.Errorf("reach job service: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return 0, nil, fmt.Errorf("read log: %w", api.ReadError(response))
	}
	first, err = strconv.ParseUint(response.Header.Get(firstHeader), 10, 64)
	if err != nil || first < from {
		return 0, nil, errors.New("read log: the job service does not say where its reply begins")
	}
	raw, err := io.ReadAll(io.LimitReader(response.Body, perRead*livelog.SealedSize+1))
	if err != nil {
		return 0, nil, fmt.Errorf("read log: %w", err)
	}
	if len(raw)%livelog.SealedSize != 0 || len(raw) > perRead*livelog.SealedSize {
		return 0, nil, fmt.Errorf("read log: %d bytes are no segments", len(raw))
	}
	for ; len(raw) > 0; raw = raw[livelog.SealedSize:] {
		segments = append(segments, raw[:livelog.SealedSize])
	}
	return first, segments, nil
}
