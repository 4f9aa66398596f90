// SPDX-License-Identifier: Apache-2.0

package tdx_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"testing"

	"github.com/google/go-tdx-guest/testing/testdata"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
)

// trimmed cuts off what follows the signature data of a published quote.
func trimmed(raw []byte) []byte {
	const size = tdx.HeaderSize + tdx.ReportSize
	end := size + 4 + int(binary.LittleEndian.Uint32(raw[size:]))
	return raw[:end]
}

// quotes returns two quotes of real hardware and one of the simulator.
func quotes(t testing.TB) [][]byte {
	t.Helper()
	p, err := simulator.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	simulated, _, err := p.Start(attest.Registers{}).Quote([64]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	google, err := os.ReadFile("testdata/cos-113-tdx-quote.dat")
	if err != nil {
		t.Fatal(err)
	}
	return [][]byte{simulated, trimmed(testdata.RawQuote), trimmed(google)}
}

func TestParseQuotesOfRealHardware(t *testing.T) {
	for i, raw := range quotes(t) {
		q, err := tdx.ParseQuote(raw)
		if err != nil {
			t.Errorf("quote %d: %v", i, err)
			continue
		}
		if !bytes.Equal(q.Marshal(), raw) {
			t.Errorf("quote %d: another encoding", i)
		}
		if q.Report.MRTD == (attest.Register{}) && i > 0 {
			t.Errorf("quote %d: MRTD is zero", i)
		}
	}
}

func TestAT09QuoteCutShortOrLonger(t *testing.T) {
	for _, raw := range quotes(t) {
		for n := range raw {
			if _, err := tdx.ParseQuote(raw[:n]); err == nil {
				t.Fatalf("accepted the first %d bytes of %d", n, len(raw))
			}
		}
		if _, err := tdx.ParseQuote(append(bytes.Clone(raw), 1)); err == nil {
			t.Error("accepted a byte too many")
		}
	}
	if _, err := tdx.ParseQuote(make([]byte, attest.MaxSignedSize+1)); err == nil {
		t.Error("accepted a quote that is too long")
	}
}

func TestAT09ConstantFields(t *testing.T) {
	raw := quotes(t)[0]
	const qe = tdx.HeaderSize + tdx.ReportSize + 4 + 128 + 6
	for name, at := range map[string]int{
		"version": 0, "version, high byte": 1, "key type": 2, "TEE type": 4, "TEE type, high byte": 7,
		"certification data type": qe - 6, "inner type": qe + 384 + 64 + 2 + 32,
		"QE reserved 1": qe + 20, "QE reserved 2": qe + 96, "QE reserved 3": qe + 160, "QE reserved 4": qe + 260,
	} {
		other := bytes.Clone(raw)
		other[at] ^= 1
		if _, err := tdx.ParseQuote(other); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzParseQuote(f *testing.F) {
	for _, raw := range quotes(f) {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if q, err := tdx.ParseQuote(raw); err == nil && !bytes.Equal(q.Marshal(), raw) {
			t.Fatal("two encodings of one quote")
		}
	})
}
