// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/escrin/escrin/attest/tdx"
)

// pemFlaws are in the PEM text of the certificate chain.
func pemFlaws() (list []TDXFlaw) {
	text := func(name, says string, edit func(string) string) {
		list = append(list, tdxFlaw("AT-10", "pem-"+name, Flaws{Quote: func(q *tdx.Quote) { q.PCKChain = []byte(edit(string(q.PCKChain))) }}, "%s", says))
	}
	const begin, end = "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n"
	blocks := func(chain string) []string {
		parts := strings.SplitAfter(chain, end)
		return parts[:3]
	}
	order := func(name, says string, of ...int) {
		text(name, says, func(chain string) (out string) {
			for _, i := range of {
				out += blocks(chain)[i]
			}
			return out
		})
	}
	order("without-root", "The chain lacks the root.", 0, 1)
	order("without-platform-ca", "The chain lacks the platform CA.", 0, 2)
	order("without-pck", "The chain lacks the platform's certificate.", 1, 2)
	order("pck-alone", "The chain is the platform's certificate alone.", 0)
	order("reversed", "The chain begins with the root.", 2, 1, 0)
	order("ca-first", "The chain begins with the platform CA.", 1, 0, 2)
	order("pck-twice", "The platform's certificate stands twice in the chain.", 0, 0, 1, 2)
	order("pck-for-ca", "The platform's certificate stands in the place of its issuer.", 0, 0, 2)
	order("root-twice", "The root stands twice in the chain.", 0, 1, 2, 2)
	order("ca-for-root", "The platform CA stands in the place of the root.", 0, 1, 1)
	order("root-alone", "The chain is the root, three times.", 2, 2, 2)
	text("empty", "The chain is empty.", func(string) string { return "" })
	text("text-before", "A text stands before the chain.", func(s string) string { return "PCK\n" + s })
	text("text-between", "A text stands between two certificates.", func(s string) string { return strings.Replace(s, end, end+"CA\n", 1) })
	text("text-after", "A text stands behind the chain.", func(s string) string { return s + "x" })
	text("two-zeros", "Two zero bytes follow the chain.", func(s string) string { return s + "\x00\x00" })
	text("carriage-returns", "The chain has the line ends of another system.", func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") })
	text("headers", "A certificate has a PEM header.", func(s string) string { return strings.Replace(s, begin, begin+"Name: value\n\n", 1) })
	text("other-type", "A certificate is labelled as another thing.", func(s string) string { return strings.ReplaceAll(s, "CERTIFICATE", "X509 CERTIFICATE") })
	text("long-lines", "The certificates are in lines of another length.", func(s string) string {
		return strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(s, "\n", ""), "E-----M", "E-----\nM"), "-----END", "\n-----END")
	})
	text("not-base64", "A certificate is not in base64.", func(s string) string { return strings.Replace(s, begin+"M", begin+"*", 1) })
	text("no-end", "The last certificate does not end.", func(s string) string { return strings.TrimSuffix(s, end) })
	return list
}

// onExtensionOf makes flaws of the SGX extension.
func onSGX(edit func(*sgxExtension)) Flaws { return Flaws{deep: deepFlaws{extension: edit}} }

// extensionFlaws are in what the platform's certificate says about the platform.
func extensionFlaws() (list []TDXFlaw) {
	add := func(name, says string, edit func(*sgxExtension)) {
		list = append(list, tdxFlaw("AT-10", "sgx-"+name, onSGX(edit), "%s", says))
	}
	parts := []struct {
		name string
		at   []int
	}{{"ppid", []int{1}}, {"tcb", []int{2}}, {"pceid", []int{3}}, {"fmspc", []int{4}}, {"type", []int{5}},
		{"component-1", []int{2, 1}}, {"component-16", []int{2, 16}}, {"pcesvn", []int{2, 17}}, {"cpusvn", []int{2, 18}}}
	for _, p := range parts {
		add(p.name+"-missing", "The SGX extension lacks "+p.name+".", func(e *sgxExtension) { e.drop(p.at...) })
		add(p.name+"-twice", "The SGX extension has "+p.name+" twice.", func(e *sgxExtension) {
			if again := *e.part(p.at...); len(p.at) == 1 {
				e.parts = append(e.parts, again)
			} else {
				e.tcb = append(e.tcb, again)
			}
		})
		add(p.name+"-null", "The SGX extension has nothing for "+p.name+".", func(e *sgxExtension) { e.part(p.at...).value = []byte{5, 0} })
	}
	value := func(name, says string, der []byte, at ...int) {
		add(name, says, func(e *sgxExtension) { e.part(at...).value = der })
	}
	value("ppid-short", "The PPID lacks a byte.", derOctets(make([]byte, 15)), 1)
	value("ppid-long", "The PPID has a byte too many.", derOctets(make([]byte, 17)), 1)
	value("pceid-short", "The PCE id lacks a byte.", derOctets(make([]byte, 1)), 3)
	value("fmspc-short", "The family lacks a byte.", derOctets(make([]byte, 5)), 4)
	value("fmspc-long", "The family has a byte too many.", derOctets(make([]byte, 7)), 4)
	value("component-256", "A component has a version that is no byte.", derInt(256), 2, 1)
	value("component-negative", "A component has a negative version.", derInt(-1), 2, 1)
	value("component-padded", "A component's version is padded.", []byte{2, 2, 0, 3}, 2, 1)
	value("component-text", "A component's version is a string.", derOctets([]byte{3}), 2, 1)
	value("pcesvn-65536", "PCESVN does not fit into 16 bits.", derInt(65536), 2, 17)
	value("pcesvn-negative", "PCESVN is negative.", derInt(-13), 2, 17)
	value("cpusvn-short", "CPUSVN lacks a byte.", derOctets(make([]byte, 15)), 2, 18)
	value("type-unsigned", "The platform's type is an integer instead of an enumerated value.", derInt(1), 5)
	add("unknown-part", "The SGX extension has a part that is unknown.", func(e *sgxExtension) {
		e.parts = append(e.parts, sgxPart{oidSGX(8), derInt(1)})
	})
	add("unknown-component", "The TCB has a part that is unknown.", func(e *sgxExtension) {
		e.tcb = append(e.tcb, sgxPart{oidSGX(2, 19), derInt(1)})
	})
	add("foreign-part", "The SGX extension has a part of another arc.", func(e *sgxExtension) { e.part(1).id = asn1.ObjectIdentifier{1, 2, 3, 4} })
	add("longer", "Bytes follow the SGX extension.", func(e *sgxExtension) { e.tail = []byte{5, 0} })
	add("empty", "The SGX extension is empty.", func(e *sgxExtension) { e.parts = nil })
	return append(list, platformFlaws()...)
}

// platformFlaws are certificates of other platforms than the TCB info is for, or
// of worse ones.
func platformFlaws() []TDXFlaw {
	list := []TDXFlaw{
		tdxFlaw("AT-10", "sgx-missing", onIntel(intelPCK, func(d *draft) { d.ExtraExtensions = nil }), "The platform's certificate has no SGX extension."),
		tdxFlaw("AT-05", "fmspc-other", Flaws{Platform: onPlatform(func(p *platform) { p.FMSPC[0] ^= 1 })}, "The platform is of another family than the TCB info."),
		tdxFlaw("AT-05", "pceid-other", Flaws{Platform: onPlatform(func(p *platform) { p.PCEID[0] ^= 1 })}, "The platform has another PCE than the TCB info."),
		tdxFlaw("AT-05", "pcesvn-lower", Flaws{Platform: onPlatform(func(p *platform) { p.PCESVN-- })}, "The platform's PCE is out of date."),
		tdxFlaw("AT-05", "pcesvn-lowest", Flaws{Platform: onPlatform(func(p *platform) { p.PCESVN = 4 })}, "The platform's PCE is below every level."),
		tdxFlaw("AT-08", "ppid-other", Flaws{Platform: onPlatform(func(p *platform) { p.PPID[0] ^= 1 })}, "The certificate is of another machine of the family."),
	}
	for i, svn := range newPlatform().CPUSVN {
		if svn > 0 {
			list = append(list, tdxFlaw("AT-05", fmt.Sprintf("cpusvn-%d-lower", i+1),
				Flaws{Platform: onPlatform(func(p *platform) { p.CPUSVN[i]-- })}, "Component %d of the platform is out of date.", i+1))
		}
	}
	return list
}

// onIntel makes flaws of one of Intel's certificates.
func onIntel(role string, edit func(*draft)) Flaws {
	return Flaws{deep: deepFlaws{draft: func(d *draft) {
		if d.role == role {
			edit(d)
		}
	}}}
}

// intelCertificateFlaws are in the three certificates below the root, and in the
// root that the quote carries.
func intelCertificateFlaws() (list []TDXFlaw) {
	for _, p := range []place{
		{name: "pck", subject: intelPCK, what: "the platform"},
		{name: "platform-ca", subject: intelPlatform, what: "the platform CA", ca: true},
		{name: "tcb-signer", subject: intelSigner, what: "the TCB signer"},
	} {
		for _, c := range certificateFlaws(p) {
			list = append(list, tdxFlaw("AT-10", p.name+"-"+c.name, onIntel(p.subject, c.edit), "The certificate of %s %s.", p.what, c.says))
		}
		list = append(list, tdxFlaw("AT-05", p.name+"-revoked", Flaws{Revoked: []string{p.subject}}, "The certificate of %s is revoked.", p.what))
	}
	list = append(list, tdxFlaw("AT-10", "platform-ca-processor", onIntel(intelPlatform, func(d *draft) { d.Subject.CommonName = "Intel SGX PCK Processor CA" }),
		"The platform's certificate is issued by the CA for platforms without TDX."))
	root := func(name, says string, edit func([]byte) []byte) TDXFlaw {
		return tdxFlaw("AT-10", "root-"+name, Flaws{deep: deepFlaws{mix: func(mine *evidence, _ strangers) {
			c := mine.credentials
			mine.quote.PCKChain = encodePEM(c.pck.cert.Raw, c.platformCA.cert.Raw, edit(bytes.Clone(c.root.cert.Raw)))
		}}}, "The root in the quote %s.", says)
	}
	return append(list,
		root("signature-bit", "has another signature", flip(-1)),
		root("key-bit", "has another byte in its middle", func(b []byte) []byte { return flip(len(b) / 2)(b) }),
		root("der-longer", "is followed by a byte", func(b []byte) []byte { return append(b, 0) }),
	)
}

// intelListFlaws are in the revocation lists.
func intelListFlaws() (out []TDXFlaw) {
	for _, x := range []struct{ name, issuer, what string }{
		{"root-list", intelRoot, "the root"}, {"platform-list", intelPlatform, "the platform CA"},
	} {
		for _, c := range append(listFlaws(),
			listFlaw{"algorithm-sha384", "is signed with SHA-384", func(l *listDraft) { l.SignatureAlgorithm = x509.ECDSAWithSHA384 }},
			listFlaw{"algorithm-sha1", "is signed with SHA-1", func(l *listDraft) { l.SignatureAlgorithm = x509.ECDSAWithSHA1 }},
			listFlaw{"signed-by-stranger", "is signed with a key that nobody certified", func(l *listDraft) { l.by.key = *knownKey() }},
		) {
			out = append(out, tdxFlaw("AT-05", x.name+"-"+c.name, Flaws{deep: deepFlaws{list: func(l *listDraft) {
				if l.issuer == x.issuer {
					c.edit(l)
				}
			}}}, "The revocation list of %s %s.", x.what, c.says))
		}
	}
	return out
}

// listFlaw is one thing that can be wrong with a revocation list.
type listFlaw struct {
	name string
	says string // completes "The revocation list of X …"
	edit func(*listDraft)
}

// listFlaws are what can be wrong with a list of either vendor.
func listFlaws() []listFlaw {
	edit := func(name, says string, f func(*tbsList)) listFlaw {
		return listFlaw{name, says, func(l *listDraft) { l.edit = f }}
	}
	encode := func(name, says string, f func([]byte) []byte) listFlaw {
		return listFlaw{name, says, func(l *listDraft) { l.encode = f }}
	}
	drop := func(name, says string, id ...int) listFlaw {
		return edit(name, says, func(t *tbsList) {
			t.Extensions = slices.DeleteFunc(t.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(id) })
		})
	}
	extra := func(name, says string, value []byte, id ...int) listFlaw {
		return listFlaw{name, says, func(l *listDraft) {
			l.ExtraExtensions = []pkix.Extension{{Id: id, Critical: true, Value: value}}
		}}
	}
	return []listFlaw{
		{"expired", "expired", func(l *listDraft) { l.NextUpdate = l.ThisUpdate.Add(time.Minute) }},
		{"not-yet-valid", "is not valid yet", func(l *listDraft) { l.ThisUpdate = l.ThisUpdate.Add(3 * time.Hour) }},
		{"long-expired", "expired years ago", func(l *listDraft) {
			l.ThisUpdate, l.NextUpdate = l.ThisUpdate.AddDate(-3, 0, 0), l.NextUpdate.AddDate(-3, 0, 0)
		}},
		edit("never-replaced", "does not say until when it is valid", func(t *tbsList) { t.NextUpdate = asn1.RawValue{} }),
		drop("number-missing", "has no number", 2, 5, 29, 20),
		edit("number-negative", "has a negative number", func(t *tbsList) { onListExtension(t, derInt(-1), 2, 5, 29, 20) }),
		edit("number-too-large", "has a number of more than 160 bits", func(t *tbsList) {
			onListExtension(t, append([]byte{2, 22, 1}, make([]byte, 21)...), 2, 5, 29, 20)
		}),
		drop("authority-key-missing", "does not say which key signed it", 2, 5, 29, 35),
		edit("authority-key-other", "says that another key signed it", func(t *tbsList) {
			for i := range t.Extensions {
				if t.Extensions[i].Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 35}) {
					t.Extensions[i].Value = flip(-1)(bytes.Clone(t.Extensions[i].Value))
				}
			}
		}),
		edit("issuer-other", "names another issuer", func(t *tbsList) { t.Issuer = rawName("Someone Else") }),
		edit("issuer-empty", "names no issuer", func(t *tbsList) { t.Issuer = asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true} }),
		edit("version-1", "is of version 1", func(t *tbsList) { t.Version = 0 }),
		edit("algorithm-inner", "says inside that it is signed in another way", func(t *tbsList) {
			t.Algorithm = pkix.AlgorithmIdentifier{Algorithm: oidECDSAWithSHA384}
		}),
		extra("delta", "is a list of changes only", []byte{2, 1, 1}, 2, 5, 29, 27),
		extra("scoped", "is for a part of the certificates only", []byte{0x30, 3, 0x81, 1, 0xff}, 2, 5, 29, 28),
		extra("critical-unknown", "has a critical extension that is unknown", []byte{5, 0}, 1, 2, 3, 4),
		encode("signature-bit", "has a signature that is another by one bit", flip(-1)),
		encode("signature-empty", "has an empty signature", outer(func(c *signed[asn1.RawValue]) { c.Signature = asn1.BitString{} })),
		encode("algorithm-outer", "says outside that it is signed in another way", outer(func(c *signed[asn1.RawValue]) {
			c.Algorithm = pkix.AlgorithmIdentifier{Algorithm: oidECDSAWithSHA384}
		})),
		encode("longer", "is followed by a byte", func(der []byte) []byte { return append(bytes.Clone(der), 0) }),
		encode("cut", "lacks its last byte", func(der []byte) []byte { return der[:len(der)-1] }),
		encode("pem", "is in PEM", func(der []byte) []byte { return encodePEM(der) }),
		encode("nothing", "is one byte", func([]byte) []byte { return []byte{0} }),
		{"entry-critical", "has an entry with a critical extension", func(l *listDraft) {
			l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, x509.RevocationListEntry{
				SerialNumber: big.NewInt(7), RevocationTime: l.ThisUpdate,
				ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 29}, Critical: true, Value: []byte{0x30, 0}}},
			})
		}},
	}
}

func onListExtension(t *tbsList, value []byte, id ...int) {
	for i := range t.Extensions {
		if t.Extensions[i].Id.Equal(id) {
			t.Extensions[i].Value = value
		}
	}
}
