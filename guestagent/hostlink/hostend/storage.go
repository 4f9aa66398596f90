// SPDX-License-Identifier: Apache-2.0

package hostend

import (
	"context"
	"fmt"
	"io"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/internal/frame"
	"github.com/escrin/escrin/guestagent/wire"
)

// Storage is the host's side of a workload's requests about the chain.
type Storage interface {
	// RPC makes a call of Ethereum's JSON-RPC and returns its result, at most MaxRPC bytes. The host chooses which calls it makes.
	RPC(ctx context.Context, method string, params []byte) (result []byte, err error)
	// Advance takes a signature to the chain.
	Advance(ctx context.Context, a hostlink.Advance) error
	// Object returns a blob that is or was the newest version of an object of the identity, at most MaxObject bytes.
	Object(ctx context.Context, name wire.Hash32, digest wire.Digest) (io.ReadCloser, uint64, error)
}

func handleRPC(ctx context.Context, header frame.Request, in io.Reader, h Storage) (reply, error) {
	var result []byte
	out, err := handle(header, in, hostlink.MaxRPC, func(p frame.RPCParams, params []byte) (frame.None, error) {
		if len(p.Method) > maxMethod {
			return frame.None{}, &hostlink.Error{Code: hostlink.CodeInvalid, Err: fmt.Errorf("method's name has %d bytes", len(p.Method))}
		}
		var err error
		if result, err = h.RPC(ctx, p.Method, params); err == nil && len(result) > hostlink.MaxRPC {
			err = &hostlink.Error{Code: hostlink.CodeTooLarge, Err: fmt.Errorf("result of %d bytes", len(result))}
		}
		return frame.None{}, err
	})
	out.body = frame.Bytes(result)
	return out, err
}

func handleObject(ctx context.Context, header frame.Request, h Storage) (reply, error) {
	p, err := decodeParams[frame.ObjectParams](header.Params)
	if err != nil {
		return reply{}, err
	}
	blob, size, err := h.Object(ctx, p.Name, p.Digest)
	if err != nil {
		return reply{}, err
	}
	out := reply{result: []byte("{}"), body: frame.Body{Reader: blob, Size: size}, close: blob}
	if size > hostlink.MaxObject {
		return out, &hostlink.Error{Code: hostlink.CodeTooLarge, Err: fmt.Errorf("object of %d bytes", size)}
	}
	return out, nil
}
