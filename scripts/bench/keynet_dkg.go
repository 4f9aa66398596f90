// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/rand"
	"encoding/binary"
	"errors"

	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/envelope"
	"golang.org/x/crypto/sha3"
)

// keynetSession is a session seen by its first member: what the others dealt is there.
type keynetSession struct {
	session dkg.Session
	keys    [][]byte
	private []byte // the first member's
	board   dkg.Board
}

func newKeynetDKG(n, threshold int) (*keynetSession, error) {
	k := &keynetSession{session: dkg.Session{ID: [32]byte{1}, Epoch: 1, Threshold: threshold}}
	for i := range n {
		private, public, err := envelope.GenerateRecipient()
		if err != nil {
			return nil, err
		}
		if i == 0 {
			k.private = private
		}
		h := sha3.NewLegacyKeccak256()
		h.Write(public)
		m := dkg.Member{EncryptionKey: [32]byte(h.Sum(nil))}
		binary.BigEndian.PutUint32(m.Account[:], uint32(i)+1)
		binary.BigEndian.PutUint32(m.Signer[:], uint32(i)+1)
		k.session.Members, k.keys = append(k.session.Members, m), append(k.keys, public)
	}
	k.board.Dealings = map[uint32][]byte{}
	for dealer := uint32(2); int(dealer) <= n; dealer++ {
		if err := k.deal(dealer); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func (k *keynetSession) deal(dealer uint32) error {
	polynomial, err := dkg.Draw(rand.Reader, k.session, nil)
	if err != nil {
		return err
	}
	k.board.Dealings[dealer], err = polynomial.Deal(rand.Reader, k.session, dealer, k.keys)
	return err
}

// run is the work of the first member.
func (k *keynetSession) run() error {
	if err := k.deal(1); err != nil {
		return err
	}
	var posts []dkg.Post
	for i := range k.session.Members {
		dealer := uint32(i) + 1
		posts = append(posts, dkg.Post{Phase: dkg.Dealing, Index: dealer, Message: k.board.Dealings[dealer]})
	}
	dkg.Transcript(k.session.ID, posts)
	reading, err := dkg.Read(k.session, k.board.Dealings)
	if err != nil {
		return err
	}
	complaint, _, err := reading.Complain(1, k.private)
	if err == nil && complaint != nil {
		err = errors.New("somebody dealt wrongly")
	}
	if err != nil {
		return err
	}
	outcome, err := reading.Evaluate(nil, nil)
	if err != nil {
		return err
	}
	_, err = reading.Share(nil, outcome, 1, k.private)
	return err
}
