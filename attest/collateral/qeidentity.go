// SPDX-License-Identifier: Apache-2.0

package collateral

import (
	"bytes"
	"cmp"
	"crypto/ecdsa"
	"fmt"

	"github.com/escrin/escrin/attest/internal/flaw"
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

// OpenQEIdentity checks that the signer with this key signed the document, and
// that it is the identity of the quoting enclave for TDX. When it is valid is
// asked of [Validity.Valid].
func OpenQEIdentity(s Signed, signer *ecdsa.PublicKey) (QEIdentity, error) {
	id, err := decode[QEIdentity](s, signer)
	if err != nil {
		return QEIdentity{}, fmt.Errorf("open QE identity: %w", err)
	}
	if id.ID != "TD_QE" || id.Version != 2 {
		return QEIdentity{}, flaw.New(flawKind, fmt.Errorf("open QE identity: is of kind %q, version %d", id.ID, id.Version))
	}
	if err := cmp.Or(id.Validity.check(), checkLevels(id.Levels)); err != nil {
		return QEIdentity{}, fmt.Errorf("open QE identity: %w", err)
	}
	return id, nil
}

// Genuine checks that the quoting enclave with this report is the identified
// one, in any version.
func (q QEIdentity) Genuine(r tdx.QEReport) error {
	switch {
	case !bytes.Equal(q.MRSigner, r.MRSIGNER[:]):
		return flaw.New(flawSigner, fmt.Errorf("evaluate QE: signer is %x", r.MRSIGNER))
	case q.ISVProdID != r.ISVProdID:
		return flaw.New(flawProduct, fmt.Errorf("evaluate QE: product id is %d", r.ISVProdID))
	case !masked(r.MiscSelect[:], q.MiscSelectMask, q.MiscSelect):
		return flaw.New(flawMiscSelect, fmt.Errorf("evaluate QE: misc select is %x", r.MiscSelect))
	case !masked(r.Attributes[:], q.AttributesMask, q.Attributes):
		return flaw.New(flawAttributes, fmt.Errorf("evaluate QE: attributes are %x", r.Attributes))
	}
	return nil
}

// Evaluate returns what Intel says of the version of the quoting enclave with
// this report.
func (q QEIdentity) Evaluate(r tdx.QEReport) (Verdict, error) {
	verdict, err := findSVN(q.Levels, r.ISVSVN)
	if err != nil {
		return Verdict{}, fmt.Errorf("evaluate QE: %w", err)
	}
	return verdict, nil
}
