// SPDX-License-Identifier: Apache-2.0

// Package release decides what a keyholder does with its share: which
// certificates it signs and which keys it gives out. Each decision rests on
// verified evidence and on one state of the chain. What it approves comes out as
// values that only this package can make. (SPEC.md, sections 5 and 6.)
package release

import (
	"context"
	"time"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/keyholder"
)

// Head is the block whose state decides.
type Head struct {
	Number uint64
	Hash   [32]byte
	Time   uint64 // seconds since the epoch
}

// ChainView gives states of the chain at the keyholder's own finality. Its
// errors are of type *keyholder.Error.
type ChainView interface {
	// At returns the newest state that is final. Never one before a state that
	// was returned earlier, also by an earlier process.
	At(ctx context.Context) (State, error)
}

// State is the chain as of one block. All reads see that block.
type State interface {
	// Head returns the block.
	Head() Head
	// Expect announces what will be read, so that it can be read at once. It does not
	// wait, and nothing need be announced.
	Expect(ctx context.Context, r Reads)
	// BlockHash returns the hash of an ancestor of Head, or of Head.
	BlockHash(ctx context.Context, number uint64) ([32]byte, error)
	// Permitter returns the permitter of an identity, zero if it has none.
	Permitter(ctx context.Context, identity [32]byte) ([20]byte, error)
	// Policy returns the policy of an identity at its permitter.
	Policy(ctx context.Context, permitter [20]byte, identity [32]byte) (Policy, error)
	// PlatformAllowed reports whether the platform registry allows the platform of
	// this word (attest/platform).
	PlatformAllowed(ctx context.Context, word [32]byte) (bool, error)
	// PermitExpiry returns when the permit of requester for an identity ends, in
	// seconds since the epoch; 0 if there is none.
	PermitExpiry(ctx context.Context, requester [20]byte, identity [32]byte) (uint64, error)
	// Task returns the hub's record of a batch of tasks; the zero Task if there is none.
	Task(ctx context.Context, id [32]byte) (Task, error)
	// Anchor returns what an anchor is; version 0 if there is none.
	Anchor(ctx context.Context, name keyholder.AnchorName) (keyholder.Anchor, error)
}

// Reads are what one decision reads.
type Reads struct {
	BaseBlock uint64
	Identity  [32]byte
	Platform  [32]byte // zero while it is not known
	Release   bool     // whether there is a requester and a task, too
	Requester [20]byte
	Task      [32]byte
	Anchor    keyholder.AnchorName // if it is not zero, it and the requester's permit are all
}

// PolicyKind says by what a policy knows the enclaves that may act as an identity.
type PolicyKind uint8

// The kinds of policies, as the contract numbers them; the zero kind is of none.
const (
	ByMeasurements PolicyKind = iota + 1 // by their measurement root
	ByAuthor                             // by their author's signature of a release
	ByIDBlock                            // by the author key of SNP's ID block
)

// Policy is what an identity's registrant demands, as far as a keyholder has to
// know it: what the contract judges by itself, with the certificate's words, is
// left to it.
type Policy struct {
	Kind        PolicyKind
	Subject     [32]byte // the measurement root, the author's account, or the author key's word
	MaxDuration uint64   // seconds
}

// States of a task that decide. The zero state means that there is no task.
const (
	taskOpen    = 1
	taskClaimed = 2
)

// Task is the part of the record of a batch of tasks that decides about its key.
type Task struct {
	State       uint8 // as in the contract: 0 none, 1 open, 2 claimed, then ended
	Attempt     uint32
	ClaimExpiry uint64   // seconds since the epoch, while claimed
	Requester   [20]byte // while claimed
	Digest      [32]byte // of the terms, while open or claimed
}

// Assignment says which machine, by both of its keys, is served in which attempt.
type Assignment struct {
	Attempt        [32]byte // digest of chain id, hub, task id and number
	ChannelKeyHash [32]byte
	Requester      [20]byte
}

// Records remember releases for ever.
type Records interface {
	// Bind durably binds the attempt to the channel key and the requester, and the
	// requester to the attempt, and reports whether they are bound so now: false, with
	// nothing written, if attempt or requester was bound otherwise before. Anybody may
	// name any channel key, so that it is bound to nothing.
	Bind(a Assignment, at Head) (bool, error)
}

// Editions remember for ever how new the newest acceptable collateral was. The
// host chooses the collateral that comes with evidence, and old collateral knows
// nothing of the flaws found since. What is outdated is told by
// [collateral.Seen].
type Editions interface {
	// Outdated returns those editions that are outdated at now by what was passed
	// to Advance before. Nothing is remembered of them.
	Outdated(editions []collateral.Edition, now time.Time) (outdated []collateral.Edition, err error)
	// Advance returns what Outdated does. If that is none, it durably remembers the
	// editions as seen at now before it returns; else nothing changes.
	Advance(editions []collateral.Edition, now time.Time) (outdated []collateral.Edition, err error)
}
