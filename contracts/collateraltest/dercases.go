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
	list := func(a authority, edit func(*x509.RevocationList)) []byte { return must[[]byte](b)(a.list(nil, edit)) }
	later := func(l *x509.RevocationList) { l.ThisUpdate = l.ThisUpdate.Add(time.Second) }
	serials := []*big.Int{ca.cert.SerialNumber}
	for _, of := range []struct {
		name string
		by   authority
		call func([]byte) tdxcollateral.Call
	}{{"root's list", root, tdxcollateral.UpdateRootCRL}, {"platform CA's list", ca, tdxcollateral.UpdatePlatformCRL}} {
		add := func(name string, der []byte, failure string) { b.add(of.name+": "+name, of.call(der), failure) }
		dated := func(f func(*x509.RevocationList)) []byte {
			return list(of.by, func(l *x509.RevocationList) { later(l); f(l) })
		}
		add("AT-05 the same again", list(of.by, nil), notNewer)
		add("AT-05 an older one", list(of.by, func(l *x509.RevocationList) { l.ThisUpdate = l.ThisUpdate.Add(-time.Second) }), notNewer)
		add("AT-05 a lower number", dated(func(l *x509.RevocationList) { l.Number = big.NewInt(6) }), notNewer)
		add("a newer one", list(of.by, later), accepted)
		add("a number of 159 bits", dated(func(l *x509.RevocationList) { l.Number = new(big.Int).Lsh(big.NewInt(1), 158) }), accepted)
		add("a number of 160 bits", numbered(b, of.by, 159), accepted)
		add("a number of 161 bits", numbered(b, of.by, 160), listMalformed)
		add("AT-05 of the next second", dated(func(l *x509.RevocationList) { l.ThisUpdate = now().Add(time.Second) }), notIssuedYet)
		add("of this second, for one", dated(func(l *x509.RevocationList) { l.ThisUpdate, l.NextUpdate = now(), now() }), accepted)
		add("AT-05 out of date since a second", dated(func(l *x509.RevocationList) { l.NextUpdate = now().Add(-time.Second) }), expired)
		add("a critical extension", dated(func(l *x509.RevocationList) {
			l.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: []byte{0x30, 0}}}
		}), listMalformed)
		add("of changes only", dated(func(l *x509.RevocationList) {
			l.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}}
		}), listMalformed)
		add("two numbers", dated(func(l *x509.RevocationList) {
			l.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 20}, Value: []byte{2, 1, 8}}}
		}), listMalformed)
		add("an entry with another extension", dated(func(l *x509.RevocationList) {
			l.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: big.NewInt(5), RevocationTime: now(),
				ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 29}, Critical: true, Value: []byte{0x30, 0}}}}}
		}), listMalformed)
		add("an entry without a reason, after 2050", dated(func(l *x509.RevocationList) {
			l.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: big.NewInt(5), RevocationTime: now().AddDate(40, 0, 0)}}
		}), accepted)
		edit := func(name, failure string, from, to []byte) {
			der := must[[]byte](b)(of.by.resign(list(of.by, later), func(tbs []byte) []byte { return splice(b, tbs, from, to) }))
			add(name, der, failure)
		}
		edit("version 1", derMalformed, []byte{2, 1, 1, 0x30}, []byte{2, 1, 0, 0x30})
		edit("another algorithm", derMalformed, []byte{0x3d, 4, 3, 2}, []byte{0x3d, 4, 3, 3})
		edit("number zero", derMalformed, []byte{0x55, 0x1d, 0x14, 4, 3, 2, 1, 7}, []byte{0x55, 0x1d, 0x14, 4, 3, 2, 1, 0})
		edit("number negative", derMalformed, []byte{0x55, 0x1d, 0x14, 4, 3, 2, 1, 7}, []byte{0x55, 0x1d, 0x14, 4, 3, 2, 1, 0x87})
		edit("no number", listMalformed, []byte{0x55, 0x1d, 0x14}, []byte{0x55, 0x1d, 0x15})
		edit("date with an offset", derMalformed, []byte("260218120001Z"), []byte("260218120001+"))
		edit("date of no day", derMalformed, []byte("260218120001Z"), []byte("260230120001Z"))
		add("bytes behind it", append(list(of.by, later), 0), derMalformed)
		add("cut short", list(of.by, later)[:200], derMalformed)
		add("empty", nil, derMalformed)
		stranger := authority{of.by.cert, b.pki.stranger.key}
		unsigned := must[[]byte](b)(stranger.resign(list(of.by, later), func(tbs []byte) []byte { return tbs }))
		add("signed by a stranger", unsigned, notIssued)
	}
	b.add("root's list: that of the platform CA", tdxcollateral.UpdateRootCRL(list(ca, later)), notIssued)
	b.add("platform CA's list: that of the root", tdxcollateral.UpdatePlatformCRL(list(root, later)), notIssued)
	b.addFresh("platform CA's list: no platform CA yet", tdxcollateral.UpdatePlatformCRL(list(ca, nil)), issuerMissing)
	b.add("root's list: revokes the platform CA", tdxcollateral.UpdateRootCRL(must[[]byte](b)(root.list(serials, later))), accepted)
	serials = []*big.Int{b.pki.signer.cert.SerialNumber}
	b.add("root's list: revokes the TCB signer", tdxcollateral.UpdateRootCRL(must[[]byte](b)(root.list(serials, later))), accepted)
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
	successors := []*big.Int{second.cert.SerialNumber, of("signer 2", nameSigner, p.root, later).cert.SerialNumber}
	revoked := must[[]byte](b)(p.root.list(successors, func(l *x509.RevocationList) { l.ThisUpdate = l.ThisUpdate.Add(time.Second) }))
	b.add("root's list: revokes the second TCB signer and platform CA", tdxcollateral.UpdateRootCRL(revoked), accepted)
	b.add("platform CA's list: of the second platform CA", tdxcollateral.UpdatePlatformCRL(lower), notIssued)
	doc := must[signed](b)(of("signer 2", nameSigner, p.root, later).key.signJSON([]byte(b.replace(baseInfo, change{"", `Number":18`, `Number":3`}))))
	b.add("signed by the second TCB signer", tdxcollateral.UpdateTCBInfo(doc), notIssued)
}

// bytesAbsent is what was to be replaced and is not there.
type bytesAbsent []byte

// Error says so.
func (b bytesAbsent) Error() string { return "nothing to replace" }
