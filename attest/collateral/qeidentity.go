// SPDX-License-Identifier: Apache-2.0

package collateral

import (
	"bytes"
	"crypto/ecdsa"
	"fmt"
	"time"

	"github.com/escrin/escrin/attest/tdx"
)

// QEIdentity says which quoting enclave is genuine, and what its versions are
// worth, best first (PCS API version 4, enclave identity version 2).
type QEIdentity struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
	Validity
	MiscSelect     Hex        `json:"miscselect"`
	MiscSelectMask Hex        `json:"miscselectMask"`
	Attributes     Hex        `json:"attributes"`
	AttributesMask Hex        `json:"attributesMask"`
	MRSigner       Hex        `json:"mrsigner"`
	ISVProdID      uint16     `json:"isvprodid"`
	Levels         []SVNLevel `json:"tcbLevels"`
}

// OpenQEIdentity checks that the signer with this key signed the document, that
// it is valid at now, and that it is the identity of the quoting enclave for TDX.
func OpenQEIdentity(s Signed, signer *ecdsa.PublicKey, now time.Time) (QEIdentity, error) {
	var id QEIdentity
	if err := decode(s, signer, &id); err != nil {
		return QEIdentity{}, fmt.Errorf("open QE identity: %w", err)
	}
	if id.ID != "TD_QE" || id.Version != 2 {
		return QEIdentity{}, fmt.Errorf("open QE identity: is of kind %q, version %d", id.ID, id.Version)
	}
	if err := id.check(now); err != nil {
		return QEIdentity{}, fmt.Errorf("open QE identity: %w", err)
	}
	return id, nil
}

// Evaluate returns what Intel says of the quoting enclave with this report. An
// enclave that is not the identified one is an error.
func (q QEIdentity) Evaluate(r tdx.QEReport) (Verdict, error) {
	switch {
	case !bytes.Equal(q.MRSigner, r.MRSIGNER[:]):
		return Verdict{}, fmt.Errorf("evaluate QE: signer is %x", r.MRSIGNER)
	case q.ISVProdID != r.ISVProdID:
		return Verdict{}, fmt.Errorf("evaluate QE: product id is %d", r.ISVProdID)
	case !masked(r.MiscSelect[:], q.MiscSelectMask, q.MiscSelect):
		return Verdict{}, fmt.Errorf("evaluate QE: misc select is %x", r.MiscSelect)
	case !masked(r.Attributes[:], q.AttributesMask, q.Attributes):
		return Verdict{}, fmt.Errorf("evaluate QE: attributes are %x", r.Attributes)
	}
	verdict, err := findSVN(q.Levels, r.ISVSVN)
	if err != nil {
		return Verdict{}, fmt.Errorf("evaluate QE: %w", err)
	}
	return verdict, nil
}
