// SPDX-License-Identifier: Apache-2.0

package tdx_test

import (
	"bytes"
	"encoding/binary"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-tdx-guest/testing/testdata"
	"pgregory.net/rapid"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/internal/flaw"
	"github.com/escrin/escrin/attest/tdx"
)

// form is a version with a kind of report.
type form struct {
	version uint16
	body    tdx.Body
}

func forms() []form {
	return []form{{tdx.Version4, tdx.TDX10}, {tdx.Version5, tdx.TDX10}, {tdx.Version5, tdx.TDX15}}
}

// reportAt is where the report of a quote begins.
func (f form) reportAt() int {
	if f.version == tdx.Version5 {
		return tdx.HeaderSize + 6
	}
	return tdx.HeaderSize
}

// dataAt is where the length of the signature data stands.
func (f form) dataAt() int { return f.reportAt() + int(f.body.Size()) }

// made is a quote of this form in which every field has bytes of its own.
func (f form) made() tdx.Quote {
	q := tdx.Quote{
		Version: f.version, Body: f.body, Header: tdx.Header{QESVN: 0x0102, PCESVN: 0x0304, QEVendorID: tdx.IntelQE()},
		QEAuthData: []byte("authentication data"), PCKChain: []byte("certificates"),
	}
	next := byte(0)
	fill := func(parts ...[]byte) {
		for _, part := range parts {
			next++
			for i := range part {
				part[i] = next
			}
		}
	}
	r, qe := &q.Report, &q.QEReport
	fill(q.Header.UserData[:], r.TEETCBSVN[:], r.MRSEAM[:], r.MRSIGNERSEAM[:], r.SEAMAttributes[:], r.TDAttributes[:], r.XFAM[:],
		r.MRTD[:], r.MRCONFIGID[:], r.MROWNER[:], r.MROWNERCONFIG[:], r.RTMR[0][:], r.RTMR[1][:], r.RTMR[2][:], r.RTMR[3][:],
		r.ReportData[:], q.Signature[:], q.AttestationKey[:], q.QESignature[:],
		qe.CPUSVN[:], qe.MiscSelect[:], qe.Attributes[:], qe.MRENCLAVE[:], qe.MRSIGNER[:], qe.ReportData[:])
	qe.ISVProdID, qe.ISVSVN = 0x0506, 0x0708
	if f.body == tdx.TDX15 {
		fill(r.TEETCBSVN2[:], r.MRSERVICETD[:])
	}
	return q
}

// genuine returns quotes of real hardware: of version 4 with one stray byte that
// its publisher put behind it taken off, of version 5, and of version 4 padded.
func genuine(t testing.TB) [][]byte {
	t.Helper()
	google, err := os.ReadFile("testdata/cos-113-tdx-quote.dat")
	if err != nil {
		t.Fatal(err)
	}
	end := bytes.LastIndex(testdata.RawQuote, []byte("-----\n")) + len("-----\n")
	return [][]byte{testdata.RawQuote[:end], testdata.RawQuoteV5, google}
}

func TestQuotesOfRealHardware(t *testing.T) {
	for i, raw := range genuine(t) {
		q, err := tdx.ParseQuote(raw)
		if err != nil {
			t.Errorf("quote %d: %v", i, err)
			continue
		}
		if !bytes.Equal(q.Marshal(), raw) {
			t.Errorf("quote %d: another encoding", i)
		}
		if q.Report.MRTD == (attest.Register{}) || q.Header.QEVendorID != tdx.IntelQE() {
			t.Errorf("quote %d: %+v", i, q)
		}
	}
}

// Every field comes back, in every form, with and without padding.
func TestQuoteRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(forms()).Draw(t, "form")
		q := f.made()
		q.Padding = rapid.IntRange(0, 100).Draw(t, "padding")
		q.QEAuthData = rapid.SliceOfN(rapid.Byte(), 0, 50).Draw(t, "authentication data")
		q.PCKChain = rapid.SliceOfN(rapid.Byte(), 0, 50).Draw(t, "certificates")
		raw := q.Marshal()
		back, err := tdx.ParseQuote(raw)
		if err != nil {
			t.Fatal(err)
		}
		if back.Version != q.Version || back.Body != q.Body || back.Header != q.Header || back.Report != q.Report ||
			back.QEReport != q.QEReport || back.Signature != q.Signature || back.QESignature != q.QESignature ||
			back.AttestationKey != q.AttestationKey || back.Padding != q.Padding ||
			!bytes.Equal(back.QEAuthData, q.QEAuthData) || !bytes.Equal(back.PCKChain, q.PCKChain) {
			t.Fatalf("%+v is %+v", q, back)
		}
		if !bytes.Equal(back.Marshal(), raw) || !bytes.HasPrefix(raw, back.SignedBytes()) {
			t.Fatal("another encoding")
		}
	})
}

// Fields stand where Intel's specification says.
func TestOffsets(t *testing.T) {
	for _, f := range forms() {
		q := f.made()
		raw := q.Marshal()
		at := f.reportAt()
		for offset, want := range map[int][]byte{
			12: q.Header.QEVendorID[:], 28: q.Header.UserData[:],
			at: q.Report.TEETCBSVN[:], at + 16: q.Report.MRSEAM[:], at + 64: q.Report.MRSIGNERSEAM[:], at + 112: q.Report.SEAMAttributes[:],
			at + 120: q.Report.TDAttributes[:], at + 128: q.Report.XFAM[:], at + 136: q.Report.MRTD[:], at + 184: q.Report.MRCONFIGID[:],
			at + 232: q.Report.MROWNER[:], at + 280: q.Report.MROWNERCONFIG[:], at + 328: q.Report.RTMR[0][:], at + 472: q.Report.RTMR[3][:],
			at + 520: q.Report.ReportData[:], f.dataAt() + 4: q.Signature[:], f.dataAt() + 68: q.AttestationKey[:],
			f.dataAt() + 138: q.QEReport.Marshal(), f.dataAt() + 138 + 384: q.QESignature[:],
		} {
			if !bytes.Equal(raw[offset:offset+len(want)], want) {
				t.Errorf("version %d, report %d: byte %d is %x, want %x", f.version, f.body, offset, raw[offset:offset+len(want)], want)
			}
		}
		if f.body == tdx.TDX15 && (!bytes.Equal(raw[at+584:at+600], q.Report.TEETCBSVN2[:]) || !bytes.Equal(raw[at+600:at+648], q.Report.MRSERVICETD[:])) {
			t.Error("fields of TDX 1.5 are elsewhere")
		}
	}
}

func TestAT09QuoteCutShortOrLonger(t *testing.T) {
	all := genuine(t)[:2]
	for _, f := range forms() {
		all = append(all, f.made().Marshal())
	}
	for _, raw := range all {
		for n := range raw {
			if _, err := tdx.ParseQuote(raw[:n]); err == nil {
				t.Fatalf("accepted the first %d bytes of %d", n, len(raw))
			}
		}
		for _, more := range [][]byte{{1}, {0, 1}, {1, 0}, []byte("\n")} {
			if _, err := tdx.ParseQuote(append(bytes.Clone(raw), more...)); flaw.Of(err) != "padding" {
				t.Errorf("with %x behind it: %v", more, err)
			}
		}
	}
	if _, err := tdx.ParseQuote(make([]byte, attest.MaxSignedSize+1)); err == nil {
		t.Error("accepted a quote that is too long")
	}
	q := forms()[0].made()
	q.Padding = attest.MaxSignedSize - len(q.Marshal())
	if _, err := tdx.ParseQuote(q.Marshal()); err != nil {
		t.Errorf("the longest padding: %v", err)
	}
}

// Padding may be cut, for it says nothing: what is left is the same quote.
func TestPaddingSaysNothing(t *testing.T) {
	raw := genuine(t)[2]
	whole, err := tdx.ParseQuote(raw)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := tdx.ParseQuote(raw[:len(raw)-whole.Padding])
	if err != nil {
		t.Fatal(err)
	}
	if whole.Padding == 0 || bare.Padding != 0 {
		t.Errorf("padding is %d and %d", whole.Padding, bare.Padding)
	}
	whole.Padding = 0
	if !bytes.Equal(whole.Marshal(), bare.Marshal()) {
		t.Error("another quote")
	}
}

func TestAT09ConstantFields(t *testing.T) {
	for _, f := range forms() {
		raw := f.made().Marshal()
		qe := f.dataAt() + 4 + 128 + 6
		inner := qe + 384 + 64 + 2 + len("authentication data")
		type field struct {
			at   int
			flaw flaw.Flaw
		}
		fields := map[string]field{
			"version, high byte": {1, "version"}, "key type": {2, "keytype"}, "key type, high byte": {3, "keytype"},
			"TEE type": {4, "teetype"}, "TEE type, high byte": {7, "teetype"},
			"certification data type": {qe - 6, "certification"}, "certification data type, high byte": {qe - 5, "certification"},
			"inner type": {inner, "certification"}, "inner type, high byte": {inner + 1, "certification"},
		}
		for i, reserved := range [][2]int{{20, 28}, {96, 32}, {160, 96}, {260, 60}} {
			fields["QE reserved, first byte "+string(rune('1'+i))] = field{qe + reserved[0], "reserved"}
			fields["QE reserved, last byte "+string(rune('1'+i))] = field{qe + reserved[0] + reserved[1] - 1, "reserved"}
		}
		if f.version == tdx.Version5 {
			maps.Copy(fields, map[string]field{
				"kind of report, high byte": {49, "body"}, "size of report": {50, flaw.Malformed}, "size of report, high byte": {53, flaw.Malformed},
			})
		}
		for name, c := range fields {
			other := bytes.Clone(raw)
			other[c.at] ^= 0x80
			if _, err := tdx.ParseQuote(other); err == nil || flaw.Of(err) != c.flaw {
				t.Errorf("version %d, report %d: %s: %v", f.version, f.body, name, err)
			}
		}
	}
}

// Other versions, reports, keys and ways to certify exist, and are not read.
func TestAT09OtherKinds(t *testing.T) {
	v4, v5 := forms()[0], forms()[2]
	outer, inner := v4.dataAt()+4+128, v4.dataAt()+4+128+6+384+64+2+len("authentication data")
	for name, c := range map[string]struct {
		form form
		at   int
		flaw flaw.Flaw
		kind []uint16
	}{
		"versions":                 {v4, 0, "version", []uint16{0, 1, 2, 3, 6, 0x0400}},
		"attestation keys":         {v4, 2, "keytype", []uint16{0, 1, 3, 4}},
		"TEEs":                     {v4, 4, "teetype", []uint16{0, 1, 0x80, 0x82, 0x8100}},
		"reports":                  {v5, 48, "body", []uint16{0, 1, 4, 0x0300}},
		"certification data":       {v4, outer, "certification", []uint16{0, 1, 2, 3, 4, 5, 7}},
		"inner certification data": {v4, inner, "certification", []uint16{0, 1, 2, 3, 4, 6, 7}},
	} {
		for _, kind := range c.kind {
			raw := c.form.made().Marshal()
			binary.LittleEndian.PutUint16(raw[c.at:], kind)
			if _, err := tdx.ParseQuote(raw); err == nil || flaw.Of(err) != c.flaw {
				t.Errorf("%s: %d: %v", name, kind, err)
			}
		}
	}
	swapped := v5.made()
	swapped.Body = tdx.TDX10 // the size is then right and the lengths behind it are not
	raw := swapped.Marshal()
	raw[48] = byte(tdx.TDX15)
	if _, err := tdx.ParseQuote(raw); err == nil {
		t.Error("accepted a report of another size than its kind")
	}
}

// No length makes the parser read outside of the bytes, or leave some out.
func TestAT09Lengths(t *testing.T) {
	for _, f := range forms() {
		raw := f.made().Marshal()
		data := f.dataAt()
		cert := data + 4 + 128 + 2
		auth := cert + 4 + 384 + 64
		chain := auth + 2 + len("authentication data") + 2
		for at, size := range map[int]int{data: 4, cert: 4, auth: 2, chain: 4} {
			var field [4]byte
			copy(field[:], raw[at:at+size])
			right := binary.LittleEndian.Uint32(field[:])
			wrong := []uint32{0, 1, right - 1, right + 1, right + 64, 1<<15 - 1, 1 << 15, 1<<16 - 1, 1 << 16, 1<<31 - 1, 1 << 31, 1<<32 - 1}
			for _, length := range slices.DeleteFunc(wrong, func(n uint32) bool { return n == right || size == 2 && n > 1<<16-1 }) {
				binary.LittleEndian.PutUint32(field[:], length)
				other := bytes.Clone(raw)
				copy(other[at:], field[:size])
				for _, padding := range []int{0, 64, 4096} {
					if _, err := tdx.ParseQuote(append(bytes.Clone(other), make([]byte, padding)...)); err == nil {
						t.Errorf("accepted length %d at %d with %d zeros behind it", length, at, padding)
					}
				}
			}
		}
	}
}

// What cannot be read again is at least not misread.
func TestMarshalOutOfBounds(t *testing.T) {
	for name, change := range map[string]func(*tdx.Quote){
		"version 0":           func(q *tdx.Quote) { q.Version = 0 },
		"report of no kind":   func(q *tdx.Quote) { q.Version, q.Body = tdx.Version5, 9 },
		"long chain":          func(q *tdx.Quote) { q.PCKChain = make([]byte, attest.MaxSignedSize) },
		"long authentication": func(q *tdx.Quote) { q.QEAuthData = make([]byte, 1<<16+5) },
	} {
		q := forms()[0].made()
		change(&q)
		if _, err := tdx.ParseQuote(q.Marshal()); err == nil {
			t.Errorf("%s: read again", name)
		}
	}
	if raw := (tdx.Report{}).Marshal(0); len(raw) != 0 {
		t.Errorf("report of no kind has %d bytes", len(raw))
	}
}

func FuzzParseQuote(f *testing.F) {
	for _, raw := range genuine(f) {
		f.Add(raw)
	}
	for _, form := range forms() {
		q := form.made()
		q.Padding = 3
		f.Add(q.Marshal())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		q, err := tdx.ParseQuote(raw)
		if err != nil {
			return
		}
		if !bytes.Equal(q.Marshal(), raw) {
			t.Fatal("two encodings of one quote")
		}
		if !bytes.HasPrefix(raw, q.SignedBytes()) {
			t.Fatal("other bytes are signed")
		}
	})
}
