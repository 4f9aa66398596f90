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

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/predict"
	"github.com/escrin/escrin/attest/simulator/teeclient"
)

// Limits of the service.
const (
	maxRequest = 64 << 10  // bytes of a request
	maxFile    = 256 << 20 // bytes of a file to launch
	maxGuests  = 1024      // launched; the oldest is forgotten first
)

// Machines are the platforms that a service launches guests on. A nil one is
// not there.
type Machines struct {
	TDX *Platform
	SNP *SNPPlatform
}

// Serve answers requests of package teeclient on l until ctx ends, and then
// closes l. Whoever can connect to l can make evidence.
func Serve(ctx context.Context, l net.Listener, m Machines) error {
	s := &service{machines: m, guests: make(map[string]guest)}
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

// guest makes evidence of one launched guest.
type guest func(reportData [64]byte) (signed, collateral []byte, err error)

type service struct {
	machines Machines

	mu     sync.Mutex
	guests map[string]guest
	order  []string // handles in guests, oldest first
}

func (s *service) launch(r teeclient.LaunchRequest) (teeclient.LaunchReply, error) {
	start := s.machines.startTDX
	switch {
	case r.TEE == attest.SNP && s.machines.SNP != nil:
		start = s.machines.startSNP
	case r.TEE != attest.TDX || s.machines.TDX == nil:
		return teeclient.LaunchReply{}, fmt.Errorf("launch guest: no %v machine here", r.TEE)
	}
	var files inputs
	for _, f := range []struct {
		name string
		into *[]byte
	}{{r.Firmware, &files.firmware}, {r.Kernel, &files.kernel}, {r.Initrd, &files.initrd}} {
		var err error
		if *f.into, err = readFile(f.name); err != nil {
			return teeclient.LaunchReply{}, err
		}
	}
	g, err := start(r, files)
	if err != nil {
		return teeclient.LaunchReply{}, err
	}
	return teeclient.LaunchReply{Guest: s.keep(g)}, nil
}

// inputs are the files of a launch.
type inputs struct{ firmware, kernel, initrd []byte }

func (m Machines) startTDX(r teeclient.LaunchRequest, f inputs) (guest, error) {
	version, err := predict.ParseQEMUVersion(r.QEMU)
	if err != nil {
		return nil, err
	}
	td, err := m.TDX.Launch(predict.Launch{
		Firmware: f.firmware, Kernel: f.kernel, Initrd: f.initrd, Cmdline: r.Cmdline, Shape: r.Shape, QEMU: version,
	})
	if err != nil {
		return nil, err
	}
	return td.Quote, nil
}

func (m Machines) startSNP(r teeclient.LaunchRequest, f inputs) (guest, error) {
	models := map[kds.Product]predict.CPU{kds.Milan: predict.EPYCMilan, kds.Genoa: predict.EPYCGenoa, kds.Turin: predict.EPYCTurin}
	g, err := m.SNP.Launch(predict.SNPLaunch{
		Firmware: f.firmware, Kernel: f.kernel, Initrd: f.initrd, Cmdline: r.Cmdline, VCPUs: r.Shape.VCPUs,
		Machine: predict.SNPMachine{VMM: predict.QEMU, CPU: models[m.SNP.Chip().Product], Features: predict.FeaturesSNP},
	})
	if err != nil {
		return nil, err
	}
	return g.Report, nil
}

// keep files a guest under a new handle.
func (s *service) keep(g guest) string {
	var id [16]byte
	rand.Read(id[:])
	handle := hex.EncodeToString(id[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.order) == maxGuests {
		delete(s.guests, s.order[0])
		s.order = s.order[1:]
	}
	s.guests[handle] = g
	s.order = append(s.order, handle)
	return handle
}

func (s *service) quote(r teeclient.QuoteRequest) (teeclient.QuoteReply, error) {
	if len(r.ReportData) != 64 {
		return teeclient.QuoteReply{}, fmt.Errorf("quote guest: report data of %d bytes, want 64", len(r.ReportData))
	}
	s.mu.Lock()
	g := s.guests[r.Guest]
	s.mu.Unlock()
	if g == nil {
		return teeclient.QuoteReply{}, fmt.Errorf("quote guest: no guest %q was launched", r.Guest)
	}
	signed, collateral, err := g([64]byte(r.ReportData))
	return teeclient.QuoteReply{Signed: signed, Collateral: collateral}, err
}

func readFile(name string) ([]byte, error) {
	if !filepath.IsAbs(name) {
		return nil, fmt.Errorf("launch guest: %q is not an absolute path", name)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("launch guest: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("launch guest: %w", err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("launch guest: %s is larger than %d bytes", name, maxFile)
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
