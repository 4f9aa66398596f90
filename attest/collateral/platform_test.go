// SPDX-License-Identifier: Apache-2.0

package collateral

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"testing"

	"pgregory.net/rapid"
)

func drawPlatform(t *rapid.T) (p Platform) {
	copy(p.PPID[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "ppid"))
	copy(p.CPUSVN[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "cpusvn"))
	copy(p.FMSPC[:], rapid.SliceOfN(rapid.Byte(), 6, 6).Draw(t, "fmspc"))
	copy(p.PCEID[:], rapid.SliceOfN(rapid.Byte(), 2, 2).Draw(t, "pceid"))
	p.PCESVN = rapid.Uint16().Draw(t, "pcesvn")
	p.SGXType = rapid.Byte().Draw(t, "type")
	copy(p.InstanceID[:], rapid.SliceOfN(rapid.Byte(), 0, 16).Draw(t, "instance"))
	for _, flag := range []*Flag{&p.DynamicPlatform, &p.CachedKeys, &p.SMTEnabled} {
		*flag = rapid.SampledFrom([]Flag{Unsaid, False, True}).Draw(t, "flag")
	}
	return p
}

func TestPlatformRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlatform(t)
		extension, err := p.Extension()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParsePlatform(&x509.Certificate{Extensions: []pkix.Extension{extension}})
		if err != nil || back != p {
			t.Fatalf("%+v, %v", back, err)
		}
	})
}

// A part that occurs twice, is missing, or has another length is refused.
func TestPlatformRefuses(t *testing.T) {
	good, err := Platform{}.Extension()
	if err != nil {
		t.Fatal(err)
	}
	for i := range good.Value {
		for _, value := range [][]byte{good.Value[:i], append(append([]byte{}, good.Value...), good.Value[i])} {
			c := &x509.Certificate{Extensions: []pkix.Extension{{Id: good.Id, Value: value}}}
			if _, err := ParsePlatform(c); err == nil {
				t.Fatalf("accepted %x", value)
			}
		}
	}
	if _, err := ParsePlatform(&x509.Certificate{}); err == nil {
		t.Error("accepted a certificate without the extension")
	}
}

func FuzzParsePlatform(f *testing.F) {
	good, err := Platform{PCESVN: 300}.Extension()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good.Value)
	f.Fuzz(func(t *testing.T, value []byte) {
		// Must neither panic nor read a part twice; what it reads is checked above.
		_, _ = ParsePlatform(&x509.Certificate{Extensions: []pkix.Extension{{Id: good.Id, Value: value}}})
	})
}
