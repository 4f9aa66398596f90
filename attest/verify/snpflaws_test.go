// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"slices"
	"time"

	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/verify"
)

// snpFlaw is one thing that is wrong with evidence while the rest of it is right.
type snpFlaw struct {
	flaws simulator.SNPFlaws
	code  verify.Code
}

func report(change func(*snp.Report)) simulator.SNPFlaws { return simulator.SNPFlaws{Report: change} }
func signed(change func(*snp.Report)) simulator.SNPFlaws { return simulator.SNPFlaws{Signed: change} }
func chip(change func(*kds.Chip)) simulator.SNPFlaws     { return simulator.SNPFlaws{Chip: change} }
func bundled(change func(*kds.Bundle)) simulator.SNPFlaws {
	return simulator.SNPFlaws{Bundle: func(b *kds.Bundle) {
		b.VEK, b.ASK, b.CRL = bytes.Clone(b.VEK), bytes.Clone(b.ASK), bytes.Clone(b.CRL)
		change(b)
	}}
}
func list(change func(*x509.RevocationList)) simulator.SNPFlaws {
	return simulator.SNPFlaws{CRL: change}
}

// onAMD changes the certificate with this subject name.
func onAMD(name string, change func(*x509.Certificate)) simulator.SNPFlaws {
	return simulator.SNPFlaws{Certificate: func(c *x509.Certificate) {
		if c.Subject.CommonName == name {
			change(c)
		}
	}}
}

// reportFlaws are in the report.
func reportFlaws() map[string]snpFlaw {
	return map[string]snpFlaw{
		"AT-09 version 6":           {signed(func(r *snp.Report) { r.Version = 6 }), "snp.report.version"},
		"AT-09 version 1":           {signed(func(r *snp.Report) { r.Version = 1 }), "snp.report.version"},
		"AT-09 algorithm":           {signed(func(r *snp.Report) { r.SignatureAlgorithm = 2 }), "snp.report.algorithm"},
		"AT-09 no algorithm":        {report(func(r *snp.Report) { r.SignatureAlgorithm = 0 }), "snp.report.algorithm"},
		"AT-09 older version":       {signed(func(r *snp.Report) { r.Version = 4 }), "snp.report.signature"},
		"AT-09 measurement after":   {signed(func(r *snp.Report) { r.Measurement[0] ^= 1 }), "snp.report.signature"},
		"AT-09 report data after":   {signed(func(r *snp.Report) { r.ReportData[63] ^= 1 }), "snp.report.signature"},
		"MB-08 debug after":         {signed(func(r *snp.Report) { r.Policy |= snp.PolicyDebug }), "snp.report.signature"},
		"MB-10 VMPL after":          {signed(func(r *snp.Report) { r.VMPL ^= 1 }), "snp.report.signature"},
		"AT-11 r is zero":           {signed(func(r *snp.Report) { r.Signature.R = [48]byte{} }), "snp.report.signature"},
		"AT-11 s is zero":           {signed(func(r *snp.Report) { r.Signature.S = [48]byte{} }), "snp.report.signature"},
		"AT-11 both are zero":       {signed(func(r *snp.Report) { r.Signature = snp.Signature{} }), "snp.report.signature"},
		"AT-11 r is the order":      {signed(func(r *snp.Report) { r.Signature.R = orderP384() }), "snp.report.signature"},
		"AT-11 s is the order":      {signed(func(r *snp.Report) { r.Signature.S = orderP384() }), "snp.report.signature"},
		"AT-11 r and s exchanged":   {signed(func(r *snp.Report) { r.Signature.R, r.Signature.S = r.Signature.S, r.Signature.R }), "snp.report.signature"},
		"AT-11 r from the low end":  {signed(func(r *snp.Report) { slices.Reverse(r.Signature.R[:]) }), "snp.report.signature"},
		"AT-07 says that a VLEK is": {report(func(r *snp.Report) { r.KeyInfo.SigningKey = snp.SignedByVLEK }), "snp.report.signer"},
		"AT-07 the same, after":     {signed(func(r *snp.Report) { r.KeyInfo.SigningKey = snp.SignedByVLEK }), "snp.collateral.other"},
		"AT-07 signed by nobody":    {report(func(r *snp.Report) { r.KeyInfo.SigningKey = snp.SignedByNobody }), "snp.report.unsigned"},
		"AT-07 reserved key":        {report(func(r *snp.Report) { r.KeyInfo.SigningKey = 5 }), "snp.report.signer"},
		"AT-06 masked key":          {report(func(r *snp.Report) { r.KeyInfo.MaskChipKey = true }), "snp.report.masked"},
		"AT-08 unknown processor":   {report(func(r *snp.Report) { r.CPUID.Family = 0x17 }), "snp.report.cpuid"},
		"AT-08 another product":     {report(func(r *snp.Report) { r.CPUID.Model = 0x01 }), "snp.report.product"},
		"AT-08 the same, after":     {signed(func(r *snp.Report) { r.CPUID.Model = 0x01 }), "snp.collateral.other"},
		"AT-06 another chip":        {report(func(r *snp.Report) { r.ChipID[0] ^= 1 }), "snp.report.chip"},
		"AT-06 the same, after":     {signed(func(r *snp.Report) { r.ChipID[0] ^= 1 }), "snp.collateral.other"},
		"AT-06 chip id and more":    {report(func(r *snp.Report) { r.ChipID[63] ^= 1 }), "snp.report.chip"},
	}
}

// orderP384 is the order of P-384, which no part of a signature reaches.
func orderP384() (n [48]byte) {
	order, _ := new(big.Int).SetString("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16)
	order.FillBytes(n[:])
	return n
}

// bundleFlaws are in the collateral as a whole.
func bundleFlaws() map[string]snpFlaw {
	return map[string]snpFlaw{
		"AT-10 VEK is none":        {bundled(func(b *kds.Bundle) { b.VEK = []byte{1} }), "snp.vek.malformed"},
		"AT-10 VEK and a byte":     {bundled(func(b *kds.Bundle) { b.VEK = append(b.VEK, 0) }), "snp.vek.malformed"},
		"AT-10 ASK is none":        {bundled(func(b *kds.Bundle) { b.ASK = []byte{1} }), "snp.ask.malformed"},
		"AT-10 list is none":       {bundled(func(b *kds.Bundle) { b.CRL = []byte{1} }), "snp.crl.malformed"},
		"AT-10 list and a byte":    {bundled(func(b *kds.Bundle) { b.CRL = append(b.CRL, 0) }), "snp.crl.malformed"},
		"AT-10 exchanged":          {bundled(func(b *kds.Bundle) { b.VEK, b.ASK = b.ASK, b.VEK }), "snp.chip.missing"},
		"AT-10 ASK twice":          {bundled(func(b *kds.Bundle) { b.VEK = b.ASK }), "snp.chip.missing"},
		"AT-10 VEK twice":          {bundled(func(b *kds.Bundle) { b.ASK = b.VEK }), "snp.ask.subject"},
		"AT-10 signature of VEK":   {bundled(func(b *kds.Bundle) { b.VEK[len(b.VEK)-1] ^= 1 }), "snp.vek.signature"},
		"AT-10 signature of ASK":   {bundled(func(b *kds.Bundle) { b.ASK[len(b.ASK)-1] ^= 1 }), "snp.ask.signature"},
		"AT-05 signature of list":  {bundled(func(b *kds.Bundle) { b.CRL[len(b.CRL)-1] ^= 1 }), "snp.crl.signature"},
		"AT-06 extension missing":  {onAMD("SEV-VCEK", func(c *x509.Certificate) { c.ExtraExtensions = c.ExtraExtensions[1:] }), "snp.chip.missing"},
		"AT-06 product unknown":    {chip(func(c *kds.Chip) { c.Product = "Naples" }), "snp.chip.product"},
		"AT-06 product of another": {chip(func(c *kds.Chip) { c.Product = kds.Milan }), "root.absent"},
		"AT-06 newer structure":    {onAMD("SEV-VCEK", func(c *x509.Certificate) { c.ExtraExtensions[0].Value[2] = 2 }), "snp.chip.structure"},
	}
}

// amdListFlaws are in the revocation list.
func amdListFlaws() map[string]snpFlaw {
	return map[string]snpFlaw{
		"AT-05 ASK revoked":      {simulator.SNPFlaws{Revoked: []string{"SEV-Genoa"}}, "snp.ask.revoked"},
		"AT-05 ARK revoked":      {list(func(l *x509.RevocationList) { l.RevokedCertificateEntries = revoke(0x10000) }), "snp.ark.revoked"},
		"AT-05 list expired":     {list(func(l *x509.RevocationList) { l.NextUpdate = time.Now().Add(-time.Minute) }), "snp.crl.expired"},
		"AT-05 list of tomorrow": {list(func(l *x509.RevocationList) { l.ThisUpdate = time.Now().Add(time.Hour) }), "snp.crl.future"},
		"AT-05 list by PKCS #1":  {list(func(l *x509.RevocationList) { l.SignatureAlgorithm = x509.SHA384WithRSA }), "snp.crl.algorithm"},
		"AT-05 list of changes":  {list(func(l *x509.RevocationList) { l.ExtraExtensions = delta() }), "snp.crl.extension"},
		"AT-05 entry of another": {list(func(l *x509.RevocationList) { l.RevokedCertificateEntries = revokeFor() }), "snp.crl.critical"},
		"AT-05 revoked long since": {list(func(l *x509.RevocationList) {
			l.RevokedCertificateEntries = append(revoke(1, 2, 3), revoke(0x20001)...)
		}), "snp.ask.revoked"},
	}
}

func revoke(serials ...int64) (entries []x509.RevocationListEntry) {
	for _, n := range serials {
		entries = append(entries, x509.RevocationListEntry{SerialNumber: big.NewInt(n), RevocationTime: time.Now()})
	}
	return entries
}

func revokeFor() []x509.RevocationListEntry {
	entries := revoke(1)
	entries[0].ExtraExtensions = []pkix.Extension{{Id: []int{2, 5, 29, 29}, Critical: true, Value: []byte{0x30, 0}}}
	return entries
}

func delta() []pkix.Extension {
	return []pkix.Extension{{Id: []int{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}}
}

// amdCertificateFlaws are in the certificates; package pki has the whole list.
func amdCertificateFlaws() map[string]snpFlaw {
	const ask, vcek = "SEV-Genoa", "SEV-VCEK"
	return map[string]snpFlaw{
		"AT-10 VCEK expired":     {onAMD(vcek, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }), "snp.vek.expired"},
		"AT-10 VCEK of tomorrow": {onAMD(vcek, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }), "snp.vek.future"},
		"AT-10 VCEK name":        {onAMD(vcek, func(c *x509.Certificate) { c.Subject.CommonName = "SEV-VLEK" }), "snp.vek.subject"},
		"AT-10 VCEK address":     {onAMD(vcek, func(c *x509.Certificate) { c.Subject.Country = []string{"DE"} }), "snp.vek.subject"},
		"AT-10 VCEK is a CA":     {onAMD(vcek, func(c *x509.Certificate) { c.BasicConstraintsValid, c.IsCA = true, true }), "snp.vek.extension"},
		"AT-10 VCEK algorithm":   {onAMD(vcek, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA384WithRSA }), "snp.vek.algorithm"},
		"AT-10 VCEK, critical":   {onAMD(vcek, func(c *x509.Certificate) { c.ExtraExtensions[0].Critical = true }), "snp.vek.critical"},
		"AT-10 ASK expired":      {onAMD(ask, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }), "snp.ask.expired"},
		"AT-10 ASK of tomorrow":  {onAMD(ask, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }), "snp.ask.future"},
		"AT-10 ASK name":         {onAMD(ask, func(c *x509.Certificate) { c.Subject.CommonName = "SEV-Milan" }), "snp.ask.subject"},
		"AT-10 ASK is no CA":     {onAMD(ask, func(c *x509.Certificate) { c.IsCA, c.MaxPathLenZero = false, false }), "snp.ask.constraints"},
		"AT-10 ASK path length":  {onAMD(ask, func(c *x509.Certificate) { c.MaxPathLen, c.MaxPathLenZero = -1, false }), "snp.ask.pathlength"},
		"AT-10 ASK usage":        {onAMD(ask, func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageCRLSign }), "snp.ask.usage"},
		"AT-10 ASK algorithm":    {onAMD(ask, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA512WithRSAPSS }), "snp.ask.algorithm"},
		"AT-10 ASK for servers":  {onAMD(ask, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} }), "snp.ask.extension"},
		"AT-10 ASK, critical":    {onAMD(ask, func(c *x509.Certificate) { c.ExtraExtensions = delta() }), "snp.ask.critical"},
	}
}
