// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"context"

	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/keyholder/release"
)

// Permitter implements release.State.
func (s *State) Permitter(ctx context.Context, identity [32]byte) ([20]byte, error) {
	r, err := s.call(ctx, s.view.config.Registry, "getPermitter(bytes32)", abi.Words{}.Bytes32(identity))
	if err != nil {
		return [20]byte{}, err
	}
	permitter := r.Address()
	return permitter, closed(r, "getPermitter")
}

// Policy implements release.State.
func (s *State) Policy(ctx context.Context, permitter [20]byte, identity [32]byte) (release.Policy, error) {
	r, err := s.call(ctx, permitter, "policyOf(bytes32)", abi.Words{}.Bytes32(identity))
	if err != nil {
		return release.Policy{}, err
	}
	p := release.Policy{Kind: release.PolicyKind(r.Uint64(8)), Subject: r.Bytes32(), MaxDuration: r.Uint64(64)}
	r.Skip(3) // floors of both vendors' platforms, lowest version
	return p, closed(r, "policyOf")
}

// PlatformAllowed implements release.State.
func (s *State) PlatformAllowed(ctx context.Context, word [32]byte) (bool, error) {
	r, err := s.call(ctx, s.view.config.Platforms, "allows(bytes32)", abi.Words{}.Bytes32(word))
	if err != nil {
		return false, err
	}
	allowed := r.Uint64(1)
	return allowed == 1, closed(r, "allows")
}

// PermitExpiry implements release.State.
func (s *State) PermitExpiry(ctx context.Context, requester [20]byte, identity [32]byte) (uint64, error) {
	r, err := s.call(ctx, s.view.config.Registry, "readPermit(address,bytes32)", abi.Words{}.Address(requester).Bytes32(identity))
	if err != nil {
		return 0, err
	}
	expiry := r.Uint64(64)
	return expiry, closed(r, "readPermit")
}

// Task implements release.State.
func (s *State) Task(ctx context.Context, id [32]byte) (release.Task, error) {
	r, err := s.call(ctx, s.view.config.TaskHub, "recordOf(uint256)", abi.Words{}.Bytes32(id))
	if err != nil {
		return release.Task{}, err
	}
	var t release.Task
	t.State = uint8(r.Uint64(8))
	t.Attempt = uint32(r.Uint64(32))
	r.Skip(1) // runner
	t.ClaimExpiry = r.Uint64(64)
	t.Requester = r.Address()
	t.Digest = r.Bytes32()
	return t, closed(r, "recordOf")
}

// closed reports a reply that has not the shape of the function's results: most
// likely another contract lives at the address.
func closed(r *abi.Reader, function string) error {
	if err := r.Close(); err != nil {
		return unavailable("%s: %v", function, err)
	}
	return nil
}
