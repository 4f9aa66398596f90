// SPDX-License-Identifier: Apache-2.0

package simulator_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
)

// ask asks a service, and returns its answer.
func ask(s http.Handler, path string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	return answer
}

const (
	tcbPath      = "/tdx/certification/v4/tcb?fmspc=90c06f000000"
	identityPath = "/tdx/certification/v4/qe/identity"
	pckCRLPath   = "/sgx/certification/v4/pckcrl?ca=platform&encoding=der"
	rootCRLPath  = "/IntelSGXRootCA.der"
)

// What Intel's services answer is the collateral of a quote, byte by byte.
func TestIntelServiceHasTheCollateralOfQuotes(t *testing.T) {
	p, err := simulator.OpenAt(t.TempDir(), atNoon)
	if err != nil {
		t.Fatal(err)
	}
	s := simulator.NewServices([]*simulator.Platform{p}, nil)
	_, encoded, err := p.Start(attest.Registers{}).Quote([64]byte{})
	if err != nil {
		t.Fatal(err)
	}
	want, err := collateral.ParseBundle(encoded)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, member, header string
		want                 collateral.Signed
	}{
		{tcbPath, "tcbInfo", "TCB-Info-Issuer-Chain", want.TCBInfo},
		{identityPath, "enclaveIdentity", "SGX-Enclave-Identity-Issuer-Chain", want.QEIdentity},
	} {
		answer := ask(s, c.path)
		var body map[string]json.RawMessage
		if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
			t.Fatalf("%s: %v", c.path, err)
		}
		if signature := `"` + hex.EncodeToString(c.want.Signature[:]) + `"`; !bytes.Equal(body[c.member], c.want.Document) || string(body["signature"]) != signature {
			t.Errorf("%s: other document or signature", c.path)
		}
		chain, err := url.PathUnescape(answer.Header().Get(c.header))
		signer, root := pem.Decode([]byte(chain))
		if err != nil || signer == nil || !bytes.Equal(signer.Bytes, want.TCBSigner) || string(root) != string(p.RootPEM()) {
			t.Errorf("%s: issuer chain is %q, %v", c.path, chain, err)
		}
	}
	inPEM, _ := pem.Decode(ask(s, "/sgx/certification/v4/pckcrl?ca=platform").Body.Bytes())
	inHex, err := hex.DecodeString(ask(s, "/sgx/certification/v4/rootcacrl").Body.String())
	if err != nil || inPEM == nil {
		t.Fatal(err, inPEM)
	}
	for name, pair := range map[string][2][]byte{
		"platform CRL": {ask(s, pckCRLPath).Body.Bytes(), want.PlatformCRL}, "platform CRL in PEM": {inPEM.Bytes, want.PlatformCRL},
		"root CRL": {ask(s, rootCRLPath).Body.Bytes(), want.RootCRL}, "root CRL in hexadecimal": {inHex, want.RootCRL},
	} {
		if !bytes.Equal(pair[0], pair[1]) {
			t.Errorf("%s: another", name)
		}
	}
}

// And so is what AMD's answers.
func TestAMDServiceHasTheCollateralOfReports(t *testing.T) {
	for _, product := range []kds.Product{kds.Genoa, kds.Turin} {
		p := openSNPAt(t, product, atNoon)
		s := simulator.NewServices(nil, []*simulator.SNPPlatform{p})
		_, encoded, err := p.Start(attest.Register{}).Report([64]byte{})
		if err != nil {
			t.Fatal(err)
		}
		want, err := kds.ParseBundle(encoded)
		if err != nil {
			t.Fatal(err)
		}
		c, base := p.Chip(), "/vcek/v1/"+string(product)+"/"
		vcek := fmt.Sprintf("%s%x?blSPL=%d&teeSPL=%d&snpSPL=%d&ucodeSPL=%d", base, c.HWID, c.TCB.Bootloader, c.TCB.TEE, c.TCB.SNP, c.TCB.Microcode)
		if product == kds.Turin {
			if code := ask(s, vcek).Code; code != http.StatusBadRequest {
				t.Errorf("Turin without FMC: %d", code)
			}
			vcek += fmt.Sprintf("&fmcSPL=%d", c.TCB.FMC)
		}
		ask1, root := pem.Decode(ask(s, base+"cert_chain").Body.Bytes())
		if ask1 == nil || !bytes.Equal(ask1.Bytes, want.ASK) || string(root) != string(p.RootPEM()) {
			t.Errorf("%s: another chain", product)
		}
		if !bytes.Equal(ask(s, vcek).Body.Bytes(), want.VEK) || !bytes.Equal(ask(s, base+"crl").Body.Bytes(), want.CRL) {
			t.Errorf("%s: another certificate or list", product)
		}
		if text := ask(s, "/vlek/v1/"+string(product)+"/cert_chain").Body.String(); strings.Count(text, "BEGIN CERTIFICATE") != 2 {
			t.Errorf("%s: chain of VLEKs is %q", product, text)
		}
	}
}

func TestServicesRefuse(t *testing.T) {
	s := simulator.NewServices([]*simulator.Platform{open(t, t.TempDir())}, []*simulator.SNPPlatform{openSNP(t, kds.Genoa)})
	for path, want := range map[string]int{
		"/tdx/certification/v4/tcb?fmspc=000000000000":                           404,
		"/tdx/certification/v4/tcb?fmspc=90c0":                                   400,
		"/tdx/certification/v4/tcb":                                              400,
		"/tdx/certification/v3/tcb?fmspc=90c06f000000":                           404,
		"/sgx/certification/v4/pckcrl?ca=processor":                              404,
		"/sgx/certification/v4/pckcrl?ca=platform&encoding=xml":                  400,
		"/vcek/v1/Rome/crl":                                                      404,
		"/vcek/v1/Turin/cert_chain":                                              404,
		"/vcek/v1/Genoa/00?blSPL=1&teeSPL=1&snpSPL=1&ucodeSPL=1":                 404,
		"/vcek/v1/Genoa/xx":                                                      400,
		"/vcek/v1/Genoa/" + fmt.Sprintf("%x", openSNP(t, kds.Genoa).Chip().HWID): 400,
		"/vlek/v1/Genoa/cert":                                                    404,
		"/":                                                                      404,
	} {
		if code := ask(s, path).Code; code != want {
			t.Errorf("%s: %d, want %d", path, code, want)
		}
	}
	if code := ask(simulator.NewServices(nil, nil), tcbPath).Code; code != 404 {
		t.Errorf("service without platforms: %d", code)
	}
}

func TestServicesBreak(t *testing.T) {
	p, err := simulator.OpenAt(t.TempDir(), atNoon)
	if err != nil {
		t.Fatal(err)
	}
	s := simulator.NewServices([]*simulator.Platform{p}, nil)
	whole := ask(s, tcbPath).Body.String()
	s.Break(simulator.Fault{Status: http.StatusTooManyRequests, RetryAfter: 7 * time.Second, Path: "/tdx/"})
	if answer := ask(s, tcbPath); answer.Code != 429 || answer.Header().Get("Retry-After") != "7" {
		t.Errorf("%d, %v", answer.Code, answer.Header())
	}
	if answer := ask(s, rootCRLPath); answer.Code != 200 {
		t.Errorf("another path: %d", answer.Code)
	}
	s.Break(simulator.Fault{Body: func(b []byte) []byte { return b[:10] }})
	if got := ask(s, tcbPath).Body.String(); got != whole[:10] {
		t.Errorf("body is %q", got)
	}
	p.Vendor().Recover()
	s.Break(simulator.Fault{Age: 48 * time.Hour})
	if got := ask(s, tcbPath).Body.String(); !strings.Contains(got, `"issueDate":"2026-10-03T11:00:00Z"`) || !strings.Contains(got, `"tcbEvaluationDataNumber":19`) {
		t.Errorf("older collateral is %q", got)
	}
	s.Break(simulator.Fault{Undone: 1})
	if got := ask(s, tcbPath).Body.String(); got != whole {
		t.Errorf("collateral before the recovery is %q", got)
	}
	s.Break(simulator.Fault{})
	if got := ask(s, tcbPath).Body.String(); got == whole || !strings.Contains(got, `"tcbEvaluationDataNumber":19`) {
		t.Errorf("collateral now is %q", got)
	}
	if asked := s.Asked(); len(asked) != 7 || !slices.Contains(asked, rootCRLPath) || asked[0] != tcbPath {
		t.Errorf("asked %q", asked)
	}
}

// A gate holds an answer back until it is opened, or the client has gone.
func TestServicesHoldBack(t *testing.T) {
	s := simulator.NewServices([]*simulator.Platform{open(t, t.TempDir())}, nil)
	gate, done := make(chan struct{}), make(chan int)
	s.Break(simulator.Fault{Gate: gate})
	go func() { done <- ask(s, tcbPath).Code }()
	gate <- struct{}{}
	if code := <-done; code != 200 {
		t.Errorf("behind the gate: %d", code)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, tcbPath, nil).WithContext(ctx))
	if answer.Body.Len() != 0 {
		t.Error("answered a client that has gone")
	}
}
