// SPDX-License-Identifier: Apache-2.0

// Package auditlog keeps what a keyholder decided, and why, so that nobody can
// change it later without a trace: each record is chained to those before it by a
// hash, and the hashes are told to others. Nothing in it is secret. (SPEC.md,
// section 10.)
package auditlog

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/escrin/escrin/strictjson"
)

// MaxRecord is the largest encoded record in bytes.
const MaxRecord = 4 << 10

// maxWhy bounds the reason in a record, in bytes.
const maxWhy = 512

// Granted is the decision of a record about an answered request. Any other is the
// code of a refusal.
const Granted = "granted"

// What a record is about.
const (
	Release     = "release"     // a share of a key
	Certificate = "certificate" // a share of a signature
	State       = "state"       // a share of a signature on what an anchor is
	Anchored    = "anchored"    // the log's own hash was put on chain
	Recovered   = "recovered"   // a torn end was cut off after a crash
)

// Record is one line of the log. What does not apply is zero, and left out.
type Record struct {
	Time     time.Time `json:"time"` // UTC, by the keyholder's clock
	About    string    `json:"about"`
	Decision string    `json:"decision,omitempty"` // Granted, or the code of the refusal
	Why      string    `json:"why,omitempty"`      // of a refusal
	// Unrecorded counts refusals since the record before that were left out because
	// there were too many.
	Unrecorded uint64 `json:"unrecorded,omitempty"`
	// Repeated counts answers since the record before to requests that were granted,
	// on record, before.
	Repeated uint64 `json:"repeated,omitempty"`

	Epoch           uint64  `json:"epoch,omitempty"`
	Request         Word    `json:"request,omitzero"` // digest that the requester signed
	Requester       Address `json:"requester,omitzero"`
	Identity        Word    `json:"identity,omitzero"`
	Permitter       Address `json:"permitter,omitzero"`
	Name            Word    `json:"name,omitzero"` // digest of the key's or the anchor's name
	Task            Word    `json:"task,omitzero"`
	Attempt         uint32  `json:"attempt,omitempty"`
	Evidence        Word    `json:"evidence,omitzero"` // its digest
	MeasurementRoot Word    `json:"measurementRoot,omitzero"`
	Platform        Word    `json:"platform,omitzero"`
	Author          Word    `json:"author,omitzero"`
	Block           uint64  `json:"block,omitempty"` // whose state decided
	BlockHash       Word    `json:"blockHash,omitzero"`

	Length uint64 `json:"length,omitempty"` // of Anchored: how many records are under the hash
	Head   Word   `json:"head,omitzero"`    // of Anchored: the hash
	Bytes  uint64 `json:"bytes,omitempty"`  // of Recovered: how many were cut off
}

// Word is 32 bytes, in JSON 0x-prefixed lower-case hexadecimal.
type Word [32]byte

// Address is an account, in JSON 0x-prefixed lower-case hexadecimal.
type Address [20]byte

// String returns the word as in JSON.
func (w Word) String() string { return hexadecimal(w[:]) }

// String returns the address as in JSON.
func (a Address) String() string { return hexadecimal(a[:]) }

// MarshalText implements encoding.TextMarshaler.
func (w Word) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (w *Word) UnmarshalText(b []byte) error { return unhexadecimal(w[:], b) }

// MarshalText implements encoding.TextMarshaler.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *Address) UnmarshalText(b []byte) error { return unhexadecimal(a[:], b) }

func hexadecimal(b []byte) string { return "0x" + hex.EncodeToString(b) }

func unhexadecimal(dst, text []byte) error {
	digits, ok := strings.CutPrefix(string(text), "0x")
	if !ok || len(digits) != 2*len(dst) || digits != strings.ToLower(digits) {
		return fmt.Errorf("want 0x and %d lower-case hexadecimal digits", 2*len(dst))
	}
	_, err := hex.Decode(dst, []byte(digits))
	return err
}

// encode returns the record as one line without its end.
func (r Record) encode() ([]byte, error) {
	r.Time = r.Time.UTC().Truncate(time.Millisecond)
	r.Why = shorten(r.Why)
	b, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode record: %w", err)
	}
	if len(b) > MaxRecord {
		return nil, fmt.Errorf("encode record: %d bytes, at most %d", len(b), MaxRecord)
	}
	return b, nil
}

// shorten makes text valid UTF-8 of at most maxWhy bytes.
func shorten(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= maxWhy {
		return text
	}
	cut := maxWhy
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}

var errAbout = errors.New("record is about nothing")

func decodeRecord(b []byte) (Record, error) {
	r, err := strictjson.Decode[Record](b, MaxRecord)
	if err == nil && r.About == "" {
		err = errAbout
	}
	return r, err
}
