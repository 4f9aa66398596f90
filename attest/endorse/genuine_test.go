// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	sevdata "github.com/google/go-sev-guest/verify/testdata"
	sevtrust "github.com/google/go-sev-guest/verify/trust"
	tdxtesting "github.com/google/go-tdx-guest/testing"
	tdxdata "github.com/google/go-tdx-guest/testing/testdata"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/internal/pki"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
)

// recorded answers as the vendors did when the open libraries recorded them.
type recorded struct{ asked []string }

func (r *recorded) RoundTrip(request *http.Request) (*http.Response, error) {
	address := request.URL.String()
	r.asked = append(r.asked, address)
	header, body := http.Header{}, []byte(nil)
	switch {
	case strings.HasSuffix(address, "/vcek/v1/Milan/cert_chain"):
		header.Set("Content-Type", "application/x-pem-file")
		body = sevtrust.AskArkMilanVcekBytes
	case strings.Contains(address, "/vcek/v1/Milan/3ac3fe21"):
		header.Set("Content-Type", "application/pkix-cert")
		body = sevdata.VcekBytes
	default:
		recording, ok := tdxtesting.TestGetter.Responses[address]
		if !ok {
			return &http.Response{StatusCode: http.StatusNotFound, Body: http.NoBody, Request: request}, nil
		}
		for name, values := range recording.Header {
			header[name] = values
		}
		header.Set("Content-Type", "application/pkix-crl")
		if bytes.HasPrefix(recording.Body, []byte("{")) {
			header.Set("Content-Type", "application/json; charset=utf-8")
		}
		body = recording.Body
	}
	return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(bytes.NewReader(body)), Request: request}, nil
}

// recordedFetcher asks the vendors' own addresses, at the time of the recordings.
func recordedFetcher(t *testing.T, at time.Time, roots []byte) (*Fetcher, *recorded) {
	t.Helper()
	parsed, err := verify.ParseRoots(roots)
	if err != nil {
		t.Fatal(err)
	}
	r := &recorded{}
	f, err := New(Config{
		Roots: parsed, URLs: VendorURLs(), Directory: t.TempDir(), Transport: r, Clock: &clock{now: at},
		Jitter: func(d time.Duration) time.Duration { return d },
	})
	if err != nil {
		t.Fatal(err)
	}
	return f, r
}

// What Intel's service sent in 2023 for a quote of real hardware.
func TestGenuineAnswersOfIntel(t *testing.T) {
	signed := tdxdata.RawQuote[:bytes.LastIndex(tdxdata.RawQuote, []byte("-----\n"))+len("-----\n")] // something follows the quote
	q, err := tdx.ParseQuote(signed)
	if err != nil {
		t.Fatal(err)
	}
	certs, err := pki.ParsePEM(q.PCKChain, 3)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2023, 7, 1, 1, 0, 0, 0, time.UTC)
	f, r := recordedFetcher(t, at, pki.EncodePEM(certs[2]))
	b, err := f.TDX(context.Background(), q, 0)
	if err != nil {
		t.Fatalf("%v; asked for %q", err, r.asked)
	}
	raw, err := b.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	roots, err := verify.ParseRoots(pki.EncodePEM(certs[2]))
	if err != nil {
		t.Fatal(err)
	}
	// All of it is in order; that the platform is below the lowest level is the last
	// thing that a verifier finds out.
	_, err = verify.Verify(attest.Evidence{TEE: attest.TDX, Signed: signed, Collateral: raw}, roots, at)
	if refusal := (*verify.Error)(nil); !errors.As(err, &refusal) || refusal.Code != "tdx.platform.unlisted" {
		t.Errorf("error is %v", err)
	}
	if s, err := Summarise(raw); err != nil || !s.Until.Equal(time.Date(2023, 7, 8, 7, 24, 59, 0, time.UTC)) {
		t.Errorf("%+v, %v", s, err)
	}
	later, _ := recordedFetcher(t, time.Date(2026, 2, 10, 0, 0, 0, 0, time.UTC), pki.EncodePEM(certs[2]))
	if e, err := later.Get(context.Background(), TCBInfo(TDX, [6]byte{0x90, 0xc0, 0x6f})); !errors.Is(err, ErrUnverified) {
		t.Errorf("signed by a certificate that had expired: number %d, %v", e.EvaluationNumber(), err)
	}
}

// What AMD's service sent for a Milan chip, whose report does not say what it is.
func TestGenuineAnswersOfAMD(t *testing.T) {
	report, err := snp.Parse(sevdata.AttestationBytes)
	if err != nil {
		t.Fatal(err)
	}
	certs, err := decodePEM(sevtrust.AskArkMilanVcekBytes)
	if err != nil {
		t.Fatal(err)
	}
	f, r := recordedFetcher(t, time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), pki.EncodePEM(certs[1]))
	tcb, err := kds.SplitTCB(kds.Milan, report.ReportedTCB)
	if err != nil {
		t.Fatal(err)
	}
	item, err := VCEK(kds.Milan, report.ChipID[:], tcb)
	if err != nil {
		t.Fatal(err)
	}
	if e, err := f.Get(context.Background(), item); err != nil || !bytes.Equal(e.Body, sevdata.VcekBytes) {
		t.Errorf("%v; asked for %q", err, r.asked)
	}
	if _, err := f.SNP(context.Background(), report, nil); !errors.Is(err, ErrNotFound) { // no list was recorded
		t.Errorf("error is %v; asked for %q", err, r.asked)
	}
}
