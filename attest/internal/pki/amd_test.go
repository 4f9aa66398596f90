// SPDX-License-Identifier: Apache-2.0

package pki

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-sev-guest/verify/testdata"
	"github.com/google/go-sev-guest/verify/trust"

	"github.com/escrin/escrin/attest/internal/flaw"
)

func TestGoodAMDChains(t *testing.T) {
	for _, line := range []string{"Milan", "Genoa", "Turin"} {
		c := amdBench{t: t, line: line}.chains()
		for _, at := range []time.Time{now, now.Add(-time.Hour), now.Add(time.Hour)} {
			if err := c.check(at); err != nil {
				t.Errorf("%s, %v: %v", line, at, err)
			}
		}
		for _, at := range []time.Time{{}, now.Add(-time.Hour - 1), now.Add(time.Hour + 1)} {
			if err := c.check(at); err == nil {
				t.Errorf("%s, %v: accepted", line, at)
			}
		}
	}
}

// AMD's certificates, as google/go-sev-guest publishes them: ASK and ARK of three
// products, ASVK of the same, and the VCEK of one Milan.
func TestGenuineAMDChains(t *testing.T) {
	parse := func(chain []byte) (signer, ark *x509.Certificate) {
		var certs [2]*x509.Certificate
		for i := range certs {
			block, rest := pem.Decode(chain)
			cert, err := Parse(block.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			certs[i], chain = cert, rest
		}
		return certs[0], certs[1]
	}
	for line, chains := range map[string][2][]byte{
		"Milan": {trust.AskArkMilanVcekBytes, trust.AskArkMilanVlekBytes},
		"Genoa": {trust.AskArkGenoaVcekBytes, trust.AskArkGenoaVlekBytes},
		"Turin": {trust.AskArkTurinVcekBytes, trust.AskArkTurinVlekBytes},
	} {
		ask, ark := parse(chains[0])
		asvk, again := parse(chains[1])
		for _, err := range []error{
			CheckAMD(ark, ark, ARK, line), CheckAMD(ask, ark, ASK, line), CheckAMD(asvk, ark, ASVK, line),
			Valid(ark, now), Valid(ask, now), Valid(asvk, now),
		} {
			if err != nil || !bytes.Equal(ark.Raw, again.Raw) {
				t.Errorf("%s: %v", line, err)
			}
		}
		vcek, err := Parse(testdata.VcekBytes)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckAMD(vcek, ask, VCEK, line); (err == nil) != (line == "Milan") {
			t.Errorf("%s: VCEK of a Milan: %v", line, err)
		}
		if CheckAMD(vcek, asvk, VCEK, line) == nil || CheckAMD(vcek, ask, VLEK, line) == nil {
			t.Errorf("%s: VCEK in place of a VLEK", line)
		}
	}
}

// amdFlawed is one thing that is wrong with the certificate of a role.
type amdFlawed struct {
	role AMDRole
	flaw func(t *testing.T, d *amdDraft)
	word flaw.Flaw
}

// address changes one part of AMD's address.
func address(change func(n *pkix.Name)) func(*testing.T, *amdDraft) {
	return func(_ *testing.T, d *amdDraft) { change(&d.Subject) }
}

func amdFlawedNames() map[string]amdFlawed {
	return map[string]amdFlawed{
		"ARK of another product": {ARK, address(func(n *pkix.Name) { n.CommonName = "ARK-Genoa" }), FlawSubject},
		"ASK of another product": {ASK, address(func(n *pkix.Name) { n.CommonName = "SEV-Genoa" }), FlawSubject},
		"ASK named like ASVK":    {ASK, address(func(n *pkix.Name) { n.CommonName = "SEV-VLEK-Milan" }), FlawSubject},
		"ASVK named like ASK":    {ASVK, address(func(n *pkix.Name) { n.CommonName = "SEV-Milan" }), FlawSubject},
		"VCEK named like VLEK":   {VCEK, address(func(n *pkix.Name) { n.CommonName = "SEV-VLEK" }), FlawSubject},
		"VLEK named like VCEK":   {VLEK, address(func(n *pkix.Name) { n.CommonName = "SEV-VCEK" }), FlawSubject},
		"VCEK named like ASK":    {VCEK, address(func(n *pkix.Name) { n.CommonName = "SEV-Milan" }), FlawSubject},
		"VCEK, lower case":       {VCEK, address(func(n *pkix.Name) { n.CommonName = "sev-vcek" }), FlawSubject},
		"VCEK without name":      {VCEK, address(func(n *pkix.Name) { n.CommonName = "" }), FlawSubject},
		"country":                {VCEK, address(func(n *pkix.Name) { n.Country = []string{"DE"} }), FlawSubject},
		"no state":               {ASK, address(func(n *pkix.Name) { n.Province = nil }), FlawSubject},
		"locality":               {ARK, address(func(n *pkix.Name) { n.Locality = []string{"Austin"} }), FlawSubject},
		"organization":           {VLEK, address(func(n *pkix.Name) { n.Organization = []string{"Advanced Micro Devices, Inc."} }), FlawSubject},
		"unit":                   {ASVK, address(func(n *pkix.Name) { n.OrganizationalUnit = []string{"Sales"} }), FlawSubject},
		"two units":              {ASK, address(func(n *pkix.Name) { n.OrganizationalUnit = []string{"Engineering", "Engineering"} }), FlawSubject},
		"two common names": {VCEK, address(func(n *pkix.Name) {
			n.ExtraNames = []pkix.AttributeTypeAndValue{{Type: []int{2, 5, 4, 3}, Value: "SEV-VCEK"}, {Type: []int{2, 5, 4, 3}, Value: "x"}}
		}), FlawSubject},
		"serial number in subject": {ASK, address(func(n *pkix.Name) { n.SerialNumber = "0" }), FlawSubject},
		"number as a name":         {VCEK, address(func(n *pkix.Name) { n.ExtraNames = []pkix.AttributeTypeAndValue{{Type: []int{2, 5, 4, 11}, Value: 7}} }), flaw.Malformed},
	}
}

func amdFlawedAuthorities() map[string]amdFlawed {
	set := func(change func(d *amdDraft)) func(*testing.T, *amdDraft) {
		return func(_ *testing.T, d *amdDraft) { change(d) }
	}
	return map[string]amdFlawed{
		"ARK is no authority":        {ARK, set(func(d *amdDraft) { d.IsCA = false }), FlawConstraints},
		"ASK is no authority":        {ASK, set(func(d *amdDraft) { d.IsCA, d.MaxPathLenZero = false, false }), FlawConstraints},
		"ASK without constraints":    {ASK, set(func(d *amdDraft) { d.BasicConstraintsValid = false }), FlawConstraints},
		"ASK without path length":    {ASK, set(func(d *amdDraft) { d.MaxPathLenZero = false; d.MaxPathLen = -1 }), FlawPathLength},
		"ASVK with path length 1":    {ASVK, set(func(d *amdDraft) { d.MaxPathLenZero = false; d.MaxPathLen = 1 }), FlawPathLength},
		"ARK may not sign lists":     {ARK, set(func(d *amdDraft) { d.KeyUsage = x509.KeyUsageCertSign }), FlawUsage},
		"ARK may sign anything":      {ARK, set(func(d *amdDraft) { d.KeyUsage |= x509.KeyUsageDigitalSignature }), FlawUsage},
		"ASK may sign lists":         {ASK, set(func(d *amdDraft) { d.KeyUsage |= x509.KeyUsageCRLSign }), FlawUsage},
		"ASVK may not sign":          {ASVK, set(func(d *amdDraft) { d.KeyUsage = x509.KeyUsageDigitalSignature }), FlawUsage},
		"ASK without usage":          {ASK, set(func(d *amdDraft) { d.KeyUsage = 0 }), FlawUsage},
		"VCEK is an authority":       {VCEK, set(func(d *amdDraft) { d.BasicConstraintsValid, d.IsCA = true, true }), FlawExtension},
		"VCEK with constraints":      {VCEK, set(func(d *amdDraft) { d.BasicConstraintsValid = true }), FlawExtension},
		"VLEK with usage":            {VLEK, set(func(d *amdDraft) { d.KeyUsage = x509.KeyUsageCertSign }), FlawExtension},
		"ASK for servers":            {ASK, set(func(d *amdDraft) { d.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }), FlawExtension},
		"ASK with another extension": {ASK, set(func(d *amdDraft) { d.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3}, Value: []byte{5, 0}}} }), FlawExtension},
		"ASK with AMD's extension": {ASK, set(func(d *amdDraft) {
			d.ExtraExtensions = []pkix.Extension{{Id: append(arcAMD(), 1), Value: []byte{2, 1, 0}}}
		}), FlawExtension},
		"VCEK with AMD's arc itself": {VCEK, set(func(d *amdDraft) {
			d.ExtraExtensions = append(d.ExtraExtensions, pkix.Extension{Id: arcAMD(), Value: []byte{5, 0}})
		}), FlawExtension},
		"VCEK with another arc": {VCEK, set(func(d *amdDraft) {
			d.ExtraExtensions = append(d.ExtraExtensions, pkix.Extension{Id: []int{1, 3, 6, 1, 4, 1, 3704, 2, 1}})
		}), FlawExtension},
		"ASK, unknown and critical": {ASK, set(func(d *amdDraft) {
			d.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}
		}), FlawCritical},
		"VCEK, AMD's and critical": {VCEK, set(func(d *amdDraft) { d.ExtraExtensions[0].Critical = true }), FlawCritical},
		"ASK limited to names":     {ASK, set(func(d *amdDraft) { d.PermittedDNSDomainsCritical, d.PermittedDNSDomains = true, []string{"x"} }), FlawCritical},
		"ASK without key id":       {ASK, set(func(d *amdDraft) { d.edit = dropExtension(2, 5, 29, 14) }), FlawKey},
	}
}

// dropExtension leaves one out.
func dropExtension(id ...int) func(*tbsCertificate) {
	return func(c *tbsCertificate) {
		var kept []pkix.Extension
		for _, e := range c.Extensions {
			if !e.Id.Equal(id) {
				kept = append(kept, e)
			}
		}
		c.Extensions = kept
	}
}

// pssParameters are those of an algorithm.
func pssParameters(hash, mask asn1.ObjectIdentifier, salt int) asn1.RawValue {
	type parameters struct {
		Hash pkix.AlgorithmIdentifier `asn1:"explicit,tag:0"`
		Mask pkix.AlgorithmIdentifier `asn1:"explicit,tag:1"`
		Salt int                      `asn1:"explicit,tag:2"`
	}
	inner, err := asn1.Marshal(pkix.AlgorithmIdentifier{Algorithm: mask, Parameters: asn1.NullRawValue})
	if err != nil {
		panic(err)
	}
	der, err := asn1.Marshal(parameters{
		pkix.AlgorithmIdentifier{Algorithm: hash, Parameters: asn1.NullRawValue},
		pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}, Parameters: asn1.RawValue{FullBytes: inner}}, salt,
	})
	if err != nil {
		panic(err)
	}
	return asn1.RawValue{FullBytes: der}
}

// pss signs with other parameters than AMD, and says so.
func pss(hash crypto.Hash, id, mask asn1.ObjectIdentifier, salt int) func(*testing.T, *amdDraft) {
	return func(_ *testing.T, d *amdDraft) {
		d.sign = signPSS(hash, salt)
		d.edit = func(c *tbsCertificate) { c.Algorithm.Parameters = pssParameters(id, mask, salt) }
	}
}

func amdFlawedSignatures() map[string]amdFlawed {
	var (
		sha256ID = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
		sha384ID = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
		sha512ID = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	)
	algorithm := func(a x509.SignatureAlgorithm) func(*testing.T, *amdDraft) {
		return func(_ *testing.T, d *amdDraft) { d.SignatureAlgorithm = a }
	}
	return map[string]amdFlawed{
		"ASK by PSS, SHA-256":       {ASK, algorithm(x509.SHA256WithRSAPSS), FlawAlgorithm},
		"VCEK by PSS, SHA-512":      {VCEK, algorithm(x509.SHA512WithRSAPSS), FlawAlgorithm},
		"VCEK by PKCS #1, SHA-384":  {VCEK, algorithm(x509.SHA384WithRSA), FlawAlgorithm},
		"ARK by PKCS #1, SHA-384":   {ARK, algorithm(x509.SHA384WithRSA), FlawAlgorithm},
		"PSS with 32 bytes of salt": {VCEK, pss(crypto.SHA384, sha384ID, sha384ID, 32), FlawAlgorithm},
		"PSS without salt":          {VCEK, pss(crypto.SHA384, sha384ID, sha384ID, 0), FlawAlgorithm},
		"PSS, mask with SHA-256":    {ASK, pss(crypto.SHA384, sha384ID, sha256ID, 48), FlawAlgorithm},
		"PSS, mask with SHA-512":    {VLEK, pss(crypto.SHA384, sha384ID, sha512ID, 48), FlawAlgorithm},
		"PSS without parameters": {VCEK, func(_ *testing.T, d *amdDraft) {
			d.edit = func(c *tbsCertificate) { c.Algorithm.Parameters = asn1.RawValue{} }
		}, FlawAlgorithm},
		"salt of another size than said": {VCEK, func(_ *testing.T, d *amdDraft) { d.sign = signPSS(crypto.SHA384, 20) }, flaw.Signature},
		"signature changed":              {VCEK, func(_ *testing.T, d *amdDraft) { d.der = flipAt(-1) }, flaw.Signature},
		"signature of zeros": {ASK, func(_ *testing.T, d *amdDraft) {
			d.sign = func([]byte, crypto.Signer) []byte { return make([]byte, 512) }
		}, flaw.Signature},
		"signature of no byte": {ASK, func(_ *testing.T, d *amdDraft) { d.sign = func([]byte, crypto.Signer) []byte { return nil } }, flaw.Signature},
		"signature longer by a zero": {VCEK, func(_ *testing.T, d *amdDraft) {
			d.sign = func(tbs []byte, by crypto.Signer) []byte {
				return append([]byte{0}, signPSS(crypto.SHA384, sha512.Size384)(tbs, by)...)
			}
		}, flaw.Signature},
		"ASK signed by ASVK's key": {ASK, func(_ *testing.T, d *amdDraft) { d.by = amdBench{}.key(ASVK) }, flaw.Signature},
		"ARK signed by another":    {ARK, func(_ *testing.T, d *amdDraft) { d.issuer, d.by = d.Certificate, amdBench{}.key(ASK) }, flaw.Signature},
		"ASK signed by itself":     {ASK, func(_ *testing.T, d *amdDraft) { d.by = d.key }, flaw.Signature},
	}
}

func newRSA(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func amdFlawedForms() map[string]amdFlawed {
	key := func(make func(t *testing.T) crypto.Signer) func(*testing.T, *amdDraft) {
		return func(t *testing.T, d *amdDraft) { d.key = make(t) }
	}
	onCurve := func(c elliptic.Curve) func(*testing.T, *amdDraft) {
		return key(func(t *testing.T) crypto.Signer { return newKey(t, c) })
	}
	ofRSA := func(bits int) func(*testing.T, *amdDraft) {
		return key(func(t *testing.T) crypto.Signer { return newRSA(t, bits) })
	}
	edit := func(change func(*tbsCertificate)) func(*testing.T, *amdDraft) {
		return func(_ *testing.T, d *amdDraft) { d.edit = change }
	}
	return map[string]amdFlawed{
		"VCEK on P-256":            {VCEK, onCurve(elliptic.P256()), FlawKey},
		"VLEK on P-521":            {VLEK, onCurve(elliptic.P521()), FlawKey},
		"VCEK with a key of RSA":   {VCEK, ofRSA(2048), FlawKey},
		"ASK with 2048 bits":       {ASK, ofRSA(2048), FlawKey},
		"ASK with 3072 bits":       {ASK, ofRSA(3072), FlawKey},
		"ASVK on P-384":            {ASVK, onCurve(elliptic.P384()), FlawKey},
		"VCEK of version 1":        {VCEK, edit(func(c *tbsCertificate) { c.Version, c.Extensions = 0, nil }), FlawVersion},
		"ASK of version 1":         {ASK, edit(func(c *tbsCertificate) { c.Version, c.Extensions = 0, nil }), FlawVersion},
		"VCEK of version 2":        {VCEK, edit(func(c *tbsCertificate) { c.Version, c.Extensions = 1, nil }), FlawVersion},
		"ASK with extension twice": {ASK, edit(func(c *tbsCertificate) { c.Extensions = append(c.Extensions, c.Extensions[0]) }), flaw.Malformed},
		"VCEK, AMD's twice":        {VCEK, edit(func(c *tbsCertificate) { c.Extensions = append(c.Extensions, c.Extensions[0]) }), flaw.Malformed},
		"VCEK, serial below zero":  {VCEK, edit(func(c *tbsCertificate) { c.Serial = big.NewInt(-1) }), flaw.Malformed},
		"VCEK of another issuer": {VCEK, func(_ *testing.T, d *amdDraft) {
			other := *d.issuer
			other.RawSubject, other.Subject = nil, amdName("SEV-Genoa")
			d.issuer = &other
		}, FlawIssuer},
		"ASK of another ARK": {ASK, func(_ *testing.T, d *amdDraft) {
			other := *d.issuer
			other.SubjectKeyId = []byte{1, 2, 3}
			d.issuer = &other
		}, FlawIssuer},
		"VCEK of another ASK key": {VCEK, func(_ *testing.T, d *amdDraft) {
			other := *d.issuer
			other.SubjectKeyId = []byte{1, 2, 3}
			d.issuer = &other
		}, FlawIssuer},
		"ASK without issuer's id": {ASK, edit(dropExtension(2, 5, 29, 35)), FlawIssuer},
		"ARK with another's id": {ARK, func(_ *testing.T, d *amdDraft) {
			d.ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 35}, Value: []byte{0x30, 3, 0x80, 1, 9}}}
		}, FlawIssuer},
		"ASK, lists critical":   {ASK, edit(func(c *tbsCertificate) { critical(c, 2, 5, 29, 31) }), FlawCritical},
		"ASK, key id critical":  {ASK, edit(func(c *tbsCertificate) { critical(c, 2, 5, 29, 14) }), flaw.Malformed},
		"dates without seconds": {VCEK, edit(func(c *tbsCertificate) { c.Validity = shortDates(now) }), flaw.Malformed},
		"VCEK and a byte":       {VCEK, func(_ *testing.T, d *amdDraft) { d.der = func(b []byte) []byte { return append(b, 0) } }, flaw.Malformed},
		"VCEK cut short":        {VCEK, func(_ *testing.T, d *amdDraft) { d.der = func(b []byte) []byte { return b[:len(b)-1] } }, flaw.Malformed},
		"ASK of 5 KiB":          {ASK, func(_ *testing.T, d *amdDraft) { d.CRLDistributionPoints = []string{strings.Repeat("x", 5<<10)} }, flaw.Malformed},
		"algorithms differ": {VCEK, func(_ *testing.T, d *amdDraft) {
			d.der = func(b []byte) []byte { // the last parameter outside, just before the signature
				b = bytes.Clone(b)
				b[len(b)-512-6]++
				return b
			}
		}, flaw.Malformed},
	}
}

func critical(c *tbsCertificate, id ...int) {
	for i := range c.Extensions {
		if c.Extensions[i].Id.Equal(id) {
			c.Extensions[i].Critical = true
		}
	}
}

// shortDates is a validity around t without seconds, which DER does not allow.
func shortDates(t time.Time) asn1.RawValue {
	const form = "0601021504Z"
	date := func(t time.Time) asn1.RawValue {
		return asn1.RawValue{Tag: asn1.TagUTCTime, Bytes: []byte(t.Format(form))}
	}
	der, err := asn1.Marshal([]asn1.RawValue{date(t.Add(-time.Hour)), date(t.Add(time.Hour))})
	if err != nil {
		panic(err)
	}
	return asn1.RawValue{FullBytes: der}
}

func TestAT10FlawedAMDChains(t *testing.T) {
	good := amdBench{t: t, line: "Milan"}.chains()
	tables := []map[string]amdFlawed{amdFlawedNames(), amdFlawedAuthorities(), amdFlawedSignatures(), amdFlawedForms()}
	for _, table := range tables {
		for name, f := range table {
			t.Run(name, func(t *testing.T) {
				b := amdBench{t: t, line: "Milan", flaw: func(_ AMDRole, d *amdDraft) { f.flaw(t, d) }}
				if err := good.replace(b, f.role).check(now); err == nil || flaw.Of(err) != f.word {
					t.Errorf("error is %v (%s), want one of %s", err, flaw.Of(err), f.word)
				}
			})
		}
	}
}

// Certificates that are right, in a wrong order or under a wrong issuer.
func TestAT10AMDWrongPlaces(t *testing.T) {
	b := amdBench{t: t, line: "Milan"}
	c, genoa := b.chains(), amdBench{t: t, line: "Genoa"}.chains()
	for name, f := range map[string]struct {
		cert, issuer authority
		role         AMDRole
	}{
		"ASK of Genoa":           {genoa.ask, c.ark, ASK},
		"ASK of Genoa, itself":   {genoa.ask, genoa.ark, ASK},
		"ARK of Genoa":           {genoa.ark, genoa.ark, ARK},
		"VCEK of Genoa":          {genoa.vcek, c.ask, VCEK},
		"VCEK below the root":    {c.vcek, c.ark, VCEK},
		"VCEK below ASVK":        {c.vcek, c.asvk, VCEK},
		"VLEK below ASK":         {c.vlek, c.ask, VLEK},
		"ASK in place of ASVK":   {c.ask, c.ark, ASVK},
		"ASVK in place of ASK":   {c.asvk, c.ark, ASK},
		"ARK in place of ASK":    {c.ark, c.ark, ASK},
		"ASK in place of ARK":    {c.ask, c.ark, ARK},
		"ASK in place of VCEK":   {c.ask, c.ark, VCEK},
		"VCEK in place of VLEK":  {c.vcek, c.ask, VLEK},
		"VCEK below a VCEK":      {c.vcek, c.vcek, VCEK},
		"VCEK in no place":       {c.vcek, c.ask, 0},
		"VCEK beyond all places": {c.vcek, c.ask, VLEK + 1},
		"VCEK issued by ASVK":    {b.issue(VCEK, c.asvk), c.asvk, VLEK},
	} {
		if err := CheckAMD(f.cert.Certificate, f.issuer.Certificate, f.role, "Milan"); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
