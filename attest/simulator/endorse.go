// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"math/big"
	"time"

	"github.com/escrin/escrin/attest/collateral"
)

// Dates of collateral: it was issued an hour ago, so that clocks may differ, and
// lasts as long as Intel's.
const (
	issuedAgo = time.Hour
	lifetime  = 30 * 24 * time.Hour
)

// EvaluationNumber is the TCB evaluation data number of the simulated vendor's
// collateral.
const EvaluationNumber = 18

// endorse makes the collateral for the credentials at now.
func (c credentials) endorse(now time.Time, f Flaws) (b collateral.Bundle, err error) {
	now = now.UTC().Truncate(time.Second)
	validity := collateral.Validity{
		IssueDate: now.Add(-issuedAgo), NextUpdate: now.Add(lifetime), EvaluationNumber: EvaluationNumber,
	}
	info, identity := newTCBInfo(validity), newQEIdentity(validity)
	if f.TCBInfo != nil {
		f.TCBInfo(&info)
	}
	if f.QEIdentity != nil {
		f.QEIdentity(&identity)
	}
	if b.TCBInfo, err = signJSON(c.signer.key, info); err != nil {
		return collateral.Bundle{}, err
	}
	if b.QEIdentity, err = signJSON(c.signer.key, identity); err != nil {
		return collateral.Bundle{}, err
	}
	if b.RootCRL, err = c.root.list(validity, f); err != nil {
		return collateral.Bundle{}, err
	}
	if b.PlatformCRL, err = c.platformCA.list(validity, f); err != nil {
		return collateral.Bundle{}, err
	}
	b.TCBSigner = c.signer.cert.Raw
	return b, nil
}

func newTCBInfo(v collateral.Validity) collateral.TCBInfo {
	module := collateral.Module{
		MRSigner: make([]byte, 48), Attributes: make([]byte, 8), AttributesMask: ones(8),
	}
	p, svn := newPlatform(), newReport().TEETCBSVN
	return collateral.TCBInfo{
		ID: "TDX", Version: 3, Validity: v, FMSPC: p.FMSPC[:], PCEID: p.PCEID[:], Module: module,
		Identities: []collateral.ModuleIdentity{{
			ID: fmt.Sprintf("TDX_%02X", svn[1]), Module: module, Levels: svnLevels(uint16(svn[0])),
		}},
		Levels: []collateral.PlatformLevel{
			platformLevel(p.CPUSVN, p.PCESVN, svn, day(2026, 2, 11), collateral.UpToDate),
			platformLevel([16]byte{}, 5, [16]byte{}, day(2018, 1, 4), collateral.OutOfDate),
		},
	}
}

func newQEIdentity(v collateral.Validity) collateral.QEIdentity {
	qe := newQEReport()
	attributes := collateral.Hex{0x11, 15: 0}
	mask := append(append(collateral.Hex{0xfb}, ones(7)...), make([]byte, 8)...)
	return collateral.QEIdentity{
		ID: "TD_QE", Version: 2, Validity: v,
		MiscSelect: qe.MiscSelect[:], MiscSelectMask: ones(4),
		Attributes: attributes, AttributesMask: mask,
		MRSigner: qe.MRSIGNER[:], ISVProdID: qe.ISVProdID, Levels: svnLevels(qe.ISVSVN),
	}
}

// svnLevels says that svn is up to date, and lower ones are not.
func svnLevels(svn uint16) []collateral.SVNLevel {
	current := collateral.SVNLevel{Verdict: collateral.Verdict{Date: day(2026, 2, 11), Status: collateral.UpToDate}}
	current.TCB.ISVSVN = svn
	old := collateral.SVNLevel{Verdict: collateral.Verdict{
		Date: day(2023, 8, 9), Status: collateral.OutOfDate, AdvisoryIDs: []string{"INTEL-SA-01036"},
	}}
	return []collateral.SVNLevel{current, old}
}

func platformLevel(sgx [16]byte, pce uint16, tdx [16]byte, date time.Time, s collateral.Status) (l collateral.PlatformLevel) {
	for i := range sgx {
		l.TCB.SGX = append(l.TCB.SGX, collateral.Component{SVN: sgx[i]})
		l.TCB.TDX = append(l.TCB.TDX, collateral.Component{SVN: tdx[i]})
	}
	l.TCB.PCESVN = pce
	l.Verdict = collateral.Verdict{Date: date, Status: s}
	return l
}

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// list makes the revocation list of an authority.
func (a authority) list(v collateral.Validity, f Flaws) ([]byte, error) {
	template := &x509.RevocationList{
		Number: big.NewInt(1), ThisUpdate: v.IssueDate, NextUpdate: v.NextUpdate,
		SignatureAlgorithm: x509.ECDSAWithSHA256,
	}
	if f.CRL != nil {
		f.CRL(a.cert.Subject.CommonName, template)
	}
	der, err := x509.CreateRevocationList(rand.Reader, template, a.cert, a.key)
	if err != nil {
		return nil, fmt.Errorf("make revocation list: %w", err)
	}
	return der, nil
}

func signJSON[D collateral.TCBInfo | collateral.QEIdentity](key *ecdsa.PrivateKey, document D) (s collateral.Signed, err error) {
	if s.Document, err = json.Marshal(document); err != nil {
		return collateral.Signed{}, fmt.Errorf("sign collateral: %w", err)
	}
	s.Signature, err = sign(key, s.Document)
	return s, err
}

// sign returns r ‖ s over the SHA-256 of message.
func sign(key *ecdsa.PrivateKey, message []byte) (signature [64]byte, err error) {
	digest := sha256.Sum256(message)
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		return signature, fmt.Errorf("sign: %w", err)
	}
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return signature, nil
}

func ones(n int) collateral.Hex {
	h := make(collateral.Hex, n)
	for i := range h {
		h[i] = 0xff
	}
	return h
}
