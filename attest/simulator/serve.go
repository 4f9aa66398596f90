// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/escrin/escrin/attest/predict"
	"github.com/escrin/escrin/attest/simulator/teeclient"
)

// Limits of the service.
const (
	maxRequest = 64 << 10  // bytes of a request
	maxFile    = 256 << 20 // bytes of a file to launch
	maxTDs     = 1024      // launched guests; the oldest is forgotten first
)

// Serve answers requests of package teeclient on l until ctx ends, and then
// closes l. Whoever can connect to l can make quotes.
func Serve(ctx context.Context, l net.Listener, p *Platform) error {
	s := &service{platform: p, tds: make(map[string]*TD)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+teeclient.LaunchPath, handle(s.launch))
	mux.HandleFunc("POST "+teeclient.QuotePath, handle(s.quote))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve simulator: %w", err)
	}
	return nil
}

type service struct {
	platform *Platform

	mu    sync.Mutex
	tds   map[string]*TD
	order []string // handles in tds, oldest first
}

func (s *service) launch(r teeclient.LaunchRequest) (teeclient.LaunchReply, error) {
	launch := predict.Launch{Cmdline: r.Cmdline, Shape: r.Shape}
	var err error
	if launch.QEMU, err = predict.ParseQEMUVersion(r.QEMU); err != nil {
		return teeclient.LaunchReply{}, err
	}
	files := []struct {
		name string
		into *[]byte
	}{{r.Firmware, &launch.Firmware}, {r.Kernel, &launch.Kernel}, {r.Initrd, &launch.Initrd}}
	for _, f := range files {
		if *f.into, err = readFile(f.name); err != nil {
			return teeclient.LaunchReply{}, err
		}
	}
	td, err := s.platform.Launch(launch)
	if err != nil {
		return teeclient.LaunchReply{}, err
	}
	return teeclient.LaunchReply{TD: s.keep(td)}, nil
}

// keep files a guest under a new handle.
func (s *service) keep(td *TD) string {
	var id [16]byte
	rand.Read(id[:])
	handle := hex.EncodeToString(id[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.order) == maxTDs {
		delete(s.tds, s.order[0])
		s.order = s.order[1:]
	}
	s.tds[handle] = td
	s.order = append(s.order, handle)
	return handle
}

func (s *service) quote(r teeclient.QuoteRequest) (teeclient.QuoteReply, error) {
	if len(r.ReportData) != 64 {
		return teeclient.QuoteReply{}, fmt.Errorf("quote TD: report data of %d bytes, want 64", len(r.ReportData))
	}
	s.mu.Lock()
	td := s.tds[r.TD]
	s.mu.Unlock()
	if td == nil {
		return teeclient.QuoteReply{}, fmt.Errorf("quote TD: no TD %q was launched", r.TD)
	}
	quote, collateral, err := td.Quote([64]byte(r.ReportData))
	return teeclient.QuoteReply{Quote: quote, Collateral: collateral}, err
}

func readFile(name string) ([]byte, error) {
	if !filepath.IsAbs(name) {
		return nil, fmt.Errorf("launch TD: %q is not an absolute path", name)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("launch TD: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("launch TD: %w", err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("launch TD: %s is larger than %d bytes", name, maxFile)
	}
	return data, nil
}

// handle makes an HTTP handler of a function from request to reply.
func handle[Q, A any](answer func(Q) (A, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest))
		decoder.DisallowUnknownFields()
		var request Q
		if err := decoder.Decode(&request); err != nil {
			reply(w, http.StatusBadRequest, teeclient.ErrorReply{Error: fmt.Sprintf("decode request: %v", err)})
			return
		}
		result, err := answer(request)
		if err != nil {
			reply(w, http.StatusUnprocessableEntity, teeclient.ErrorReply{Error: err.Error()})
			return
		}
		reply(w, http.StatusOK, result)
	}
}

func reply[A any](w http.ResponseWriter, status int, body A) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) // a client that went away cannot be told
}
