// SPDX-License-Identifier: Apache-2.0

package epoch

import (
	"context"
	"errors"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
)

// Phase is where an epoch stands, as the contract numbers it.
type Phase uint8

// The phases.
const (
	None Phase = iota
	Dealing
	Complaints
	Justifications
	Certification
	Failed
	Active
	Retired
)

// String returns a phase's name in lower case.
func (p Phase) String() string {
	names := [...]string{"none", "dealing", "complaints", "justifications", "certification", "failed", "active", "retired"}
	if int(p) >= len(names) {
		return "unknown"
	}
	return names[p]
}

// Head is what a view of the board begins with.
type Head struct {
	Final  uint64 // number of the block that the view is of
	Newest uint64 // number of the newest block: what is posted comes after it. Only a node's word
	Active uint64 // the epoch whose members hold the key; zero if there is none
	Latest uint64 // the epoch that was started last; zero if there is none
}

// Record is an epoch on the board.
type Record struct {
	Epoch       uint64
	SessionID   [32]byte
	Transcript  [32]byte // of what was posted so far
	Commitments [32]byte // zero until certified
	StartBlock  uint64
	Previous    uint64 // zero if a key is made
	PhaseBlocks uint64 // zero if the session was aborted
	Threshold   int
	Members     []dkg.Member // by index-1
}

// PhaseAt returns where the epoch stands in a block, given which epoch is
// active.
func (r Record) PhaseAt(block, active uint64) Phase {
	switch {
	case r.SessionID == [32]byte{}:
		return None
	case r.Commitments != [32]byte{} && r.Epoch == active:
		return Active
	case r.Commitments != [32]byte{}:
		return Retired
	case r.PhaseBlocks == 0 || block < r.StartBlock || block-r.StartBlock >= 4*r.PhaseBlocks:
		return Failed
	}
	return Dealing + Phase((block-r.StartBlock)/r.PhaseBlocks)
}

// begins returns the first block of one of the four phases.
func (r Record) begins(p Phase) uint64 { return r.StartBlock + uint64(p-Dealing)*r.PhaseBlocks }

// indexOf returns the index of the member with a signer; zero if there is none.
func (r Record) indexOf(signer [20]byte) uint32 {
	for i, m := range r.Members {
		if m.Signer == signer {
			return uint32(i) + 1
		}
	}
	return 0
}

// Board is the contract KeyNetwork.
type Board interface {
	// View returns the board as of the newest final block, never one before a
	// block that was viewed earlier.
	View(ctx context.Context) (View, error)

	// Each of these sees to it that the chain gets a message. They are called again
	// until a view shows it; the same call twice is one. The error is ErrNotNow if
	// the board takes no such message in its newest block.
	Deal(ctx context.Context, epoch uint64, dealing []byte) (Delivery, error)
	Complain(ctx context.Context, epoch uint64, complaint []byte) (Delivery, error)
	Justify(ctx context.Context, epoch uint64, justification []byte) (Delivery, error)
	Confirm(ctx context.Context, epoch uint64, completion [32]byte) (Delivery, error)
	Certify(ctx context.Context, epoch uint64, c Certificate) (Delivery, error)
}

// Delivery is how far a message has come.
type Delivery uint8

// The stages of a message.
const (
	Posted  Delivery = iota + 1 // sent just now
	Pending                     // sent before
	Landed                      // in the newest block; that may yet be undone
)

// ErrNotNow says that the board takes a message at another time, or not yet.
var ErrNotNow = errors.New("the board takes no such message now")

// View is the board as of one final block.
type View interface {
	Head() Head
	// Epoch returns an epoch; its SessionID is zero if there is none.
	Epoch(ctx context.Context, epoch uint64) (Record, error)
	// Posts returns the dealings, complaints and justifications of an epoch, in the
	// order of its transcript, to which they were held.
	Posts(ctx context.Context, epoch uint64) ([]dkg.Post, error)
	// Confirmation returns what a member of an epoch confirmed; zero if nothing.
	Confirmation(ctx context.Context, epoch uint64, index uint32) ([32]byte, error)
	// GroupKeyDigest returns keccak256 of the network's key; zero if it has none.
	GroupKeyDigest(ctx context.Context) ([32]byte, error)
}

// Certificate ends a session with success.
type Certificate struct {
	GroupKey    [curve.G2EIP2537Size]byte
	Commitments [32]byte
	Signature   [curve.G1EIP2537Size]byte // the group key's, on the completion's digest
}

// Peers are the other holders. What they say is checked here.
type Peers interface {
	// EncryptionKeys asks members, and all other peers, for the keys whose digests
	// are on the board; nil where none was had. The result is as long as members.
	EncryptionKeys(ctx context.Context, members []dkg.Member) [][]byte
	// Completions asks members for their partial signatures of an epoch's
	// completion, compressed; nil where none was had. The result is as long as
	// members.
	Completions(ctx context.Context, epoch uint64, members []dkg.Member) [][]byte
	// PublicShares asks members of an epoch, which may be over, for the public shares of
	// all of them: each answer by index-1, compressed, zeros of who has none. Any number
	// of answers, in any order.
	PublicShares(ctx context.Context, epoch uint64, members []dkg.Member) [][][curve.G2Size]byte
}
