// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-sev-guest/testing/data"

	"github.com/escrin/escrin/attest/kds"
)

// SeedAMD gives a simulator's directory the keys that are published with
// go-sev-guest: making keys of 4096 bits takes seconds.
func SeedAMD(t testing.TB, dir string, product kds.Product) {
	t.Helper()
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
	writePEM(t, filepath.Join(dir, "ARK-"+line+".pem"), "CERTIFICATE", NewARK(t, product, func(*x509.Certificate) {}))
}

func writePEM(t testing.TB, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// NewARK makes the root certificate of a product, the same always.
func NewARK(t testing.TB, product kds.Product, change func(*x509.Certificate)) []byte {
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
