// SPDX-License-Identifier: Apache-2.0

package pki

import (
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-sev-guest/testing/data"

	"github.com/escrin/escrin/attest/kds"
)

// amdDraft is a certificate of AMD's shape that is about to be issued.
type amdDraft struct {
	draft
	sign func(tbs []byte, by crypto.Signer) (signature []byte) // nil for AMD's way
}

// amdBench makes certificates of AMD's shape, right but for what flaw changes.
// Its keys are published with go-sev-guest: making keys of 4096 bits takes seconds.
type amdBench struct {
	t    testing.TB
	line string
	flaw func(role AMDRole, d *amdDraft)
}

func (b amdBench) key(role AMDRole) crypto.Signer {
	return map[AMDRole]crypto.Signer{
		ARK: data.ARKPrivateKey, ASK: data.ASKPrivateKey, ASVK: data.ASVKPrivateKey,
		VCEK: data.VCEKPrivateKey, VLEK: data.VLEKPrivateKey,
	}[role]
}

// amdName is the name that AMD gives a certificate.
func amdName(common string) pkix.Name {
	return pkix.Name{
		CommonName: common, Country: []string{"US"}, Locality: []string{"Santa Clara"}, Province: []string{"CA"},
		Organization: []string{"Advanced Micro Devices"}, OrganizationalUnit: []string{"Engineering"},
	}
}

// issue makes the certificate for role; the zero issuer makes it certify itself.
func (b amdBench) issue(role AMDRole, issuer authority) authority {
	b.t.Helper()
	d := amdDraft{draft: draft{key: b.key(role), issuer: issuer.Certificate, by: issuer.key}}
	d.Certificate = &x509.Certificate{
		SerialNumber: big.NewInt(int64(role) << 16), Subject: amdName(role.CommonName(b.line)),
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		SignatureAlgorithm: x509.SHA384WithRSAPSS,
	}
	if role.CA() {
		d.BasicConstraintsValid, d.IsCA, d.MaxPathLenZero = true, true, role != ARK
		d.KeyUsage = x509.KeyUsageCertSign
		if role == ARK {
			d.KeyUsage |= x509.KeyUsageCRLSign
		}
		d.SubjectKeyId = keyID(b.t, d.key.Public())
		d.CRLDistributionPoints = []string{"https://kdsintf.amd.com/vcek/v1/" + b.line + "/crl"}
	} else {
		d.SerialNumber, d.ExtraExtensions = new(big.Int), b.extensions(role)
	}
	if b.flaw != nil {
		b.flaw(role, &d)
	}
	if d.issuer == nil {
		d.issuer, d.by = d.Certificate, d.key
	}
	return b.finish(d)
}

// finish signs d.
func (b amdBench) finish(d amdDraft) authority {
	b.t.Helper()
	parent := *d.issuer
	parent.PublicKey = nil // flaws let others sign
	der, err := x509.CreateCertificate(rand.Reader, d.Certificate, &parent, d.key.Public(), d.by)
	if err != nil {
		b.t.Fatal(err)
	}
	if d.edit != nil || d.sign != nil {
		der = amdResign(b.t, der, d.edit, d.sign, d.by)
	}
	if d.der != nil {
		der = d.der(der)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		cert = &x509.Certificate{Raw: der}
	}
	return authority{cert, d.key}
}

func (b amdBench) extensions(role AMDRole) []pkix.Extension {
	b.t.Helper()
	c := kds.Chip{Signer: kds.VCEK, Product: kds.Product(b.line), HWID: make([]byte, kds.Product(b.line).HWIDSize())}
	if role == VLEK {
		c = kds.Chip{Signer: kds.VLEK, Product: c.Product, CSPID: "cloud.example"}
	}
	list, err := c.Extensions()
	if err != nil {
		b.t.Fatal(err)
	}
	return list
}

// signPSS signs as AMD does, but for what the parameters say.
func signPSS(hash crypto.Hash, salt int) func([]byte, crypto.Signer) []byte {
	return func(tbs []byte, by crypto.Signer) []byte {
		h := hash.New()
		h.Write(tbs)
		if _, ok := by.(*ecdsa.PrivateKey); ok {
			signature, err := by.Sign(rand.Reader, h.Sum(nil), hash)
			if err != nil {
				panic(err)
			}
			return signature
		}
		signature, err := by.Sign(rand.Reader, h.Sum(nil), &rsa.PSSOptions{SaltLength: salt, Hash: hash})
		if err != nil {
			panic(err)
		}
		return signature
	}
}

// amdResign changes what is signed in ways that package x509 refuses. The
// algorithm outside follows the one inside.
func amdResign[T tbsCertificate | tbsCertList](
	t testing.TB, der []byte, edit func(*T), sign func([]byte, crypto.Signer) []byte, by crypto.Signer,
) []byte {
	t.Helper()
	var c struct {
		TBS       T
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	if rest, err := asn1.Unmarshal(der, &c); err != nil || len(rest) != 0 {
		t.Fatalf("%v, %d bytes left", err, len(rest))
	}
	if edit != nil {
		edit(&c.TBS)
	}
	switch tbs := any(c.TBS).(type) {
	case tbsCertificate:
		c.Algorithm = tbs.Algorithm
	case tbsCertList:
		c.Algorithm = tbs.Algorithm
	}
	tbs, err := asn1.Marshal(c.TBS)
	if err != nil {
		t.Fatal(err)
	}
	if sign == nil {
		sign = signPSS(crypto.SHA384, sha512.Size384)
	}
	signature := sign(tbs, by)
	c.Signature = asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}
	if der, err = asn1.Marshal(c); err != nil {
		t.Fatal(err)
	}
	return der
}

// amdChains are the two chains of a product.
type amdChains struct {
	line                       string
	ark, ask, asvk, vcek, vlek authority
}

func (b amdBench) chains() amdChains {
	b.t.Helper()
	c := amdChains{line: b.line}
	c.ark = b.issue(ARK, authority{})
	c.ask, c.asvk = b.issue(ASK, c.ark), b.issue(ASVK, c.ark)
	c.vcek, c.vlek = b.issue(VCEK, c.ask), b.issue(VLEK, c.asvk)
	return c
}

// check does what a verifier does with the chains.
func (c amdChains) check(at time.Time) error {
	var certs [5]*x509.Certificate
	for i, a := range []authority{c.ark, c.ask, c.asvk, c.vcek, c.vlek} {
		var err error
		if certs[i], err = Parse(a.Raw); err != nil {
			return err
		}
	}
	ark, ask, asvk, vcek, vlek := certs[0], certs[1], certs[2], certs[3], certs[4]
	return cmp.Or(
		CheckAMD(ark, ark, ARK, c.line), CheckAMD(ask, ark, ASK, c.line), CheckAMD(asvk, ark, ASVK, c.line),
		CheckAMD(vcek, ask, VCEK, c.line), CheckAMD(vlek, asvk, VLEK, c.line),
		Valid(ark, at), Valid(ask, at), Valid(asvk, at), Valid(vcek, at), Valid(vlek, at),
	)
}

// replace returns the chains with another certificate for role.
func (c amdChains) replace(b amdBench, role AMDRole) amdChains {
	switch role {
	case ARK:
		c.ark = b.issue(ARK, authority{})
	case ASK:
		c.ask = b.issue(ASK, c.ark)
	case ASVK:
		c.asvk = b.issue(ASVK, c.ark)
	case VCEK:
		c.vcek = b.issue(VCEK, c.ask)
	case VLEK:
		c.vlek = b.issue(VLEK, c.asvk)
	}
	return c
}
