// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/escrin/escrin/attest/kds"
)

// Services are the vendors' services for collateral over HTTP: Intel's
// provisioning certification service, version 4, and AMD's key distribution
// service, version 1, under the paths that the two have. It is a handler, safe
// for concurrent use.
type Services struct {
	mux *http.ServeMux
	tdx []*Platform
	snp []*SNPPlatform

	mu    sync.Mutex
	fault Fault
	asked []string
}

// NewServices returns the services that know these machines.
func NewServices(tdx []*Platform, snp []*SNPPlatform) *Services {
	s := &Services{mux: http.NewServeMux(), tdx: tdx, snp: snp}
	s.mux.HandleFunc("GET /tdx/certification/v4/tcb", s.tcbInfo)
	s.mux.HandleFunc("GET /tdx/certification/v4/qe/identity", s.qeIdentity)
	s.mux.HandleFunc("GET /sgx/certification/v4/pckcrl", s.pckCRL)
	s.mux.HandleFunc("GET /sgx/certification/v4/rootcacrl", s.rootCRLHex)
	s.mux.HandleFunc("GET /IntelSGXRootCA.der", s.rootCRL)
	for line, signer := range map[string]kds.Signer{"vcek": kds.VCEK, "vlek": kds.VLEK} {
		s.mux.HandleFunc("GET /"+line+"/v1/{product}/cert_chain", s.certChain(signer))
		s.mux.HandleFunc("GET /"+line+"/v1/{product}/crl", s.amdCRL)
	}
	s.mux.HandleFunc("GET /vcek/v1/{product}/{hwid}", s.vcek)
	return s
}

// Fault is something wrong with the services. The zero Fault is nothing.
type Fault struct {
	// Path limits the fault to paths that begin with it.
	Path string
	// Status replaces the answer by a refusal, such as 503 or 429.
	Status int
	// RetryAfter is said in a refusal if it is not zero, in whole seconds.
	RetryAfter time.Duration
	// Gate holds each answer back until the channel is closed or gives a value.
	Gate <-chan struct{}
	// Age makes collateral that was issued so much earlier.
	Age time.Duration
	// Undone makes collateral as it was before the last TCB recoveries.
	Undone uint8
	// Body replaces the bodies of answers.
	Body func([]byte) []byte
}

// Break makes f the only fault there is, and Fault{} mends everything.
func (s *Services) Break(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// Asked returns path and query of every request so far.
func (s *Services) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}

// at returns the fault that concerns a path.
func (s *Services) at(path string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.HasPrefix(path, s.fault.Path) {
		return Fault{}
	}
	return s.fault
}

// ServeHTTP answers like the vendor whose path it is.
func (s *Services) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.URL.RequestURI())
	s.mu.Unlock()
	f := s.at(r.URL.Path)
	if f.Gate != nil {
		select {
		case <-f.Gate:
		case <-r.Context().Done():
			return
		}
	}
	if f.Status != 0 {
		if f.RetryAfter != 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter/time.Second)))
		}
		http.Error(w, http.StatusText(f.Status), f.Status)
		return
	}
	if f.Body != nil {
		w = bodyEditor{w, f.Body}
	}
	s.mux.ServeHTTP(w, r)
}

// bodyEditor replaces what is written, which the services do at once.
type bodyEditor struct {
	http.ResponseWriter
	edit func([]byte) []byte
}

// Write writes another body than it is given.
func (w bodyEditor) Write(body []byte) (int, error) {
	if _, err := w.ResponseWriter.Write(w.edit(body)); err != nil {
		return 0, err
	}
	return len(body), nil
}

// refuse answers that something is wrong with the request, or with the services.
func refuse(w http.ResponseWriter, err error) {
	if err == nil {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	http.Error(w, err.Error(), http.StatusInternalServerError)
}
