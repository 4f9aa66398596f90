// SPDX-License-Identifier: Apache-2.0

package pki

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"github.com/escrin/escrin/attest/internal/flaw"
)

// FlawExtension is an extension that certificates and lists of this place do not
// have.
const FlawExtension flaw.Flaw = "extension"

// AMDRole is the place of a certificate in the hierarchy that AMD has for each
// line of processors: a root (ARK), under it one signer (ASK) for the keys of
// chips (VCEK) and one (ASVK) for those of cloud providers (VLEK). Authorities
// have keys of RSA with 4096 bits and sign with RSASSA-PSS and SHA-384; the keys
// that sign reports are on P-384. The zero AMDRole has no place.
type AMDRole uint8

// The roles.
const (
	ARK AMDRole = iota + 1
	ASK
	ASVK
	VCEK
	VLEK
)

// CommonName returns the subject name that AMD gives certificates of role r for
// a product line, such as "Milan".
func (r AMDRole) CommonName(line string) string {
	switch r {
	case ARK:
		return "ARK-" + line
	case ASK:
		return "SEV-" + line
	case ASVK:
		return "SEV-VLEK-" + line
	case VCEK:
		return "SEV-VCEK"
	case VLEK:
		return "SEV-VLEK"
	}
	return ""
}

// CA reports whether certificates of role r issue others.
func (r AMDRole) CA() bool { return r == ARK || r == ASK || r == ASVK }

// CheckAMD checks that cert has role in the hierarchy of a product line and was
// issued by issuer, whenever that was; see [Valid]. The issuer itself must have
// been checked before; the root issues itself. Extensions of AMD's own are for
// package kds to read.
func CheckAMD(cert, issuer *x509.Certificate, role AMDRole, line string) error {
	name := role.CommonName(line)
	if err := checkAMDShape(cert, role, name); err != nil {
		return fmt.Errorf("check %q certificate: %w", name, err)
	}
	// Certificates of chips do not say which key their issuer has.
	named := len(cert.AuthorityKeyId) > 0 || role == ARK || !role.CA()
	if !bytes.Equal(cert.RawIssuer, issuer.RawSubject) || !named ||
		len(cert.AuthorityKeyId) > 0 && !bytes.Equal(cert.AuthorityKeyId, issuer.SubjectKeyId) {
		return flaw.New(FlawIssuer, fmt.Errorf("check %q certificate: names another issuer", name))
	}
	if err := issuer.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature); err != nil {
		return flaw.New(flaw.Signature, fmt.Errorf("check %q certificate: %w", name, err))
	}
	return nil
}

func checkAMDShape(cert *x509.Certificate, role AMDRole, name string) error {
	switch {
	case name == "" || !isAMDName(cert.Subject, name):
		return flaw.New(FlawSubject, fmt.Errorf("subject is %q", cert.Subject))
	case cert.Version != 3:
		return flaw.New(FlawVersion, fmt.Errorf("version is %d", cert.Version))
	case cert.SignatureAlgorithm != x509.SHA384WithRSAPSS: // with SHA-384 for the mask, too, and 48 bytes of salt
		return flaw.New(FlawAlgorithm, fmt.Errorf("signature algorithm is %v", cert.SignatureAlgorithm))
	}
	for _, e := range cert.Extensions {
		switch {
		case e.Critical && !e.Id.Equal(oidKeyUsage()) && !e.Id.Equal(oidBasicConstraints()):
			return flaw.New(FlawCritical, fmt.Errorf("critical extension %v is unknown", e.Id))
		case !role.allows(e.Id):
			return flaw.New(FlawExtension, fmt.Errorf("extension %v does not belong there", e.Id))
		}
	}
	if err := checkForm(cert.Raw); err != nil {
		return err
	}
	if role.CA() {
		return checkAMDAuthority(cert, role)
	}
	if key, ok := cert.PublicKey.(*ecdsa.PublicKey); !ok || key.Curve != elliptic.P384() {
		return flaw.New(FlawKey, errors.New("key is not on P-384"))
	}
	return nil
}

func checkAMDAuthority(cert *x509.Certificate, role AMDRole) error {
	usage := x509.KeyUsageCertSign
	if role == ARK {
		usage |= x509.KeyUsageCRLSign
	}
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	switch {
	case !ok || key.N.BitLen() != 4096 || key.E != 65537:
		return flaw.New(FlawKey, errors.New("key is not of RSA with 4096 bits and exponent 65537"))
	case !cert.BasicConstraintsValid || !cert.IsCA:
		return flaw.New(FlawConstraints, errors.New("basic constraints are missing or wrong"))
	case role != ARK && !(cert.MaxPathLen == 0 && cert.MaxPathLenZero):
		return flaw.New(FlawPathLength, errors.New("path length is not 0"))
	case cert.KeyUsage != usage:
		return flaw.New(FlawUsage, fmt.Errorf("key usage is %#x", int(cert.KeyUsage)))
	case len(cert.SubjectKeyId) == 0:
		return flaw.New(FlawKey, errors.New("key has no identifier"))
	}
	return nil
}

// allows reports whether certificates of role r can have an extension: standard
// ones for authorities, AMD's own for keys that sign reports, and the identifier
// of the issuer's key for all.
func (r AMDRole) allows(id asn1.ObjectIdentifier) bool {
	const authorityKey = "2.5.29.35"
	if r.CA() {
		// Subject key, key usage, basic constraints, where to find revocation lists.
		return slices.Contains([]string{authorityKey, "2.5.29.14", "2.5.29.15", "2.5.29.19", "2.5.29.31"}, id.String())
	}
	return id.String() == authorityKey || len(id) > len(arcAMD()) && id[:len(arcAMD())].Equal(arcAMD())
}

// arcAMD is where AMD's own extensions are.
func arcAMD() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 3704, 1} }

// isAMDName reports whether n is AMD's address with this common name, each part
// once, and nothing else.
func isAMDName(n pkix.Name, common string) bool {
	want := map[string]string{
		"2.5.4.3": common, "2.5.4.6": "US", "2.5.4.7": "Santa Clara", "2.5.4.8": "CA",
		"2.5.4.10": "Advanced Micro Devices", "2.5.4.11": "Engineering",
	}
	for _, part := range n.Names {
		id := part.Type.String()
		if text, ok := part.Value.(string); !ok || want[id] == "" || want[id] != text {
			return false
		}
		delete(want, id)
	}
	return len(want) == 0
}
