// SPDX-License-Identifier: Apache-2.0

package describe

import (
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"math/big"
)

// certificate describes a certificate, which is nil if it cannot be read.
func certificate(name, title string, der []byte) (Section, *x509.Certificate) {
	s := Section{Name: name, Title: title}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		s.Problem = err.Error()
		return s, nil
	}
	s.add("subject", cert.Subject.String(), "")
	s.add("issuer", cert.Issuer.String(), "")
	s.add("serial", hexOf(cert.SerialNumber), "")
	s.add("notBefore", cert.NotBefore, "valid from")
	s.add("notAfter", cert.NotAfter, "valid until")
	s.add("key", keyWords(cert), "")
	s.add("signatureAlgorithm", cert.SignatureAlgorithm.String(), "")
	sum := sha256.Sum256(cert.Raw)
	s.add("sha256", sum[:], "fingerprint of the certificate")
	return s, cert
}

func keyWords(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return fmt.Sprintf("%s, sha256 %x", cert.PublicKeyAlgorithm, sum)
}

func hexOf(n *big.Int) string {
	if n == nil {
		return "none"
	}
	return fmt.Sprintf("%#x", n)
}

// list describes a revocation list.
func list(name, title string, der []byte) Section {
	s := Section{Name: name, Title: title}
	l, err := x509.ParseRevocationList(der)
	if err != nil {
		s.Problem = err.Error()
		return s
	}
	s.add("issuer", l.Issuer.String(), "")
	s.add("number", hexOf(l.Number), "grows with each edition")
	s.add("thisUpdate", l.ThisUpdate, "issued")
	s.add("nextUpdate", l.NextUpdate, "to be replaced at")
	s.add("revoked", len(l.RevokedCertificateEntries), "certificates on the list")
	for i, entry := range l.RevokedCertificateEntries {
		if i == maxShown {
			s.add("revoked.more", len(l.RevokedCertificateEntries)-maxShown, "not shown")
			break
		}
		s.add(fmt.Sprintf("revoked.%d", i), hexOf(entry.SerialNumber), "revoked "+write(entry.RevocationTime))
	}
	return s
}

// maxShown bounds how many entries of a list are shown.
const maxShown = 32
