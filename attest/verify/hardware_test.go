// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"net/url"
	"os"
	"testing"
	"time"

	guesttesting "github.com/google/go-tdx-guest/testing"
	"github.com/google/go-tdx-guest/testing/testdata"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
)

// hardwareTime is a time at which the older collateral published with
// go-tdx-guest was valid.
func hardwareTime() time.Time { return time.Date(2023, time.July, 1, 1, 0, 0, 0, time.UTC) }

// intelRoots trusts Intel's root certificate; see testdata/README.md.
func intelRoots(t testing.TB) verify.Roots {
	t.Helper()
	roots, err := verify.ParseRoots(intelRootText(t))
	if err != nil {
		t.Fatal(err)
	}
	return roots
}

func intelRootText(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/intel-sgx-root-ca.pem")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// intelBundle is the collateral of Intel's that go-tdx-guest publishes, with one
// of its two TCB infos.
func intelBundle(t testing.TB, tcbInfo []byte) []byte {
	t.Helper()
	issuers, err := url.QueryUnescape(guesttesting.TcbInfoHeader["Tcb-Info-Issuer-Chain"][0])
	if err != nil {
		t.Fatal(err)
	}
	signer, _ := pem.Decode([]byte(issuers))
	bundle, err := collateral.Bundle{
		TCBInfo:     openEnvelope(t, tcbInfo, "tcbInfo"),
		QEIdentity:  openEnvelope(t, testdata.QeIdentityBody, "enclaveIdentity"),
		TCBSigner:   signer.Bytes,
		RootCRL:     testdata.RootCrlBody,
		PlatformCRL: testdata.PckCrlBody,
	}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return bundle
}

func openEnvelope(t testing.TB, body []byte, name string) (s collateral.Signed) {
	t.Helper()
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(body, &raw); err != nil {
		t.Fatal(err)
	}
	s.Document = raw[name]
	var signature string
	if err := json.Unmarshal(raw["signature"], &signature); err != nil {
		t.Fatal(err)
	}
	if _, err := hex.Decode(s.Signature[:], []byte(signature)); err != nil {
		t.Fatal(err)
	}
	return s
}

// genuineQuotes are the quotes of real hardware that are published with
// permissive licenses. The file of the first has a note behind the quote.
func genuineQuotes(t testing.TB) map[string][]byte {
	t.Helper()
	google, err := os.ReadFile("../tdx/testdata/cos-113-tdx-quote.dat")
	if err != nil {
		t.Fatal(err)
	}
	end := bytes.LastIndex(testdata.RawQuote, []byte("-----\n")) + len("-----\n")
	return map[string][]byte{
		"Sapphire Rapids, version 4": testdata.RawQuote[:end],
		"version 5":                  testdata.RawQuoteV5,
		"Google, version 4":          google,
	}
}

// The published collateral does not list the platform of the published quote
// (its components are older than the lowest level), so the last check of all
// refuses it. Everything before that has accepted what Intel signed.
func TestHardwareQuoteIsAuthenticUpToItsTCB(t *testing.T) {
	quote := genuineQuotes(t)["Sapphire Rapids, version 4"]
	e := attest.Evidence{TEE: attest.TDX, Signed: quote, Collateral: intelBundle(t, testdata.TcbInfoBody)}
	_, err := verify.Verify(e, intelRoots(t), hardwareTime())
	if codeOf(t, err) != "tdx.platform.unlisted" {
		t.Fatalf("error is %v", err)
	}
	e.Signed = testdata.RawQuote
	if _, err := verify.Verify(e, intelRoots(t), hardwareTime()); codeOf(t, err) != "tdx.quote.padding" {
		t.Errorf("with the note behind it: error is %v", err)
	}
}

func TestAT05HardwareCollateralExpires(t *testing.T) {
	quote := genuineQuotes(t)["Sapphire Rapids, version 4"]
	e := attest.Evidence{TEE: attest.TDX, Signed: quote, Collateral: intelBundle(t, testdata.TcbInfoBody)}
	for code, at := range map[verify.Code]time.Time{
		"tdx.platformcrl.expired": time.Date(2023, time.July, 10, 0, 0, 0, 0, time.UTC),
		"tdx.platformcrl.future":  time.Date(2023, time.June, 1, 0, 0, 0, 0, time.UTC),
	} {
		if _, err := verify.Verify(e, intelRoots(t), at); codeOf(t, err) != code {
			t.Errorf("at %v: error is %v, want code %s", at, err, code)
		}
	}
}

// No collateral is published that is valid together for the other quotes: the TCB
// info is of 2026, and the signer's certificate that is published with it ended in
// 2025. Their signatures all verify, so nobody
// can say that they are forged, and nothing more.
func TestHardwareQuotesWithoutCollateralOfTheirTime(t *testing.T) {
	at := time.Date(2026, time.February, 10, 0, 0, 0, 0, time.UTC)
	for name, quote := range genuineQuotes(t) {
		for _, c := range []struct {
			bundle []byte
			code   verify.Code
		}{
			{nil, "tdx.collateral.absent"},
			{intelBundle(t, testdata.TcbInfoBodyV5), "tdx.signer.expired"},
		} {
			e := attest.Evidence{TEE: attest.TDX, Signed: quote, Collateral: c.bundle}
			_, err := verify.Verify(e, intelRoots(t), at)
			if code := codeOf(t, err); code != c.code || !code.Inconclusive() {
				t.Errorf("%s: error is %v, want code %s", name, err, c.code)
			}
		}
	}
}

// What the fields of the quotes are is known from elsewhere.
func TestHardwareQuotesAreReadRight(t *testing.T) {
	for name, want := range map[string]struct {
		version uint16
		body    tdx.Body
		svn     [16]byte
		svn2    [16]byte
		padding int
	}{
		"Sapphire Rapids, version 4": {4, tdx.TDX10, [16]byte{3, 0, 4}, [16]byte{}, 0},
		"version 5":                  {5, tdx.TDX15, [16]byte{11, 1, 4}, [16]byte{13, 1, 4}, 0},
		"Google, version 4":          {4, tdx.TDX10, [16]byte{4, 1, 7}, [16]byte{}, 3065},
	} {
		q, err := tdx.ParseQuote(genuineQuotes(t)[name])
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if q.Version != want.version || q.Body != want.body || q.Report.TEETCBSVN != want.svn ||
			q.Report.TEETCBSVN2 != want.svn2 || q.Padding != want.padding {
			t.Errorf("%s: %d, %d, %x, %x, %d", name, q.Version, q.Body, q.Report.TEETCBSVN, q.Report.TEETCBSVN2, q.Padding)
		}
	}
}

// AT-09: any change of one byte anywhere in a genuine quote is noticed before
// the collateral is looked at, and none makes it merely undecidable.
func TestAT09EveryByteOfGenuineQuotesCounts(t *testing.T) {
	at := time.Date(2026, time.February, 10, 0, 0, 0, 0, time.UTC)
	for name, quote := range genuineQuotes(t) {
		v := verify.NewVerifier(intelRoots(t))
		flipped := bytes.Clone(quote)
		for i := range flipped {
			flipped[i] ^= byte(1 << (i % 8))
			_, err := v.Verify(attest.Evidence{TEE: attest.TDX, Signed: flipped}, at)
			if code := codeOf(t, err); code == "" || code == "tdx.collateral.absent" {
				t.Errorf("%s: byte %d may change: %v", name, i, err)
			}
			flipped[i] = quote[i]
		}
	}
}
