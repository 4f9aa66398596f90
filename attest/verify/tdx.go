// SPDX-License-Identifier: Apache-2.0

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
	"slices"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/internal/pki"
	"github.com/escrin/escrin/attest/tdx"
)

// verifyTDX asks first whether the quote is genuine, then whether the collateral
// is, then what the two say of each other, and remembers nothing before all of
// it is answered.
func (v *Verifier) verifyTDX(e attest.Evidence, now time.Time) (claims.Facts, error) {
	if v.roots.intel == nil {
		return claims.Facts{}, refuse(CodeNoRoot, errors.New("no root certificate of Intel's is trusted"))
	}
	quote, err := tdx.ParseQuote(e.Signed)
	if err != nil {
		return claims.Facts{}, refusePart(partQuote, err)
	}
	chainKey := key(sha256.Sum256(quote.PCKChain))
	chain, err := v.openChain(chainKey, quote.PCKChain)
	if err != nil {
		return claims.Facts{}, err
	}
	signer, err := signerOf(quote, chain.pck)
	if err != nil {
		return claims.Facts{}, err
	}
	if !pki.Verify(signer, quote.SignedBytes(), quote.Signature) {
		return claims.Facts{}, refuse(codeQuoteSignature, errors.New("quote signature does not verify"))
	}
	endorsementKey := chain.endorsementKey(e.Collateral)
	endorsement, err := v.openEndorsement(endorsementKey, e.Collateral, chain)
	if err != nil {
		return claims.Facts{}, err
	}
	if err := cmp.Or(chain.valid(now), endorsement.valid(now), endorsement.checkRevocation(chain.pck)); err != nil {
		return claims.Facts{}, err
	}
	tcb, err := evaluate(quote, endorsement, chain.platform)
	if err != nil {
		return claims.Facts{}, err
	}
	v.chains.put(chainKey, chain, len(quote.PCKChain))
	v.bases.put(endorsementKey, endorsement, len(e.Collateral))
	return claims.Facts{
		Evidence: e,
		TDX: &claims.TDX{
			Version: quote.Version, Header: quote.Header, Body: quote.Body, Report: quote.Report,
			QEReport: quote.QEReport, Platform: chain.platform, TCB: tcb,
		},
		Editions: endorsement.editions(chain),
	}, nil
}

// pckChain is the certificates in a quote, under the trusted root.
type pckChain struct {
	root, platformCA, pck *x509.Certificate
	platform              collateral.Platform
	issuer                [32]byte // digest of the platform CA's certificate
	authority             [32]byte // and of its key
}

// openChain checks the certificates, but for their dates and revocation. The root
// in the quote must be the trusted one, byte for byte: it is trusted by decision,
// not by its signature.
func (v *Verifier) openChain(k key, text []byte) (*pckChain, error) {
	if c := v.chains.get(k); c != nil {
		return c, nil
	}
	root := v.roots.intel
	certs, err := pki.ParsePEM(text, 3)
	if err != nil {
		return nil, refusePart(partChain, err)
	}
	if !bytes.Equal(certs[2].Raw, root.Raw) {
		return nil, refuse(codeUntrustedRoot, errors.New("quote is certified by a root that is not trusted"))
	}
	c := &pckChain{root: root, platformCA: certs[1], pck: certs[0]}
	if err := cmp.Or(
		refusePart(partPlatformCA, pki.Check(c.platformCA, root, pki.PlatformCA)),
		refusePart(partPCK, pki.Check(c.pck, c.platformCA, pki.PCK)),
	); err != nil {
		return nil, err
	}
	if c.platform, err = collateral.ParsePlatform(c.pck); err != nil {
		return nil, refusePart(partPlatform, err)
	}
	c.issuer = sha256.Sum256(c.platformCA.Raw)
	c.authority = sha256.Sum256(c.platformCA.RawSubjectPublicKeyInfo)
	return c, nil
}

func (c *pckChain) valid(now time.Time) error {
	return cmp.Or(
		refusePart(partRoot, pki.Valid(c.root, now)),
		refusePart(partPlatformCA, pki.Valid(c.platformCA, now)),
		refusePart(partPCK, pki.Valid(c.pck, now)),
	)
}

// signerOf follows the signatures from the PCK certificate over the quoting
// enclave's report to the attestation key, and returns it. It does so for each
// quote, whatever is known of the platform.
func signerOf(q tdx.Quote, pck *x509.Certificate) (*ecdsa.PublicKey, error) {
	if q.Header.QEVendorID != tdx.IntelQE() {
		return nil, refuse(codeQuoteVendor, fmt.Errorf("quoting enclave is of vendor %x", q.Header.QEVendorID))
	}
	pckKey, ok := pck.PublicKey.(*ecdsa.PublicKey)
	if !ok || !pki.Verify(pckKey, q.QEReport.Marshal(), q.QESignature) {
		return nil, refuse(codeQESignature, errors.New("QE report signature does not verify"))
	}
	bound := sha256.Sum256(slices.Concat(q.AttestationKey[:], q.QEAuthData))
	if q.QEReport.ReportData != [64]byte(append(bound[:], make([]byte, 32)...)) {
		return nil, refuse(codeQEBinding, errors.New("QE report is for another attestation key"))
	}
	signer, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append([]byte{4}, q.AttestationKey[:]...))
	if err != nil {
		return nil, refuse(codeQuoteKey, fmt.Errorf("parse attestation key: %w", err))
	}
	return signer, nil
}

// evaluate asks Intel's documents what platform, TDX module and quoting enclave
// are worth. Where the report says that the module was updated since the guest
// was launched, the worse of the two versions counts.
func evaluate(q tdx.Quote, e *endorsement, p collateral.Platform) (tcb claims.TCB, err error) {
	info, identity, r := &e.info, &e.identity, q.Report
	if err := cmp.Or(
		refusePart(partTCBInfo, info.Family(p)),
		refusePart(partQE, identity.Genuine(q.QEReport)),
		refusePart(partModule, info.Genuine(r, r.TEETCBSVN)),
		refusePart(partModule, info.Genuine(r, current(q))),
	); err != nil {
		return claims.TCB{}, err
	}
	tcb.EvaluationNumber = min(info.EvaluationNumber, identity.EvaluationNumber)
	if tcb.QE, err = identity.Evaluate(q.QEReport); err != nil {
		return claims.TCB{}, refusePart(partQE, err)
	}
	if tcb.Platform, tcb.Module, err = judge(info, p, r.TEETCBSVN); err != nil {
		return claims.TCB{}, err
	}
	if current(q) == r.TEETCBSVN {
		return tcb, nil
	}
	platform, module, err := judge(info, p, current(q))
	if err != nil {
		return claims.TCB{}, err
	}
	tcb.RelaunchAdvised = module.Status.BetterThan(tcb.Module.Status)
	tcb.Platform, tcb.Module = tcb.Platform.Worse(platform), tcb.Module.Worse(module)
	return tcb, nil
}

// current returns the TEE TCB SVN of the TDX module that runs now, which is that
// at launch where a report knows no other.
func current(q tdx.Quote) [16]byte {
	if q.Body == tdx.TDX15 {
		return q.Report.TEETCBSVN2
	}
	return q.Report.TEETCBSVN
}

// judge asks the TCB info about one set of versions.
func judge(info *collateral.TCBInfo, p collateral.Platform, svn [16]byte) (platform, module collateral.Verdict, err error) {
	if platform, err = info.PlatformVerdict(p, svn); err != nil {
		return platform, module, refusePart(partPlatform, err)
	}
	module, err = info.ModuleVerdict(svn, platform)
	return platform, module, refusePart(partModule, err)
}
