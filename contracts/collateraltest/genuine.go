// SPDX-License-Identifier: Apache-2.0

package collateraltest

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/contracts/tdxcollateral"
)

// Genuine is what Intel published for the platform of a genuine quote.
type Genuine struct {
	Quote      tdx.Quote
	Bundle     collateral.Bundle
	Root       *x509.Certificate
	PlatformCA *x509.Certificate
	PCK        *x509.Certificate
	Time       time.Time // at which all of it was valid
}

// OpenGenuine reads the quote and collateral called name ("tdx-v4", "tdx-v5") in the
// folder attest/verify/testdata; its README says where they are from.
func OpenGenuine(folder, name string) (g Genuine, err error) {
	raw, err := os.ReadFile(filepath.Join(folder, "genuine", name+".collateral"))
	if err != nil {
		return g, err
	}
	if g.Bundle, err = collateral.ParseBundle(raw); err != nil {
		return g, err
	}
	if raw, err = os.ReadFile(filepath.Join(folder, "genuine", name+".quote")); err != nil {
		return g, err
	}
	if g.Quote, err = tdx.ParseQuote(raw); err != nil {
		return g, err
	}
	rest := bytes.TrimSuffix(g.Quote.PCKChain, []byte{0})
	for _, cert := range []**x509.Certificate{&g.PCK, &g.PlatformCA, &g.Root} {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return g, errors.New("open genuine quote: fewer than three certificates")
		}
		if *cert, err = x509.ParseCertificate(block.Bytes); err != nil {
			return g, fmt.Errorf("open genuine quote: %w", err)
		}
	}
	g.Time = map[string]time.Time{
		"tdx-v4": time.Date(2025, time.June, 20, 0, 0, 0, 0, time.UTC),
		"tdx-v5": time.Date(2026, time.February, 19, 0, 0, 0, 0, time.UTC),
	}[name]
	return g, nil
}

// Calls returns what brings the collateral to the contract.
func (g Genuine) Calls() []tdxcollateral.Call {
	return tdxcollateral.Calls(g.Bundle, g.PlatformCA.Raw)
}
