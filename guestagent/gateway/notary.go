// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"fmt"
	"io"
	"sync"

	"github.com/escrin/escrin/guestagent/session"
	"github.com/escrin/escrin/guestagent/session/exchange"
)

// Notary signs statements about sessions with a key that the gateway does not have.
type Notary interface {
	Sign(s exchange.Statement) ([session.SignatureSize]byte, error)
}

// Agent is a Notary at the other end of a channel: it sends a statement of fixed size and reads a signature of fixed size.
type Agent struct {
	mu      sync.Mutex
	channel io.ReadWriter
}

// NewAgent asks over this channel.
func NewAgent(channel io.ReadWriter) *Agent { return &Agent{channel: channel} }

// Sign implements Notary, one statement at a time.
func (a *Agent) Sign(s exchange.Statement) (signature [session.SignatureSize]byte, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	encoded := s.Encode()
	if _, err := a.channel.Write(encoded[:]); err != nil {
		return signature, fmt.Errorf("ask agent for signature: %w", err)
	}
	if _, err := io.ReadFull(a.channel, signature[:]); err != nil {
		return signature, fmt.Errorf("ask agent for signature: %w", err)
	}
	return signature, nil
}
