// SPDX-License-Identifier: Apache-2.0

// Package flaw gives errors one stable word each, below the words for people.
// Parsers and checkers under attest/ say what is wrong; package attest/verify
// knows with what, and makes a code of the two.
package flaw

import "errors"

// Flaw is what is wrong with a part of evidence.
type Flaw string

// The flaws that parts of several kinds can have. Others are named where they
// are found.
const (
	Malformed Flaw = "malformed" // cannot be read, or not in its only encoding
	Signature Flaw = "signature" // does not verify
	Expired   Flaw = "expired"
	Future    Flaw = "future" // not valid yet
	Unlisted  Flaw = "unlisted"
)

type flawed struct {
	flaw Flaw
	error
}

func (f flawed) Unwrap() error { return f.error }

// New returns err with the word f, which stays with whatever wraps it.
func New(f Flaw, err error) error { return flawed{f, err} }

// Of returns the word of err, and Malformed where nobody gave it one.
func Of(err error) Flaw {
	var f flawed
	if errors.As(err, &f) {
		return f.flaw
	}
	return Malformed
}
