// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"net/url"
	"strings"
	"testing"
	"time"

	guesttesting "github.com/google/go-tdx-guest/testing"
	"github.com/google/go-tdx-guest/testing/testdata"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/verify"
)

// hardwareTime is a time at which the collateral published with go-tdx-guest was
// valid.
func hardwareTime() time.Time { return time.Date(2023, time.July, 1, 1, 0, 0, 0, time.UTC) }

// hardwareEvidence wraps the quote of real hardware and the collateral of Intel
// that go-tdx-guest publishes, and returns it with Intel's root certificate.
func hardwareEvidence(t *testing.T) (attest.Evidence, verify.Roots) {
	t.Helper()
	issuers, err := url.QueryUnescape(guesttesting.TcbInfoHeader["Tcb-Info-Issuer-Chain"][0])
	if err != nil {
		t.Fatal(err)
	}
	signer, rest := pem.Decode([]byte(issuers))
	roots, err := verify.ParseRoots(rest)
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := collateral.Bundle{
		TCBInfo:     openEnvelope(t, testdata.TcbInfoBody, "tcbInfo"),
		QEIdentity:  openEnvelope(t, testdata.QeIdentityBody, "enclaveIdentity"),
		TCBSigner:   signer.Bytes,
		RootCRL:     testdata.RootCrlBody,
		PlatformCRL: testdata.PckCrlBody,
	}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	// The published file has a note behind the quote.
	end := bytes.LastIndex(testdata.RawQuote, []byte("-----\n")) + len("-----\n")
	return attest.Evidence{TEE: attest.TDX, Signed: testdata.RawQuote[:end], Collateral: bundle}, roots
}

func openEnvelope(t *testing.T, body []byte, name string) (s collateral.Signed) {
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

// The published collateral does not list the platform of the published quote
// (its components are older than the lowest level), so the last check of all
// refuses it. Everything before that has accepted what Intel signed.
func TestHardwareQuoteIsAuthenticUpToItsTCB(t *testing.T) {
	e, roots := hardwareEvidence(t)
	_, err := verify.Verify(e, roots, hardwareTime())
	if err == nil || !strings.Contains(err.Error(), "tdx.platform.unlisted") {
		t.Fatalf("error is %v", err)
	}
}

func TestAT05HardwareCollateralExpires(t *testing.T) {
	e, roots := hardwareEvidence(t)
	_, err := verify.Verify(e, roots, hardwareTime().AddDate(0, 1, 0))
	if err == nil || strings.Contains(err.Error(), "no level") {
		t.Fatalf("error is %v", err)
	}
}
