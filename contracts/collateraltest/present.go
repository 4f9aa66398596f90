// SPDX-License-Identifier: Apache-2.0

package collateraltest

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"math/big"
	"time"

	"github.com/escrin/escrin/attest/collateral"
)

// Present is what Intel published in February 2026 for a genuine platform, as if it
// had been published an hour before at, under the root of this package: the same
// documents but for their dates, and a list of the same certificates.
type Present struct {
	Bundle           collateral.Bundle
	Root, PlatformCA *x509.Certificate
}

// NewPresent returns it; the genuine collateral is in the folder attest/verify/testdata.
func NewPresent(folder string, at time.Time) (p Present, err error) {
	g, err := OpenGenuine(folder, "tdx-v5")
	if err != nil {
		return p, err
	}
	authorities, err := newPKI()
	if err != nil {
		return p, err
	}
	list, err := x509.ParseRevocationList(g.Bundle.PlatformCRL)
	if err != nil {
		return p, fmt.Errorf("parse genuine list: %w", err)
	}
	var revoked []*big.Int
	for _, entry := range list.RevokedCertificateEntries {
		revoked = append(revoked, entry.SerialNumber)
	}
	dated := func(l *x509.RevocationList) { l.ThisUpdate, l.NextUpdate = at.Add(-time.Hour), at.AddDate(0, 0, 29) }
	p.Root, p.PlatformCA = authorities.root.cert, authorities.platformCA.cert
	if p.Bundle, err = authorities.bundle(redate(g.Bundle.TCBInfo, at), redate(g.Bundle.QEIdentity, at), nil); err != nil {
		return p, err
	}
	if p.Bundle.RootCRL, err = authorities.root.list(nil, dated); err != nil {
		return p, err
	}
	p.Bundle.PlatformCRL, err = authorities.platformCA.list(revoked, dated)
	return p, err
}

// redate replaces the two dates of a genuine document.
func redate(s collateral.Signed, at time.Time) []byte {
	document := s.Document
	for key, date := range map[string]time.Time{"issueDate": at.Add(-time.Hour), "nextUpdate": at.AddDate(0, 0, 29)} {
		start := bytes.Index(document, []byte(key)) + len(key) + len(`":"`)
		text := date.UTC().Format(time.RFC3339)
		document = append(append(append([]byte{}, document[:start]...), text...), document[start+len(text):]...)
	}
	return document
}
