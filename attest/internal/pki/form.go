// SPDX-License-Identifier: Apache-2.0

package pki

import (
	"encoding/asn1"
	"errors"
)

// Places of the elements of what is signed.
const (
	certificateSize     = 8 // version, serial, algorithm, issuer, validity, subject, key, extensions
	certificateValidity = 4
	listThisUpdate      = 3 // after version, algorithm and issuer
	listNextUpdate      = 4
)

// checkForm refuses encodings of a certificate that package x509 reads and DER
// does not allow, or RFC 5280: elements too many, and dates of another form.
func checkForm(der []byte) error {
	body, err := signedElements(der)
	if err != nil || len(body) != certificateSize {
		return errors.New("other elements than a certificate's")
	}
	dates, err := elements(body[certificateValidity].FullBytes)
	if err != nil || len(dates) != 2 || !plainDate(dates[0]) || !plainDate(dates[1]) {
		return errors.New("dates are not in UTC to the second")
	}
	return nil
}

// checkListForm is checkForm for revocation lists, the last elements of which may
// be absent.
func checkListForm(der []byte) error {
	body, err := signedElements(der)
	if err != nil || len(body) <= listNextUpdate {
		return errors.New("other elements than a revocation list's")
	}
	if !plainDate(body[listThisUpdate]) || !plainDate(body[listNextUpdate]) {
		return errors.New("dates are not in UTC to the second")
	}
	return nil
}

// signedElements returns the elements of what is signed in a signed object, which
// has an algorithm and a signature beside it and nothing else.
func signedElements(der []byte) ([]asn1.RawValue, error) {
	outer, err := elements(der)
	if err != nil || len(outer) != 3 {
		return nil, errors.New("not a signed object")
	}
	return elements(outer[0].FullBytes)
}

// elements returns what is in the SEQUENCE that der is.
func elements(der []byte) (all []asn1.RawValue, err error) {
	var list asn1.RawValue
	rest, err := asn1.Unmarshal(der, &list)
	if err != nil || len(rest) != 0 || list.Class != asn1.ClassUniversal || list.Tag != asn1.TagSequence || !list.IsCompound {
		return nil, errors.New("not a sequence")
	}
	for rest = list.Bytes; len(rest) > 0; {
		var element asn1.RawValue
		if rest, err = asn1.Unmarshal(rest, &element); err != nil {
			return nil, err
		}
		all = append(all, element)
	}
	return all, nil
}

// plainDate reports whether a date has the only form that RFC 5280 allows.
func plainDate(v asn1.RawValue) bool {
	if n := len(v.Bytes); n == 0 || v.Class != asn1.ClassUniversal || v.Bytes[n-1] != 'Z' {
		return false
	}
	return v.Tag == asn1.TagUTCTime && len(v.Bytes) == len("060102150405Z") ||
		v.Tag == asn1.TagGeneralizedTime && len(v.Bytes) == len("20060102150405Z")
}
