// SPDX-License-Identifier: Apache-2.0

package simulation

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/ibe"
	"github.com/escrin/escrin/keyholder/keystore"
)

// kind is how a holder deviates. In all else it goes by the rules, which is what
// hurts most.
type kind uint8

const (
	honest kind = iota
	staysSilent
	dealsOtherDegree
	sendsWrongSubShares
	sealsGarbage
	commitsToIdentity
	provesNothing
	replaysDealing
	complainsFalsely
	refusesToJustify
	justifiesWrongly
	confirmsAnother
	signsAnotherCompletion
	hidesItsKey
	showsItsKeyToOne
	givesWrongShares
	givesOldShares
	givesToAnybody
	equivocates
	forgetsItsRecords
	kinds
)

var kindNames = [...]string{
	"honest", "silent dealer", "wrong degree", "wrong sub-shares", "sub-shares that do not open", "identity commitment", "bad proof of possession",
	"dealing of another epoch", "false complaint", "refuses to justify", "justifies wrongly", "confirms another digest", "wrong completion partial",
	"hides its encryption key", "shows its encryption key to one", "wrong release shares", "shares of an old epoch", "releases to anybody", "equivocates between clients",
	"restores an old backup and releases again",
}

func (k kind) String() string { return kindNames[k] }

// lies reports whether the kind deviates in what it releases.
func (k kind) lies() bool { return k >= givesWrongShares }

// deals reports whether the kind deviates in hand-overs.
func (k kind) deals() bool { return k != honest && !k.lies() }

// twisted is the board as a holder that deviates uses it.
type twisted struct {
	epoch.Board
	h *holder
}

// Offsets in a dealing (SPEC.md, section 7).
const (
	pointSize  = curve.G2RawSize
	sealedSize = 1168
)

// Deal implements epoch.Board.
func (b twisted) Deal(ctx context.Context, number uint64, message []byte) (epoch.Delivery, error) {
	h := b.h
	s, _, err := h.look()
	if err != nil {
		return 0, err
	}
	r, err := s.chain.ViewAt(s.chain.Newest()).Epoch(ctx, number)
	h.w.must(err)
	if h.posted == nil {
		h.posted = map[uint64][]byte{}
	}
	if h.posted[number] == nil {
		h.posted[number] = h.twistDealing(r, bytes.Clone(message))
	}
	if len(h.posted[number]) == 0 {
		return epoch.Pending, nil
	}
	return b.Board.Deal(ctx, number, h.posted[number])
}

// twistDealing returns what the holder deals; nothing if it is silent.
func (h *holder) twistDealing(r epoch.Record, message []byte) []byte {
	public := (r.Threshold + 1) * pointSize
	victim := public + curve.ScalarSize + h.w.pick(len(r.Members))*sealedSize
	switch h.liar {
	case staysSilent:
		return []byte{}
	case dealsOtherDegree:
		if h.w.chance(2) {
			return message[pointSize:]
		}
		return append(bytes.Clone(message[:pointSize]), message...)
	case sendsWrongSubShares, refusesToJustify, justifiesWrongly:
		return h.spliceWrong(r, message, victim)
	case sealsGarbage:
		message[victim+h.w.pick(sealedSize)] ^= 1
	case commitsToIdentity:
		at := h.w.pick(r.Threshold) * pointSize
		clear(message[at : at+pointSize])
		message[at] = 0x40
	case provesNothing:
		message[public+curve.ScalarSize-1] ^= 1
	case replaysDealing:
		for _, old := range h.w.dealings {
			if len(old) == len(message) {
				return old
			}
		}
	}
	h.w.dealings = append(h.w.dealings, message)
	return message
}

// spliceWrong puts a value of another polynomial, well sealed, in the place of one
// sub-share.
func (h *holder) spliceWrong(r epoch.Record, message []byte, at int) []byte {
	session := dkg.Session{ID: r.SessionID, Epoch: r.Epoch, Threshold: r.Threshold, Members: r.Members}
	dealer := indexIn(r.Members, h.address)
	if r.Previous != 0 {
		own := h.shareOf(r.Previous)
		if own == nil {
			return message
		}
		session.Previous, dealer = own.previous(r.Previous), own.Index
	}
	b := bytes.Clone(h.disk.keys[keystore.Polynomial(r.Epoch)])
	if dealer == 0 || len(b) == 0 {
		return message
	}
	b[len(b)-1] ^= 1
	other, err := dkg.ParsePolynomial(b)
	h.w.must(err)
	wrong, err := other.Deal(rand.Reader, session, dealer, peers{h}.EncryptionKeys(context.Background(), r.Members))
	if err != nil {
		return message // a member's key is not to be had now
	}
	copy(message[at:at+sealedSize], wrong[at:])
	return message
}

// Justify implements epoch.Board.
func (b twisted) Justify(ctx context.Context, number uint64, message []byte) (epoch.Delivery, error) {
	switch b.h.liar {
	case refusesToJustify, staysSilent:
		return epoch.Pending, nil
	case justifiesWrongly:
		message = bytes.Clone(message)
		message[len(message)-1] ^= 1
	}
	return b.Board.Justify(ctx, number, message)
}

// Confirm implements epoch.Board.
func (b twisted) Confirm(ctx context.Context, number uint64, digest [32]byte) (epoch.Delivery, error) {
	if b.h.liar == confirmsAnother {
		digest[0] ^= 1
	}
	return b.Board.Confirm(ctx, number, digest)
}

// twistPartial is what the holder gives for its part of a completion.
func (h *holder) twistPartial(partial []byte) []byte {
	if h.liar != signsAnotherCompletion {
		return bytes.Clone(partial)
	}
	wrong := curve.HashToG1(curve.DSTCompletion, partial).Bytes()
	return wrong[:]
}

// misbehave does what a rule would not have a holder do at all.
func (h *holder) misbehave(head epoch.Head) {
	h.stash(head)
	if h.liar != complainsFalsely || head.Latest == 0 || h.w.chain.Phase(head.Latest) != epoch.Complaints {
		return
	}
	complaint := []byte{byte(1 + h.w.pick(len(h.w.holders)))}
	_, _ = h.w.chain.Board(h.address).Complain(context.Background(), head.Latest, complaint)
}

// stash keeps the shares that rules have destroyed.
func (h *holder) stash(head epoch.Head) {
	if !h.liar.lies() {
		return
	}
	if h.kept == nil {
		h.kept = map[uint64]*storedShare{}
	}
	for _, e := range []uint64{head.Active, head.Latest} {
		if s := h.shareOf(e); s != nil {
			h.kept[e] = s
		}
	}
}

// lie is how a holder that deviates answers a request for a key.
func (h *holder) lie(body []byte) (keyholder.ReleaseReply, error) {
	if h.liar == forgetsItsRecords {
		h.disk.bonds = map[[32]byte][32]byte{}
		return h.decide(body)
	}
	signed, err := keyholder.ParseSignedRequest(body)
	h.w.must(err)
	var request keyholder.ReleaseRequest
	h.w.must(json.Unmarshal(signed.Inner, &request))
	evidence, err := attest.ParseEvidence(request.Evidence)
	h.w.must(err)
	own := h.kept[request.Epoch]
	if own == nil {
		return keyholder.ReleaseReply{}, refusal(keyholder.CodeNotReady)
	}
	secret := own.scalar()
	switch {
	case h.liar == givesWrongShares, h.liar == equivocates && evidence.Binding.ChannelKeyHash[0]&1 == 0:
		secret = secret.Add(curve.ScalarFromIndex(1))
	case h.liar == givesOldShares:
		for e := uint64(1); e <= request.Epoch; e++ {
			if old := h.kept[e]; old != nil {
				secret = old.scalar()
				break
			}
		}
	}
	point := ibe.HashName(request.Name).Mul(secret).Bytes()
	digest := signed.Digest([curve.G2Size]byte(own.GroupKey), keyholder.PathRelease, evidence.Binding.ChannelKeyHash)
	statement := h.signer.Sign(keyholder.Statement{
		Board: boardOf(), Path: keyholder.PathRelease, Request: digest, Epoch: request.Epoch, Index: own.Index, Subject: request.Name.Digest(), Share: point,
	}.Digest())
	context := keyholder.ReleaseContext(digest, request.Epoch)
	sealed, err := envelope.Wrap(evidence.ChannelKey, keyholder.ReleaseInfo, context[:], keyholder.JoinShare(point, statement))
	return keyholder.ReleaseReply{Epoch: request.Epoch, Index: own.Index, Sealed: sealed}, err
}
