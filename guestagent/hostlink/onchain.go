// SPDX-License-Identifier: Apache-2.0

package hostlink

import (
	"context"
	"fmt"
	"io"

	"github.com/escrin/escrin/guestagent/wire"
)

const (
	// MaxRPC is the largest params of a call to the chain's node, and the largest result, in bytes.
	MaxRPC = 1 << 20
	// MaxObject is the largest sealed object of a workload's storage in bytes.
	MaxObject = 10 << 20
	// maxMethod bounds the name of a call in bytes.
	maxMethod = 64
)

// Advance is the requester's signature that makes a version of an object the newest one (keyholder.Advance).
type Advance struct {
	Name      wire.Hash32 `json:"name"`
	Version   uint64      `json:"version"`
	Digest    wire.Hash32 `json:"digest"`
	Signature []byte      `json:"signature"` // 65 bytes r‖s‖v, v 27 or 28
}

type (
	rpcParams struct {
		Method string `json:"method"`
	}
	objectParams struct {
		Name   wire.Hash32 `json:"name"`
		Digest wire.Digest `json:"digest"`
	}
)

// Storage is the host's side of a workload's requests about the chain.
type Storage interface {
	// RPC makes a call of Ethereum's JSON-RPC and returns its result, at most MaxRPC bytes. The host chooses which calls it makes.
	RPC(ctx context.Context, method string, params []byte) (result []byte, err error)
	// Advance takes a signature to the chain.
	Advance(ctx context.Context, a Advance) error
	// Object returns a blob that is or was the newest version of an object of the identity, at most MaxObject bytes.
	Object(ctx context.Context, name wire.Hash32, digest wire.Digest) (io.ReadCloser, uint64, error)
}

// RPC has the host make a call of Ethereum's JSON-RPC. Nobody vouches for the result.
func (c *Client) RPC(ctx context.Context, method string, params []byte) ([]byte, error) {
	_, result, err := call[rpcParams, none](ctx, c, opRPC, rpcParams{method}, bytesBody(params), MaxRPC)
	return result, wrap("ask the chain's node", err)
}

// Advance hands over the signature that makes a version the newest one.
func (c *Client) Advance(ctx context.Context, a Advance) error {
	_, _, err := call[Advance, none](ctx, c, opAdvance, a, body{}, 0)
	return wrap("advance version", err)
}

// Object asks for a version of an object and returns what came: the caller compares its digest.
func (c *Client) Object(ctx context.Context, name wire.Hash32, digest wire.Digest) ([]byte, error) {
	_, blob, err := call[objectParams, none](ctx, c, opObject, objectParams{name, digest}, body{}, MaxObject)
	return blob, wrap("fetch object", err)
}

func (a Advance) validate() error {
	if a.Version == 0 || len(a.Signature) != signatureSize {
		return fmt.Errorf("want a version from 1 and a signature of %d bytes", signatureSize)
	}
	return nil
}

func handleRPC(ctx context.Context, header requestHeader, in io.Reader, h Storage) (reply, error) {
	var result []byte
	out, err := handle(header, in, MaxRPC, func(p rpcParams, params []byte) (none, error) {
		if len(p.Method) > maxMethod {
			return none{}, &Error{Code: CodeInvalid, Err: fmt.Errorf("method's name has %d bytes", len(p.Method))}
		}
		var err error
		if result, err = h.RPC(ctx, p.Method, params); err == nil && len(result) > MaxRPC {
			err = &Error{Code: CodeTooLarge, Err: fmt.Errorf("result of %d bytes", len(result))}
		}
		return none{}, err
	})
	out.body = bytesBody(result)
	return out, err
}

func handleObject(ctx context.Context, header requestHeader, h Storage) (reply, error) {
	p, err := decodeParams[objectParams](header.Params)
	if err != nil {
		return reply{}, err
	}
	blob, size, err := h.Object(ctx, p.Name, p.Digest)
	if err != nil {
		return reply{}, err
	}
	out := reply{result: []byte("{}"), body: body{blob, size}, close: blob}
	if size > MaxObject {
		return out, &Error{Code: CodeTooLarge, Err: fmt.Errorf("object of %d bytes", size)}
	}
	return out, nil
}
