// SPDX-License-Identifier: Apache-2.0

package task

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/escrin/escrin/guestagent/wire"
)

// Terms are what a batch of tasks is, for good, as TaskHub has them. The chain keeps their digest alone; whoever
// talks about the batch brings them along.
type Terms struct {
	Submitter   [20]byte
	Identity    [32]byte // as which the batch must be run
	InputDigest [32]byte // SHA-256 of the input manifest
	Deadline    uint64   // seconds since the epoch; from then on no result is accepted
	Count       uint16   // tasks of the batch, 1…MaxCount
	Attempts    uint16   // how many claims may lapse before the batch ends, from 1
	Token       [20]byte // ERC-20 token of the fee; zero is the chain's own currency
	Fee         [32]byte // of the whole batch, big-endian
	Refundee    [20]byte // gets the fee back if there is no report, and the bonds of lapsed claims
	Callback    [20]byte // contract that is told of the results; zero for none
	CallbackGas uint32   // that it gets
}

const (
	// MaxCount is the largest number of tasks of a batch.
	MaxCount = 256
	// TermsSize is the size in bytes of encoded terms.
	TermsSize = 11 * wordSize
)

// Encode returns abi.encode(Terms).
func (t Terms) Encode() []byte {
	return join(address(t.Submitter), t.Identity, t.InputDigest, number(t.Deadline), number(uint64(t.Count)), number(uint64(t.Attempts)),
		address(t.Token), t.Fee, address(t.Refundee), address(t.Callback), number(uint64(t.CallbackGas)))
}

// Digest is keccak256(abi.encode(Terms)), which the hub's record has until there are results.
func (t Terms) Digest() [32]byte { return keccak(t.Encode()) }

// ParseTerms reads what Encode writes, and nothing else.
func ParseTerms(encoded []byte) (Terms, error) {
	if len(encoded) != TermsSize {
		return Terms{}, fmt.Errorf("parse terms: %d bytes, want %d", len(encoded), TermsSize)
	}
	t := Terms{
		Submitter: asAddress(word(encoded, 0)), Identity: word(encoded, 1), InputDigest: word(encoded, 2),
		Deadline: asNumber(word(encoded, 3)), Count: uint16(asNumber(word(encoded, 4))), Attempts: uint16(asNumber(word(encoded, 5))),
		Token: asAddress(word(encoded, 6)), Fee: word(encoded, 7), Refundee: asAddress(word(encoded, 8)),
		Callback: asAddress(word(encoded, 9)), CallbackGas: uint32(asNumber(word(encoded, 10))),
	}
	if !bytes.Equal(t.Encode(), encoded) {
		return Terms{}, errors.New("parse terms: a field is larger than its type")
	}
	return t, nil
}

// MarshalText returns "0x" and the lower-case hex digits of the encoding; it never fails.
func (t Terms) MarshalText() ([]byte, error) {
	return []byte("0x" + hex.EncodeToString(t.Encode())), nil
}

// UnmarshalText accepts only what MarshalText writes.
func (t *Terms) UnmarshalText(text []byte) (err error) {
	var encoded [TermsSize]byte
	if err = wire.DecodeHex(encoded[:], string(text), "0x"); err != nil {
		return fmt.Errorf("parse terms: %w", err)
	}
	*t, err = ParseTerms(encoded[:])
	return err
}

// Batch returns the id of the batch that a task belongs to, which is that of its first task, and the task's place in it.
func Batch(taskID [32]byte) (batch [32]byte, index int) {
	batch = taskID
	batch[31] = 0
	return batch, int(taskID[31])
}
