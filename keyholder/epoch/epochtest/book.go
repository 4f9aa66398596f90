// SPDX-License-Identifier: Apache-2.0

package epochtest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/internal/abi"
)

// errPosted says that the member has a message in this phase, be it the same one
// or another: the contract does not tell.
var errPosted = errors.New("posted already")

// book is the state of the board.
type book struct {
	active, latest uint64
	groupKey       [32]byte // digest
	epochs         map[uint64]*entry
	words          map[[32]byte][32]byte // storage of other contracts
	proofs         *proofs
}

// proofs are certificates that were verified, in all copies of a chain.
type proofs struct {
	mu    sync.Mutex
	known map[[32]byte]bool
}

// verify reports whether a certificate is valid, and computes it once only.
func (p *proofs) verify(digest [32]byte, c epoch.Certificate) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := abi.Keccak(slices.Concat(digest[:], c.GroupKey[:], c.Signature[:]))
	valid, known := p.known[id]
	if !known {
		key, wrongKey := curve.G2FromEIP2537(c.GroupKey[:])
		signature, wrong := curve.G1FromEIP2537(c.Signature[:])
		valid = wrongKey == nil && wrong == nil && curve.Verify(signature, curve.HashToG1(curve.DSTCompletion, digest[:]), key)
		p.known[id] = valid
	}
	return valid
}

// clone returns a copy to change.
func (b *book) clone() *book {
	c := *b
	c.epochs, c.words = map[uint64]*entry{}, maps.Clone(b.words)
	for number, e := range b.epochs {
		c.epochs[number] = &entry{e.record, slices.Clip(e.posts), maps.Clone(e.confirms)}
	}
	return &c
}

type entry struct {
	record   epoch.Record
	posts    []dkg.Post
	confirms map[uint32][32]byte
}

func (b *book) start(members []dkg.Member, threshold int, phaseBlocks, block uint64) error {
	if last := b.epochs[b.latest]; last != nil {
		if p := last.record.PhaseAt(block, b.active); p >= epoch.Dealing && p <= epoch.Certification {
			return errors.New("a session is running")
		}
	}
	b.latest++
	id := abi.Words{}.Uint64(b.latest).Uint64(b.active).Uint64(block).Keccak()
	b.epochs[b.latest] = &entry{
		record: epoch.Record{
			Epoch: b.latest, SessionID: id, Transcript: id, StartBlock: block, Previous: b.active,
			PhaseBlocks: phaseBlocks, Threshold: threshold, Members: members,
		},
		confirms: map[uint32][32]byte{},
	}
	return nil
}

func (b *book) running(number, block uint64) (*entry, error) {
	e := b.epochs[number]
	if e == nil {
		return nil, errors.New("there is no such epoch")
	}
	if p := e.record.PhaseAt(block, b.active); p < epoch.Dealing || p > epoch.Certification {
		return nil, fmt.Errorf("%w: its phase is %s", epoch.ErrNotNow, p)
	}
	return e, nil
}

// in returns an epoch if its phase is p, with the index of a signer there.
func (b *book) in(number, block uint64, p epoch.Phase, signer [20]byte) (*entry, uint32, error) {
	e, err := b.running(number, block)
	if err != nil {
		return nil, 0, err
	}
	if now := e.record.PhaseAt(block, b.active); now != p {
		return nil, 0, fmt.Errorf("%w: its phase is %s", epoch.ErrNotNow, now)
	}
	members := e.record.Members
	if (p == epoch.Dealing || p == epoch.Justifications) && e.record.Previous != 0 {
		members = b.epochs[e.record.Previous].record.Members
	}
	for i, m := range members {
		if m.Signer == signer {
			return e, uint32(i) + 1, nil
		}
	}
	return nil, 0, errors.New("not a member with a say")
}

func (b *book) post(number, block uint64, p epoch.Phase, signer [20]byte, message []byte) error {
	e, index, err := b.in(number, block, p, signer)
	if err != nil {
		return err
	}
	dealt := false
	for _, old := range e.posts {
		if old.Index != index {
			continue
		}
		if old.Phase == uint8(p) {
			return errPosted
		}
		dealt = dealt || old.Phase == uint8(epoch.Dealing)
	}
	if len(message) == 0 || (p == epoch.Justifications && !dealt) {
		return errors.New("nothing to post")
	}
	post := dkg.Post{Phase: uint8(p), Index: index, Message: message}
	e.posts = append(e.posts, post)
	e.record.Transcript = dkg.Transcript(e.record.Transcript, []dkg.Post{post})
	return nil
}

func (b *book) confirm(number, block uint64, signer [20]byte, digest [32]byte) error {
	e, index, err := b.in(number, block, epoch.Certification, signer)
	if err != nil {
		return err
	}
	if digest == [32]byte{} {
		return errors.New("confirms nothing")
	}
	if e.confirms[index] != [32]byte{} {
		return errPosted
	}
	e.confirms[index] = digest
	return nil
}

func (b *book) certify(number, block uint64, c epoch.Certificate) error {
	e, err := b.running(number, block)
	if err != nil {
		return err
	}
	r := &e.record
	group := abi.Keccak(c.GroupKey[:])
	digest := dkg.CompletionDigest(r.SessionID, group, c.Commitments, r.Transcript)
	count := 0
	for _, confirmed := range e.confirms {
		if confirmed == digest {
			count++
		}
	}
	switch {
	case r.PhaseAt(block, b.active) != epoch.Certification || count < r.Threshold:
		return fmt.Errorf("%w: %d of %d have confirmed", epoch.ErrNotNow, count, r.Threshold)
	case !b.proofs.verify(digest, c):
		return errors.New("certificate is invalid")
	case r.Previous != 0 && group != b.groupKey:
		return errors.New("group key changes")
	}
	r.Commitments, b.active, b.groupKey = c.Commitments, number, group
	return nil
}
