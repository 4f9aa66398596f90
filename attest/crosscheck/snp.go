// SPDX-License-Identifier: Apache-2.0

package crosscheck

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/google/go-sev-guest/abi"
	amd "github.com/google/go-sev-guest/kds"
	"github.com/google/go-sev-guest/proto/sevsnp"
	"github.com/google/go-sev-guest/validate"
	guest "github.com/google/go-sev-guest/verify"
	"github.com/google/go-sev-guest/verify/trust"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/verify"
)

// snpQuestion is SNP evidence in the words of go-sev-guest.
type snpQuestion struct {
	attestation *sevsnp.Attestation
	root        *trust.AMDRootCerts
	options     *guest.Options
	signer      abi.ReportSigner
	vek         *x509.Certificate
	raw         []byte // report
}

// askSNP asks go-sev-guest about a report, its certificates and the list of the
// root, all of which are in the evidence.
//
// It cannot read the certificates of any Turin: it has no place for FMC, wants
// chip ids of 64 bytes and the reserved parts that Turin leaves out. Nor can it
// read those without a stepping where the report is of version 2. There it is
// asked for everything but what it would compare with those extensions. It
// compares no chip id that is zero, and neither do we.
func askSNP(e attest.Evidence, roots verify.Roots, chip kds.Chip, now time.Time) error {
	q, err := newSNPQuestion(e, roots, chip, now)
	if err != nil {
		return err
	}
	report := q.attestation.GetReport()
	unnamed := report.GetCpuid1EaxFms() == 0 && chip.Signer == kds.VCEK && chip.Stepping == ""
	if chip.Product == kds.Turin || unnamed {
		return q.askWithoutExtensions(now)
	}
	if err := guest.SnpAttestation(q.attestation, q.options); err != nil {
		return err
	}
	// What is acceptable is not for it to say.
	return validate.SnpAttestation(q.attestation, &validate.Options{
		GuestPolicy:               abi.SnpPolicy{SMT: true, MigrateMA: true, Debug: true, CXLAllowed: true},
		PermitProvisionalFirmware: true,
	})
}

func newSNPQuestion(e attest.Evidence, roots verify.Roots, chip kds.Chip, now time.Time) (q snpQuestion, err error) {
	bundle, err := kds.ParseBundle(e.Collateral)
	if err != nil {
		return q, err
	}
	report, err := abi.ReportToProto(e.Signed)
	if err != nil {
		return q, err
	}
	if q.vek, err = x509.ParseCertificate(bundle.VEK); err != nil {
		return q, err
	}
	if q.root, err = newSNPRoot(bundle, roots.AMD(chip.Product), chip.Product); err != nil {
		return q, err
	}
	chain := &sevsnp.CertificateChain{AskCert: bundle.ASK, ArkCert: roots.AMD(chip.Product), Extras: map[string][]byte{}}
	if chip.Signer == kds.VLEK {
		q.signer, chain.VlekCert = abi.VlekReportSigner, bundle.VEK
	} else {
		q.signer, chain.VcekCert = abi.VcekReportSigner, bundle.VEK
	}
	q.raw = e.Signed
	q.attestation = &sevsnp.Attestation{Report: report, CertificateChain: chain}
	q.options = &guest.Options{
		CheckRevocations:    true,
		DisableCertFetching: true,
		Getter:              noNetwork{},
		Now:                 now,
		TrustedRoots:        map[string][]*trust.AMDRootCerts{lineOf(report, chip.Product): {q.root}},
	}
	return q, nil
}

// lineOf is what go-sev-guest calls the product. It takes it from the report's
// processor where there is one, and does not know the dense ones of Genoa.
func lineOf(report *sevsnp.Report, p kds.Product) string {
	const unknown = "Unknown"
	if processor := report.GetCpuid1EaxFms(); processor != 0 && amd.ProductLineFromFms(processor) == unknown {
		return unknown
	}
	return string(p)
}

func newSNPRoot(b kds.Bundle, ark []byte, p kds.Product) (*trust.AMDRootCerts, error) {
	root := trust.AMDRootCertsProduct(string(p))
	if err := root.Decode(b.ASK, ark); err != nil {
		return nil, err
	}
	if root.ProductCerts.Ask == nil {
		root.ProductCerts.Ask = root.ProductCerts.Asvk // whose revocation it would not look for otherwise
	}
	var err error
	root.CRL, err = x509.ParseRevocationList(b.CRL)
	return root, err
}

// askWithoutExtensions asks for the certificate chain, the list and the signature
// of the report.
func (q snpQuestion) askWithoutExtensions(now time.Time) error {
	pool := q.root.X509Options(now, q.signer)
	if pool == nil {
		return errors.New("certificates are missing")
	}
	if _, err := q.vek.Verify(*pool); err != nil {
		return err
	}
	if _, err := guest.GetCrlAndCheckRoot(q.root, q.options); err != nil {
		return err
	}
	return guest.SnpReportSignature(q.raw, q.vek)
}

// noNetwork answers nothing.
type noNetwork struct{}

// Get returns an error.
func (noNetwork) Get(url string) ([]byte, error) { return nil, fmt.Errorf("no answer for %q", url) }
