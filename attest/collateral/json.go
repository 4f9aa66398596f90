// SPDX-License-Identifier: Apache-2.0

package collateral

import (
	"crypto/ecdsa"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/escrin/escrin/attest/internal/flaw"
	"github.com/escrin/escrin/attest/internal/pki"
	"github.com/escrin/escrin/strictjson"
)

// Hex is a byte string that stands in JSON as hexadecimal digits, upper case as
// Intel writes them. Either case is read.
type Hex []byte

// MarshalText encodes h in upper case.
func (h Hex) MarshalText() ([]byte, error) {
	return []byte(strings.ToUpper(hex.EncodeToString(h))), nil
}

// UnmarshalText decodes an even number of digits of either case.
func (h *Hex) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// Validity is when a signed document is valid, and which generation it is.
type Validity struct {
	IssueDate  time.Time `json:"issueDate"`
	NextUpdate time.Time `json:"nextUpdate"`
	// EvaluationNumber grows with each of Intel's TCB recoveries.
	EvaluationNumber uint32 `json:"tcbEvaluationDataNumber"`
}

// Valid checks that a document was issued at now and is not due for replacement.
func (v Validity) Valid(now time.Time) error {
	if now.Before(v.IssueDate) {
		return flaw.New(flaw.Future, fmt.Errorf("not issued before %s", v.IssueDate.UTC().Format(time.RFC3339)))
	}
	if !now.Before(v.NextUpdate) {
		return flaw.New(flaw.Expired, fmt.Errorf("to be replaced at %s", v.NextUpdate.UTC().Format(time.RFC3339)))
	}
	return nil
}

// check refuses a document that does not say when it is valid, or of which
// generation it is.
func (v Validity) check() error {
	if v.IssueDate.IsZero() || !v.NextUpdate.After(v.IssueDate) || v.EvaluationNumber == 0 {
		return errors.New("dates or evaluation number are missing or wrong")
	}
	return nil
}

// decode checks the signature and then decodes the document. Keys that T does not
// know are passed over, for Intel adds some; keys that another reader might take
// for others are not.
func decode[T TCBInfo | QEIdentity](s Signed, signer *ecdsa.PublicKey) (T, error) {
	if !pki.Verify(signer, s.Document, s.Signature) {
		var zero T
		return zero, flaw.New(flaw.Signature, errors.New("signature does not verify"))
	}
	return strictjson.DecodeOpen[T](s.Document, maxSigned)
}

// masked reports whether value, under mask, is want. The three must be equally
// long.
func masked(value, mask, want []byte) bool {
	if len(value) != len(mask) || len(value) != len(want) {
		return false
	}
	for i := range value {
		if value[i]&mask[i] != want[i] {
			return false
		}
	}
	return true
}
