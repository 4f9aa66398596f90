// SPDX-License-Identifier: Apache-2.0

// Package verify decides whether evidence is authentic: whether its quote was
// made by genuine hardware whose vendor still vouches for it. Whether what the
// quote says is acceptable is for package attest/appraise.
//
// Every check is escrin's own. In addition, go-tdx-guest must come to the same
// conclusion: two verifiers by different hands have to be wrong together.
package verify

import (
	"bytes"
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/internal/mint"
	"github.com/escrin/escrin/attest/internal/pki"
	"github.com/escrin/escrin/attest/tdx"
)

// Roots are the vendors' root certificates that the caller trusts. The zero
// value trusts none and rejects every evidence. None is compiled in.
type Roots struct {
	tdx *x509.Certificate
}

// ParseRoots reads the root certificate of the TDX platforms to trust: exactly
// one PEM block.
func ParseRoots(pem []byte) (Roots, error) {
	certs, err := pki.ParsePEM(pem, 1)
	if err != nil {
		return Roots{}, fmt.Errorf("parse roots: %w", err)
	}
	return Roots{tdx: certs[0]}, nil
}

// Verify checks the authenticity of e at the time now: certificate chains to
// the roots, signatures of quote and quoting enclave, QE identity, TCB info and
// revocation lists, all of which must be valid at now. The claims it returns say
// what is true, not that it is acceptable.
func Verify(e attest.Evidence, roots Roots, now time.Time) (claims.Claims, error) {
	if e.TEE != attest.TDX {
		return claims.Claims{}, fmt.Errorf("verify evidence: %v is not supported", e.TEE)
	}
	if roots.tdx == nil {
		return claims.Claims{}, errors.New("verify evidence: no root certificate is trusted")
	}
	facts, err := verifyTDX(e, roots.tdx, now)
	if err != nil {
		return claims.Claims{}, fmt.Errorf("verify evidence: %w", err)
	}
	return claims.New(mint.Grant(), facts), nil
}

func verifyTDX(e attest.Evidence, root *x509.Certificate, now time.Time) (claims.Facts, error) {
	quote, err := tdx.ParseQuote(e.Signed)
	if err != nil {
		return claims.Facts{}, err
	}
	bundle, err := collateral.ParseBundle(e.Collateral)
	if err != nil {
		return claims.Facts{}, err
	}
	chain, err := checkChain(quote.PCKChain, bundle, root, now)
	if err != nil {
		return claims.Facts{}, err
	}
	if err := checkSignatures(quote, chain.pck); err != nil {
		return claims.Facts{}, err
	}
	platform, err := collateral.ParsePlatform(chain.pck)
	if err != nil {
		return claims.Facts{}, err
	}
	info, identity, err := openDocuments(bundle, chain.signer, now)
	if err != nil {
		return claims.Facts{}, err
	}
	tcb, err := evaluate(quote, info, identity, platform)
	if err != nil {
		return claims.Facts{}, err
	}
	if err := secondOpinion(e.Signed, bundle, chain, upToDate(tcb), now); err != nil {
		return claims.Facts{}, err
	}
	facts := claims.TDX{Header: quote.Header, Report: quote.Report, QEReport: quote.QEReport, Platform: platform, TCB: tcb}
	return claims.Facts{Evidence: e, TDX: &facts, Editions: chain.editions(info, identity)}, nil
}

// chain is the four certificates behind a quote and its collateral, and the
// lists that none of them is on.
type chain struct {
	pck, platformCA, signer, root *x509.Certificate
	byRoot, byPlatformCA          pki.CRL
}

// checkChain checks the certificates and that none is revoked. The root in the
// quote must be the trusted one, byte for byte: it is trusted by decision, not
// by its signature.
func checkChain(pem []byte, b collateral.Bundle, root *x509.Certificate, now time.Time) (chain, error) {
	certs, err := pki.ParsePEM(pem, 3)
	if err != nil {
		return chain{}, err
	}
	signer, err := pki.Parse(b.TCBSigner)
	if err != nil {
		return chain{}, err
	}
	c := chain{pck: certs[0], platformCA: certs[1], signer: signer, root: root}
	if !bytes.Equal(certs[2].Raw, root.Raw) {
		return chain{}, errors.New("quote is certified by a root that is not trusted")
	}
	err = cmp.Or(
		pki.Check(root, root, pki.Root, now),
		pki.Check(c.platformCA, root, pki.PlatformCA, now),
		pki.Check(c.pck, c.platformCA, pki.PCK, now),
		pki.Check(c.signer, root, pki.TCBSigner, now),
		c.checkRevocation(b, now),
	)
	return c, err
}

// checkRevocation opens the lists and asks them about every certificate but the
// root.
func (c *chain) checkRevocation(b collateral.Bundle, now time.Time) (err error) {
	if c.byRoot, err = pki.OpenCRL(b.RootCRL, c.root, now); err != nil {
		return err
	}
	if c.byPlatformCA, err = pki.OpenCRL(b.PlatformCRL, c.platformCA, now); err != nil {
		return err
	}
	return cmp.Or(c.byRoot.Check(c.platformCA), c.byRoot.Check(c.signer), c.byPlatformCA.Check(c.pck))
}

// editions returns how new the documents and lists are.
func (c chain) editions(info collateral.TCBInfo, identity collateral.QEIdentity) []collateral.Edition {
	root := sha256.Sum256(c.root.RawSubjectPublicKeyInfo)
	platformCA := sha256.Sum256(c.platformCA.RawSubjectPublicKeyInfo)
	list := func(issuer [32]byte, l pki.CRL) collateral.Edition {
		s := collateral.Series{Document: collateral.DocumentCRL, Authority: issuer}
		return collateral.Edition{Series: s, Number: l.Number(), Issued: l.Issued()}
	}
	return []collateral.Edition{
		info.Edition(root), identity.Edition(root), list(root, c.byRoot), list(platformCA, c.byPlatformCA),
	}
}

// checkSignatures follows the signatures from the PCK certificate over the
// quoting enclave's report and the attestation key in it to the TD report.
func checkSignatures(q tdx.Quote, pck *x509.Certificate) error {
	pckKey, ok := pck.PublicKey.(*ecdsa.PublicKey)
	if !ok || !pki.Verify(pckKey, q.QEReport.Marshal(), q.QESignature) {
		return errors.New("QE report signature does not verify")
	}
	bound := sha256.Sum256(append(bytes.Clone(q.AttestationKey[:]), q.QEAuthData...))
	if q.QEReport.ReportData != [64]byte(append(bound[:], make([]byte, 32)...)) {
		return errors.New("QE report is for another attestation key")
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append([]byte{4}, q.AttestationKey[:]...))
	if err != nil {
		return fmt.Errorf("parse attestation key: %w", err)
	}
	if !pki.Verify(key, q.SignedBytes(), q.Signature) {
		return errors.New("quote signature does not verify")
	}
	return nil
}

func openDocuments(b collateral.Bundle, signer *x509.Certificate, now time.Time) (info collateral.TCBInfo, identity collateral.QEIdentity, err error) {
	key, ok := signer.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return info, identity, errors.New("TCB signer has no ECDSA key")
	}
	if info, err = collateral.OpenTCBInfo(b.TCBInfo, key, now); err != nil {
		return info, identity, err
	}
	identity, err = collateral.OpenQEIdentity(b.QEIdentity, key, now)
	return info, identity, err
}

func evaluate(q tdx.Quote, info collateral.TCBInfo, identity collateral.QEIdentity, p collateral.Platform) (claims.TCB, error) {
	platform, module, err := info.Evaluate(p, q.Report)
	if err != nil {
		return claims.TCB{}, err
	}
	qe, err := identity.Evaluate(q.QEReport)
	if err != nil {
		return claims.TCB{}, err
	}
	return claims.TCB{
		Platform: platform, Module: module, QE: qe,
		EvaluationNumber: min(info.EvaluationNumber, identity.EvaluationNumber),
	}, nil
}

func upToDate(t claims.TCB) bool {
	return t.Platform.Status == collateral.UpToDate && t.Module.Status == collateral.UpToDate && t.QE.Status == collateral.UpToDate
}
