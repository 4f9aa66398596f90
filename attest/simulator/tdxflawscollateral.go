// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/escrin/escrin/attest/collateral"
)

// platform is what a PCK certificate says.
type platform = collateral.Platform

func onPlatform(edit func(*platform)) func(*platform) { return edit }

// tcbInfoFlaws are in the values of the TCB info, and signed.
func tcbInfoFlaws() (list []TDXFlaw) {
	add := func(name, says string, edit func(*collateral.TCBInfo)) {
		list = append(list, tdxFlaw("AT-05", "tcb-info-"+name, Flaws{TCBInfo: edit}, "The TCB info %s.", says))
	}
	validityFlaws(func(name, says string, edit func(*collateral.Validity)) {
		add(name, says, func(i *collateral.TCBInfo) { edit(&i.Validity) })
	})
	add("for-sgx", "is for SGX", func(i *collateral.TCBInfo) { i.ID = "SGX" })
	add("kind-lower-case", "has its kind in lower case", func(i *collateral.TCBInfo) { i.ID = "tdx" })
	add("kind-empty", "has no kind", func(i *collateral.TCBInfo) { i.ID = "" })
	add("version-2", "is of version 2", func(i *collateral.TCBInfo) { i.Version = 2 })
	add("version-4", "is of version 4", func(i *collateral.TCBInfo) { i.Version = 4 })
	add("type-1", "compares versions in a way unknown", func(i *collateral.TCBInfo) { i.TCBType = 1 })
	add("fmspc-other", "is for another family", func(i *collateral.TCBInfo) { i.FMSPC = flipped(i.FMSPC) })
	add("fmspc-short", "is for a family of five bytes", func(i *collateral.TCBInfo) { i.FMSPC = i.FMSPC[:5] })
	add("pceid-other", "is for another PCE", func(i *collateral.TCBInfo) { i.PCEID = flipped(i.PCEID) })
	add("pceid-empty", "is for no PCE", func(i *collateral.TCBInfo) { i.PCEID = nil })
	add("no-levels", "has no level", func(i *collateral.TCBInfo) { i.Levels = nil })
	add("unreachable", "has levels that the platform does not reach", func(i *collateral.TCBInfo) {
		for n := range i.Levels {
			i.Levels[n].TCB.PCESVN = 99
		}
	})
	for _, n := range []int{0, 15} {
		add(fmt.Sprintf("sgx-components-%d", n), fmt.Sprintf("has a level with %d components for SGX", n), func(i *collateral.TCBInfo) { i.Levels[0].TCB.SGX = i.Levels[0].TCB.SGX[:n] })
		add(fmt.Sprintf("tdx-components-%d", n), fmt.Sprintf("has a level with %d components for TDX", n), func(i *collateral.TCBInfo) { i.Levels[0].TCB.TDX = i.Levels[0].TCB.TDX[:n] })
		add(fmt.Sprintf("old-level-tdx-components-%d", n), fmt.Sprintf("has an old level with %d components for TDX", n), func(i *collateral.TCBInfo) {
			i.Levels[len(i.Levels)-1].TCB.TDX = i.Levels[0].TCB.TDX[:n]
		})
	}
	add("sgx-components-17", "has a level with 17 components for SGX", func(i *collateral.TCBInfo) {
		i.Levels[0].TCB.SGX = append(i.Levels[0].TCB.SGX, collateral.Component{})
	})
	add("tdx-components-17", "has a level with 17 components for TDX", func(i *collateral.TCBInfo) {
		i.Levels[0].TCB.TDX = append(i.Levels[0].TCB.TDX, collateral.Component{})
	})
	for n := range 16 {
		add(fmt.Sprintf("sgx-%d-higher", n+1), fmt.Sprintf("demands a higher version of component %d for SGX", n+1), func(i *collateral.TCBInfo) { i.Levels[0].TCB.SGX[n].SVN++ })
		if n > 1 { // the first two are the TDX module's, which has an identity of its own
			add(fmt.Sprintf("tdx-%d-higher", n+1), fmt.Sprintf("demands a higher version of component %d for TDX", n+1), func(i *collateral.TCBInfo) { i.Levels[0].TCB.TDX[n].SVN++ })
		}
	}
	add("pcesvn-higher", "demands a higher version of the PCE", func(i *collateral.TCBInfo) { i.Levels[0].TCB.PCESVN++ })
	module := func(name, says string, edit func(*collateral.ModuleIdentity)) {
		add("module-"+name, says, func(i *collateral.TCBInfo) {
			i.Identities[0].Module = cloneModule(i.Identities[0].Module)
			edit(&i.Identities[0])
		})
	}
	module("signer-other", "names another signer of the TDX module", func(m *collateral.ModuleIdentity) { m.MRSigner[0] = 1 })
	module("signer-short", "names a signer of the TDX module that lacks a byte", func(m *collateral.ModuleIdentity) { m.MRSigner = m.MRSigner[:47] })
	module("signer-empty", "names no signer of the TDX module", func(m *collateral.ModuleIdentity) { m.MRSigner = nil })
	module("attributes-other", "wants other attributes of the TDX module", func(m *collateral.ModuleIdentity) { m.Attributes[7] = 1 })
	module("attributes-short", "has attributes of the TDX module that lack a byte", func(m *collateral.ModuleIdentity) { m.Attributes = m.Attributes[:7] })
	module("mask-short", "has a mask for the TDX module's attributes that lacks a byte", func(m *collateral.ModuleIdentity) { m.AttributesMask = m.AttributesMask[:7] })
	module("mask-empty", "has no mask for the TDX module's attributes", func(m *collateral.ModuleIdentity) { m.AttributesMask = nil })
	module("other-version", "lists the TDX module of another version only", func(m *collateral.ModuleIdentity) { m.ID = "TDX_02" })
	module("no-levels", "lists no version of the TDX module", func(m *collateral.ModuleIdentity) { m.Levels = nil })
	module("unreachable", "lists higher versions of the TDX module only", func(m *collateral.ModuleIdentity) { m.Levels = m.Levels[:1]; m.Levels[0].TCB.ISVSVN = 99 })
	add("no-modules", "lists no TDX module", func(i *collateral.TCBInfo) { i.Identities = nil })
	add("module-twice", "lists the TDX module twice", func(i *collateral.TCBInfo) { i.Identities = append(i.Identities, i.Identities[0]) })
	return list
}

func cloneModule(m collateral.Module) collateral.Module {
	return collateral.Module{MRSigner: slices.Clone(m.MRSigner), Attributes: slices.Clone(m.Attributes), AttributesMask: slices.Clone(m.AttributesMask)}
}

func flipped(h collateral.Hex) collateral.Hex { return flip(0)(slices.Clone(h)) }

// validityFlaws are in the dates and the number that the two documents share.
func validityFlaws(add func(name, says string, edit func(*collateral.Validity))) {
	add("expired", "is to be replaced", func(v *collateral.Validity) { v.NextUpdate = v.IssueDate.Add(time.Minute) })
	add("long-expired", "was to be replaced years ago", func(v *collateral.Validity) {
		v.IssueDate, v.NextUpdate = v.IssueDate.AddDate(-3, 0, 0), v.NextUpdate.AddDate(-3, 0, 0)
	})
	add("not-yet-issued", "is not issued yet", func(v *collateral.Validity) { v.IssueDate = v.IssueDate.Add(3 * time.Hour) })
	add("never-replaced", "does not say when it is to be replaced", func(v *collateral.Validity) { v.NextUpdate = time.Time{} })
	add("evaluation-lower", "is of the TCB recovery before", func(v *collateral.Validity) { v.EvaluationNumber-- })
	add("evaluation-zero", "has evaluation number 0", func(v *collateral.Validity) { v.EvaluationNumber = 0 })
}

// qeIdentityFlaws are in the values of the QE identity, and signed.
func qeIdentityFlaws() (list []TDXFlaw) {
	add := func(name, says string, edit func(*collateral.QEIdentity)) {
		list = append(list, tdxFlaw("AT-05", "qe-identity-"+name, Flaws{QEIdentity: edit}, "The QE identity %s.", says))
	}
	validityFlaws(func(name, says string, edit func(*collateral.Validity)) {
		add(name, says, func(i *collateral.QEIdentity) { edit(&i.Validity) })
	})
	add("for-sgx", "is for the quoting enclave of SGX", func(i *collateral.QEIdentity) { i.ID = "QE" })
	add("for-qve", "is for the verification enclave", func(i *collateral.QEIdentity) { i.ID = "QVE" })
	add("kind-empty", "has no kind", func(i *collateral.QEIdentity) { i.ID = "" })
	add("version-1", "is of version 1", func(i *collateral.QEIdentity) { i.Version = 1 })
	add("version-3", "is of version 3", func(i *collateral.QEIdentity) { i.Version = 3 })
	add("signer-other", "names another signer", func(i *collateral.QEIdentity) { i.MRSigner = flipped(i.MRSigner) })
	add("signer-short", "names a signer that lacks a byte", func(i *collateral.QEIdentity) { i.MRSigner = i.MRSigner[:31] })
	add("signer-empty", "names no signer", func(i *collateral.QEIdentity) { i.MRSigner = nil })
	add("product-other", "is for another product", func(i *collateral.QEIdentity) { i.ISVProdID = 1 })
	add("miscselect-other", "wants other saved state", func(i *collateral.QEIdentity) { i.MiscSelect = flipped(i.MiscSelect) })
	add("miscselect-short", "has a miscselect that lacks a byte", func(i *collateral.QEIdentity) { i.MiscSelect = i.MiscSelect[:3] })
	add("miscselect-mask-short", "has a mask for miscselect that lacks a byte", func(i *collateral.QEIdentity) { i.MiscSelectMask = i.MiscSelectMask[:3] })
	add("miscselect-mask-empty", "has no mask for miscselect", func(i *collateral.QEIdentity) { i.MiscSelectMask = nil })
	add("attributes-other", "wants other attributes", func(i *collateral.QEIdentity) { i.Attributes = flipped(i.Attributes) })
	add("attributes-beyond-mask", "wants attributes that its mask hides", func(i *collateral.QEIdentity) { i.Attributes = slices.Clone(i.Attributes); i.Attributes[8] = 1 })
	add("attributes-short", "has attributes that lack a byte", func(i *collateral.QEIdentity) { i.Attributes = i.Attributes[:15] })
	add("attributes-mask-short", "has a mask for attributes that lacks a byte", func(i *collateral.QEIdentity) { i.AttributesMask = i.AttributesMask[:15] })
	add("attributes-mask-empty", "has no mask for attributes", func(i *collateral.QEIdentity) { i.AttributesMask = nil })
	add("no-levels", "has no level", func(i *collateral.QEIdentity) { i.Levels = nil })
	add("unreachable", "has higher levels only", func(i *collateral.QEIdentity) { i.Levels = i.Levels[:1]; i.Levels[0].TCB.ISVSVN = 99 })
	return list
}

// verdictFlaws are bad words of Intel's on each part, and no words.
func verdictFlaws() (list []TDXFlaw) {
	parts := []struct {
		name, what string
		flaws      func(edit func(*collateral.Verdict)) Flaws
	}{
		{"platform", "The platform", func(edit func(*collateral.Verdict)) Flaws {
			return Flaws{TCBInfo: func(i *collateral.TCBInfo) { edit(&i.Levels[0].Verdict) }}
		}},
		{"module", "The TDX module", func(edit func(*collateral.Verdict)) Flaws {
			return Flaws{TCBInfo: func(i *collateral.TCBInfo) { edit(&i.Identities[0].Levels[0].Verdict) }}
		}},
		{"qe", "The quoting enclave", func(edit func(*collateral.Verdict)) Flaws {
			return Flaws{QEIdentity: func(i *collateral.QEIdentity) { edit(&i.Levels[0].Verdict) }}
		}},
	}
	for _, p := range parts {
		for s := collateral.SWHardeningNeeded; s <= collateral.Revoked; s++ {
			list = append(list, tdxFlaw("AT-05", p.name+"-"+kebab(s.String()), p.flaws(func(v *collateral.Verdict) { v.Status = s }), "%s is %v.", p.what, s))
		}
		list = append(list, tdxFlaw("AT-05", p.name+"-undated", p.flaws(func(v *collateral.Verdict) { v.Date = time.Time{} }), "%s has a level without date.", p.what))
		list = append(list, tdxFlaw("AT-05", p.name+"-advisory", p.flaws(func(v *collateral.Verdict) { v.AdvisoryIDs = []string{"INTEL-SA-09999"} }), "%s is up to date, with an advisory.", p.what))
	}
	return list
}

// kebab turns UpToDate into up-to-date.
func kebab(camel string) string {
	var out strings.Builder
	upper := true // whether the last letter was
	for i, c := range camel {
		isUpper := c >= 'A' && c <= 'Z'
		if isUpper && !upper && i > 0 {
			out.WriteByte('-')
		}
		out.WriteRune(c)
		upper = isUpper
	}
	return strings.ToLower(out.String())
}

// bundleFlaws are in the encoding of the collateral.
func bundleFlaws() (list []TDXFlaw) {
	for _, f := range encodingFlaws(len("escrin.collateral\x01") + 2*64) {
		list = append(list, tdxFlaw("AT-09", "collateral-"+f.name, Flaws{deep: deepFlaws{bundle: f.edit}}, "The collateral %s.", f.says))
	}
	part := func(name, says string, edit func(*collateral.Bundle)) {
		list = append(list, tdxFlaw("AT-05", "collateral-"+name, Flaws{Bundle: edit}, "%s", says))
	}
	part("lists-swapped", "The revocation lists are swapped.", func(b *collateral.Bundle) { b.RootCRL, b.PlatformCRL = b.PlatformCRL, b.RootCRL })
	part("root-list-twice", "The root's revocation list stands in the place of the platform CA's.", func(b *collateral.Bundle) { b.PlatformCRL = b.RootCRL })
	part("platform-list-twice", "The platform CA's revocation list stands in the place of the root's.", func(b *collateral.Bundle) { b.RootCRL = b.PlatformCRL })
	part("documents-swapped", "TCB info and QE identity are swapped.", func(b *collateral.Bundle) { b.TCBInfo, b.QEIdentity = b.QEIdentity, b.TCBInfo })
	part("tcb-info-twice", "The TCB info stands in the place of the QE identity.", func(b *collateral.Bundle) { b.QEIdentity = b.TCBInfo })
	part("qe-identity-twice", "The QE identity stands in the place of the TCB info.", func(b *collateral.Bundle) { b.TCBInfo = b.QEIdentity })
	part("signatures-swapped", "The signatures of TCB info and QE identity are swapped.", func(b *collateral.Bundle) {
		b.TCBInfo.Signature, b.QEIdentity.Signature = b.QEIdentity.Signature, b.TCBInfo.Signature
	})
	part("tcb-info-bit", "A bit of the TCB info is another than was signed.", func(b *collateral.Bundle) { b.TCBInfo.Document = flip(20)(bytes.Clone(b.TCBInfo.Document)) })
	part("tcb-info-space", "A space follows the TCB info.", func(b *collateral.Bundle) { b.TCBInfo.Document = append(b.TCBInfo.Document, ' ') })
	part("qe-identity-bit", "A bit of the QE identity is another than was signed.", func(b *collateral.Bundle) { b.QEIdentity.Document = flip(20)(bytes.Clone(b.QEIdentity.Document)) })
	part("qe-identity-space", "A space follows the QE identity.", func(b *collateral.Bundle) { b.QEIdentity.Document = append(b.QEIdentity.Document, ' ') })
	return list
}

// encodingFlaw is one thing that can be wrong with encoded collateral.
type encodingFlaw struct {
	name, says string
	edit       func([]byte) []byte
}

// encodingFlaws are what can be wrong with a bundle of either vendor whose first
// length stands at an offset.
func encodingFlaws(first int) []encodingFlaw {
	return []encodingFlaw{
		{"empty", "is missing", func([]byte) []byte { return nil }},
		{"magic", "has other letters at its head", flip(0)},
		{"version-0", "is of version 0", put(magicEnd(first), 0)},
		{"version-2", "is of version 2", put(magicEnd(first), 2)},
		{"cut-in-head", "ends in its head", func(b []byte) []byte { return b[:10] }},
		{"cut-after-head", "ends before its first part", func(b []byte) []byte { return b[:first] }},
		{"cut-by-one", "lacks its last byte", func(b []byte) []byte { return b[:len(b)-1] }},
		{"longer", "has a byte too many", func(b []byte) []byte { return append(b, 0) }},
		{"first-length-zero", "has an empty part", put(first, 0, 0, 0, 0)},
		{"first-length-more", "has a part that is said to be longer", flip(first + 2)},
		{"first-length-huge", "has a part that is said to be very long", put(first, 0xff, 0xff, 0xff, 0xff)},
	}
}

// magicEnd returns where the version stands in a bundle whose first length
// stands at an offset.
func magicEnd(first int) int {
	if tdxHead := len("escrin.collateral\x01") + 2*64; first == tdxHead {
		return len("escrin.collateral")
	}
	return first - 1
}

// mixFlaws put parts of another's evidence in the place of this one's.
func mixFlaws() (list []TDXFlaw) {
	mix := func(threat, name, says string, edit func(m *evidence, from strangers)) {
		list = append(list, tdxFlaw(threat, name, Flaws{deep: deepFlaws{mix: edit}}, "%s", says))
	}
	add := func(name, says string, edit func(m *evidence, o evidence)) {
		mix("AT-05", "foreign-"+name, says, func(m *evidence, from strangers) { edit(m, from.platform) })
	}
	add("collateral", "The collateral is for another family of platforms.", func(m *evidence, o evidence) { m.bundle = o.bundle })
	add("tcb-info", "The TCB info is for another family of platforms.", func(m *evidence, o evidence) { m.bundle.TCBInfo = o.bundle.TCBInfo })
	add("platform-list", "The revocation list is another platform CA's.", func(m *evidence, o evidence) { m.bundle.PlatformCRL = o.bundle.PlatformCRL })
	add("chain", "The certificates are another platform's.", func(m *evidence, o evidence) { m.quote.PCKChain = o.quote.PCKChain })
	add("qe-report", "The quoting enclave's report is another platform's.", func(m *evidence, o evidence) {
		m.quote.QEReport, m.quote.QESignature = o.quote.QEReport, o.quote.QESignature
	})
	add("certification", "Everything that certifies the attestation key is another platform's.", func(m *evidence, o evidence) {
		m.quote.QEReport, m.quote.QESignature, m.quote.QEAuthData, m.quote.PCKChain = o.quote.QEReport, o.quote.QESignature, o.quote.QEAuthData, o.quote.PCKChain
	})
	add("attestation-key", "The attestation key is another platform's.", func(m *evidence, o evidence) { m.quote.AttestationKey = o.quote.AttestationKey })
	add("signature", "The signature is another platform's.", func(m *evidence, o evidence) { m.quote.Signature = o.quote.Signature })
	add("signer", "The TCB signer's certificate is the platform CA's.", func(m *evidence, o evidence) { m.bundle.TCBSigner = m.credentials.platformCA.cert.Raw })
	add("signer-root", "The TCB signer's certificate is the root's.", func(m *evidence, o evidence) { m.bundle.TCBSigner = m.credentials.root.cert.Raw })
	add("signer-pck", "The TCB signer's certificate is the platform's.", func(m *evidence, o evidence) { m.bundle.TCBSigner = m.credentials.pck.cert.Raw })
	mix("AT-16", "other-root", "Everything is right, under another root of the same name.", func(m *evidence, from strangers) { *m = from.root })
	mix("AT-16", "other-root-quote", "The quote is right under another root of the same name.", func(m *evidence, from strangers) { m.quote = from.root.quote })
	mix("AT-16", "other-root-collateral", "The collateral is right under another root of the same name.", func(m *evidence, from strangers) { m.bundle = from.root.bundle })
	mix("AT-16", "other-root-list", "The root's revocation list is that of another root of the same name.", func(m *evidence, from strangers) { m.bundle.RootCRL = from.root.bundle.RootCRL })
	mix("AT-16", "other-root-signer", "The TCB signer is certified by another root of the same name.", func(m *evidence, from strangers) { m.bundle.TCBSigner = from.root.bundle.TCBSigner })
	mix("AT-16", "other-root-in-chain", "The chain ends in another root of the same name.", func(m *evidence, from strangers) {
		c := m.credentials
		m.quote.PCKChain = encodePEM(c.pck.cert.Raw, c.platformCA.cert.Raw, from.root.credentials.root.cert.Raw)
	})
	mix("AT-16", "other-root-cross-signed", "The platform CA is certified by another root of the same name.", func(m *evidence, from strangers) {
		c := m.credentials
		m.quote.PCKChain = encodePEM(c.pck.cert.Raw, from.root.credentials.platformCA.cert.Raw, c.root.cert.Raw)
	})
	return list
}
