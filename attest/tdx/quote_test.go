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
