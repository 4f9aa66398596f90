// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"context"
	"encoding/binary"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/keyholder/release"
)

// Slots of the mappings in the contracts of contracts/src, which cannot be upgraded. (A
// test holds what is read here against what the contracts themselves answer.)
const (
	registryIdentities = 1 // IdentityRegistry: identity → permitter, epoch, …
	registryPermits    = 3 // IdentityRegistry: identity → holder → permit
	permitterPolicies  = 1 // EnclavePolicies: identity → digest, subject, terms
	platformRules      = 3 // PlatformRegistry: family → rule
	hubBatches         = 2 // TaskHub: task → head, digest, requester
	announcedAnchors   = 2 // Anchors: identity → name → version, digest
	advancedAnchors    = 3 // Anchors: the same
)

func word(n uint64) (w [32]byte) {
	binary.BigEndian.PutUint64(w[24:], n)
	return w
}

// element returns the slot of a mapping's element.
func element(mapping, key [32]byte) [32]byte { return abi.Words(key[:]).Bytes32(mapping).Keccak() }

// field returns the n-th slot of a struct.
func field(base [32]byte, n uint64) [32]byte {
	for i := len(base); n > 0 && i > 0; i-- {
		n += uint64(base[i-1])
		base[i-1] = byte(n)
		n >>= 8
	}
	return base
}

func addressWord(a [20]byte) [32]byte { return [32]byte(abi.Words{}.Address(a)) }

func identitySlot(identity [32]byte) [32]byte { return element(word(registryIdentities), identity) }

func permitSlot(requester [20]byte, identity [32]byte) [32]byte {
	return element(element(word(registryPermits), identity), addressWord(requester))
}

func policySlots(identity [32]byte) [][32]byte {
	base := element(word(permitterPolicies), identity)
	return [][32]byte{base, field(base, 1), field(base, 2)}
}

func batchSlots(id [32]byte) [][32]byte {
	id[31] = 0 // of the tasks of a batch, the low byte
	base := element(word(hubBatches), id)
	return [][32]byte{base, field(base, 1), field(base, 2)}
}

// Expect implements release.State: it has everything read at once.
func (s *State) Expect(ctx context.Context, r release.Reads) {
	c := s.view.config
	want := []slot{{c.Registry, identitySlot(r.Identity)}}
	if r.Anchor != (keyholder.AnchorName{}) {
		want = append(want, slot{c.Registry, permitSlot(r.Requester, r.Identity)})
		for _, key := range anchorSlots(r.Anchor) {
			want = append(want, slot{c.Anchors, key})
		}
		s.block.expect(ctx, want)
		return
	}
	_, known := s.block.ancestors.known(r.BaseBlock)
	if behind := s.block.header.Number - r.BaseBlock; !known && r.BaseBlock < s.block.header.Number && behind > 1 && behind <= historyWindow {
		want = append(want, slot{history, historySlot(r.BaseBlock)})
	}
	if r.Platform != [32]byte{} {
		for _, key := range ruleSlots(r.Platform) {
			want = append(want, slot{c.Platforms, key})
		}
	}
	if permitter, ok := s.view.permitters.of(r.Identity); ok {
		for _, key := range policySlots(r.Identity) {
			want = append(want, slot{permitter, key})
		}
	}
	if r.Release {
		want = append(want, slot{c.Registry, permitSlot(r.Requester, r.Identity)})
		for _, key := range batchSlots(r.Task) {
			want = append(want, slot{c.TaskHub, key})
		}
	}
	s.block.expect(ctx, want)
}

// Permitter implements release.State.
func (s *State) Permitter(ctx context.Context, identity [32]byte) ([20]byte, error) {
	values, err := s.Storage(ctx, s.view.config.Registry, identitySlot(identity))
	if err != nil {
		return [20]byte{}, err
	}
	permitter := [20]byte(values[0][12:])
	s.view.permitters.learn(identity, permitter)
	return permitter, nil
}

// Policy implements release.State. What a permitter keeps in another way than
// EnclavePolicies does, with the digest of its parts, is refused.
func (s *State) Policy(ctx context.Context, permitter [20]byte, identity [32]byte) (release.Policy, error) {
	values, err := s.Storage(ctx, permitter, policySlots(identity)...)
	if err != nil {
		return release.Policy{}, err
	}
	digest, subject, terms := values[0], values[1], values[2]
	if terms == [32]byte{} && subject == terms && digest == terms {
		return release.Policy{}, nil
	}
	if digest != (abi.Words{}).Bytes32(terms).Bytes32(subject).Keccak() {
		return release.Policy{}, unavailable("permitter %x does not keep its policies as EnclavePolicies does", permitter)
	}
	return release.Policy{
		Kind: release.PolicyKind(terms[0]), Subject: subject,
		MaxDuration: binary.BigEndian.Uint64(terms[:8]) << 8 >> 24, // bytes 1 to 5
	}, nil
}

// PermitExpiry implements release.State, as readPermit does: a permit counts in the
// identity's epoch alone.
func (s *State) PermitExpiry(ctx context.Context, requester [20]byte, identity [32]byte) (uint64, error) {
	values, err := s.Storage(ctx, s.view.config.Registry, permitSlot(requester, identity), identitySlot(identity))
	if err != nil {
		return 0, err
	}
	permit, owner := values[0], values[1]
	if binary.BigEndian.Uint32(permit[20:24]) != binary.BigEndian.Uint32(owner[8:12]) {
		return 0, nil
	}
	return binary.BigEndian.Uint64(permit[24:]), nil
}

const taskAccepted = 3 // the hub keeps no more than the digest of results

// Task implements release.State.
func (s *State) Task(ctx context.Context, id [32]byte) (release.Task, error) {
	values, err := s.Storage(ctx, s.view.config.TaskHub, batchSlots(id)...)
	if err != nil {
		return release.Task{}, err
	}
	head, digest, requester := values[0], values[1], values[2]
	switch state := head[31]; state {
	case 0:
		return release.Task{}, nil
	case taskAccepted:
		head[31] = 0
		return release.Task{State: state, Digest: head}, nil
	default:
		return release.Task{
			State: state, Attempt: binary.BigEndian.Uint32(head[27:31]) + 1,
			ClaimExpiry: binary.BigEndian.Uint64(head[19:27]) & (1<<40 - 1),
			Requester:   [20]byte(requester[12:]), Digest: digest,
		}, nil
	}
}
