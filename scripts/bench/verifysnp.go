// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	guest "github.com/google/go-sev-guest/verify"
	"github.com/google/go-sev-guest/verify/trust"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/verify"
)

// reportCount is how many reports of one guest are verified in turn. One chip signed them all.
const reportCount = 100

// reports is evidence of one simulated guest.
type reports struct {
	signed     [][]byte
	collateral []byte
	roots      verify.Roots
	next       atomic.Int64
}

func (b *bench) newReports() (*reports, error) {
	p, err := simulator.OpenSNP(filepath.Join(b.dir, "snp"), kds.Milan)
	if err != nil {
		return nil, err
	}
	r := new(reports)
	if r.roots, err = verify.ParseRoots(p.RootPEM()); err != nil {
		return nil, err
	}
	g := p.Start(attest.Register{1})
	for i := range reportCount {
		signed, collateral, err := g.Report([64]byte{byte(i)})
		if err != nil {
			return nil, err
		}
		r.signed, r.collateral = append(r.signed, signed), collateral
	}
	return r, nil
}

func (r *reports) another() []byte { return r.signed[r.next.Add(1)%reportCount] }

func (r *reports) evidence() attest.Evidence {
	return attest.Evidence{TEE: attest.SNP, Signed: r.another(), Collateral: r.collateral}
}

// library returns what go-sev-guest is asked with: the same certificates, which it takes from memory.
func (r *reports) library(now time.Time, list bool) (*guest.Options, error) {
	bundle, err := kds.ParseBundle(r.collateral)
	if err != nil {
		return nil, err
	}
	root := trust.AMDRootCertsProduct(string(kds.Milan))
	if err := root.Decode(bundle.ASK, r.roots.AMD(kds.Milan)); err != nil {
		return nil, err
	}
	if root.CRL, err = x509.ParseRevocationList(bundle.CRL); err != nil {
		return nil, err
	}
	return &guest.Options{
		Now: now, CheckRevocations: list, Getter: inMemory{bundle, r.roots.AMD(kds.Milan)},
		TrustedRoots: map[string][]*trust.AMDRootCerts{string(kds.Milan): {root}},
	}, nil
}

// inMemory is AMD's key distribution service for one chip.
type inMemory struct {
	bundle kds.Bundle
	ark    []byte
}

// Get returns the VCEK, or ASK and ARK.
func (m inMemory) Get(url string) ([]byte, error) {
	switch {
	case strings.HasSuffix(url, "/vcek/v1/Milan/cert_chain"):
		return encodePEM(m.bundle.ASK, m.ark), nil
	case strings.Contains(url, "/vcek/v1/Milan/"):
		return m.bundle.VEK, nil
	}
	return nil, fmt.Errorf("no answer for %q", url)
}

func (b *bench) verifySNP() error {
	r, err := b.newReports()
	if err != nil {
		return err
	}
	now := time.Now()
	bare, err := r.library(now, false)
	if err != nil {
		return err
	}
	whole, err := r.library(now, true)
	if err != nil {
		return err
	}
	warm := verify.NewVerifier(r.roots)
	took, err := medians(
		func() error { _, err := warm.Verify(r.evidence(), now); return err },
		func() error { return guest.RawSnpReport(r.another(), bare) },
		func() error { _, err := verify.Verify(r.evidence(), r.roots, now); return err },
		func() error { return guest.RawSnpReport(r.another(), whole) },
	)
	if err != nil {
		return err
	}
	micros("verify.snp_warm_vs_gsg", took[0], took[1], "go-sev-guest without revocation")
	micros("verify.snp_cold", took[2], took[3], "go-sev-guest with revocation")
	return nil
}

func encodePEM(certs ...[]byte) (text []byte) {
	for _, der := range certs {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return text
}
