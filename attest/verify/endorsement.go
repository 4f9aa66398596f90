// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"time"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/internal/pki"
)

// endorsement is a collateral bundle, under the trusted root and for the
// platforms of one platform CA, which neither list revokes.
type endorsement struct {
	signer       *x509.Certificate
	byRoot       pki.CRL
	byPlatformCA pki.CRL
	info         collateral.TCBInfo
	identity     collateral.QEIdentity
	authority    [32]byte // digest of the root's key
}

// endorsementKey depends on the platform CA, which signs one of the lists and is
// not in the bundle.
func (c *pckChain) endorsementKey(bundle []byte) key {
	digest := sha256.Sum256(bundle)
	return sha256.Sum256(append(digest[:], c.issuer[:]...))
}

// openEndorsement checks everything in a bundle, but for dates and what depends
// on the platform.
func (v *Verifier) openEndorsement(k key, raw []byte, c *pckChain) (*endorsement, error) {
	if e := v.bases.get(k); e != nil {
		return e, nil
	}
	if len(raw) == 0 {
		return nil, refuse(codeCollateralAbsent, errors.New("no collateral"))
	}
	bundle, err := collateral.ParseBundle(raw)
	if err != nil {
		return nil, refusePart(partCollateral, err)
	}
	e := &endorsement{authority: sha256.Sum256(c.root.RawSubjectPublicKeyInfo)}
	if e.signer, err = pki.Parse(bundle.TCBSigner); err != nil {
		return nil, refusePart(partSigner, err)
	}
	if err := pki.Check(e.signer, c.root, pki.TCBSigner); err != nil {
		return nil, refusePart(partSigner, err)
	}
	if e.byRoot, err = pki.OpenCRL(bundle.RootCRL, c.root); err != nil {
		return nil, refusePart(partRootCRL, err)
	}
	if e.byPlatformCA, err = pki.OpenCRL(bundle.PlatformCRL, c.platformCA); err != nil {
		return nil, refusePart(partPlatformCRL, err)
	}
	if err := e.openDocuments(bundle); err != nil {
		return nil, err
	}
	return e, cmp.Or(
		refusePart(partPlatformCA, e.byRoot.Check(c.platformCA)),
		refusePart(partSigner, e.byRoot.Check(e.signer)),
	)
}

func (e *endorsement) openDocuments(b collateral.Bundle) (err error) {
	signer, ok := e.signer.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return refusePart(partSigner, errors.New("TCB signer has no ECDSA key"))
	}
	if e.info, err = collateral.OpenTCBInfo(b.TCBInfo, signer); err != nil {
		return refusePart(partTCBInfo, err)
	}
	if e.identity, err = collateral.OpenQEIdentity(b.QEIdentity, signer); err != nil {
		return refusePart(partQEIdentity, err)
	}
	return nil
}

func (e *endorsement) valid(now time.Time) error {
	return cmp.Or(
		refusePart(partSigner, pki.Valid(e.signer, now)),
		refusePart(partRootCRL, e.byRoot.Valid(now)),
		refusePart(partPlatformCRL, e.byPlatformCA.Valid(now)),
		refusePart(partTCBInfo, e.info.Valid(now)),
		refusePart(partQEIdentity, e.identity.Valid(now)),
	)
}

// checkRevocation asks about what differs from platform to platform.
func (e *endorsement) checkRevocation(pck *x509.Certificate) error {
	return refusePart(partPCK, e.byPlatformCA.Check(pck))
}

// editions returns how new the documents and lists are.
func (e *endorsement) editions(c *pckChain) []collateral.Edition {
	list := func(issuer [32]byte, l pki.CRL) collateral.Edition {
		s := collateral.Series{Document: collateral.DocumentCRL, Authority: issuer}
		return collateral.Edition{Series: s, Number: l.Number(), Issued: l.Issued()}
	}
	return []collateral.Edition{
		e.info.Edition(e.authority), e.identity.Edition(e.authority),
		list(e.authority, e.byRoot), list(c.authority, e.byPlatformCA),
	}
}
