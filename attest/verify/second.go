// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-tdx-guest/abi"
	"github.com/google/go-tdx-guest/pcs"
	guest "github.com/google/go-tdx-guest/verify"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/internal/pki"
)

// secondOpinion asks go-tdx-guest. It may panic on quotes that it cannot read,
// which counts as a no. It refuses every platform that is not up to date and
// leaves no room for a policy: where our own evaluation found another status,
// it is asked about certificates and signatures only. Its evaluation of TCB
// levels is known to be wrong in places and is never relied upon.
func secondOpinion(quote []byte, b collateral.Bundle, c chain, current bool, now time.Time) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("ask second verifier: it panicked: %v", p)
		}
	}()
	message, err := abi.QuoteToProto(quote)
	if err != nil {
		return fmt.Errorf("ask second verifier: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(c.root)
	err = guest.TdxQuote(message, &guest.Options{
		GetCollateral:    current,
		CheckRevocations: current,
		TrustedRoots:     roots,
		Getter:           bundleGetter{b, c},
		Now:              &guest.TimeSet{PckCertChain: now, TcbInfo: now, QeIdentity: now, PckCrl: now, RootCaCrl: now},
	})
	if err != nil {
		return fmt.Errorf("ask second verifier: %w", err)
	}
	return nil
}

// bundleGetter answers the requests that go-tdx-guest would send to Intel out of
// a bundle.
type bundleGetter struct {
	bundle collateral.Bundle
	chain  chain
}

// Get returns the headers and the body of the answer to a request for address.
func (g bundleGetter) Get(address string) (header map[string][]string, body []byte, err error) {
	b, c := g.bundle, g.chain
	switch {
	case strings.HasPrefix(address, pcs.TcbInfoURL("")):
		return issuers(pcs.TcbInfoIssuerChainPhrase, c.signer, c.root), envelope("tcbInfo", b.TCBInfo), nil
	case address == pcs.QeIdentityURL():
		return issuers(pcs.SgxQeIdentityIssuerChainPhrase, c.signer, c.root), envelope("enclaveIdentity", b.QEIdentity), nil
	case address == pcs.PckCrlURL("platform"):
		return issuers(pcs.SgxPckCrlIssuerChainPhrase, c.platformCA, c.root), b.PlatformCRL, nil
	case len(c.root.CRLDistributionPoints) > 0 && address == c.root.CRLDistributionPoints[0]:
		return nil, b.RootCRL, nil
	}
	return nil, nil, fmt.Errorf("no answer for %q", address)
}

// issuers returns the header that carries the certificates of a signed answer.
func issuers(name string, chain ...*x509.Certificate) map[string][]string {
	return map[string][]string{name: {url.QueryEscape(string(pki.EncodePEM(chain...)))}}
}

// envelope returns the JSON in which Intel's service sends a signed document.
func envelope(name string, s collateral.Signed) []byte {
	return []byte(`{"` + name + `":` + string(s.Document) + `,"signature":"` + hex.EncodeToString(s.Signature[:]) + `"}`)
}
