// SPDX-License-Identifier: Apache-2.0

// Package plan is what the agent tells a gateway to do. It is a package of its own because the agent must not link what
// speaks to the network.
package plan

import "github.com/escrin/escrin/guestagent/wire"

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

// Encode returns the form in which a plan is handed over.
func (p Plan) Encode() ([]byte, error) { return wire.Encode(p) }
