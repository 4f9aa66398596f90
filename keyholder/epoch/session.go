// SPDX-License-Identifier: Apache-2.0

package epoch

import (
	"context"
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder/dkg"
)

// reading is what a session's dealings, which are final, say.
type reading struct {
	id       [32]byte // of the session
	session  dkg.Session
	dealings *dkg.Reading
	verdict  *verdict   // ours about them, once it is made
	outcome  *evaluated // once it is final
}

// evaluated is what a transcript comes to.
type evaluated struct {
	board   dkg.Board
	outcome dkg.Outcome
	err     error // why the session failed: every member sees the same
}

// reading verifies the dealings of a session, once.
func (t *turn) reading(ctx context.Context, r Record) (*reading, error) {
	if known := t.node.readings[r.Epoch]; known != nil && known.id == r.SessionID {
		return known, nil
	}
	session, err := t.dkgSession(ctx, r)
	if err != nil {
		return nil, err
	}
	posts, err := t.posts(ctx, r.Epoch)
	if err != nil {
		return nil, err
	}
	dealings, err := dkg.Read(session, posts.Dealings)
	if err != nil {
		return nil, err
	}
	read := &reading{id: r.SessionID, session: session, dealings: dealings}
	t.node.readings[r.Epoch] = read
	return read, nil
}

// evaluate returns what a session came to. Its transcript is final.
func (t *turn) evaluate(ctx context.Context, r Record) (*evaluated, error) {
	read, err := t.reading(ctx, r)
	if err != nil {
		return nil, err
	}
	if read.outcome != nil {
		return read.outcome, nil
	}
	board, err := t.posts(ctx, r.Epoch)
	if err != nil {
		return nil, err
	}
	e := &evaluated{board: board}
	e.outcome, e.err = read.dealings.Evaluate(board.Complaints, board.Justifications)
	read.outcome = e
	return e, nil
}

// dkgSession is what all that is said in an epoch is bound to.
func (t *turn) dkgSession(ctx context.Context, r Record) (dkg.Session, error) {
	s := dkg.Session{ID: r.SessionID, Epoch: r.Epoch, Threshold: r.Threshold, Members: r.Members}
	if r.Previous == 0 {
		return s, nil
	}
	before, err := t.previous(ctx, r.Previous)
	if err != nil {
		return dkg.Session{}, fmt.Errorf("public shares of epoch %d: %w", r.Previous, err)
	}
	s.Previous = &before
	return s, nil
}

// previous returns a certified epoch as those who are handed its key see it: from
// our own share of it; or else as its members tell it, if that is what was
// certified; or else out of its transcript, and so on back to the epoch that made
// the key.
func (t *turn) previous(ctx context.Context, epoch uint64) (dkg.Previous, error) {
	r, err := t.view.Epoch(ctx, epoch)
	if err != nil {
		return dkg.Previous{}, err
	}
	if own := t.node.shares[epoch]; own != nil && own.commitments == r.Commitments {
		return dkg.Previous{Epoch: epoch, Threshold: own.Threshold, GroupKey: own.groupKey, PublicShares: own.publicShares()}, nil
	}
	if told, err := t.told(ctx, r); err != nil {
		return dkg.Previous{}, err
	} else if told != nil {
		return *told, nil
	}
	e, err := t.evaluate(ctx, r)
	if err != nil {
		return dkg.Previous{}, err
	}
	if e.err != nil || e.outcome.CommitmentsDigest() != r.Commitments {
		return dkg.Previous{}, errors.New("its transcript does not give what was certified")
	}
	return dkg.Previous{Epoch: epoch, Threshold: r.Threshold, GroupKey: e.outcome.GroupKey, PublicShares: e.outcome.PublicShares}, nil
}

// posts returns the messages of an epoch by who posted them.
func (t *turn) posts(ctx context.Context, epoch uint64) (dkg.Board, error) {
	posts, err := t.view.Posts(ctx, epoch)
	if err != nil {
		return dkg.Board{}, fmt.Errorf("read messages of epoch %d: %w", epoch, err)
	}
	return NewBoard(posts), nil
}

// NewBoard sorts messages by who posted them in which phase.
func NewBoard(posts []dkg.Post) dkg.Board {
	b := dkg.Board{Dealings: map[uint32][]byte{}, Complaints: map[uint32][]byte{}, Justifications: map[uint32][]byte{}}
	for _, p := range posts {
		switch Phase(p.Phase) {
		case Dealing:
			b.Dealings[p.Index] = p.Message
		case Complaints:
			b.Complaints[p.Index] = p.Message
		case Justifications:
			b.Justifications[p.Index] = p.Message
		}
	}
	return b
}
