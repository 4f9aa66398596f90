// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/internal/pki"
	"github.com/escrin/escrin/attest/kds"
)

// Summary is what a bundle of collateral says. Nothing about it is verified.
type Summary struct {
	TEE   attest.TEE `json:"tee"`
	Until time.Time  `json:"until"` // when the first part expires or is due for replacement
	Parts []Part     `json:"parts"`
}

// Part is what one part of a bundle says.
type Part struct {
	Name   string    `json:"name"`
	Number string    `json:"number,omitempty"` // TCB evaluation data number or list number
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Words  string    `json:"words"` // what it is about
}

// Summarise reads a bundle of either vendor. A part that cannot be read is an
// error.
func Summarise(raw []byte) (s Summary, err error) {
	if bytes.HasPrefix(raw, []byte("escrin.collateral.snp")) {
		s.TEE = attest.SNP
		var b kds.Bundle
		if b, err = kds.ParseBundle(raw); err == nil {
			s.Parts, err = partsSNP(b)
		}
	} else {
		s.TEE = attest.TDX
		var b collateral.Bundle
		if b, err = collateral.ParseBundle(raw); err == nil {
			s.Parts, err = partsTDX(b)
		}
	}
	if err != nil {
		return Summary{}, fmt.Errorf("summarise collateral: %w", err)
	}
	s.Until = slices.MinFunc(s.Parts, func(a, b Part) int { return a.Until.Compare(b.Until) }).Until
	return s, nil
}

// partsTDX reads the documents with the key that came with them: that they fit
// together is all that it shows.
func partsTDX(b collateral.Bundle) ([]Part, error) {
	signer, err := pki.Parse(b.TCBSigner)
	if err != nil {
		return nil, err
	}
	key, ok := signer.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return nil, errors.New("the TCB signer has no ECDSA key")
	}
	info, err := collateral.OpenTCBInfo(b.TCBInfo, key)
	if err != nil {
		return nil, err
	}
	identity, err := collateral.OpenQEIdentity(b.QEIdentity, key)
	if err != nil {
		return nil, err
	}
	root, err := partList("revocation list of the root", b.RootCRL)
	if err != nil {
		return nil, err
	}
	platform, err := partList("revocation list of the platform CA", b.PlatformCRL)
	if err != nil {
		return nil, err
	}
	document := func(name string, v collateral.Validity, words string) Part {
		return Part{name, fmt.Sprint(v.EvaluationNumber), v.IssueDate.UTC(), v.NextUpdate.UTC(), words}
	}
	return []Part{
		document("TCB info", info.Validity, fmt.Sprintf("platforms of FMSPC %x, PCE %x: %d levels", []byte(info.FMSPC), []byte(info.PCEID), len(info.Levels))),
		document("QE identity", identity.Validity, fmt.Sprintf("quoting enclaves of signer %.8x…, product %d: %d levels", []byte(identity.MRSigner), identity.ISVProdID, len(identity.Levels))),
		partCertificate("TCB signing certificate", signer), root, platform,
	}, nil
}

func partsSNP(b kds.Bundle) ([]Part, error) {
	cert, err := pki.Parse(b.VEK)
	if err != nil {
		return nil, err
	}
	chip, err := kds.ParseChip(cert)
	if err != nil {
		return nil, err
	}
	issuer, err := pki.Parse(b.ASK)
	if err != nil {
		return nil, err
	}
	list, err := partList("revocation list of the root", b.CRL)
	if err != nil {
		return nil, err
	}
	key := partCertificate(chip.Signer.String()+" certificate", cert)
	key.Words = wordsOf(chip)
	return []Part{key, partCertificate("issuer's certificate", issuer), list}, nil
}

func wordsOf(c kds.Chip) string {
	whose := "chip " + hex.EncodeToString(c.HWID[:min(8, len(c.HWID))])
	if len(c.HWID) > 8 {
		whose += "…"
	}
	if c.Signer == kds.VLEK {
		whose = fmt.Sprintf("provider %q", c.CSPID)
	}
	t := c.TCB
	words := fmt.Sprintf("%s, %s; firmware: bootloader %d, TEE %d, SNP %d, microcode %d", c.Product, whose, t.Bootloader, t.TEE, t.SNP, t.Microcode)
	if c.Product == kds.Turin {
		words += fmt.Sprintf(", FMC %d", t.FMC)
	}
	return words
}

func partCertificate(name string, c *x509.Certificate) Part {
	return Part{Name: name, From: c.NotBefore.UTC(), Until: c.NotAfter.UTC(), Words: fmt.Sprintf("%q", c.Subject.CommonName)}
}

func partList(name string, der []byte) (Part, error) {
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		return Part{}, fmt.Errorf("%s: %w", name, err)
	}
	if list.Number == nil || list.Number.BitLen() > 160 {
		return Part{}, fmt.Errorf("%s: has no number of up to 160 bits", name)
	}
	words := fmt.Sprintf("%q: %d certificates are revoked", list.Issuer.CommonName, len(list.RevokedCertificateEntries))
	return Part{name, list.Number.String(), list.ThisUpdate.UTC(), list.NextUpdate.UTC(), words}, nil
}
