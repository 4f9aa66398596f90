// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"crypto/rand"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/internal/pki"
)

// credentials are the certificates and keys behind a quote.
type credentials struct {
	root, platformCA, pck, signer authority
}

// issueAll makes fresh keys and certificates under root for everything below it.
func issueAll(root authority, now time.Time, f Flaws) (c credentials, err error) {
	c.root = root
	if c.platformCA, err = issue(root, pki.PlatformCA, now, f); err != nil {
		return credentials{}, err
	}
	if c.pck, err = issue(c.platformCA, pki.PCK, now, f); err != nil {
		return credentials{}, err
	}
	if c.signer, err = issue(root, pki.TCBSigner, now, f); err != nil {
		return credentials{}, err
	}
	return c, nil
}

// issue makes a key and certifies it for role. The root certifies itself.
func issue(by authority, role pki.Role, now time.Time, f Flaws) (authority, error) {
	key, err := generateKey()
	if err != nil {
		return authority{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 159))
	if err != nil {
		return authority{}, fmt.Errorf("issue %q certificate: %w", role.CommonName(), err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		return authority{}, fmt.Errorf("issue %q certificate: %w", role.CommonName(), err)
	}
	template, err := newTemplate(role, now, f)
	if err != nil {
		return authority{}, err
	}
	id := sha1.Sum(point)
	template.SerialNumber = serial
	template.SubjectKeyId = id[:]
	if role == pki.Root {
		template.AuthorityKeyId = id[:]
		by = authority{template, key}
	}
	if f.Certificate != nil {
		f.Certificate(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.cert, &key.PublicKey, by.key)
	if err != nil {
		return authority{}, fmt.Errorf("issue %q certificate: %w", role.CommonName(), err)
	}
	cert, err := pki.Parse(der)
	return authority{cert, key}, err
}

func newTemplate(role pki.Role, now time.Time, f Flaws) (*x509.Certificate, error) {
	const year = 365 * 24 * time.Hour
	t := &x509.Certificate{
		Subject: pkix.Name{
			CommonName:   role.CommonName(), // verifiers ask for Intel's names
			Organization: []string{"escrin simulated TEE"},
			Country:      []string{"US"},
		},
		NotBefore:             now.Add(-24 * time.Hour),
		NotAfter:              now.Add(7 * year),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		CRLDistributionPoints: []string{"http://root.crl.simulated.invalid"},
		SignatureAlgorithm:    x509.ECDSAWithSHA256,
	}
	switch role {
	case pki.Root:
		t.NotAfter = now.Add(30 * year)
		t.IsCA, t.MaxPathLen = true, 1
	case pki.PlatformCA:
		t.NotAfter = now.Add(15 * year)
		t.IsCA, t.MaxPathLenZero = true, true
	case pki.PCK:
		t.CRLDistributionPoints = []string{"http://platform.crl.simulated.invalid"}
		p := newPlatform()
		if f.Platform != nil {
			f.Platform(&p)
		}
		extension, err := p.Extension()
		if err != nil {
			return nil, err
		}
		t.ExtraExtensions = []pkix.Extension{extension}
	}
	if t.IsCA {
		t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	}
	return t, nil
}

// newPlatform describes the simulated machine.
func newPlatform() collateral.Platform {
	return collateral.Platform{
		PPID:   [16]byte{'e', 's', 'c', 'r', 'i', 'n', ' ', 's', 'i', 'm', 'u', 'l', 'a', 't', 'e', 'd'},
		CPUSVN: [16]byte{3, 3, 2, 2, 4, 1, 0, 5},
		PCESVN: 13,
		FMSPC:  [6]byte{0x90, 0xc0, 0x6f},
	}
}
