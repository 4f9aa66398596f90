// SPDX-License-Identifier: Apache-2.0

package crosscheck

import (
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-tdx-guest/pcs"
	guest "github.com/google/go-tdx-guest/verify"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
)

// upToDate reports whether go-tdx-guest can judge the collateral: it refuses
// every platform that is not up to date and leaves no room for a policy.
func upToDate(t claims.TCB) bool {
	return t.Platform.Status == collateral.UpToDate && t.Module.Status == collateral.UpToDate && t.QE.Status == collateral.UpToDate
}

// TDXGuest is go-tdx-guest with the collateral of one evidence at hand. It may
// panic on quotes that package attest/tdx does not read.
type TDXGuest struct {
	roots  *x509.CertPool
	getter bundleGetter
}

// NewTDXGuest returns go-tdx-guest for evidence that can be parsed.
func NewTDXGuest(e attest.Evidence, roots verify.Roots) (*TDXGuest, error) {
	getter, err := newBundleGetter(e)
	if err != nil {
		return nil, err
	}
	root, err := x509.ParseCertificate(roots.Intel())
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	return &TDXGuest{pool, getter}, nil
}

// Verify asks about a quote at the time now, and about collateral and revocation
// too where full is set.
func (g *TDXGuest) Verify(quote []byte, full bool, now time.Time) error {
	return guest.RawTdxQuote(quote, &guest.Options{
		GetCollateral:    full,
		CheckRevocations: full,
		TrustedRoots:     g.roots,
		Getter:           g.getter,
		Now:              &guest.TimeSet{PckCertChain: now, TcbInfo: now, QeIdentity: now, PckCrl: now, RootCaCrl: now},
	})
}

// askTDX asks go-tdx-guest about a quote, and about its collateral and
// revocation too if the platform is current.
func askTDX(e attest.Evidence, roots verify.Roots, current bool, now time.Time) error {
	g, err := NewTDXGuest(e, roots)
	if err != nil {
		return err
	}
	return g.Verify(e.Signed, current, now)
}

// askTDX asks go-tdx-guest about a quote as [askTDX] does, but about a platform's
// certificates, collateral and revocation once in a minute only.
func (v *Verifier) askTDX(e attest.Evidence, current bool, now time.Time) error {
	platform, err := platformOf(e)
	if err != nil {
		return err
	}
	if said, ok := v.warm.of(platform, now); ok && (said.full || !current) {
		return said.chain.certified(e.Signed)
	}
	if err := askTDX(e, v.roots, current, now); err != nil {
		return err
	}
	chain, err := certifyingOf(e.Signed)
	if err == nil {
		v.warm.add(platform, word{current, chain, now})
	}
	return err
}

// bundleGetter answers the requests that go-tdx-guest would send to Intel out of
// a bundle and the certificates in the quote.
type bundleGetter struct {
	bundle           collateral.Bundle
	platformCA, root *x509.Certificate
}

func newBundleGetter(e attest.Evidence) (g bundleGetter, err error) {
	if g.bundle, err = collateral.ParseBundle(e.Collateral); err != nil {
		return g, err
	}
	quote, err := tdx.ParseQuote(e.Signed)
	if err != nil {
		return g, err
	}
	_, rest := pem.Decode(quote.PCKChain)
	for _, cert := range []**x509.Certificate{&g.platformCA, &g.root} {
		block, after := pem.Decode(rest)
		if block == nil {
			return g, errors.New("quote has fewer than three certificates")
		}
		if *cert, err = x509.ParseCertificate(block.Bytes); err != nil {
			return g, err
		}
		rest = after
	}
	return g, nil
}

// Get returns the headers and the body of the answer to a request for address.
func (g bundleGetter) Get(address string) (header map[string][]string, body []byte, err error) {
	b, signer := g.bundle, g.bundle.TCBSigner
	switch {
	case strings.HasPrefix(address, pcs.TcbInfoURL("")):
		return issuers(pcs.TcbInfoIssuerChainPhrase, signer, g.root.Raw), envelope("tcbInfo", b.TCBInfo), nil
	case address == pcs.QeIdentityURL():
		return issuers(pcs.SgxQeIdentityIssuerChainPhrase, signer, g.root.Raw), envelope("enclaveIdentity", b.QEIdentity), nil
	case address == pcs.PckCrlURL("platform"):
		return issuers(pcs.SgxPckCrlIssuerChainPhrase, g.platformCA.Raw, g.root.Raw), b.PlatformCRL, nil
	case len(g.root.CRLDistributionPoints) > 0 && address == g.root.CRLDistributionPoints[0]:
		return nil, b.RootCRL, nil
	}
	return nil, nil, fmt.Errorf("no answer for %q", address)
}

// issuers returns the header that carries the certificates of a signed answer.
func issuers(name string, chain ...[]byte) map[string][]string {
	var text strings.Builder
	for _, der := range chain {
		text.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	return map[string][]string{name: {url.QueryEscape(text.String())}}
}

// envelope returns the JSON in which Intel's service sends a signed document.
func envelope(name string, s collateral.Signed) []byte {
	return []byte(`{"` + name + `":` + string(s.Document) + `,"signature":"` + hex.EncodeToString(s.Signature[:]) + `"}`)
}
