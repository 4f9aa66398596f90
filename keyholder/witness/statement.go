// SPDX-License-Identifier: Apache-2.0

// Package witness notices that a keyholder's state was put back. Holders tell one
// another how long their audit logs are, and remember the longest of each; a
// holder that starts asks the others what it told them before, and does not serve
// if its own log knows less. (keyholder/SPEC.md, section 11.)
package witness

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/escrin/escrin/keyholder/ethsig"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/strictjson"
)

// MaxMessage bounds a statement or an answer in JSON, in bytes.
const MaxMessage = 4 << 10

// Network is the key network that statements are about.
type Network struct {
	ChainID  uint64
	Contract [20]byte // KeyNetwork
}

// Statement is what a holder says of its audit log.
type Statement struct {
	Signer    [20]byte // the holder's signer account
	Epoch     uint64   // that the holder is serving
	Length    uint64   // records
	Head      [32]byte // hash of all of them
	Signature [ethsig.Size]byte
}

// Answer is what a holder says that it knows of another.
type Answer struct {
	Witness   [20]byte   // who answers
	Statement *Statement // the newest that is known; nil if none is
	Signature [ethsig.Size]byte
}

var errSigned = errors.New("not signed by whom it names")

// digest is what the signer signs.
func (s Statement) digest(n Network) [32]byte {
	return abi.Words{}.
		Bytes32(abi.Keccak([]byte("escrin.witness.statement.v1"))).
		Uint64(n.ChainID).Address(n.Contract).Address(s.Signer).
		Uint64(s.Epoch).Uint64(s.Length).Bytes32(s.Head).
		Keccak()
}

// Verify checks who signed the statement.
func (s Statement) Verify(n Network) error {
	signer, err := ethsig.Recover(s.digest(n), s.Signature)
	if err != nil || signer != s.Signer {
		return errSigned
	}
	return nil
}

// exceeds reports whether a statement is newer than another of the same signer.
// A holder that joined again may have begun a new log.
func (s Statement) exceeds(other Statement) bool {
	if s.Epoch != other.Epoch {
		return s.Epoch > other.Epoch
	}
	return s.Length > other.Length
}

// digest is what the witness signs, about a signer and for a nonce of who asks.
func (a Answer) digest(n Network, about [20]byte, nonce [32]byte) [32]byte {
	var statement [32]byte // zero for none
	if a.Statement != nil {
		statement = a.Statement.digest(n)
	}
	return abi.Words{}.
		Bytes32(abi.Keccak([]byte("escrin.witness.answer.v1"))).
		Uint64(n.ChainID).Address(n.Contract).Address(a.Witness).
		Address(about).Bytes32(nonce).Bytes32(statement).
		Keccak()
}

// verify checks an answer of a witness to a question.
func (a Answer) verify(n Network, witness, about [20]byte, nonce [32]byte) error {
	signer, err := ethsig.Recover(a.digest(n, about, nonce), a.Signature)
	if err != nil || signer != witness || a.Witness != witness {
		return errSigned
	}
	if a.Statement == nil {
		return nil
	}
	if a.Statement.Signer != about {
		return errors.New("answer is about another holder")
	}
	return a.Statement.Verify(n)
}

// statementJSON and answerJSON are the forms on the wire: bytes are 0x-prefixed
// lower-case hexadecimal.
type statementJSON struct {
	Signer    text   `json:"signer"`
	Epoch     uint64 `json:"epoch"`
	Length    uint64 `json:"length"`
	Head      text   `json:"head"`
	Signature text   `json:"signature"`
}

type answerJSON struct {
	Witness   text           `json:"witness"`
	Statement *statementJSON `json:"statement"`
	Signature text           `json:"signature"`
}

// text is bytes whose size is checked by whoever takes them.
type text []byte

func (t text) MarshalText() ([]byte, error) { return []byte("0x" + hex.EncodeToString(t)), nil }

func (t *text) UnmarshalText(b []byte) (err error) {
	digits, ok := strings.CutPrefix(string(b), "0x")
	if !ok || digits != strings.ToLower(digits) {
		return errors.New("want 0x and lower-case hexadecimal digits")
	}
	*t, err = hex.DecodeString(digits)
	return err
}

// into copies bytes of exactly the destination's size.
func (t text) into(dst []byte) error {
	if len(t) != len(dst) {
		return fmt.Errorf("want %d bytes, not %d", len(dst), len(t))
	}
	copy(dst, t)
	return nil
}

func (s Statement) wire() statementJSON {
	return statementJSON{s.Signer[:], s.Epoch, s.Length, s.Head[:], s.Signature[:]}
}

func (w statementJSON) statement() (s Statement, err error) {
	s.Epoch, s.Length = w.Epoch, w.Length
	return s, errors.Join(w.Signer.into(s.Signer[:]), w.Head.into(s.Head[:]), w.Signature.into(s.Signature[:]))
}

// MarshalJSON implements json.Marshaler.
func (s Statement) MarshalJSON() ([]byte, error) { return json.Marshal(s.wire()) }

// ParseStatement reads a statement, strictly. Nothing of it is verified.
func ParseStatement(b []byte) (Statement, error) {
	w, err := strictjson.Decode[statementJSON](b, MaxMessage)
	if err != nil {
		return Statement{}, fmt.Errorf("parse statement: %w", err)
	}
	s, err := w.statement()
	if err != nil {
		return Statement{}, fmt.Errorf("parse statement: %w", err)
	}
	return s, nil
}

// MarshalJSON implements json.Marshaler.
func (a Answer) MarshalJSON() ([]byte, error) {
	w := answerJSON{Witness: a.Witness[:], Signature: a.Signature[:]}
	if a.Statement != nil {
		s := a.Statement.wire()
		w.Statement = &s
	}
	return json.Marshal(w)
}

// parseAnswer reads an answer, strictly. Nothing of it is verified.
func parseAnswer(b []byte) (a Answer, err error) {
	w, err := strictjson.Decode[answerJSON](b, MaxMessage)
	if err != nil {
		return Answer{}, fmt.Errorf("parse answer: %w", err)
	}
	if w.Statement != nil {
		s, err := w.Statement.statement()
		if err != nil {
			return Answer{}, fmt.Errorf("parse answer: %w", err)
		}
		a.Statement = &s
	}
	if err := errors.Join(w.Witness.into(a.Witness[:]), w.Signature.into(a.Signature[:])); err != nil {
		return Answer{}, fmt.Errorf("parse answer: %w", err)
	}
	return a, nil
}
