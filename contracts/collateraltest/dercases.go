// SPDX-License-Identifier: Apache-2.0

package collateraltest

import (
	"bytes"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/contracts/tdxcollateral"
)

type signed = collateral.Signed

// signatures are wrong, over documents of the right form.
func (b *builder) signatures() {
	good := must[signed](b)(b.pki.signer.key.signJSON([]byte(b.newer(baseInfo))))
	edit := func(name string, f func(*signed), failure string) {
		s := good
		f(&s)
		b.add(name, tdxcollateral.UpdateTCBInfo(s), failure)
	}
	for _, by := range []struct {
		name string
		key  key
	}{{"the root", b.pki.root.key}, {"the platform CA", b.pki.platformCA.key}, {"a stranger", b.pki.stranger.key}} {
		s := must[signed](b)(by.key.signJSON([]byte(b.newer(baseInfo))))
		b.add("signed by "+by.name, tdxcollateral.UpdateTCBInfo(s), notIssued)
		s = must[signed](b)(by.key.signJSON([]byte(b.newer(baseIdentity))))
		b.add("QE identity signed by "+by.name, tdxcollateral.UpdateQEIdentity(s), notIssued)
	}
	edit("CT-02 r altered", func(s *signed) { s.Signature[31] ^= 1 }, notIssued)
	edit("CT-02 s altered", func(s *signed) { s.Signature[63] ^= 1 }, notIssued)
	edit("CT-02 r zero", func(s *signed) { clear(s.Signature[:32]) }, notIssued)
	edit("CT-02 s zero", func(s *signed) { clear(s.Signature[32:]) }, notIssued)
	edit("CT-02 all zero", func(s *signed) { clear(s.Signature[:]) }, notIssued)
	edit("document altered", func(s *signed) { s.Document = []byte(b.newer(b.replace(baseInfo, change{"", `:13,`, `:12,`}))) }, notIssued)
	n := elliptic.P256().Params().N
	edit("CT-02 s above the order", func(s *signed) {
		for i := range 32 {
			s.Signature[32+i] = 0xff
		}
	}, notIssued)
	edit("CT-03 the other form of the signature", func(s *signed) {
		new(big.Int).Sub(n, new(big.Int).SetBytes(s.Signature[32:])).FillBytes(s.Signature[32:])
	}, accepted)
	for _, size := range []int{0, 63, 65, 96} {
		long := append(good.Signature[:], make([]byte, 32)...)
		b.add("signature of another size", withSignature(good, long[:size]), notIssued)
	}
}

// withSignature is a call with a signature of another size, at most 96 bytes.
func withSignature(s signed, signature []byte) tdxcollateral.Call {
	call := tdxcollateral.UpdateTCBInfo(s)
	data := append(call.Data[:len(call.Data)-96:len(call.Data)-96], word(big.NewInt(int64(len(signature))))...)
	data = append(data, signature...)
	return tdxcollateral.Call{Name: call.Name, Data: append(data, make([]byte, 96-len(signature))...)}
}

// lists are revocation lists, of the root and of the platform CA.
func (b *builder) lists() {
	root, ca := b.pki.root, b.pki.platformCA
	for _, s := range []series{
		{b, "root's list", root, tdxcollateral.UpdateRootCRL}, {b, "platform CA's list", ca, tdxcollateral.UpdatePlatformCRL},
	} {
		s.editions()
		s.contents()
		s.encodings()
	}
	rootList, caList := series{b: b, by: root}, series{b: b, by: ca}
	b.add("root's list: that of the platform CA", tdxcollateral.UpdateRootCRL(caList.newer(nil)), notIssued)
	b.add("platform CA's list: that of the root", tdxcollateral.UpdatePlatformCRL(rootList.newer(nil)), issuerMissing)
	b.addFresh("platform CA's list: no platform CA yet", tdxcollateral.UpdatePlatformCRL(caList.newer(nil)), issuerMissing)
	b.add("root's list: revokes the platform CA", tdxcollateral.UpdateRootCRL(rootList.newer(revoking(ca))), accepted)
	b.add("root's list: revokes the TCB signer", tdxcollateral.UpdateRootCRL(rootList.newer(revoking(b.pki.signer))), accepted)
}

// series is the lists of an issuer.
type series struct {
	b    *builder
	name string
	by   authority
	call func([]byte) tdxcollateral.Call
}

func (s series) add(name string, der []byte, failure string) {
	s.b.add(s.name+": "+name, s.call(der), failure)
}

// list is a list like the base one but for the edit.
func (s series) list(edit func(*x509.RevocationList)) []byte {
	return must[[]byte](s.b)(s.by.list(nil, edit))
}

// newer is such a list issued a second later.
func (s series) newer(edit func(*x509.RevocationList)) []byte {
	return s.list(func(l *x509.RevocationList) {
		l.ThisUpdate = l.ThisUpdate.Add(time.Second)
		if edit != nil {
			edit(l)
		}
	})
}

// revoking puts certificates on a list.
func revoking(all ...authority) func(*x509.RevocationList) {
	return func(l *x509.RevocationList) {
		for _, a := range all {
			l.RevokedCertificateEntries = append(l.RevokedCertificateEntries,
				x509.RevocationListEntry{SerialNumber: a.cert.SerialNumber, RevocationTime: l.ThisUpdate, ReasonCode: 1})
		}
	}
}

// editions are lists of other times and numbers.
func (s series) editions() {
	s.add("AT-05 the same again", s.list(nil), notNewer)
	s.add("AT-05 an older one", s.list(func(l *x509.RevocationList) { l.ThisUpdate = l.ThisUpdate.Add(-time.Second) }), notNewer)
	s.add("AT-05 a lower number", s.newer(func(l *x509.RevocationList) { l.Number = big.NewInt(6) }), notNewer)
	s.add("a newer one", s.newer(nil), accepted)
	s.add("a number of 159 bits", s.newer(func(l *x509.RevocationList) { l.Number = new(big.Int).Lsh(big.NewInt(1), 158) }), accepted)
	s.add("a number of 160 bits", numbered(s.b, s.by, 159), accepted)
	s.add("a number of 161 bits", numbered(s.b, s.by, 160), listMalformed)
	s.add("AT-05 of the next second", s.newer(func(l *x509.RevocationList) { l.ThisUpdate = now().Add(time.Second) }), notIssuedYet)
	s.add("of this second, for one", s.newer(func(l *x509.RevocationList) { l.ThisUpdate, l.NextUpdate = now(), now() }), accepted)
	s.add("AT-05 out of date since a second", s.newer(func(l *x509.RevocationList) { l.NextUpdate = now().Add(-time.Second) }), expired)
}

// contents are lists that say other things.
func (s series) contents() {
	extended := func(part int, critical bool, value ...byte) []byte {
		return s.newer(func(l *x509.RevocationList) {
			l.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, part}, Critical: critical, Value: value}}
		})
	}
	s.add("a critical extension", extended(28, true, 0x30, 0), listMalformed)
	s.add("of changes only", extended(27, true, 2, 1, 1), listMalformed)
	s.add("two numbers", extended(20, false, 2, 1, 8), listMalformed)
	entry := func(e x509.RevocationListEntry) []byte {
		e.SerialNumber = big.NewInt(5)
		return s.newer(func(l *x509.RevocationList) { l.RevokedCertificateEntries = []x509.RevocationListEntry{e} })
	}
	s.add("an entry with another extension", entry(x509.RevocationListEntry{
		RevocationTime:  now(),
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 29}, Critical: true, Value: []byte{0x30, 0}}},
	}), listMalformed)
	s.add("an entry without a reason, after 2050", entry(x509.RevocationListEntry{RevocationTime: now().AddDate(40, 0, 0)}), accepted)
}

// encodings are lists in another form.
func (s series) encodings() {
	edit := func(name, failure string, from, to []byte) {
		der := must[[]byte](s.b)(s.by.resign(s.newer(nil), func(tbs []byte) []byte { return splice(s.b, tbs, from, to) }))
		s.add(name, der, failure)
	}
	number := func(last ...byte) []byte { return append([]byte{0x55, 0x1d, 0x14, 4, 3, 2, 1}, last...) }
	edit("version 1", derMalformed, []byte{2, 1, 1, 0x30}, []byte{2, 1, 0, 0x30})
	edit("another algorithm", derMalformed, []byte{0x3d, 4, 3, 2}, []byte{0x3d, 4, 3, 3})
	edit("number zero", derMalformed, number(7), number(0))
	edit("number negative", derMalformed, number(7), number(0x87))
	edit("no number", listMalformed, []byte{0x55, 0x1d, 0x14}, []byte{0x55, 0x1d, 0x15})
	edit("date with an offset", derMalformed, []byte("260218120001Z"), []byte("260218120001+"))
	edit("date of no day", derMalformed, []byte("260218120001Z"), []byte("260230120001Z"))
	s.add("bytes behind it", append(s.newer(nil), 0), derMalformed)
	s.add("cut short", s.newer(nil)[:200], derMalformed)
	s.add("empty", nil, derMalformed)
	stranger := authority{s.by.cert, s.b.pki.stranger.key}
	unsigned := must[[]byte](s.b)(stranger.resign(s.newer(nil), func(tbs []byte) []byte { return tbs }))
	s.add("signed by a stranger", unsigned, notIssued)
}

// numbered is a list with the number 1 << bits, which package x509 does not make.
func numbered(b *builder, by authority, bits uint) []byte {
	der := must[[]byte](b)(by.list(nil, func(l *x509.RevocationList) { l.ThisUpdate = l.ThisUpdate.Add(time.Second) }))
	return must[[]byte](b)(by.resign(der, func(tbs []byte) []byte {
		var list struct {
			Version    int
			Algorithm  asn1.RawValue
			Issuer     asn1.RawValue
			ThisUpdate time.Time
			NextUpdate time.Time
			Extensions []pkix.Extension `asn1:"tag:0,explicit"`
		}
		_, err := asn1.Unmarshal(tbs, &list)
		must[bool](b)(true, err)
		for i := range list.Extensions {
			if list.Extensions[i].Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 20}) {
				list.Extensions[i].Value = must[[]byte](b)(asn1.Marshal(new(big.Int).Lsh(big.NewInt(1), bits)))
			}
		}
		return must[[]byte](b)(asn1.Marshal(list))
	}))
}

// splice replaces bytes that must be there by as many others.
func splice(b *builder, all, from, to []byte) []byte {
	if b.err == nil && (!bytes.Contains(all, from) || len(from) != len(to)) {
		b.err = bytesAbsent(from)
	}
	return bytes.Replace(all, from, to, 1)
}

// certificates are of TCB signers and platform CAs.
func (b *builder) certificates() {
	p := b.pki
	of := func(key, name string, by authority, edit func(*x509.Certificate)) authority {
		return must[authority](b)(issue(key, name, by, edit))
	}
	later := func(c *x509.Certificate) { c.NotBefore = c.NotBefore.Add(time.Second) }
	signer := func(name string, a authority, failure string) {
		b.add("TCB signer: "+name, tdxcollateral.UpdateTCBSigner(a.cert.Raw), failure)
	}
	platform := func(name string, a authority, failure string) {
		b.add("platform CA: "+name, tdxcollateral.UpdatePlatformCA(a.cert.Raw), failure)
	}
	signer("the same again", p.signer, notNewer)
	signer("a newer one", of("signer 2", nameSigner, p.root, later), accepted)
	signer("an older one", of("signer 2", nameSigner, p.root, func(c *x509.Certificate) { c.NotBefore = c.NotBefore.Add(-time.Second) }), notNewer)
	signer("not valid before the next second", of("signer 2", nameSigner, p.root, func(c *x509.Certificate) { c.NotBefore = now().Add(time.Second) }), notIssuedYet)
	signer("expired a second ago", of("signer 2", nameSigner, p.root, func(c *x509.Certificate) { later(c); c.NotAfter = now().Add(-time.Second) }), expired)
	signer("in its last second", of("signer 2", nameSigner, p.root, func(c *x509.Certificate) { later(c); c.NotAfter = now() }), accepted)
	signer("under a stranger of the root's name", of("signer 2", nameSigner, p.stranger, later), certUnissued)
	signer("under the platform CA", of("signer 2", nameSigner, p.platformCA, later), certUnissued)
	signer("a PCK certificate's name", of("signer 2", namePCK, p.root, later), certMisplaced)
	signer("a platform CA", p.platformCA, certMisplaced)
	signer("an authority of its name", of("signer 2", nameSigner, p.root, func(c *x509.Certificate) {
		later(c)
		c.IsCA, c.MaxPathLenZero, c.KeyUsage = true, true, x509.KeyUsageDigitalSignature|x509.KeyUsageCertSign
	}), certMisplaced)
	signer("for servers", of("signer 2", nameSigner, p.root, func(c *x509.Certificate) {
		later(c)
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}), certMalformed)
	platform("the same again", p.platformCA, notNewer)
	platform("a newer one", of("platform 2", namePlatCA, p.root, later), accepted)
	platform("a TCB signer", p.signer, certMisplaced)
	platform("with authorities below it", of("platform 2", namePlatCA, p.root, func(c *x509.Certificate) { later(c); c.MaxPathLen, c.MaxPathLenZero = 1, false }), certMisplaced)
	platform("under a stranger of the root's name", of("platform 2", namePlatCA, p.stranger, later), certUnissued)
	platform("the root", p.root, certMisplaced)
	second := of("platform 2", namePlatCA, p.root, later)
	lower := must[[]byte](b)(second.list(nil, func(l *x509.RevocationList) { l.Number = big.NewInt(1) }))
	revoked := series{b: b, by: p.root}.newer(revoking(second, of("signer 2", nameSigner, p.root, later)))
	b.add("root's list: revokes the second TCB signer and platform CA", tdxcollateral.UpdateRootCRL(revoked), accepted)
	b.add("platform CA's list: of the second platform CA", tdxcollateral.UpdatePlatformCRL(lower), issuerMissing)
	doc := must[signed](b)(of("signer 2", nameSigner, p.root, later).key.signJSON([]byte(b.replace(baseInfo, change{"", `Number":18`, `Number":3`}))))
	b.add("signed by the second TCB signer", tdxcollateral.UpdateTCBInfo(doc), notIssued)
}

// bytesAbsent is what was to be replaced and is not there.
type bytesAbsent []byte

// Error says so.
func (b bytesAbsent) Error() string { return "nothing to replace" }
