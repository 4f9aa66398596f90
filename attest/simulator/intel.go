// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"time"

	"github.com/escrin/escrin/attest/collateral"
)

// Subject names of Intel's certificates.
const (
	intelRoot     = "Intel SGX Root CA"
	intelPlatform = "Intel SGX PCK Platform CA"
	intelPCK      = "Intel SGX PCK Certificate"
	intelSigner   = "Intel SGX TCB Signing"
)

// Where Intel's certificates say that the revocation lists are.
const (
	rootCRLAddress     = "https://certificates.simulated.invalid/IntelSGXRootCA.der"
	platformCRLAddress = "https://api.simulated.invalid/sgx/certification/v4/pckcrl?ca=platform&encoding=der"
)

// EvaluationNumber is the TCB evaluation data number of the simulated vendor's
// collateral before the first TCB recovery.
const EvaluationNumber = 18

// Clock tells the time.
type Clock func() time.Time

// Intel is the vendor of simulated TDX platforms. It is safe for concurrent use.
type Intel struct {
	dir              string
	clock            Clock
	issued           time.Time // its certificates
	root             authority
	platform, signer key

	mu      sync.Mutex
	revoked map[string][]*big.Int // serial numbers by subject name of the issuer
	// recoveries is the number of TCB recoveries since the first collateral.
	recoveries uint8
	// verdicts replaces that on the current level of a family.
	verdicts map[[6]byte]collateral.Status
}

// openIntel returns the vendor whose keys are in dir.
func openIntel(dir string, clock Clock) (*Intel, error) {
	v := &Intel{
		dir: dir, clock: clock, issued: clock().UTC().Truncate(time.Second),
		revoked: map[string][]*big.Int{}, verdicts: map[[6]byte]collateral.Status{},
	}
	var err error
	if v.root, err = openRoot(dir, "root", p256, v.certifyRoot); err != nil {
		return nil, err
	}
	if v.platform, err = loadKey(dir, "platform-ca", p256); err != nil {
		return nil, err
	}
	if v.signer, err = loadKey(dir, "tcb-signing", p256); err != nil {
		return nil, err
	}
	return v, nil
}

// Recover does what Intel does after an attack: it demands a higher security
// version of the processors' microcode, and says so in all collateral with the
// next evaluation number. Platforms are out of date until they are updated.
func (v *Intel) Recover() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.recoveries++
}

// Judge gives the current TCB level of a family another status than UpToDate.
func (v *Intel) Judge(fmspc [6]byte, s collateral.Status) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.verdicts[fmspc] = s
}

// RevokePlatformCA puts the issuer of all PCK certificates on the root's list.
func (v *Intel) RevokePlatformCA() error {
	serial, err := serialOf(v.platform)
	if err != nil {
		return err
	}
	v.revoke(intelRoot, serial)
	return nil
}

func (v *Intel) revoke(issuer string, serial *big.Int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.revoked[issuer] = append(v.revoked[issuer], serial)
}

// state is what collateral says at one time. With undone recoveries, it is what
// collateral said before them.
type state struct {
	recoveries uint8
	verdict    collateral.Status
	revoked    map[string][]*big.Int
}

func (v *Intel) state(fmspc [6]byte, undone uint8) state {
	v.mu.Lock()
	defer v.mu.Unlock()
	s := state{v.recoveries - min(v.recoveries, undone), v.verdicts[fmspc], make(map[string][]*big.Int, len(v.revoked))}
	if s.verdict == 0 {
		s.verdict = collateral.UpToDate
	}
	for issuer, serials := range v.revoked {
		s.revoked[issuer] = slices.Clone(serials)
	}
	return s
}

// serialOf returns the serial number that certificates of k have, whenever they
// are issued: its identifier, as at Intel, with the sign bit clear.
func serialOf(k key) (*big.Int, error) {
	id, err := keyID(k.Public())
	if err != nil {
		return nil, fmt.Errorf("number certificate: %w", err)
	}
	id[0] &= 0x7f
	return new(big.Int).SetBytes(id), nil
}

// newDraft prepares Intel's certificate for the key k in the place role.
func (v *Intel) newDraft(role string, k key, by authority) (*draft, error) {
	const year = 365 * 24 * time.Hour
	serial, err := serialOf(k)
	if err != nil {
		return nil, err
	}
	id, err := keyID(k.Public())
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		SerialNumber: serial,
		SubjectKeyId: id,
		Subject: pkix.Name{
			CommonName:   role, // verifiers ask for Intel's names
			Organization: []string{"escrin simulated TEE"}, Locality: []string{"Nowhere"}, Country: []string{"US"},
		},
		NotBefore:             v.issued.Add(-24 * time.Hour),
		NotAfter:              v.issued.Add(7 * year),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		CRLDistributionPoints: []string{rootCRLAddress},
		SignatureAlgorithm:    x509.ECDSAWithSHA256,
	}
	switch role {
	case intelRoot:
		t.AuthorityKeyId = id
		t.NotAfter = v.issued.Add(30 * year)
		t.IsCA, t.MaxPathLen = true, 1
	case intelPlatform:
		t.NotAfter = v.issued.Add(15 * year)
		t.IsCA, t.MaxPathLenZero = true, true
	case intelPCK:
		t.CRLDistributionPoints = []string{platformCRLAddress}
	}
	if t.IsCA {
		t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	}
	return &draft{Certificate: t, role: role, key: k, by: by}, nil
}

func (v *Intel) certifyRoot(k key) (authority, error) {
	d, err := v.newDraft(intelRoot, k, authority{})
	if err != nil {
		return authority{}, err
	}
	return d.issue()
}

// credentials are the certificates and keys behind a quote.
type credentials struct {
	root, platformCA, pck, signer authority
}

// issueAll issues everything below the root for a machine.
func (v *Intel) issueAll(m machine, f Flaws) (c credentials, err error) {
	c.root = v.root
	if c.platformCA, err = v.issue(intelPlatform, v.platform, v.root, machine{}, f); err != nil {
		return credentials{}, err
	}
	if c.pck, err = v.issue(intelPCK, m.pck, c.platformCA, m, f); err != nil {
		return credentials{}, err
	}
	if c.signer, err = v.issue(intelSigner, v.signer, v.root, machine{}, f); err != nil {
		return credentials{}, err
	}
	return c, nil
}

func (v *Intel) issue(role string, k key, by authority, m machine, f Flaws) (authority, error) {
	d, err := v.newDraft(role, k, by)
	if err != nil {
		return authority{}, err
	}
	if role == intelPCK {
		p := m.platform
		if f.Platform != nil {
			f.Platform(&p)
		}
		extension := newSGXExtension(p)
		if f.deep.extension != nil {
			f.deep.extension(&extension)
		}
		d.ExtraExtensions = []pkix.Extension{extension.encode()}
	}
	if f.Certificate != nil {
		f.Certificate(d.Certificate)
	}
	if f.deep.draft != nil {
		f.deep.draft(d)
	}
	return d.issue()
}

// list makes the revocation list of an authority.
func (a authority) list(issuer string, v collateral.Validity, revoked []*big.Int, f Flaws) ([]byte, error) {
	l := &listDraft{issuer: issuer, by: a, RevocationList: &x509.RevocationList{
		Number: big.NewInt(1 + int64(len(revoked))), ThisUpdate: v.IssueDate, NextUpdate: v.NextUpdate,
		SignatureAlgorithm: x509.ECDSAWithSHA256,
	}}
	for _, serial := range revoked {
		l.RevokedCertificateEntries = append(l.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: serial, RevocationTime: v.IssueDate, ReasonCode: 1})
	}
	if f.CRL != nil {
		f.CRL(issuer, l.RevocationList)
	}
	if f.deep.list != nil {
		f.deep.list(l)
	}
	return l.issue()
}
