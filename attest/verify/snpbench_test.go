// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-sev-guest/testing/data"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/verify"
)

// snpBench is a simulated platform of AMD's, and the roots that it is under.
type snpBench struct {
	platform *simulator.SNPPlatform
	roots    verify.Roots
}

// newSNPBench opens a platform. Its keys are published with go-sev-guest: making
// keys of 4096 bits takes seconds.
func newSNPBench(t testing.TB, product kds.Product) snpBench {
	return newSNPBenchAt(t, product, time.Now)
}

// newSNPBenchAt is newSNPBench at another time. At a fixed one it makes the same
// evidence always.
func newSNPBenchAt(t testing.TB, product kds.Product, clock simulator.Clock) snpBench {
	t.Helper()
	dir := t.TempDir()
	line := string(product)
	for name, key := range map[string]any{
		"ARK-" + line: data.ARKPrivateKey, "SEV-" + line: data.ASKPrivateKey, "SEV-VLEK-" + line: data.ASVKPrivateKey,
		line + "-chip": data.VCEKPrivateKey, line + "-vlek": data.VLEKPrivateKey,
	} {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		writePEM(t, filepath.Join(dir, name+".key"), "PRIVATE KEY", der)
	}
	writePEM(t, filepath.Join(dir, "ARK-"+line+".pem"), "CERTIFICATE", arkOf(t, product, func(*x509.Certificate) {}))
	p, err := simulator.OpenSNPAt(dir, product, clock)
	if err != nil {
		t.Fatal(err)
	}
	roots, err := verify.ParseRoots(p.RootPEM())
	if err != nil {
		t.Fatal(err)
	}
	return snpBench{p, roots}
}

func writePEM(t testing.TB, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// arkOf makes the root certificate of a product.
func arkOf(t testing.TB, product kds.Product, change func(*x509.Certificate)) []byte {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(0x10000),
		Subject: pkix.Name{
			CommonName: "ARK-" + string(product), Country: []string{"US"}, Locality: []string{"Santa Clara"}, Province: []string{"CA"},
			Organization: []string{"Advanced Micro Devices"}, OrganizationalUnit: []string{"Engineering"},
		},
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2060, 1, 1, 0, 0, 0, 0, time.UTC),
		SignatureAlgorithm: x509.SHA384WithRSAPSS, BasicConstraintsValid: true, IsCA: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte{1, 2, 3},
		CRLDistributionPoints: []string{"https://kdsintf.amd.com/vcek/v1/" + string(product) + "/crl"},
	}
	change(template)
	der, err := x509.CreateCertificate(zeros{}, template, template, data.ARKPrivateKey.Public(), data.ARKPrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// zeros is the salt of a signature that is the same always.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

func (b snpBench) evidence(t testing.TB, f simulator.SNPFlaws) attest.Evidence {
	t.Helper()
	report, bundle, err := b.platform.Start(attest.Register{5}).ReportWith([64]byte{7}, f)
	if err != nil {
		t.Fatal(err)
	}
	return attest.Evidence{TEE: attest.SNP, Signed: report, Collateral: bundle}
}

// codeOf returns the code of a refusal, or nothing.
func snpCodeOf(err error) verify.Code {
	var refused *verify.Error
	if !errors.As(err, &refused) {
		return ""
	}
	return refused.Code
}
