// SPDX-License-Identifier: Apache-2.0

// Package client asks a key network for certificates and keys. It trusts no
// single holder and no transport: every share is checked by a pairing against
// the holder's public share, and the sum against the group key. It is linked
// into the guest and brings no network code; see Transport.
package client

import (
	"context"
	"errors"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// Transport carries one request to the holder with the given index and returns
// its HTTP status and body. A nil body asks with GET, any other with POST.
type Transport interface {
	Do(ctx context.Context, holder uint32, path string, body []byte) (status int, reply []byte, err error)
}

// Progress is called after each round in which fewer than t holders gave a
// valid share. It may be nil.
type Progress func(Waiting)

// Waiting says how far a request has come.
type Waiting struct {
	Have, Need int
	Failures   []Failure // latest failure of each holder that gave no share
}

// Failure is why one holder gave no share.
type Failure struct {
	Holder uint32
	Lied   bool // it answered with a share that does not verify
	Err    error
}

var errTODO = errors.New("not built yet")

// Certificate returns the network's signature on the certificate for evidence
// (marshalled) and permitter: what the permitter contract takes in EIP-2537
// form.
func Certificate(ctx context.Context, net keyholder.Network, tr Transport, evidence []byte, permitter [20]byte, progress Progress) (curve.G1, error) {
	return curve.G1{}, errTODO
}

// Release returns the derived key that req names. channelPriv is the 32-byte
// private key of the channel key in the evidence.
func Release(ctx context.Context, net keyholder.Network, tr Transport, req keyholder.ReleaseRequest, channelPriv []byte, progress Progress) (curve.G1, error) {
	return curve.G1{}, errTODO
}

// Keynet asks one holder for its index, whether it is ready, and its network.
func Keynet(ctx context.Context, tr Transport, holder uint32) (keyholder.KeynetReply, error) {
	return keyholder.KeynetReply{}, errTODO
}
