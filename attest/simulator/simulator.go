// SPDX-License-Identifier: Apache-2.0

// Package simulator plays the TDX platform and its vendor where there is no
// hardware. It signs byte-exact quotes under a certificate chain of Intel's
// shape whose root is generated for each directory: who does not configure that
// root rejects all of it. It must not be linked into anything that verifies.
package simulator

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/internal/pki"
	"github.com/escrin/escrin/attest/predict"
	"github.com/escrin/escrin/attest/tdx"
)

// Platform is one simulated machine and the vendor's keys behind it. It is safe
// for concurrent use.
type Platform struct {
	credentials credentials
	attestation *ecdsa.PrivateKey
}

// Open returns the platform whose root key is in dir, and generates it there at
// first start. Everything below the root is made afresh each time.
func Open(dir string) (*Platform, error) {
	now := time.Now()
	root, err := openRoot(dir, now)
	if err != nil {
		return nil, fmt.Errorf("open simulator: %w", err)
	}
	credentials, err := issueAll(root, now, Flaws{})
	if err != nil {
		return nil, fmt.Errorf("open simulator: %w", err)
	}
	attestation, err := generateKey()
	if err != nil {
		return nil, fmt.Errorf("open simulator: %w", err)
	}
	return &Platform{credentials: credentials, attestation: attestation}, nil
}

// RootPEM returns the root certificate, to be given to verifiers.
func (p *Platform) RootPEM() []byte { return pki.EncodePEM(p.credentials.root.cert) }

// Launch starts a TD: it computes the registers of l.
func (p *Platform) Launch(l predict.Launch) (*TD, error) {
	registers, err := predict.TDX(l)
	if err != nil {
		return nil, fmt.Errorf("launch TD: %w", err)
	}
	return p.Start(registers), nil
}

// Start starts a TD that has these registers, whatever they come from.
func (p *Platform) Start(r attest.Registers) *TD { return &TD{platform: p, registers: r} }

// TD is one launched guest. It is safe for concurrent use.
type TD struct {
	platform  *Platform
	registers attest.Registers
}

// Registers returns the launch registers of the guest.
func (t *TD) Registers() attest.Registers { return t.registers }

// Quote returns a quote over reportData and the encoded collateral for it.
func (t *TD) Quote(reportData [64]byte) (quote, collateral []byte, err error) {
	return t.QuoteWith(reportData, Flaws{})
}

// QuoteWith is Quote with something wrong, for tests.
func (t *TD) QuoteWith(reportData [64]byte, f Flaws) (quote, collateral []byte, err error) {
	now := time.Now()
	c := t.platform.credentials
	if f.Platform != nil || f.Certificate != nil {
		if c, err = issueAll(c.root, now, f); err != nil {
			return nil, nil, fmt.Errorf("quote TD: %w", err)
		}
	}
	q, err := t.sign(c, reportData, f)
	if err != nil {
		return nil, nil, fmt.Errorf("quote TD: %w", err)
	}
	bundle, err := c.endorse(now, f)
	if err != nil {
		return nil, nil, fmt.Errorf("quote TD: %w", err)
	}
	if f.Quote != nil {
		f.Quote(&q)
	}
	if f.Bundle != nil {
		f.Bundle(&bundle)
	}
	if collateral, err = bundle.Marshal(); err != nil {
		return nil, nil, fmt.Errorf("quote TD: %w", err)
	}
	return q.Marshal(), collateral, nil
}

// sign does what TDX module and quoting enclave do.
func (t *TD) sign(c credentials, reportData [64]byte, f Flaws) (q tdx.Quote, err error) {
	key := t.platform.attestation
	point, err := key.PublicKey.Bytes()
	if err != nil {
		return tdx.Quote{}, err
	}
	q.Version, q.Body, q.Header.QEVendorID = tdx.Version4, tdx.TDX10, tdx.IntelQE()
	q.AttestationKey = [64]byte(point[1:])
	q.QEAuthData = make([]byte, 32)
	q.PCKChain = pki.EncodePEM(c.pck.cert, c.platformCA.cert, c.root.cert)

	q.Report = newReport()
	r := t.registers
	q.Report.MRTD, q.Report.RTMR[0], q.Report.RTMR[1], q.Report.RTMR[2] = r.MRTD, r.RTMR0, r.RTMR1, r.RTMR2
	q.Report.ReportData = reportData
	if f.Report != nil {
		f.Report(&q.Report)
	}
	q.QEReport = newQEReport()
	bound := sha256.Sum256(append(q.AttestationKey[:], q.QEAuthData...))
	copy(q.QEReport.ReportData[:], bound[:])
	if f.QEReport != nil {
		f.QEReport(&q.QEReport)
	}
	if q.QESignature, err = sign(c.pck.key, q.QEReport.Marshal()); err != nil {
		return tdx.Quote{}, err
	}
	q.Signature, err = sign(key, q.SignedBytes())
	return q, err
}

// newReport is the TD report of a guest on the simulated machine, without what
// the guest brings.
func newReport() tdx.Report {
	return tdx.Report{
		TEETCBSVN:    [16]byte{6, 1, 3},
		MRSEAM:       sha512.Sum384([]byte("escrin simulated TDX module")),
		TDAttributes: [8]byte{3: 0x10}, // SEPT_VE_DISABLE
		XFAM:         [8]byte{0xe7, 0, 6},
	}
}

func newQEReport() tdx.QEReport {
	return tdx.QEReport{
		CPUSVN:     newPlatform().CPUSVN,
		Attributes: [16]byte{0: 0x15, 8: 0xe7},
		MRENCLAVE:  sha256.Sum256([]byte("escrin simulated quoting enclave")),
		MRSIGNER:   sha256.Sum256([]byte("escrin simulated quoting enclave signer")),
		ISVProdID:  2,
		ISVSVN:     4,
	}
}
