// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/strictjson"
)

// beside reads the collateral of --collateral in each form that it may have. It returns a TEE, and a bundle for it.
func (f *evidenceFlags) beside() (e attest.Evidence, err error) {
	raw, err := readBounded(f.collateral, maxEvidenceInput)
	if err != nil {
		return e, fmt.Errorf("read collateral: %w", err)
	}
	if e, err = f.bundle(raw); err != nil {
		return attest.Evidence{}, fmt.Errorf("read collateral %s: %w", f.collateral, err)
	}
	return e, nil
}

func (f *evidenceFlags) bundle(raw []byte) (e attest.Evidence, err error) {
	text := bytes.TrimSpace(raw)
	certificates := bytes.HasPrefix(text, []byte("-----BEGIN CERTIFICATE-----"))
	switch {
	case certificates:
		e.TEE = attest.SNP
		e.Collateral, err = f.bundlePEM(text)
		return e, err
	case f.crl != "":
		return e, errors.New("--crl is for certificates in PEM")
	case bytes.HasPrefix(text, []byte("{")):
		e.TEE = attest.TDX
		e.Collateral, err = bundleJSON(text)
		return e, err
	}
	p, err := recognise(raw, 0)
	switch {
	case err != nil:
		return e, err
	case p.form != formBundle:
		return e, errors.New("it is no bundle of collateral")
	}
	return p.evidence, nil
}

// quoteCollateral is collateral for a quote as dcap-qvl and its kin write it: documents as texts, certificates in PEM,
// signatures and lists in hexadecimal or base64.
type quoteCollateral struct {
	PCKCRLIssuerChain     string `json:"pck_crl_issuer_chain"` // the quote has it too, and there it is verified
	RootCACRL             string `json:"root_ca_crl"`
	PCKCRL                string `json:"pck_crl"`
	TCBInfoIssuerChain    string `json:"tcb_info_issuer_chain"`
	TCBInfo               string `json:"tcb_info"`
	TCBInfoSignature      string `json:"tcb_info_signature"`
	QEIdentityIssuerChain string `json:"qe_identity_issuer_chain"`
	QEIdentity            string `json:"qe_identity"`
	QEIdentitySignature   string `json:"qe_identity_signature"`
	PCKCertificateChain   string `json:"pck_certificate_chain"` // may be there; the quote must have it
}

// bundleJSON makes a bundle of a quoteCollateral. What has no place in a bundle must say nothing of its own.
func bundleJSON(raw []byte) ([]byte, error) {
	c, err := strictjson.Decode[quoteCollateral](raw, maxEvidenceInput)
	if err != nil {
		return nil, err
	}
	signer, err := firstOfChain(c.TCBInfoIssuerChain)
	if err != nil {
		return nil, fmt.Errorf("tcb_info_issuer_chain: %w", err)
	}
	other, err := firstOfChain(c.QEIdentityIssuerChain)
	if err != nil {
		return nil, fmt.Errorf("qe_identity_issuer_chain: %w", err)
	}
	if !bytes.Equal(signer, other) {
		return nil, errors.New("TCB info and QE identity are signed by two certificates")
	}
	b := collateral.Bundle{TCBSigner: signer}
	b.TCBInfo.Document, b.QEIdentity.Document = []byte(c.TCBInfo), []byte(c.QEIdentity)
	for _, part := range []struct {
		name, text string
		to         *[]byte
		signature  []byte
	}{
		{"root_ca_crl", c.RootCACRL, &b.RootCRL, nil},
		{"pck_crl", c.PCKCRL, &b.PlatformCRL, nil},
		{"tcb_info_signature", c.TCBInfoSignature, nil, b.TCBInfo.Signature[:]},
		{"qe_identity_signature", c.QEIdentitySignature, nil, b.QEIdentity.Signature[:]},
	} {
		value, err := hex.DecodeString(part.text)
		if err != nil {
			value, err = decodeBase64(part.text)
		}
		switch {
		case part.text == "":
			return nil, fmt.Errorf("%s is missing", part.name)
		case err != nil:
			return nil, fmt.Errorf("%s is neither hexadecimal nor base64", part.name)
		case part.to != nil:
			*part.to = value
		case copy(part.signature, value) != len(value) || len(value) != len(part.signature):
			return nil, fmt.Errorf("%s has %d bytes, want %d", part.name, len(value), len(part.signature))
		}
	}
	return b.Marshal()
}

// firstOfChain returns the first of the certificates in a PEM text. The second, if there is one, is the root.
func firstOfChain(text string) ([]byte, error) {
	chain, err := readCertificates([]byte(text), 2)
	switch {
	case err != nil:
		return nil, err
	case bytes.Equal(chain[0].RawIssuer, chain[0].RawSubject):
		return nil, errors.New("it begins with a root")
	}
	return chain[0].Raw, nil
}

// readCertificates reads a PEM text with 1 to most certificates and nothing else.
func readCertificates(text []byte, most int) (list []*x509.Certificate, err error) {
	for rest := bytes.TrimSpace(text); len(rest) > 0; rest = bytes.TrimSpace(rest) {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil || block.Type != "CERTIFICATE" || len(list) == most {
			return nil, fmt.Errorf("want 1 to %d certificates in PEM and nothing else", most)
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		list = append(list, certificate)
	}
	if len(list) == 0 {
		return nil, errors.New("there is no certificate")
	}
	return list, nil
}

// bundlePEM makes a bundle of the certificates of a chip's key, of its issuer and, if it is there, of the root, in any
// order, and of the list in --crl. The root is left out: it is trusted by --roots or not at all.
func (f *evidenceFlags) bundlePEM(text []byte) ([]byte, error) {
	list, err := readCertificates(text, 3)
	if err != nil {
		return nil, err
	}
	var b kds.Bundle
	var root []byte
	for _, c := range list {
		to := &b.VEK
		switch {
		case bytes.Equal(c.RawIssuer, c.RawSubject):
			to = &root
		case c.IsCA:
			to = &b.ASK
		}
		if *to != nil {
			return nil, fmt.Errorf("two certificates are of the kind of %q", c.Subject.CommonName)
		}
		*to = c.Raw
	}
	switch {
	case b.VEK == nil:
		return nil, errors.New("the certificate of the chip's key (VCEK or VLEK) is missing")
	case b.ASK == nil:
		return nil, errors.New("the certificate of the key's issuer (ASK) is missing")
	case f.crl == "":
		return nil, withHint(errors.New("AMD's revocation list is missing"), "give it with --crl")
	}
	if b.CRL, err = readBounded(f.crl, maxEvidenceInput); err != nil {
		return nil, fmt.Errorf("read revocation list: %w", err)
	}
	if block, rest := pem.Decode(b.CRL); block != nil && block.Type == "X509 CRL" && len(bytes.TrimSpace(rest)) == 0 {
		b.CRL = block.Bytes
	}
	return b.Marshal()
}
