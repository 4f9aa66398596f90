// SPDX-License-Identifier: Apache-2.0

package describe

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/tdx"
)

// judged is what collateral judges; platform is nil if it cannot be read.
type judged struct {
	quote    tdx.Quote
	platform *collateral.Platform
}

// intelCollateral describes a bundle, and what it says about a quote if there is
// one.
func intelCollateral(bundle []byte, about *judged) Description {
	if len(bundle) == 0 {
		return nil
	}
	b, err := collateral.ParseBundle(bundle)
	if err != nil {
		return Description{{Name: "collateral", Title: "Collateral", Problem: err.Error()}}
	}
	signer, _ := certificate("collateral.signer", "Signer of the TCB info and the QE identity", b.TCBSigner)
	return Description{
		tcbInfo(b.TCBInfo, about), qeIdentity(b.QEIdentity, about), signer,
		list("collateral.rootCrl", "Revocation list of the root", b.RootCRL),
		list("collateral.platformCrl", "Revocation list of the platform CA", b.PlatformCRL),
	}
}

func (s *Section) validity(v collateral.Validity, signature [64]byte) {
	s.add("issueDate", v.IssueDate, "issued")
	s.add("nextUpdate", v.NextUpdate, "to be replaced at")
	s.add("evaluationNumber", v.EvaluationNumber, "TCB evaluation data number: grows with each TCB recovery of Intel's")
	s.add("signature", signature[:], "r ‖ s by the signer over the document")
}

func tcbInfo(signed collateral.Signed, about *judged) Section {
	s := Section{Name: "collateral.tcbInfo", Title: "TCB info: what versions a family of platforms can have, and what they are worth"}
	var info collateral.TCBInfo
	if err := json.Unmarshal(signed.Document, &info); err != nil {
		s.Problem = err.Error()
		return s
	}
	s.add("id", info.ID, "")
	s.add("version", info.Version, "")
	s.validity(info.Validity, signed.Signature)
	s.add("fmspc", []byte(info.FMSPC), "family of platforms")
	s.add("pceId", []byte(info.PCEID), "")
	s.add("levels", len(info.Levels), "combinations of versions that are rated")
	var modules []string
	for _, m := range info.Identities {
		modules = append(modules, m.ID)
	}
	s.add("modules", strings.Join(modules, " "), "TDX modules that are rated")
	if about == nil || about.platform == nil {
		return s
	}
	s.verdicts(info, *about)
	return s
}

// verdicts adds what a TCB info says about the platform and the TDX module of a
// quote.
func (s *Section) verdicts(info collateral.TCBInfo, about judged) {
	svn := about.quote.Report.TEETCBSVN
	if err := info.Family(*about.platform); err != nil {
		s.add("platform", "unknown", "the TCB info is for other platforms")
		return
	}
	if !wellFormed(info) {
		s.add("platform", "unknown", "a level has other than 16 components")
		return
	}
	platform, err := info.PlatformVerdict(*about.platform, svn)
	s.verdict("platform", "the level that the platform matches, if all of this is genuine", platform, err)
	if err != nil {
		return
	}
	module, err := info.ModuleVerdict(svn, platform)
	s.verdict("module", "the level that the TDX module matches, likewise", module, err)
}

// wellFormed reports whether every level can be compared with.
func wellFormed(info collateral.TCBInfo) bool {
	for _, level := range info.Levels {
		if len(level.TCB.SGX) != 16 || len(level.TCB.TDX) != 16 {
			return false
		}
	}
	return true
}

func (s *Section) verdict(name, meaning string, v collateral.Verdict, err error) {
	if err != nil {
		s.add(name, "unknown", err.Error())
		return
	}
	s.add(name, v.Status, meaning)
	s.add(name+".date", v.Date, "TCB date of the level")
	advisories := strings.Join(v.AdvisoryIDs, " ")
	if advisories == "" {
		advisories = "none"
	}
	s.add(name+".advisories", advisories, "what Intel published about this level")
}

func qeIdentity(signed collateral.Signed, about *judged) Section {
	s := Section{Name: "collateral.qeIdentity", Title: "QE identity: which quoting enclave is genuine, and what its versions are worth"}
	var id collateral.QEIdentity
	if err := json.Unmarshal(signed.Document, &id); err != nil {
		s.Problem = err.Error()
		return s
	}
	s.add("id", id.ID, "")
	s.add("version", id.Version, "")
	s.validity(id.Validity, signed.Signature)
	s.add("miscSelect", []byte(id.MiscSelect), "under mask "+fmt.Sprintf("0x%x", []byte(id.MiscSelectMask)))
	s.add("attributes", []byte(id.Attributes), "under mask "+fmt.Sprintf("0x%x", []byte(id.AttributesMask)))
	s.add("mrSigner", []byte(id.MRSigner), "key that signed the genuine enclave")
	s.add("isvProdId", id.ISVProdID, "")
	s.add("levels", len(id.Levels), "versions that are rated")
	if about == nil {
		return s
	}
	if err := id.Genuine(about.quote.QEReport); err != nil {
		s.add("qe", "unknown", err.Error())
		return s
	}
	verdict, err := id.Evaluate(about.quote.QEReport)
	s.verdict("qe", "the level that the quoting enclave matches, if all of this is genuine", verdict, err)
	return s
}
