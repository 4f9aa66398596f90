// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"bytes"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/tdx"
)

// negated returns the other signature with the same r: n − s for s. Who has one
// has both, and vendors choose either.
func negated(order *big.Int, s []byte) {
	new(big.Int).Sub(order, new(big.Int).SetBytes(s)).FillBytes(s)
}

// TDXVariants returns differences that are no flaws: evidence with one of them is
// as good as genuine evidence, and is genuine on some platform.
func TDXVariants() []TDXFlaw {
	n := elliptic.P256().Params().N
	variant := func(name string, f Flaws, says string) TDXFlaw { return tdxFlaw("", name, f, "%s", says) }
	list := []TDXFlaw{
		variant("quote-signature-negated", Flaws{Quote: func(q *tdx.Quote) { negated(n, q.Signature[32:]) }}, "The report has the other signature with the same r."),
		variant("qe-signature-negated", Flaws{Quote: func(q *tdx.Quote) { negated(n, q.QESignature[32:]) }}, "The quoting enclave's report has the other signature with the same r."),
		variant("tcb-info-signature-negated", Flaws{Bundle: func(b *collateral.Bundle) { negated(n, b.TCBInfo.Signature[32:]) }}, "The TCB info has the other signature with the same r."),
		variant("qe-identity-signature-negated", Flaws{Bundle: func(b *collateral.Bundle) { negated(n, b.QEIdentity.Signature[32:]) }}, "The QE identity has the other signature with the same r."),
		variant("header-user-data", onSigned(flip(atUserData)), "The quote has other user data."),
		variant("quote-padded", onQuote(func(q []byte) []byte { return append(q, make([]byte, 100)...) }), "Zeros follow the quote."),
		variant("pem-closing-zero", Flaws{Quote: func(q *tdx.Quote) { q.PCKChain = append(q.PCKChain, 0) }}, "A zero byte closes the chain."),
		variant("mrseam", onReport(func(r *tdx.Report) { r.MRSEAM[0] ^= 1 }), "The TDX module is another, of the same version."),
		variant("module-minor-higher", onReport(func(r *tdx.Report) { r.TEETCBSVN[0]++ }), "The TDX module is newer than Intel demands."),
		variant("xfam-least", onReport(func(r *tdx.Report) { r.XFAM = [8]byte{3} }), "The guest has no processor features but those of all guests."),
		variant("qe-svn-higher", Flaws{QEReport: func(r *tdx.QEReport) { r.ISVSVN++ }}, "The quoting enclave is newer than Intel demands."),
		variant("qe-mrenclave", Flaws{QEReport: func(r *tdx.QEReport) { r.MRENCLAVE[0] ^= 1 }}, "The quoting enclave is another of the same signer, product and version."),
		variant("pcesvn-higher", Flaws{Platform: onPlatform(func(p *platform) { p.PCESVN++ })}, "The platform's PCE is newer than Intel demands."),
		variant("sgx-instance-missing", onSGX(func(e *sgxExtension) { e.drop(6) }), "The platform has one processor package."),
		variant("sgx-configuration-missing", onSGX(func(e *sgxExtension) { e.drop(7) }), "The certificate says nothing of the platform's configuration."),
		variant("tcb-info-evaluation-higher", Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.EvaluationNumber++ }}, "The TCB info is of the next TCB recovery."),
		variant("tcb-info-unknown-member", Flaws{deep: deepFlaws{tcbInfo: doubled("news", `"none"`)}}, "The TCB info has a member that is new."),
		variant("tcb-info-white-space", Flaws{deep: deepFlaws{tcbInfo: replaced(`,"version"`, ",\n \"version\"")}}, "The TCB info has white space."),
		variant("qe-identity-unknown-member", Flaws{deep: deepFlaws{qeIdentity: doubled("news", `"none"`)}}, "The QE identity has a member that is new."),
	}
	for _, x := range []struct{ name, issuer string }{{"root-list", intelRoot}, {"platform-list", intelPlatform}} {
		for _, c := range listVariants() {
			list = append(list, variant(x.name+"-"+c.name, Flaws{deep: deepFlaws{list: func(l *listDraft) {
				if l.issuer == x.issuer {
					c.edit(l)
				}
			}}}, "The revocation list of "+x.issuer+" "+c.says+"."))
		}
	}
	return list
}

// listVariants are differences of revocation lists that are no flaws.
func listVariants() []listFlaw {
	return []listFlaw{
		{"revokes-others", "revokes others", func(l *listDraft) {
			l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: big.NewInt(7), RevocationTime: l.ThisUpdate})
		}},
		{"number-large", "has a number of 150 bits", func(l *listDraft) { l.Number = new(big.Int).Lsh(big.NewInt(1), 149) }},
	}
}

// SNPVariants returns differences that are no flaws; see [TDXVariants].
func SNPVariants() (list []SNPFlaw) {
	variant := func(name string, f SNPFlaws, says string) {
		list = append(list, snpFlaw("", name, f, "%s", says))
	}
	variant("signature-negated", SNPFlaws{Signed: func(r *snp.Report) { negated(elliptic.P384().Params().N, r.Signature.S[:]) }}, "The report has the other signature with the same r.")
	for n, says := range map[int]string{20: "binds the guest to one socket", 22: "demands AES-256-XTS", 23: "demands that power is not measured", 24: "demands that ciphertext is hidden", 25: "forbids swapping"} {
		variant(fmt.Sprintf("policy-bit-%d", n), onSNP(func(r *snp.Report) { r.Policy |= 1 << n }), "The guest policy "+says+".")
	}
	for n, says := range map[int]string{1: "encrypts all memory", 3: "does not measure power", 4: "hides ciphertext"} {
		variant(fmt.Sprintf("platform-info-bit-%d", n), onSNP(func(r *snp.Report) { r.PlatformInfo |= 1 << n }), "The platform "+says+".")
	}
	variant("report-id", onSNP(func(r *snp.Report) { r.ReportID[0] ^= 1 }), "The guest is another of the same kind.")
	variant("guest-svn-higher", onSNP(func(r *snp.Report) { r.GuestSVN++ }), "The guest has a higher version.")
	variant("current-firmware-higher", onSNP(func(r *snp.Report) { r.CurrentVersion.Build++ }), "The firmware is newer than what is committed.")
	variant("cpuid-stepping", onSNP(func(r *snp.Report) { r.CPUID.Stepping = 2 }), "The processor is of another stepping.")
	variant("mitigations", onSNP(func(r *snp.Report) { r.CurrentMitVector |= 4 }), "The platform has one more mitigation.")
	variant("hwid-tagged", onVEK(func(d *draft) {
		for i := range d.ExtraExtensions {
			if e := &d.ExtraExtensions[i]; e.Id.Equal(asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 3704, 1, 4}) {
				e.Value = derOctets(bytes.Clone(e.Value))
			}
		}
	}), "The certificate has the chip's id with a tag.")
	for _, c := range listVariants() {
		variant("list-"+c.name, SNPFlaws{deep: snpDeepFlaws{list: c.edit}}, "The revocation list "+c.says+".")
	}
	slices.SortFunc(list, func(a, b SNPFlaw) int { return strings.Compare(a.Name, b.Name) })
	return list
}
