// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"maps"
	"slices"

	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/snp"
)

// afterSigningFlaws change what is signed after it was.
func afterSigningFlaws() (list []SNPFlaw) {
	for _, x := range []struct {
		name string
		at   int
	}{
		{"guest-svn", 0x04}, {"policy", 0x08}, {"family-id", 0x10}, {"image-id", 0x20}, {"vmpl", 0x30}, {"current-tcb", 0x38},
		{"platform-info", 0x40}, {"key-info", 0x48}, {"report-data", 0x50}, {"report-data-end", 0x8f}, {"measurement", 0x90}, {"host-data", 0xc0},
		{"id-key", 0xe0}, {"author-key", 0x110}, {"report-id", 0x140}, {"report-id-ma", 0x160}, {"reported-tcb", 0x180}, {"cpuid", 0x18a},
		{"chip-id", 0x1a0}, {"committed-tcb", 0x1e0}, {"current-version", 0x1e8}, {"committed-version", 0x1ec}, {"launch-tcb", 0x1f0},
		{"launch-mitigations", 0x1f8}, {"current-mitigations", 0x207},
	} {
		list = append(list, snpFlaw("AT-09", "unsigned-"+x.name, SNPFlaws{deep: snpDeepFlaws{report: flip(x.at)}}, "A bit of %s is another than was signed.", x.name))
	}
	return list
}

// reportSignatureFlaws are in the report's signature.
func reportSignatureFlaws() (list []SNPFlaw) {
	edges := edgeSignatures(elliptic.P384().Params().N)
	for _, name := range slices.Sorted(maps.Keys(edges)) {
		c := edges[name]
		list = append(list, snpFlaw("AT-11", "signature-"+name, SNPFlaws{Signed: func(r *snp.Report) {
			s := slices.Concat(r.Signature.R[:], r.Signature.S[:])
			c.edit(s)
			copy(r.Signature.R[:], s)
			copy(r.Signature.S[:], s[48:])
		}}, "The report's signature %s.", c.says))
	}
	raw := func(name, says string, at int) {
		list = append(list, snpFlaw("AT-11", "signature-"+name, SNPFlaws{deep: snpDeepFlaws{report: put(at, 1)}}, "The report's signature %s.", says))
	}
	raw("r-beyond", "has an r of more than 384 bits", snp.SignedSize+48)
	raw("r-beyond-end", "has an r of more than 384 bits, by its last byte", snp.SignedSize+71)
	raw("s-beyond", "has an s of more than 384 bits", snp.SignedSize+72+48)
	raw("s-beyond-end", "has an s of more than 384 bits, by its last byte", snp.SignedSize+143)
	raw("reserved", "is followed by a byte that is not zero", snp.SignedSize+144)
	raw("reserved-end", "ends in a byte that is not zero", snp.ReportSize-1)
	return append(list, snpFlaw("AT-11", "signed-by-stranger", SNPFlaws{deep: snpDeepFlaws{signer: func(s *snpSigner) { s.report = s.stranger }}},
		"The report is signed with a key that nobody certified."))
}

// reportSizeFlaws are reports of another size.
func reportSizeFlaws() (list []SNPFlaw) {
	add := func(name, says string, edit func([]byte) []byte) {
		list = append(list, snpFlaw("AT-09", "report-"+name, SNPFlaws{deep: snpDeepFlaws{report: edit}}, "%s", says))
	}
	for _, n := range []int{0, 4, 100, snp.SignedSize, snp.SignedSize + 144, snp.ReportSize - 1} {
		add(fmt.Sprintf("of-%d-bytes", n), fmt.Sprintf("The report ends after %d bytes.", n), func(b []byte) []byte { return b[:n] })
	}
	add("and-a-byte", "A byte follows the report.", func(b []byte) []byte { return append(b, 0) })
	add("and-a-page", "The report is filled up to a page.", func(b []byte) []byte { return append(b, make([]byte, 4096-snp.ReportSize)...) })
	add("with-a-header", "The report stands behind the header of the firmware's answer.", func(b []byte) []byte { return append(make([]byte, 32), b...) })
	return list
}

// onVEK makes flaws of the certificate of the VCEK.
func onVEK(edit func(*draft)) SNPFlaws {
	return SNPFlaws{deep: snpDeepFlaws{draft: func(d *draft) {
		if d.bare {
			edit(d)
		}
	}}}
}

// amdExtensionFlaws are in AMD's extensions of the certificate.
func amdExtensionFlaws() (list []SNPFlaw) {
	arc := asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 3704, 1}
	for _, x := range []struct {
		name string
		at   []int
	}{{"version", []int{1}}, {"product", []int{2}}, {"bootloader", []int{3, 1}}, {"tee", []int{3, 2}}, {"snp", []int{3, 3}}, {"microcode", []int{3, 8}}, {"hwid", []int{4}}} {
		id := append(slices.Clone(arc), x.at...)
		value := func(name, says string, der []byte) {
			list = append(list, snpFlaw("AT-10", "amd-"+x.name+"-"+name, onVEK(func(d *draft) {
				d.edit = onExtension(func(e *pkix.Extension) { e.Value = der }, id...)
			}), "The certificate %s.", fmt.Sprintf(says, x.name)))
		}
		list = append(list, snpFlaw("AT-10", "amd-"+x.name+"-missing", onVEK(dropExtension(id...)), "The certificate lacks the extension for %s.", x.name))
		if x.name != "hwid" {
			value("empty", "has nothing for %s", nil)
		}
		value("null", "has null for %s", []byte{5, 0})
		if x.name != "product" && x.name != "hwid" {
			value("text", "has a text for %s", derText("1"))
			value("256", "has a number for %s that is no byte", derInt(256))
			value("negative", "has a negative number for %s", derInt(-1))
			value("padded", "has a padded number for %s", []byte{2, 2, 0, 1})
			value("longer", "has a byte behind %s", []byte{2, 1, 1, 0})
		}
	}
	add := func(name, says string, e pkix.Extension) {
		list = append(list, snpFlaw("AT-10", "amd-"+name, onVEK(func(d *draft) { d.ExtraExtensions = append(slices.Clone(d.ExtraExtensions), e) }), "The certificate %s.", says))
	}
	below := func(at ...int) asn1.ObjectIdentifier { return append(slices.Clone(arc), at...) }
	add("provider-too", "is of a chip and of a provider", pkix.Extension{Id: below(5), Value: derText(CloudProvider)})
	add("unknown", "has an extension of AMD's that is unknown", pkix.Extension{Id: below(6), Value: derInt(0)})
	add("fmc", "has an FMC, which the product does not", pkix.Extension{Id: below(3, 9), Value: derInt(1)})
	list = append(list, snpFlaw("AT-10", "amd-version-unknown", onVEK(func(d *draft) {
		d.edit = onExtension(func(e *pkix.Extension) { e.Value = derInt(127) }, below(1)...)
	}), "The certificate's extensions are of a version that is unknown."))
	reserved := snpFlaw("AT-10", "amd-reserved-part", onVEK(func(d *draft) {
		d.edit = onExtension(func(e *pkix.Extension) { e.Value = derInt(1) }, below(3, 4)...)
	}), "The certificate has a version for a reserved part.")
	return append(list, reserved)
}

// amdCertificateFlaws are in the two certificates below the root.
func amdCertificateFlaws() (list []SNPFlaw) {
	for _, p := range []place{
		{name: "vcek", subject: "SEV-VCEK", what: "the VCEK", plain: true, rsa: true},
		{name: "ask", subject: "SEV-Genoa", what: "the ASK", ca: true, rsa: true, rsaKey: true},
	} {
		for _, c := range certificateFlaws(p) {
			list = append(list, snpFlaw("AT-10", p.name+"-"+c.name, SNPFlaws{deep: snpDeepFlaws{draft: func(d *draft) {
				if d.bare == p.plain {
					c.edit(d)
				}
			}}}, "The certificate of %s %s.", p.what, c.says))
		}
	}
	ask := snpFlaw("AT-05", "ask-revoked", SNPFlaws{Revoked: []string{"SEV-Genoa"}}, "The certificate of the ASK is revoked.")
	ask.On.Product = kds.Genoa
	return append(list, ask)
}

// vlekFlaws are in what only certificates of a provider's keys have.
func vlekFlaws() []SNPFlaw {
	list := []SNPFlaw{
		snpFlaw("AT-07", "vlek-for-vcek", onSNP(func(r *snp.Report) { r.KeyInfo.SigningKey = snp.SignedByVCEK }), "The report is said to be signed by a VCEK, and is by a VLEK."),
		snpFlaw("AT-07", "vlek-provider-missing", onVEK(dropExtension(1, 3, 6, 1, 4, 1, 3704, 1, 5)), "The certificate names no provider."),
		snpFlaw("AT-07", "vlek-provider-empty", SNPFlaws{Chip: func(c *kds.Chip) { c.CSPID = "" }}, "The certificate names an empty provider."),
		snpFlaw("AT-07", "vlek-provider-other", SNPFlaws{Chip: func(c *kds.Chip) { c.CSPID = "someone.else.invalid" }}, "The certificate names another provider."),
		snpFlaw("AT-07", "vlek-subject-vcek", onVEK(func(d *draft) { d.Subject.CommonName = "SEV-VCEK" }), "The certificate calls itself that of a VCEK."),
		snpFlaw("AT-07", "vlek-microcode-lower", SNPFlaws{Chip: func(c *kds.Chip) { c.TCB.Microcode-- }}, "The certificate is for a lower version of the microcode."),
	}
	for i := range list {
		list[i].On.VLEK = true
	}
	return list
}

// amdListFlaws are in the root's revocation list.
func amdListFlaws() (out []SNPFlaw) {
	for _, c := range append(listFlaws(),
		listFlaw{"algorithm-pkcs1", "is signed with PKCS #1 padding", func(l *listDraft) { l.SignatureAlgorithm = x509.SHA384WithRSA }},
		listFlaw{"algorithm-pss-sha256", "is signed with PSS and SHA-256", func(l *listDraft) { l.SignatureAlgorithm = x509.SHA256WithRSAPSS }},
		listFlaw{"algorithm-pss-sha512", "is signed with PSS and SHA-512", func(l *listDraft) { l.SignatureAlgorithm = x509.SHA512WithRSAPSS }},
	) {
		out = append(out, snpFlaw("AT-05", "list-"+c.name, SNPFlaws{deep: snpDeepFlaws{list: c.edit}}, "The revocation list %s.", c.says))
	}
	return out
}

// snpBundleFlaws are in the encoding of the collateral, and in its order.
func snpBundleFlaws() (list []SNPFlaw) {
	for _, f := range encodingFlaws(len("escrin.collateral.snp\x01")) {
		list = append(list, snpFlaw("AT-09", "collateral-"+f.name, SNPFlaws{deep: snpDeepFlaws{bundle: f.edit}}, "The collateral %s.", f.says))
	}
	part := func(name, says string, edit func(*kds.Bundle)) {
		list = append(list, snpFlaw("AT-05", "collateral-"+name, SNPFlaws{Bundle: edit}, "%s", says))
	}
	part("swapped", "The certificates of VCEK and ASK are swapped.", func(b *kds.Bundle) { b.VEK, b.ASK = b.ASK, b.VEK })
	part("vcek-twice", "The VCEK's certificate stands in the place of its issuer's.", func(b *kds.Bundle) { b.ASK = b.VEK })
	part("ask-twice", "The ASK's certificate stands in the place of the VCEK's.", func(b *kds.Bundle) { b.VEK = b.ASK })
	part("list-for-ask", "The revocation list stands in the place of the ASK's certificate.", func(b *kds.Bundle) { b.ASK = b.CRL })
	part("ask-for-list", "The ASK's certificate stands in the place of the revocation list.", func(b *kds.Bundle) { b.CRL = b.ASK })
	return list
}

// snpMixFlaws put parts of another chip's evidence in the place of this one's.
func snpMixFlaws() (list []SNPFlaw) {
	add := func(name, says string, mix func(mine *snpEvidence, other snpEvidence)) {
		list = append(list, snpFlaw("AT-05", "foreign-"+name, SNPFlaws{deep: snpDeepFlaws{mix: mix}}, "%s", says))
	}
	add("vcek", "The certificate is another chip's.", func(m *snpEvidence, o snpEvidence) { m.bundle.VEK = o.bundle.VEK })
	add("signature", "The signature is another chip's.", func(m *snpEvidence, o snpEvidence) { m.report.Signature = o.report.Signature })
	forge := func(name, says string, edit func(mine *snpEvidence, other snpEvidence)) {
		list = append(list, snpFlaw("AT-16", "other-root"+name, SNPFlaws{deep: snpDeepFlaws{forge: edit}}, "%s", says))
	}
	forge("", "Everything is right, under another root of the same name.", func(m *snpEvidence, o snpEvidence) { *m = o })
	forge("-list", "The revocation list is that of another root of the same name.", func(m *snpEvidence, o snpEvidence) { m.bundle.CRL = o.bundle.CRL })
	forge("-ask", "The ASK is that under another root of the same name.", func(m *snpEvidence, o snpEvidence) { m.bundle.ASK = o.bundle.ASK })
	forge("-vcek", "The VCEK is that under another root of the same name.", func(m *snpEvidence, o snpEvidence) { m.bundle.VEK = o.bundle.VEK })
	add("root", "The root stands in the place of the ASK.", func(m *snpEvidence, o snpEvidence) { m.bundle.ASK = m.credentials.ark.cert.Raw })
	add("root-for-vcek", "The root stands in the place of the VCEK.", func(m *snpEvidence, o snpEvidence) { m.bundle.VEK = m.credentials.ark.cert.Raw })
	return list
}
