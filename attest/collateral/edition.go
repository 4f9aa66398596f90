// SPDX-License-Identifier: Apache-2.0

package collateral

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"
)

// Document is a kind of signed document. The zero Document is none.
type Document uint8

// The kinds. Their numbers are stable: verifiers store them.
const (
	DocumentTCBInfo    Document = 1
	DocumentQEIdentity Document = 2
	DocumentCRL        Document = 3
	// DocumentVLEKCRL is the list that AMD publishes for chains of VLEKs. One root
	// signs it and that for VCEKs, a DocumentCRL, and may number the two apart.
	DocumentVLEKCRL Document = 4
)

// String returns the name of the kind.
func (d Document) String() string {
	switch d {
	case DocumentTCBInfo:
		return "TCB info"
	case DocumentQEIdentity:
		return "QE identity"
	case DocumentCRL:
		return "revocation list"
	case DocumentVLEKCRL:
		return "revocation list for VLEKs"
	}
	return fmt.Sprintf("document(%d)", uint8(d))
}

// Series names documents that replace one another, so that the newest counts.
type Series struct {
	Document Document
	// Authority is the SHA-256 of the public key info (DER) of the list's issuer
	// or, of the other documents, of the root.
	Authority [32]byte
	FMSPC     [6]byte // of a TCB info; else zero
}

// Edition is the place of a document in its series.
type Edition struct {
	Series Series
	// Number is big-endian: the TCB evaluation data number, or the CRL number.
	Number [20]byte
	Issued time.Time
}

// NewerThan reports whether e comes after other, of the same series: by number,
// and by date where the vendor has issued a number more than once.
func (e Edition) NewerThan(other Edition) bool {
	if c := bytes.Compare(e.Number[:], other.Number[:]); c != 0 {
		return c > 0
	}
	return e.Issued.After(other.Issued)
}

// edition returns the place of a document with v in s.
func (v Validity) edition(s Series) Edition {
	e := Edition{Series: s, Issued: v.IssueDate}
	binary.BigEndian.PutUint32(e.Number[16:], v.EvaluationNumber)
	return e
}

// Edition returns the place of t among the TCB infos of its platform family that
// the root with this public key info answers for.
func (t TCBInfo) Edition(root [32]byte) Edition {
	s := Series{Document: DocumentTCBInfo, Authority: root}
	copy(s.FMSPC[:], t.FMSPC)
	return t.Validity.edition(s)
}

// Edition returns the place of q among the QE identities that the root with this
// public key info answers for.
func (q QEIdentity) Edition(root [32]byte) Edition {
	return q.Validity.edition(Series{Document: DocumentQEIdentity, Authority: root})
}
