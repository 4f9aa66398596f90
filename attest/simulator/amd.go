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

	"github.com/escrin/escrin/attest/kds"
)

// amdPlace is a place in the hierarchy of AMD's certificates for one product.
type amdPlace uint8

// The places.
const (
	amdARK  amdPlace = iota + 1 // root
	amdASK                      // issues VCEKs
	amdASVK                     // issues VLEKs
	amdVCEK
	amdVLEK
)

// name returns the subject name of the certificate in place a of a product.
func (a amdPlace) name(p kds.Product) string {
	switch a {
	case amdARK:
		return "ARK-" + string(p)
	case amdASK:
		return "SEV-" + string(p)
	case amdASVK:
		return "SEV-VLEK-" + string(p)
	case amdVCEK:
		return "SEV-VCEK"
	}
	return "SEV-VLEK"
}

// serial returns the serial number that AMD gives the certificate in place a.
func (a amdPlace) serial(p kds.Product) *big.Int {
	line := int64(slices.Index(kds.Products(), p)+1) << 16
	switch a {
	case amdARK:
		return big.NewInt(line)
	case amdASK:
		return big.NewInt(line + 1)
	case amdASVK:
		return big.NewInt(line + 0x101)
	}
	return new(big.Int) // of every chip
}

// AMD is the vendor of simulated SEV-SNP platforms of one product. It is safe for
// concurrent use.
type AMD struct {
	dir     string
	product kds.Product
	clock   Clock
	issued  time.Time // its certificates
	ark     authority
	ask     authority

	mu      sync.Mutex
	asvk    authority  // made when a VLEK is asked for
	revoked []*big.Int // serial numbers
	last    issuedList
}

// issuedList is a revocation list that was issued, for RSA signatures take long.
type issuedList struct {
	at      time.Time
	revoked int // how many
	der     []byte
}

// listLifetime is how long AMD's revocation lists are valid.
const listLifetime = 365 * 24 * time.Hour

func openAMD(dir string, p kds.Product, clock Clock) (*AMD, error) {
	if !p.Valid() {
		return nil, fmt.Errorf("product %q is unknown", string(p))
	}
	v := &AMD{dir: dir, product: p, clock: clock, issued: clock().UTC().Truncate(time.Second)}
	return v, v.open()
}

// open reads the authorities that every platform needs, or makes them.
func (v *AMD) open() (err error) {
	v.ark, err = openRoot(v.dir, amdARK.name(v.product), rsa4096, func(k key) (authority, error) {
		return v.newDraft(amdARK, k, authority{}).issue()
	})
	if err != nil {
		return err
	}
	v.ask, err = v.openIssuer(amdASK)
	return err
}

// openIssuer returns ASK or ASVK.
func (v *AMD) openIssuer(place amdPlace) (authority, error) {
	k, err := loadKey(v.dir, place.name(v.product), rsa4096)
	if err != nil {
		return authority{}, err
	}
	return v.newDraft(place, k, v.ark).issue()
}

// issuer returns the authority that issues keys of this kind.
func (v *AMD) issuer(s kds.Signer) (authority, error) {
	if s == kds.VCEK {
		return v.ask, nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	var err error
	if v.asvk.cert == nil {
		v.asvk, err = v.openIssuer(amdASVK)
	}
	return v.asvk, err
}

// RevokeIssuer puts the issuer of all keys of this kind on the root's list.
func (v *AMD) RevokeIssuer(s kds.Signer) {
	place := amdASK
	if s == kds.VLEK {
		place = amdASVK
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.revoked = append(v.revoked, place.serial(v.product))
}

// newDraft prepares AMD's certificate for the key k.
func (v *AMD) newDraft(place amdPlace, k key, by authority) *draft {
	const year = 365 * 24 * time.Hour
	t := &x509.Certificate{
		SerialNumber: place.serial(v.product),
		Subject: pkix.Name{
			CommonName:   place.name(v.product), // verifiers ask for AMD's names
			Organization: []string{"Advanced Micro Devices"}, OrganizationalUnit: []string{"Engineering"},
			Locality: []string{"Santa Clara"}, Province: []string{"CA"}, Country: []string{"US"},
		},
		NotBefore:          v.issued.Add(-24 * time.Hour),
		NotAfter:           v.issued.Add(7 * year),
		SignatureAlgorithm: x509.SHA384WithRSAPSS,
	}
	d := &draft{Certificate: t, role: t.Subject.CommonName, key: k, by: by}
	if place == amdVCEK || place == amdVLEK {
		d.bare = true
		return d
	}
	t.NotAfter = v.issued.Add(25 * year)
	t.BasicConstraintsValid, t.IsCA = true, true
	t.KeyUsage = x509.KeyUsageCertSign
	t.CRLDistributionPoints = []string{v.crlAddress(place)}
	t.SubjectKeyId, _ = keyID(k.Public()) // a key that was made here has one
	if place == amdARK {
		t.KeyUsage |= x509.KeyUsageCRLSign
		t.MaxPathLen = -1
	} else {
		t.MaxPathLenZero = true
	}
	return d
}

// crlAddress is where AMD has its lists; verifiers ask for that too.
func (v *AMD) crlAddress(place amdPlace) string {
	line := "vcek"
	if place == amdASVK {
		line = "vlek"
	}
	return "https://kdsintf.amd.com/" + line + "/v1/" + string(v.product) + "/crl"
}

// snpCredentials are the certificates and keys behind a report.
type snpCredentials struct {
	ark, issuer, vek authority
}

// issueAll issues everything below the root for a chip.
func (v *AMD) issueAll(c chip, f SNPFlaws) (made snpCredentials, err error) {
	made.ark = v.ark
	if made.issuer, err = v.issuer(c.about.Signer); err != nil {
		return snpCredentials{}, err
	}
	place := amdASK
	if c.about.Signer == kds.VLEK {
		place = amdASVK
	}
	if f.onCertificates() {
		d := v.newDraft(place, made.issuer.key, v.ark)
		f.change(d)
		if made.issuer, err = d.issue(); err != nil {
			return snpCredentials{}, err
		}
	}
	about := c.about
	if f.Chip != nil {
		f.Chip(&about)
	}
	d := v.newDraft(place+2, c.key, made.issuer) // VCEK under ASK, VLEK under ASVK
	if d.ExtraExtensions, err = about.Extensions(); err != nil {
		return snpCredentials{}, err
	}
	f.change(d)
	made.vek, err = d.issue()
	return made, err
}

// list returns the revocation list of the ARK at now.
func (v *AMD) list(now time.Time, f SNPFlaws, c snpCredentials) ([]byte, error) {
	now = now.UTC().Truncate(time.Second)
	v.mu.Lock()
	revoked, last := slices.Clone(v.revoked), v.last
	v.mu.Unlock()
	genuine := f.CRL == nil && f.deep.list == nil && f.Revoked == nil
	if genuine && last.at.Equal(now) && last.revoked == len(revoked) {
		return last.der, nil
	}
	for _, a := range []authority{c.issuer, c.vek} {
		if a.cert != nil && slices.Contains(f.Revoked, a.cert.Subject.CommonName) {
			revoked = append(revoked, a.cert.SerialNumber)
		}
	}
	der, err := v.newList(now, revoked, f).issue()
	if err == nil && genuine {
		v.mu.Lock()
		v.last = issuedList{now, len(revoked), der}
		v.mu.Unlock()
	}
	return der, err
}

func (v *AMD) newList(now time.Time, revoked []*big.Int, f SNPFlaws) *listDraft {
	l := &listDraft{issuer: amdARK.name(v.product), by: v.ark, RevocationList: &x509.RevocationList{
		Number: big.NewInt(1 + int64(len(revoked))), ThisUpdate: now.Add(-issuedAgo), NextUpdate: now.Add(listLifetime),
		SignatureAlgorithm: x509.SHA384WithRSAPSS,
	}}
	for _, serial := range revoked {
		l.RevokedCertificateEntries = append(l.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: serial, RevocationTime: l.ThisUpdate, ReasonCode: 1})
	}
	if f.CRL != nil {
		f.CRL(l.RevocationList)
	}
	if f.deep.list != nil {
		f.deep.list(l)
	}
	return l
}
