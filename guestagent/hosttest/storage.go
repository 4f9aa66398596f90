// SPDX-License-Identifier: Apache-2.0

package hosttest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/keyholder"
)

// anchorsContract is the address that the anchors of a test are at.
var anchorsContract = [20]byte{0xa1}

// Anchor is what a Host's chain has under a name of the identity's enclaves.
func (h *Host) Anchor(name keyholder.AnchorName) keyholder.Anchor {
	h.mu.Lock()
	defer h.mu.Unlock()
	anchor := keyholder.Anchor{Contract: anchorsContract}
	if name.Set == keyholder.Advanced && name.IdentityID == h.Job.Identity && name.ChainID == h.Job.ChainID {
		anchor = h.anchors[name.Name]
		anchor.Contract = anchorsContract
	}
	return anchor
}

// RPC implements hostend.Handler.
func (h *Host) RPC(_ context.Context, method string, params []byte) ([]byte, error) {
	if h.Call == nil {
		return nil, &hostlink.Error{Code: hostlink.CodeRefused}
	}
	return h.Call(method, params)
}

// Advance implements hostend.Handler, as the contract Anchors would.
func (h *Host) Advance(_ context.Context, a hostlink.Advance) error {
	requester := h.Heard().Permit.Requester
	h.mu.Lock()
	defer h.mu.Unlock()
	newest := h.anchors[a.Name]
	signed := keyholder.Advance{
		ChainID: h.Job.ChainID, Contract: anchorsContract, IdentityID: h.Job.Identity, Name: a.Name,
		Version: a.Version, Previous: newest.Digest, Digest: a.Digest, Deadline: a.Deadline,
	}
	if err := signedBy(requester, signed.SigningDigest(), a.Signature); err != nil {
		return err
	}
	if a.Deadline < h.Keys.now() {
		return &hostlink.Error{Code: hostlink.CodeRefused, Err: errors.New("the deadline has passed")}
	}
	if a.Version != newest.Version+1 {
		return &hostlink.Error{Code: hostlink.CodeRefused, Err: errors.New("not the next version")}
	}
	if h.anchors == nil {
		h.anchors = map[[32]byte]keyholder.Anchor{}
	}
	h.anchors[a.Name] = keyholder.Anchor{Version: a.Version, Digest: a.Digest}
	return nil
}

// Object implements hostend.Handler.
func (h *Host) Object(ctx context.Context, name wire.Hash32, digest wire.Digest) (io.ReadCloser, uint64, error) {
	if h.Serve == nil {
		return h.Fetch(ctx, digest, hostlink.MaxObject)
	}
	blob := h.Serve(name, digest)
	return io.NopCloser(bytes.NewReader(blob)), uint64(len(blob)), nil
}

// Blob returns what is stored under a digest.
func (h *Host) Blob(digest wire.Digest) []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.blobs[digest]
}

// Newest returns all anchors of the identity's enclaves.
func (h *Host) Newest() map[[32]byte]keyholder.Anchor {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.anchors)
}
