// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"crypto"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/escrin/escrin/attest/collateral"
)

// Dates of collateral: it was issued an hour ago, so that clocks may differ, and
// lasts as long as Intel's.
const (
	issuedAgo = time.Hour
	lifetime  = 30 * 24 * time.Hour
)

// validity returns the dates of collateral that is asked for at now.
func (s state) validity(now time.Time) collateral.Validity {
	now = now.UTC().Truncate(time.Second)
	return collateral.Validity{
		IssueDate: now.Add(-issuedAgo), NextUpdate: now.Add(lifetime), EvaluationNumber: EvaluationNumber + uint32(s.recoveries),
	}
}

// endorse makes the collateral in the state s for a machine with the credentials
// c at now.
func (v *Intel) endorse(c credentials, m machine, s state, now time.Time, f Flaws, k signers) (b collateral.Bundle, err error) {
	for _, name := range f.Revoked {
		for _, pair := range []struct{ issuer, cert authority }{{c.root, c.platformCA}, {c.root, c.signer}, {c.platformCA, c.pck}} {
			if issuer := pair.issuer.cert.Subject.CommonName; pair.cert.cert.Subject.CommonName == name {
				s.revoked[issuer] = append(s.revoked[issuer], pair.cert.cert.SerialNumber)
			}
		}
	}
	validity := s.validity(now)
	info, identity := newTCBInfo(validity, m, s), newQEIdentity(validity)
	if f.TCBInfo != nil {
		f.TCBInfo(&info)
	}
	if f.QEIdentity != nil {
		f.QEIdentity(&identity)
	}
	if b.TCBInfo, err = signJSON(k.tcbInfo, inOrder(info), f.deep.tcbInfo); err != nil {
		return collateral.Bundle{}, err
	}
	if b.QEIdentity, err = signJSON(k.qeIdentity, identity, f.deep.qeIdentity); err != nil {
		return collateral.Bundle{}, err
	}
	if b.RootCRL, err = c.root.list(intelRoot, validity, s.revoked[intelRoot], f); err != nil {
		return collateral.Bundle{}, err
	}
	if b.PlatformCRL, err = c.platformCA.list(intelPlatform, validity, s.revoked[intelPlatform], f); err != nil {
		return collateral.Bundle{}, err
	}
	b.TCBSigner = c.signer.cert.Raw
	return b, nil
}

// levelDate returns the date of the TCB level that a recovery demands.
func levelDate(recovery uint8) time.Time { return day(2026, 2, 11).AddDate(0, 6*int(recovery), 0) }

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// newTCBInfo lists a level for each TCB recovery, the newest first, and one that
// every platform reaches.
func newTCBInfo(v collateral.Validity, m machine, s state) collateral.TCBInfo {
	module := collateral.Module{
		MRSigner: make([]byte, 48), Attributes: make([]byte, 8), AttributesMask: ones(8),
	}
	p, svn := newPlatform(), newReport().TEETCBSVN
	info := collateral.TCBInfo{
		ID: "TDX", Version: 3, Validity: v, FMSPC: m.platform.FMSPC[:], PCEID: m.platform.PCEID[:], Module: module,
		Identities: []collateral.ModuleIdentity{{
			ID: fmt.Sprintf("TDX_%02X", svn[1]), Module: module, Levels: svnLevels(uint16(svn[0])),
		}},
	}
	for n := int(s.recoveries); n >= 0; n-- {
		recovered := p.CPUSVN
		recovered[0] += uint8(n)
		status, advisories := s.verdict, []string(nil)
		if n < int(s.recoveries) {
			status, advisories = collateral.OutOfDate, []string{fmt.Sprintf("INTEL-SA-%05d", 1100+n)}
		}
		l := platformLevel(recovered, p.PCESVN, svn, levelDate(uint8(n)), status)
		l.AdvisoryIDs = advisories
		info.Levels = append(info.Levels, l)
	}
	old := platformLevel([16]byte{}, 5, [16]byte{}, day(2018, 1, 4), collateral.OutOfDate)
	info.Levels = append(info.Levels, old)
	return info
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
	current := collateral.SVNLevel{Verdict: collateral.Verdict{Date: levelDate(0), Status: collateral.UpToDate}}
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

// orderedTCBInfo is a TCB info whose keys are in Intel's order, which readers of
// little memory, such as contracts, rely on.
type orderedTCBInfo struct {
	ID               string                      `json:"id"`
	Version          int                         `json:"version"`
	IssueDate        time.Time                   `json:"issueDate"`
	NextUpdate       time.Time                   `json:"nextUpdate"`
	FMSPC            collateral.Hex              `json:"fmspc"`
	PCEID            collateral.Hex              `json:"pceId"`
	TCBType          int                         `json:"tcbType"`
	EvaluationNumber uint32                      `json:"tcbEvaluationDataNumber"`
	Module           collateral.Module           `json:"tdxModule"`
	Identities       []collateral.ModuleIdentity `json:"tdxModuleIdentities,omitempty"`
	Levels           []collateral.PlatformLevel  `json:"tcbLevels"`
}

func inOrder(t collateral.TCBInfo) orderedTCBInfo {
	return orderedTCBInfo{
		ID: t.ID, Version: t.Version, IssueDate: t.IssueDate, NextUpdate: t.NextUpdate, FMSPC: t.FMSPC, PCEID: t.PCEID,
		TCBType: t.TCBType, EvaluationNumber: t.EvaluationNumber, Module: t.Module, Identities: t.Identities, Levels: t.Levels,
	}
}

func signJSON[D orderedTCBInfo | collateral.QEIdentity](k key, document D, edit func([]byte) []byte) (s collateral.Signed, err error) {
	if s.Document, err = json.Marshal(document); err != nil {
		return collateral.Signed{}, fmt.Errorf("sign collateral: %w", err)
	}
	if edit != nil {
		s.Document = edit(slices.Clip(s.Document))
	}
	s.Signature, err = k.signP256(s.Document)
	return s, err
}

// signP256 returns r ‖ s, big-endian, over the SHA-256 of message.
func (k key) signP256(message []byte) (signature [64]byte, err error) {
	digest := sha256.Sum256(message)
	r, s, err := k.signECDSA(digest[:], crypto.SHA256)
	if err != nil || r.BitLen() > 256 || s.BitLen() > 256 {
		return signature, fmt.Errorf("sign: %w", err)
	}
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return signature, nil
}

func (k key) signECDSA(digest []byte, h crypto.Hash) (r, s *big.Int, err error) {
	encoded, err := k.Sign(nil, digest, h)
	if err != nil {
		return nil, nil, fmt.Errorf("sign: %w", err)
	}
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(encoded, &pair); err != nil {
		return nil, nil, fmt.Errorf("sign: %w", err)
	}
	return pair.R, pair.S, nil
}

func ones(n int) collateral.Hex {
	h := make(collateral.Hex, n)
	for i := range h {
		h[i] = 0xff
	}
	return h
}
