// SPDX-License-Identifier: Apache-2.0

package verify

import "slices"

// Code says why evidence was refused. Codes are stable: other projects' tests
// hold on to them.
type Code string

// Codes that are not of one TEE.
const (
	CodeTEE    Code = "evidence.tee" // a TEE that this verifier does not know
	CodeNoRoot Code = "root.absent"  // no root certificate of the TEE's vendor is trusted
)

// entry is what is known of a code.
type entry struct {
	code         Code
	inconclusive bool
	meaning      string
}

// entries returns every code there is.
func entries() []entry {
	return slices.Concat([]entry{
		{CodeTEE, true, "the kind of TEE is unknown"},
		{CodeNoRoot, true, "no root certificate of the TEE's vendor is trusted"},
	}, tdxEntries(), snpEntries())
}

// Codes returns every code that [Verifier.Verify] can give, sorted.
func Codes() []Code {
	var all []Code
	for _, e := range entries() {
		all = append(all, e.code)
	}
	slices.Sort(all)
	return all
}

// Meaning returns a sentence about what was found, without a full stop, or
// nothing for what is not a code.
func (c Code) Meaning() string { return c.entry().meaning }

// Inconclusive reports whether evidence refused with c may well be authentic:
// with other collateral, at another time, or to a verifier that knows more. All
// other codes say that it is not.
func (c Code) Inconclusive() bool { return c.entry().inconclusive }

func (c Code) entry() entry {
	for _, e := range entries() {
		if e.code == c {
			return e
		}
	}
	return entry{}
}
