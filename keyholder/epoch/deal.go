// SPDX-License-Identifier: Apache-2.0

package epoch

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/keyholder/keystore"
)

// prepare makes the encryption key for the next epoch, and shows it unless we
// are leaving. It comes after all sessions: a machine that was put back may have the key
// of one of them for the next.
func (t *turn) prepare(context.Context) error {
	n := t.node
	n.prepared = true
	private, err := find(n.config.Keys, nextKey)
	if err != nil {
		return err
	}
	leaving := n.config.Leaving()
	if private == nil && !leaving {
		if private, err = newKey(n.config.Rand); err != nil {
			return err
		}
		if err := n.config.Keys.Apply(keystore.Change{Name: nextKey, Secret: private}); err != nil {
			return err
		}
		t.did("made an encryption key for the next epoch")
	}
	if shown := n.Holder().Next != nil; shown != leaving && t.progress.Did == "" {
		return nil
	}
	return n.publish(t.servingEpoch())
}

// adopt gives the prepared encryption key to the epoch that names it.
func (t *turn) adopt(_ context.Context, s session) error {
	n, epoch := t.node, s.record.Epoch
	if s.member == 0 || n.shares[epoch].completes(s.record) || s.settled == Failed {
		return nil
	}
	named := s.record.Members[s.member-1].EncryptionKey
	own, err := n.encryptionKey(keystore.Encryption(epoch))
	if err != nil || own != nil && abi.Keccak(own.public) == named {
		return err
	}
	prepared, err := n.encryptionKey(nextKey)
	if err != nil {
		return err
	}
	if prepared == nil || abi.Keccak(prepared.public) != named {
		t.problem("epoch %d names another encryption key for us than we have: we get no share in it", epoch)
		return nil
	}
	fresh, err := newKey(n.config.Rand)
	if err != nil {
		return err
	}
	err = n.config.Keys.Apply(keystore.Change{Name: keystore.Encryption(epoch), Secret: prepared.private}, keystore.Change{Name: nextKey, Secret: fresh})
	if err != nil {
		return err
	}
	t.did("took part in epoch %d with the prepared encryption key", epoch)
	return n.publish(t.servingEpoch())
}

// deal makes our dealing, and posts it once it is durable.
func (t *turn) deal(ctx context.Context, s session) error {
	if s.dealer == 0 || s.next != Dealing || s.settled != Dealing {
		return nil
	}
	posts, err := t.posts(ctx, s.record.Epoch)
	if err != nil || posts.Dealings[s.dealer] != nil {
		t.wait("the dealings of epoch %d", s.record.Epoch)
		return err
	}
	message, err := t.madeDealing(s.record)
	if err != nil {
		return err
	}
	if message == nil {
		return t.makeDealing(ctx, s)
	}
	delivery, err := t.node.config.Board.Deal(ctx, s.record.Epoch, message)
	return t.posted("dealing", s, delivery, err)
}

// posted notes what became of a message.
func (t *turn) posted(what string, s session, d Delivery, err error) error {
	switch {
	case errors.Is(err, ErrNotNow):
		t.wait("the board to take the %s of epoch %d: %v", what, s.record.Epoch, err)
	case err != nil:
		return fmt.Errorf("post %s: %w", what, err)
	case d == Posted:
		t.did("posted the %s of epoch %d", what, s.record.Epoch)
	default:
		t.wait("the %s of epoch %d to be final", what, s.record.Epoch)
	}
	return nil
}

// madeDealing returns our dealing in a session, or nil if there is none. One in a session
// of the same number that was undone is none: whoever posted it would be at fault.
func (t *turn) madeDealing(r Record) ([]byte, error) {
	stored, err := find(t.node.config.Keys, keystore.Dealing(r.Epoch))
	if message, of := bytes.CutPrefix(stored, r.SessionID[:]); of && err == nil {
		return message, nil
	}
	return nil, err
}

func (t *turn) makeDealing(ctx context.Context, s session) error {
	r := s.record
	if r.Previous != 0 && t.node.shares[r.Previous] == nil {
		t.problem("epoch %d: we have no share of epoch %d to hand on", r.Epoch, r.Previous)
		return nil
	}
	keys, missing := t.node.encryptionKeys(ctx, s)
	if len(missing) > 0 {
		t.problem("epoch %d: nothing is dealt without the encryption keys of members %v, which nobody shows or nothing can be sealed to", r.Epoch, missing)
		return nil
	}
	drawn, err := t.draw(ctx, s)
	if err != nil {
		return err
	}
	session, err := t.dkgSession(ctx, r)
	if err != nil {
		return err
	}
	message, err := drawn.Deal(t.node.config.Rand, session, s.dealer, keys)
	if err != nil {
		return fmt.Errorf("deal: %w", err)
	}
	err = t.node.config.Keys.Apply(
		keystore.Change{Name: keystore.Polynomial(r.Epoch), Secret: drawn.Marshal()},
		keystore.Change{Name: keystore.Dealing(r.Epoch), Secret: append(r.SessionID[:], message...)})
	if err != nil {
		return err
	}
	t.did("drew the polynomial of epoch %d", r.Epoch)
	return nil
}

func (t *turn) draw(ctx context.Context, s session) (dkg.Polynomial, error) {
	session, err := t.dkgSession(ctx, s.record)
	if err != nil {
		return dkg.Polynomial{}, err
	}
	var old *curve.Scalar
	if s.record.Previous != 0 {
		old = &t.node.shares[s.record.Previous].secret
	}
	return dkg.Draw(t.node.config.Rand, session, old)
}

// encryptionKeys returns the members' keys by index-1, and whose are not to be had
// or not to be used.
func (n *Node) encryptionKeys(ctx context.Context, s session) (keys [][]byte, missing []uint32) {
	keys = n.config.Peers.EncryptionKeys(ctx, s.record.Members)
	for i, m := range s.record.Members {
		if uint32(i)+1 == s.member {
			if own, err := n.encryptionKey(keystore.Encryption(s.record.Epoch)); err == nil && own != nil {
				keys[i] = own.public
			}
		}
		if m.CheckKey(keys[i]) != nil {
			missing = append(missing, uint32(i)+1)
		}
	}
	return keys, missing
}

// keyPair is an encryption key of ours.
type keyPair struct{ private, public []byte }

// encryptionKey returns a stored key, or nil if there is none.
func (n *Node) encryptionKey(name string) (*keyPair, error) {
	private, err := find(n.config.Keys, name)
	if private == nil || err != nil {
		return nil, err
	}
	public, err := envelope.PublicKey(private)
	return &keyPair{private, public}, err
}

// verdict is what a member has to say about the dealings.
type verdict struct {
	complaint []byte // nil if nothing
	faults    []dkg.Fault
}

// complain posts our complaint, once no dealing can follow any more.
func (t *turn) complain(ctx context.Context, s session) error {
	if s.member == 0 || s.next != Complaints || s.settled != Complaints {
		return nil
	}
	posts, err := t.posts(ctx, s.record.Epoch)
	if err != nil {
		return err
	}
	v, err := t.judge(ctx, s)
	if err != nil {
		return err
	}
	t.progress.Faults = v.faults
	if v.complaint == nil || posts.Complaints[s.member] != nil {
		t.wait("the complaints of epoch %d", s.record.Epoch)
		return nil
	}
	delivery, err := t.node.config.Board.Complain(ctx, s.record.Epoch, v.complaint)
	return t.posted("complaint", s, delivery, err)
}

// judge verifies the dealings. Without our encryption key, which would be our own
// fault, nobody is complained about.
func (t *turn) judge(ctx context.Context, s session) (*verdict, error) {
	read, err := t.reading(ctx, s.record)
	if err != nil {
		return nil, err
	}
	if read.verdict != nil {
		return read.verdict, nil
	}
	own, err := t.node.encryptionKey(keystore.Encryption(s.record.Epoch))
	if own == nil || err != nil {
		return &verdict{}, err
	}
	var v verdict
	v.complaint, v.faults, err = read.dealings.Complain(s.member, own.private)
	if err != nil && !errors.Is(err, dkg.ErrNoShare) {
		return nil, fmt.Errorf("verify dealings: %w", err)
	}
	read.verdict = &v
	return &v, nil
}

// justify answers complaints about our dealing, once no other can follow.
func (t *turn) justify(ctx context.Context, s session) error {
	if s.dealer == 0 || s.next != Justifications || s.settled != Justifications {
		return nil
	}
	posts, err := t.posts(ctx, s.record.Epoch)
	if err != nil || posts.Dealings[s.dealer] == nil || posts.Justifications[s.dealer] != nil {
		t.wait("the justifications of epoch %d", s.record.Epoch)
		return err
	}
	read, err := t.reading(ctx, s.record)
	if err != nil {
		return err
	}
	complainants := read.dealings.Complainants(s.dealer, posts.Complaints)
	if len(complainants) == 0 {
		t.wait("the justifications of epoch %d", s.record.Epoch)
		return nil
	}
	message, err := t.justification(s, read.session, posts, complainants)
	if err != nil {
		return err
	}
	delivery, err := t.node.config.Board.Justify(ctx, s.record.Epoch, message)
	return t.posted("justification", s, delivery, err)
}

func (t *turn) justification(s session, session dkg.Session, posts dkg.Board, complainants []uint32) ([]byte, error) {
	keys := t.node.config.Keys
	made, err := t.madeDealing(s.record)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(made, posts.Dealings[s.dealer]) {
		return nil, errors.New("justify: the dealing on the board is not the one that we have: another machine has our signer, or our keys are older")
	}
	stored, err := find(keys, keystore.Polynomial(s.record.Epoch))
	if err != nil {
		return nil, err
	}
	drawn, err := dkg.ParsePolynomial(stored)
	if err != nil {
		return nil, err
	}
	return drawn.Justify(session, s.dealer, complainants)
}
