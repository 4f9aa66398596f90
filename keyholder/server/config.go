// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/netip"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/auditlog"
	"github.com/escrin/escrin/keyholder/metrics"
	"github.com/escrin/escrin/keyholder/release"
)

// Config is everything that a server needs. Fields may be left out only where
// it is said.
type Config struct {
	Rules *release.Rules
	Audit *auditlog.Log
	Log   *slog.Logger
	// Metrics may be nil; then nobody sees them.
	Metrics *metrics.Registry
	// Node and Witness may be nil; then nobody is told of them.
	Node    Node
	Witness Witness
	// Gate reports whether the share of an epoch may be used; it is asked before each
	// use. It may be nil: then it always may.
	Gate func(epoch uint64) bool
	// Final returns the number of the newest block that is final to the holder, as far as
	// it has looked; 0 if it has seen none. It may be nil: then nobody is told.
	Final func() uint64
	// Clock may be nil: it is time.Now then.
	Clock func() time.Time

	PerAddress, PerRequester Rate
	// TrustedProxies are addresses whose word is taken for who asks; may be empty.
	TrustedProxies []netip.Prefix
}

// Node is what the API shows of the holder's part in the key network. All of it
// is public. A server calls it from many goroutines.
type Node interface {
	// Keyholder says who the holder is: GET /v1/keyholder.
	Keyholder() json.Marshaler
	// EncryptionKey returns the key with a digest, if it is the holder's or known to
	// be a member's: GET /v1/keys/{digest}. False if it is not known.
	EncryptionKey(digest [32]byte) (json.Marshaler, bool)
	// Completion returns the holder's part of the signature that completes an epoch:
	// GET /v1/epochs/{epoch}/completion. False if there is none (yet).
	Completion(epoch uint64) (json.Marshaler, bool)
	// Others returns the network of the present epoch if the holder has no share of
	// it. False if it has one, or does not know that network.
	Others() (keyholder.Network, bool)
}

// Witness remembers what holders said of their audit logs. All of it is public.
// A server calls it from many goroutines.
type Witness interface {
	// Own returns the holder's own newest statement: GET /v1/witness. False while
	// there is none.
	Own() (json.Marshaler, bool)
	// Of returns what is known of a signer, signed for a nonce:
	// GET /v1/witness/{signer}/{nonce}. False if that cannot be told.
	Of(signer [20]byte, nonce [32]byte) (json.Marshaler, bool)
}

// complete checks the configuration and fills in what may be left out.
func (c *Config) complete() error {
	if c.Rules == nil || c.Audit == nil || c.Log == nil {
		return errors.New("server: no rules, audit log or log")
	}
	if !c.PerAddress.valid() || !c.PerRequester.valid() {
		return errors.New("server: no rates of requests")
	}
	if c.Metrics == nil {
		c.Metrics = &metrics.Registry{}
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Final == nil {
		c.Final = func() uint64 { return 0 }
	}
	return nil
}

func (r Rate) valid() bool { return r.PerSecond > 0 && r.Burst > 0 }
