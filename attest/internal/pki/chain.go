// SPDX-License-Identifier: Apache-2.0

// Package pki checks X.509 certificates and revocation lists of the one shape
// that Intel gives its TDX endorsements: P-256 and SHA-256 throughout, a root, a
// platform CA under it, PCK certificates under that, and a TCB signing
// certificate under the root. Nothing of that shape is negotiable, so a chain is
// a list of roles and not a search.
package pki

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/escrin/escrin/attest/internal/flaw"
)

// The flaws of certificates and lists, beside those of package flaw.
const (
	FlawSubject     flaw.Flaw = "subject"
	FlawVersion     flaw.Flaw = "version"
	FlawAlgorithm   flaw.Flaw = "algorithm"
	FlawKey         flaw.Flaw = "key"
	FlawConstraints flaw.Flaw = "constraints"
	FlawUsage       flaw.Flaw = "usage"
	FlawPurpose     flaw.Flaw = "purpose" // extended key usage
	FlawPathLength  flaw.Flaw = "pathlength"
	FlawCritical    flaw.Flaw = "critical"
	FlawIssuer      flaw.Flaw = "issuer"
	FlawNumber      flaw.Flaw = "number"
	FlawRevoked     flaw.Flaw = "revoked"
)

// Role is the place of a certificate in the hierarchy. The zero Role has none.
type Role uint8

// The roles.
const (
	Root       Role = iota + 1
	PlatformCA      // issues PCK certificates
	PCK             // certifies one platform
	TCBSigner       // signs TCB info and QE identity
)

// maxCertificate bounds one DER certificate, in bytes.
const maxCertificate = 4 << 10

// CommonName returns the subject name that Intel gives certificates of role r.
func (r Role) CommonName() string {
	switch r {
	case Root:
		return "Intel SGX Root CA"
	case PlatformCA:
		return "Intel SGX PCK Platform CA"
	case PCK:
		return "Intel SGX PCK Certificate"
	case TCBSigner:
		return "Intel SGX TCB Signing"
	}
	return ""
}

// CA reports whether certificates of role r issue others.
func (r Role) CA() bool { return r == Root || r == PlatformCA }

// ParsePEM decodes exactly n certificates from the only PEM encoding of them
// that [EncodePEM] writes, save for one closing NUL, which Intel's quotes have.
func ParsePEM(chain []byte, n int) ([]*x509.Certificate, error) {
	certs := make([]*x509.Certificate, 0, n)
	rest := bytes.TrimSuffix(chain, []byte{0})
	text := rest
	for range n {
		block, after := pem.Decode(rest)
		if block == nil {
			return nil, fmt.Errorf("parse chain: %d certificates, want %d", len(certs), n)
		}
		cert, err := Parse(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("parse chain: %w", err)
		}
		certs, rest = append(certs, cert), after
	}
	if !bytes.Equal(EncodePEM(certs...), text) {
		return nil, fmt.Errorf("parse chain: not the plain encoding of %d certificates", n)
	}
	return certs, nil
}

// Parse decodes one DER certificate of at most 4 KiB.
func Parse(der []byte) (*x509.Certificate, error) {
	if len(der) > maxCertificate {
		return nil, fmt.Errorf("parse certificate: %d bytes, at most %d allowed", len(der), maxCertificate)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("parse certificate: %w", err)
	}
	return cert, nil
}

// EncodePEM is the inverse of ParsePEM.
func EncodePEM(certs ...*x509.Certificate) []byte {
	var out bytes.Buffer
	for _, c := range certs {
		out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return out.Bytes()
}

// Check checks that cert has role and was issued by issuer, whenever that was;
// see [Valid]. The issuer itself must have been checked before; the root issues
// itself.
func Check(cert, issuer *x509.Certificate, role Role) error {
	if err := checkShape(cert, role); err != nil {
		return fmt.Errorf("check %q certificate: %w", role.CommonName(), err)
	}
	if !bytes.Equal(cert.RawIssuer, issuer.RawSubject) || len(cert.AuthorityKeyId) == 0 ||
		!bytes.Equal(cert.AuthorityKeyId, issuer.SubjectKeyId) {
		return flaw.New(FlawIssuer, fmt.Errorf("check %q certificate: names another issuer", role.CommonName()))
	}
	if err := issuer.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature); err != nil {
		return flaw.New(flaw.Signature, fmt.Errorf("check %q certificate: %w", role.CommonName(), err))
	}
	return nil
}

// Valid checks that cert is valid at now, to the second at both ends.
func Valid(cert *x509.Certificate, now time.Time) error {
	if err := checkTime(cert.NotBefore, cert.NotAfter, now); err != nil {
		return fmt.Errorf("check %q certificate: %w", cert.Subject.CommonName, err)
	}
	return nil
}

func checkShape(cert *x509.Certificate, role Role) error {
	usage := x509.KeyUsageDigitalSignature
	if role.CA() {
		usage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	}
	key, isECDSA := cert.PublicKey.(*ecdsa.PublicKey)
	switch {
	case role.CommonName() == "" || cert.Subject.CommonName != role.CommonName():
		return flaw.New(FlawSubject, fmt.Errorf("subject is %q", cert.Subject.CommonName))
	case cert.Version != 3:
		return flaw.New(FlawVersion, fmt.Errorf("version is %d", cert.Version))
	case cert.SignatureAlgorithm != x509.ECDSAWithSHA256:
		return flaw.New(FlawAlgorithm, fmt.Errorf("signature algorithm is %v", cert.SignatureAlgorithm))
	case !isECDSA || key.Curve != elliptic.P256():
		return flaw.New(FlawKey, errors.New("key is not on P-256"))
	case !cert.BasicConstraintsValid || cert.IsCA != role.CA():
		return flaw.New(FlawConstraints, errors.New("basic constraints are missing or wrong"))
	case cert.KeyUsage&usage != usage || !role.CA() && cert.KeyUsage&x509.KeyUsageCertSign != 0:
		return flaw.New(FlawUsage, fmt.Errorf("key usage is %#x", int(cert.KeyUsage)))
	case len(cert.ExtKeyUsage)+len(cert.UnknownExtKeyUsage) != 0:
		return flaw.New(FlawPurpose, errors.New("is for an extended key usage"))
	case role == PlatformCA && !(cert.MaxPathLen == 0 && cert.MaxPathLenZero):
		return flaw.New(FlawPathLength, errors.New("path length is not 0"))
	}
	for _, ext := range cert.Extensions {
		if ext.Critical && !ext.Id.Equal(oidKeyUsage()) && !ext.Id.Equal(oidBasicConstraints()) {
			return flaw.New(FlawCritical, fmt.Errorf("critical extension %v is unknown", ext.Id))
		}
	}
	return checkForm(cert.Raw)
}

// The extensions that every certificate has and that are critical.
func oidKeyUsage() asn1.ObjectIdentifier         { return asn1.ObjectIdentifier{2, 5, 29, 15} }
func oidBasicConstraints() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{2, 5, 29, 19} }

func checkTime(from, until, now time.Time) error {
	if now.Before(from) {
		return flaw.New(flaw.Future, fmt.Errorf("not valid before %s", from.UTC().Format(time.RFC3339)))
	}
	if now.After(until) {
		return flaw.New(flaw.Expired, fmt.Errorf("not valid after %s", until.UTC().Format(time.RFC3339)))
	}
	return nil
}
