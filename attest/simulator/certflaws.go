// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// certFlaw is one thing that can be wrong with a certificate.
type certFlaw struct {
	name string
	says string // completes "The certificate of X …"
	edit func(*draft)
}

// place describes where in a hierarchy a certificate stands.
type place struct {
	name    string // in names of flaws
	subject string // its name
	what    string // for people
	ca      bool
	plain   bool // without any of the usual extensions, as AMD's VCEK and VLEK
	rsa     bool // its issuer's key is an RSA key
	rsaKey  bool // its own key is one
}

// certificateFlaws are what can be wrong with a certificate in place p.
func certificateFlaws(p place) []certFlaw {
	list := slices.Concat(dateFlaws(), nameFlaws(), versionFlaws(), algorithmFlaws(p), publicKeyFlaws(p), issuerFlaws(p), derFlaws())
	if !p.plain {
		list = append(list, usualFlaws(p)...)
	}
	return append(list, usageFlaws(p)...)
}

func dateFlaws() []certFlaw {
	text := func(tag int, s string) asn1.RawValue { return asn1.RawValue{Tag: tag, Bytes: []byte(s)} }
	return []certFlaw{
		{"expired", "expired", func(d *draft) { d.NotAfter = d.NotBefore.Add(time.Hour) }},
		{"not-yet-valid", "is not valid yet", func(d *draft) { d.NotBefore = d.NotBefore.Add(48 * time.Hour) }},
		{"never-valid", "ends before it begins", func(d *draft) { d.NotAfter = d.NotBefore.Add(-time.Hour) }},
		{"date-without-seconds", "has a date without seconds", func(d *draft) {
			d.edit = func(t *tbsCertificate) { t.Validity.NotBefore = text(asn1.TagUTCTime, "2001010000Z") }
		}},
		{"date-with-offset", "has a date in a time zone", func(d *draft) {
			d.edit = func(t *tbsCertificate) { t.Validity.NotBefore = text(asn1.TagUTCTime, "200101000000+0100") }
		}},
		{"date-as-text", "has a date that is a text", func(d *draft) {
			d.edit = func(t *tbsCertificate) { t.Validity.NotAfter = text(asn1.TagPrintableString, "491231235959Z") }
		}},
		{"date-impossible", "has a date on no calendar", func(d *draft) {
			d.edit = func(t *tbsCertificate) { t.Validity.NotAfter = text(asn1.TagUTCTime, "491331235959Z") }
		}},
	}
}

func nameFlaws() []certFlaw {
	return []certFlaw{
		{"subject-other", "has another subject", func(d *draft) { d.Subject.CommonName = "Someone Else" }},
		{"subject-longer", "has a subject that begins with the right one", func(d *draft) { d.Subject.CommonName += " 2" }},
		{"subject-lower-case", "has its subject in lower case", func(d *draft) { d.Subject.CommonName = strings.ToLower(d.role) }},
		{"subject-empty", "has no subject", func(d *draft) { d.Subject = pkix.Name{} }},
		{"issuer-other", "names another issuer", func(d *draft) {
			d.edit = func(t *tbsCertificate) { t.Issuer = rawName("Someone Else") }
		}},
		{"issuer-empty", "names no issuer", func(d *draft) {
			d.edit = func(t *tbsCertificate) { t.Issuer = asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true} }
		}},
		{"issuer-is-subject", "names itself as issuer", func(d *draft) {
			d.edit = func(t *tbsCertificate) { t.Issuer = t.Subject }
		}},
	}
}

// rawName encodes a name that has a common name only.
func rawName(common string) asn1.RawValue {
	full, _ := asn1.Marshal(pkix.Name{CommonName: common}.ToRDNSequence()) // which cannot fail
	return asn1.RawValue{FullBytes: full}
}

func versionFlaws() []certFlaw {
	return []certFlaw{
		{"version-1", "is of version 1", func(d *draft) { d.edit = func(t *tbsCertificate) { t.Version = 0 } }},
		{"version-2", "is of version 2", func(d *draft) { d.edit = func(t *tbsCertificate) { t.Version = 1 } }},
		{"version-4", "is of version 4", func(d *draft) { d.edit = func(t *tbsCertificate) { t.Version = 3 } }},
		{"serial-negative", "has a negative serial number", func(d *draft) {
			d.edit = func(t *tbsCertificate) { t.Serial = big.NewInt(-1) }
		}},
		{"extension-twice", "has an extension twice", func(d *draft) {
			d.edit = func(t *tbsCertificate) { t.Extensions = append(t.Extensions, t.Extensions[0]) }
		}},
	}
}

// oids of signature algorithms.
var (
	oidECDSAWithSHA384 = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}
	oidUnknown         = asn1.ObjectIdentifier{1, 2, 3, 4}
)

func algorithmFlaws(p place) []certFlaw {
	other := pkix.AlgorithmIdentifier{Algorithm: oidECDSAWithSHA384}
	weaker := []certFlaw{
		{"algorithm-sha384", "is signed with SHA-384", func(d *draft) { d.SignatureAlgorithm = x509.ECDSAWithSHA384 }},
		{"algorithm-sha512", "is signed with SHA-512", func(d *draft) { d.SignatureAlgorithm = x509.ECDSAWithSHA512 }},
		{"algorithm-sha1", "is signed with SHA-1", func(d *draft) { d.SignatureAlgorithm = x509.ECDSAWithSHA1 }},
	}
	if p.rsa {
		weaker = []certFlaw{
			{"algorithm-pkcs1", "is signed with PKCS #1 padding", func(d *draft) { d.SignatureAlgorithm = x509.SHA384WithRSA }},
			{"algorithm-pss-sha256", "is signed with PSS and SHA-256", func(d *draft) { d.SignatureAlgorithm = x509.SHA256WithRSAPSS }},
			{"algorithm-pss-sha512", "is signed with PSS and SHA-512", func(d *draft) { d.SignatureAlgorithm = x509.SHA512WithRSAPSS }},
		}
	}
	return append(weaker,
		certFlaw{"algorithm-inner", "says inside that it is signed in another way", func(d *draft) {
			d.edit = func(t *tbsCertificate) { t.Algorithm = other }
		}},
		certFlaw{"algorithm-outer", "says outside that it is signed in another way", func(d *draft) {
			d.encode = outer(func(c *signed[asn1.RawValue]) { c.Algorithm = other })
		}},
		certFlaw{"algorithm-unknown", "says that it is signed in a way unknown", func(d *draft) {
			d.edit = func(t *tbsCertificate) { t.Algorithm = pkix.AlgorithmIdentifier{Algorithm: oidUnknown} }
			d.encode = outer(func(c *signed[asn1.RawValue]) { c.Algorithm = pkix.AlgorithmIdentifier{Algorithm: oidUnknown} })
		}},
		certFlaw{"signature-bit", "has a signature that is another by one bit", func(d *draft) {
			d.encode = outer(func(c *signed[asn1.RawValue]) { c.Signature.Bytes[len(c.Signature.Bytes)-1] ^= 1 })
		}},
		certFlaw{"signature-empty", "has an empty signature", func(d *draft) {
			d.encode = outer(func(c *signed[asn1.RawValue]) { c.Signature = asn1.BitString{} })
		}},
		certFlaw{"signature-longer", "has a byte behind its signature", func(d *draft) {
			d.encode = outer(func(c *signed[asn1.RawValue]) {
				c.Signature = asn1.BitString{Bytes: append(c.Signature.Bytes, 0), BitLength: c.Signature.BitLength + 8}
			})
		}},
		certFlaw{"signature-zero", "has a signature of zeros", func(d *draft) {
			d.encode = outer(func(c *signed[asn1.RawValue]) {
				c.Signature.Bytes = []byte{0x30, 6, 2, 1, 0, 2, 1, 0}
				c.Signature.BitLength = 64
			})
		}},
	)
}

// outer returns an edit of a signed object around what is signed.
func outer(edit func(*signed[asn1.RawValue])) func([]byte) []byte {
	return func(der []byte) []byte {
		var object signed[asn1.RawValue]
		if _, err := asn1.Unmarshal(der, &object); err != nil {
			return nil // and then the flaw is that there is none
		}
		object.Signature.Bytes = bytes.Clone(object.Signature.Bytes)
		edit(&object)
		out, err := asn1.Marshal(object)
		if err != nil {
			return nil
		}
		return out
	}
}

// fixedKey returns a point on the curve whose private key is one.
func fixedKey(c elliptic.Curve) *ecdsa.PublicKey {
	return &ecdsa.PublicKey{Curve: c, X: c.Params().Gx, Y: c.Params().Gy}
}

// knownKey returns a key on P-256 that is no secret.
func knownKey() *key {
	one := make([]byte, 32)
	one[31] = 1
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), one)
	if err != nil {
		return nil // which it is not
	}
	return &key{k}
}

func publicKeyFlaws(p place) []certFlaw {
	replaced := func(k crypto.PublicKey) func(*draft) { return func(d *draft) { d.public = k } }
	modulus := func(bits uint) *rsa.PublicKey { // no one knows factors of it, or needs to
		return &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), int(bits)-1, 1), E: 65537}
	}
	bits := func(edit func([]byte) []byte) func(*draft) {
		return func(d *draft) {
			d.edit = func(t *tbsCertificate) {
				b := edit(bytes.Clone(t.Key.Bits.Bytes))
				t.Key.Bits = asn1.BitString{Bytes: b, BitLength: 8 * len(b)}
			}
		}
	}
	list := []certFlaw{
		{"key-p224", "has a key on P-224", replaced(fixedKey(elliptic.P224()))},
		{"key-p521", "has a key on P-521", replaced(fixedKey(elliptic.P521()))},
		{"key-rsa-2048", "has an RSA key of 2048 bits", replaced(modulus(2048))},
		{"key-ed25519", "has an Ed25519 key", replaced(ed25519.PublicKey(make([]byte, ed25519.PublicKeySize)))},
		{"key-bit", "has a key that is another by one bit", bits(flip(-1))},
		{"key-empty", "has an empty key", bits(func([]byte) []byte { return nil })},
	}
	if p.rsaKey {
		return append(list,
			certFlaw{"key-rsa-3072", "has an RSA key of 3072 bits", replaced(modulus(3072))},
			certFlaw{"key-p384", "has a key on P-384", replaced(fixedKey(elliptic.P384()))},
			certFlaw{"key-exponent-3", "has an RSA key with exponent 3", func(d *draft) {
				d.public = &rsa.PublicKey{N: d.key.Public().(*rsa.PublicKey).N, E: 3}
			}},
		)
	}
	wrong := elliptic.P384()
	if p.plain {
		wrong = elliptic.P256()
	}
	return append(list,
		certFlaw{"key-other-curve", "has a key on the other vendor's curve", replaced(fixedKey(wrong))},
		certFlaw{"key-compressed", "has a compressed key", bits(func(b []byte) []byte {
			return append([]byte{2 + b[len(b)-1]&1}, b[1:1+len(b)/2]...)
		})},
		certFlaw{"key-infinity", "has the point at infinity as key", bits(func([]byte) []byte { return []byte{0} })},
		certFlaw{"key-short", "has a key that lacks a byte", bits(func(b []byte) []byte { return b[:len(b)-1] })},
	)
}

func issuerFlaws(p place) []certFlaw {
	list := []certFlaw{
		{"signed-by-itself", "is signed with its own key", func(d *draft) { d.signer = &d.key }},
	}
	if p.rsa && !p.rsaKey {
		list = nil // an ECDSA key does not make RSA signatures
	}
	if !p.rsa {
		list = append(list, certFlaw{"signed-by-stranger", "is signed with a key that nobody certified", func(d *draft) { d.signer = knownKey() }})
	}
	if !p.plain {
		list = append(list,
			certFlaw{"authority-key-missing", "does not say which key signed it", dropExtension(2, 5, 29, 35)},
			certFlaw{"authority-key-other", "says that another key signed it", func(d *draft) {
				d.edit = onExtension(func(e *pkix.Extension) { e.Value = flip(-1)(bytes.Clone(e.Value)) }, 2, 5, 29, 35)
			}},
		)
	}
	if p.ca && !p.rsaKey { // what AMD's authorities issue names no key
		list = append(list, certFlaw{"subject-key-other", "has another key identifier than what it issues says", func(d *draft) {
			d.edit = onExtension(func(e *pkix.Extension) { e.Value = flip(-1)(bytes.Clone(e.Value)) }, 2, 5, 29, 14)
		}})
	}
	return list
}

// onExtension returns an edit of one extension.
func onExtension(edit func(*pkix.Extension), id ...int) func(*tbsCertificate) {
	return func(t *tbsCertificate) {
		for i := range t.Extensions {
			if t.Extensions[i].Id.Equal(id) {
				edit(&t.Extensions[i])
			}
		}
	}
}

func dropExtension(id ...int) func(*draft) {
	return func(d *draft) {
		d.edit = func(t *tbsCertificate) {
			t.Extensions = slices.DeleteFunc(t.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(id) })
		}
	}
}

// usualFlaws are in the extensions that certificates usually have.
func usualFlaws(p place) []certFlaw {
	list := []certFlaw{
		{"constraints-missing", "has no basic constraints", dropExtension(2, 5, 29, 19)},
		{"constraints-malformed", "has malformed basic constraints", func(d *draft) {
			d.edit = onExtension(func(e *pkix.Extension) { e.Value = []byte{4, 0} }, 2, 5, 29, 19)
		}},
		{"usage-missing", "does not say what its key is for", dropExtension(2, 5, 29, 15)},
		{"usage-malformed", "has a malformed key usage", func(d *draft) {
			d.edit = onExtension(func(e *pkix.Extension) { e.Value = []byte{5, 0} }, 2, 5, 29, 15)
		}},
		{"usage-other", "has a key for agreement only", func(d *draft) { d.KeyUsage = x509.KeyUsageKeyAgreement }},
	}
	if p.ca {
		return append(list,
			certFlaw{"not-a-ca", "is not an authority", func(d *draft) { d.IsCA, d.MaxPathLen, d.MaxPathLenZero = false, 0, false }},
			certFlaw{"usage-without-signing", "has a key that may not sign certificates", func(d *draft) { d.KeyUsage &^= x509.KeyUsageCertSign; d.KeyUsage |= x509.KeyUsageCRLSign }},
			certFlaw{"path-length-missing", "may have authorities below it", func(d *draft) { d.MaxPathLen, d.MaxPathLenZero = -1, false }},
			certFlaw{"path-length-1", "may have an authority below it", func(d *draft) { d.MaxPathLen, d.MaxPathLenZero = 1, false }},
		)
	}
	return append(list,
		certFlaw{"is-a-ca", "is an authority", func(d *draft) { d.IsCA, d.MaxPathLen = true, -1 }},
		certFlaw{"usage-signs-certificates", "has a key that may sign certificates", func(d *draft) { d.KeyUsage |= x509.KeyUsageCertSign }},
	)
}

// usageFlaws are extensions that no certificate of a vendor has.
func usageFlaws(p place) []certFlaw {
	extra := func(critical bool, value []byte, id ...int) func(*draft) {
		return func(d *draft) {
			d.ExtraExtensions = append(slices.Clone(d.ExtraExtensions), pkix.Extension{Id: id, Critical: critical, Value: value})
		}
	}
	null := []byte{5, 0}
	list := []certFlaw{
		{"critical-unknown", "has a critical extension that is unknown", extra(true, null, 1, 2, 3, 4)},
		{"critical-policy-mappings", "has critical policy mappings", extra(true, []byte{0x30, 0}, 2, 5, 29, 33)},
		{"purpose-server", "is for servers", func(d *draft) { d.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }},
		{"purpose-any", "is for any extended purpose", func(d *draft) { d.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} }},
		{"purpose-unknown", "is for a purpose unknown", func(d *draft) { d.UnknownExtKeyUsage = []asn1.ObjectIdentifier{oidUnknown} }},
	}
	if p.plain {
		list = append(list,
			certFlaw{"is-a-ca", "is an authority", func(d *draft) { d.BasicConstraintsValid, d.IsCA, d.MaxPathLen = true, true, -1 }},
			certFlaw{"usage-signs-certificates", "has a key that may sign certificates", func(d *draft) { d.KeyUsage = x509.KeyUsageCertSign }},
		)
	}
	if p.rsa {
		return list // AMD's are bounded where they are bundled
	}
	return append(list, certFlaw{"too-long", "has more than 4 KiB", extra(false, derOctets(make([]byte, 4<<10)), 1, 2, 3, 4)})
}

// derFlaws are in the encoding.
func derFlaws() []certFlaw {
	encode := func(edit func([]byte) []byte) func(*draft) { return func(d *draft) { d.encode = edit } }
	return []certFlaw{
		{"der-longer", "is followed by a byte", encode(func(der []byte) []byte { return append(bytes.Clone(der), 0) })},
		{"der-cut", "lacks its last byte", encode(func(der []byte) []byte { return der[:len(der)-1] })},
		{"der-indefinite", "has an indefinite length", encode(func(der []byte) []byte {
			return slices.Concat([]byte{0x30, 0x80}, der[4:], []byte{0, 0})
		})},
		{"der-long-length", "has a length in more bytes than it needs", encode(func(der []byte) []byte {
			return slices.Concat([]byte{0x30, 0x83, 0}, der[2:])
		})},
		{"der-set", "is a set instead of a sequence", encode(put(0, 0x31))},
		{"der-inner-longer", "has a byte behind what is signed", encode(func(raw []byte) []byte {
			body := raw[4:]
			return der(func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(body); b.AddBytes([]byte{5, 0}) })
			})
		})},
	}
}
