// SPDX-License-Identifier: Apache-2.0

// Package gateway is the one process of a guest that speaks to the network. It runs beside the workload, in the
// workload's network namespace, which has a loopback interface and nothing else: each destination of the measured config
// is an address of that interface on which the gateway listens, and each connection to it becomes a stream to the host
// (package uplink). So the workload reaches what is listed, and for the rest there is no way at all. The other way, a
// stream for a listed service becomes a connection to the workload's port, with TLS ended here if the service says so.
//
// The gateway reads bytes of strangers, and therefore it is not the agent: it has no privileges, no files, and no keys
// but that of its certificate.
package gateway

import (
	"errors"
	"fmt"
	"io"

	"github.com/escrin/escrin/guestagent/session"
	"github.com/escrin/escrin/guestagent/wire"
)

// Plan is all that the agent tells a gateway.
type Plan struct {
	Egress   []Listener `json:"egress"`
	Ingress  []Service  `json:"ingress"`
	Evidence []byte     `json:"evidence"` // attest.Evidence, or nothing in a trial
}

// Listener is an address in the workload's namespace that stands for a destination.
type Listener struct {
	Address string `json:"address"` // IPv4
	Name    string `json:"name"`    // what the host is asked for
	Port    uint16 `json:"port"`    // here and there
}

// Service is a port of the workload that can be reached from outside.
type Service struct {
	Port uint16 `json:"port"` // outside
	To   uint16 `json:"to"`   // on the workload's loopback interface
	TLS  bool   `json:"tls"`
}

// maxPlan bounds a plan in bytes.
const maxPlan = 1 << 20

// Encode returns the form in which a plan is handed over.
func (p Plan) Encode() ([]byte, error) { return wire.Encode(p) }

// ReadPlan reads a plan to the end of r.
func ReadPlan(r io.Reader) (Plan, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxPlan+1))
	if err != nil {
		return Plan{}, fmt.Errorf("read plan: %w", err)
	}
	var p Plan
	if err := wire.Decode(raw, maxPlan, &p); err != nil {
		return Plan{}, fmt.Errorf("read plan: %w", err)
	}
	if len(p.Evidence) > session.MaxEvidence {
		return Plan{}, errors.New("read plan: the evidence is too large")
	}
	return p, nil
}

// Notary signs statements about sessions with a key that the gateway does not have.
type Notary interface {
	Sign(s session.Statement) ([session.SignatureSize]byte, error)
}
