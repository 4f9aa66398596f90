// SPDX-License-Identifier: Apache-2.0

package pki

import (
	"encoding/asn1"
	"testing"
)

// Forms that package x509 refuses first, so that no certificate can have them.
func TestAT10Forms(t *testing.T) {
	date := func(text string) asn1.RawValue { return asn1.RawValue{Tag: asn1.TagUTCTime, Bytes: []byte(text)} }
	null := asn1.NullRawValue
	signedObject := func(body ...asn1.RawValue) []byte {
		return sequenceOf(t, []asn1.RawValue{{FullBytes: sequenceOf(t, body)}, null, null})
	}
	good := date("260504030201Z")
	validity := asn1.RawValue{FullBytes: sequenceOf(t, []asn1.RawValue{good, good})}
	if err := checkForm(signedObject(null, null, null, null, validity, null, null, null)); err != nil {
		t.Error(err)
	}
	if err := checkListForm(signedObject(null, null, null, good, good)); err != nil {
		t.Error(err)
	}
	three := asn1.RawValue{FullBytes: sequenceOf(t, []asn1.RawValue{good, good, good})}
	whole := signedObject(null, null, null, null, validity, null, null, null)
	set := append([]byte{0x31}, whole[1:]...)
	for name, der := range map[string][]byte{
		"nothing": {}, "null": {5, 0}, "a set": set, "cut": whole[:len(whole)-1], "longer": append(whole[:len(whole):len(whole)], 0),
		"primitive": append([]byte{0x10}, whole[1:]...), "another class": append([]byte{0xb0}, whole[1:]...),
		"bad element": {0x30, 2, 4, 9}, "no elements": signedObject(), "seven elements": signedObject(null, null, null, null, validity, null, null),
		"nine elements": signedObject(null, null, null, null, validity, null, null, null, null),
		"no dates":      signedObject(null, null, null, null, null, null, null, null),
		"three dates":   signedObject(null, null, null, null, three, null, null, null),
	} {
		if checkForm(der) == nil {
			t.Errorf("certificate, %s: accepted", name)
		}
	}
	for name, der := range map[string][]byte{
		"nothing": {}, "null": {5, 0}, "no elements": signedObject(), "four elements": signedObject(null, null, null, good),
		"first date": signedObject(null, null, null, null, good), "second date": signedObject(null, null, null, good, null),
	} {
		if checkListForm(der) == nil {
			t.Errorf("list, %s: accepted", name)
		}
	}
}

func TestAT10Dates(t *testing.T) {
	for _, c := range []struct {
		tag, class int
		text       string
		want       bool
	}{
		{asn1.TagUTCTime, 0, "260504030201Z", true}, {asn1.TagGeneralizedTime, 0, "20500504030201Z", true},
		{asn1.TagUTCTime, 0, "", false}, {asn1.TagUTCTime, 0, "2605040302Z", false}, {asn1.TagUTCTime, 0, "2605040302010", false},
		{asn1.TagUTCTime, 0, "20500504030201Z", false}, {asn1.TagGeneralizedTime, 0, "260504030201Z", false},
		{asn1.TagGeneralizedTime, 0, "205005040302010", false}, {asn1.TagOctetString, 0, "260504030201Z", false},
		{asn1.TagUTCTime, asn1.ClassContextSpecific, "260504030201Z", false},
	} {
		if got := plainDate(asn1.RawValue{Tag: c.tag, Class: c.class, Bytes: []byte(c.text)}); got != c.want {
			t.Errorf("%d, %d, %q: %v", c.tag, c.class, c.text, got)
		}
	}
}
