// SPDX-License-Identifier: Apache-2.0

package hostlink

import (
	"context"

	"github.com/escrin/escrin/guestagent/hostlink/internal/frame"
	"github.com/escrin/escrin/guestagent/wire"
)

const (
	// MaxRPC is the largest params of a call to the chain's node, and the largest result, in bytes.
	MaxRPC = 1 << 20
	// MaxObject is the largest sealed object of a workload's storage in bytes.
	MaxObject = 10 << 20
)

// Advance is the requester's signature that makes a version of an object the newest one (keyholder.Advance).
type Advance struct {
	Name      wire.Hash32 `json:"name"`
	Version   uint64      `json:"version"`
	Digest    wire.Hash32 `json:"digest"`
	Deadline  uint64      `json:"deadline"`  // seconds since the epoch
	Signature []byte      `json:"signature"` // 65 bytes r‖s‖v, v 27 or 28
}

// RPC has the host make a call of Ethereum's JSON-RPC. Nobody vouches for the result.
func (c *Client) RPC(ctx context.Context, method string, params []byte) ([]byte, error) {
	_, result, err := call[frame.RPCParams, frame.None](ctx, c, frame.OpRPC, frame.RPCParams{Method: method}, frame.Bytes(params), MaxRPC)
	return result, wrap("ask the chain's node", err)
}

// Advance hands over the signature that makes a version the newest one.
func (c *Client) Advance(ctx context.Context, a Advance) error {
	return tell(ctx, c, "advance version", frame.OpAdvance, a, frame.Body{})
}

// Object asks for a version of an object and returns what came: the caller compares its digest.
func (c *Client) Object(ctx context.Context, name wire.Hash32, digest wire.Digest) ([]byte, error) {
	_, blob, err := call[frame.ObjectParams, frame.None](ctx, c, frame.OpObject, frame.ObjectParams{Name: name, Digest: digest}, frame.Body{}, MaxObject)
	return blob, wrap("fetch object", err)
}
