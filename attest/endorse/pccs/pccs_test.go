// SPDX-License-Identifier: Apache-2.0

package pccs_test

import (
	"context"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	sevabi "github.com/google/go-sev-guest/abi"
	sevpb "github.com/google/go-sev-guest/proto/sevsnp"
	sevverify "github.com/google/go-sev-guest/verify"
	sevtrust "github.com/google/go-sev-guest/verify/trust"
	"github.com/google/go-tdx-guest/pcs"
	tdxverify "github.com/google/go-tdx-guest/verify"
	tdxtrust "github.com/google/go-tdx-guest/verify/trust"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/endorse"
	"github.com/escrin/escrin/attest/endorse/pccs"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
)

// start is when every test begins.
var start = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// clock goes on by being waited for; nobody is too slow for it.
type clock struct {
	mutex sync.Mutex
	now   time.Time
}

func (c *clock) Now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.now
}

func (c *clock) Wait(ctx context.Context, d time.Duration) error {
	if d == 30*time.Second { // for an answer
		<-ctx.Done()
		return ctx.Err()
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

// vendorKeys returns the directory of the vendors' keys, which all tests share.
var vendorKeys = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "escrin-pccs-") })

func TestMain(m *testing.M) {
	status := m.Run()
	if dir, err := vendorKeys(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(status)
}

// world is the vendors, one machine of each, and a service for others.
type world struct {
	clock   *clock
	intel   *simulator.Platform
	amd     *simulator.SNPPlatform
	vendors *simulator.Services
	fetcher *endorse.Fetcher
	roots   []byte
	url     string // of the service
	logged  []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{clock: &clock{now: start}}
	dir, err := vendorKeys()
	if err != nil {
		t.Fatal(err)
	}
	if w.intel, err = simulator.OpenAt(dir, w.clock.Now); err != nil {
		t.Fatal(err)
	}
	if w.amd, err = simulator.OpenSNPAt(dir, kds.Genoa, w.clock.Now); err != nil {
		t.Fatal(err)
	}
	w.vendors = simulator.NewServices([]*simulator.Platform{w.intel}, []*simulator.SNPPlatform{w.amd})
	w.roots = append(w.intel.RootPEM(), w.amd.RootPEM()...)
	w.fetcher = w.newFetcher(t, serve(t, w.vendors))
	w.url = serve(t, pccs.Handler(w.fetcher, func(line string) { w.logged = append(w.logged, line) }))
	return w
}

func serve(t *testing.T, h http.Handler) string {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func (w *world) newFetcher(t *testing.T, address string) *endorse.Fetcher {
	t.Helper()
	roots, err := verify.ParseRoots(w.roots)
	if err != nil {
		t.Fatal(err)
	}
	f, err := endorse.New(endorse.Config{
		Roots: roots, URLs: endorse.URLs{Intel: address, IntelRootCRL: address + "/IntelSGXRootCA.der", AMD: address},
		Directory: t.TempDir(), Transport: http.DefaultTransport, Clock: w.clock, Jitter: endorse.RandomJitter,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// get asks the service.
func (w *world) get(t *testing.T, target string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.Get(w.url + target)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, body
}

func (w *world) vcekPath() string {
	about := w.amd.Chip()
	t := about.TCB
	return fmt.Sprintf("/vcek/v1/Genoa/%x?blSPL=%d&teeSPL=%d&snpSPL=%d&ucodeSPL=%d", about.HWID, t.Bootloader, t.TEE, t.SNP, t.Microcode)
}

// The same bytes and headers that the vendors send.
func TestAnswersAreTheVendors(t *testing.T) {
	w := newWorld(t)
	for _, target := range []string{
		"/tdx/certification/v4/tcb?fmspc=90c06f000000", "/tdx/certification/v4/qe/identity",
		"/sgx/certification/v4/pckcrl?ca=platform&encoding=der", "/IntelSGXRootCA.der",
		"/vcek/v1/Genoa/cert_chain", "/vcek/v1/Genoa/crl", w.vcekPath(), "/vlek/v1/Genoa/cert_chain",
	} {
		original := httptest.NewRecorder()
		w.vendors.ServeHTTP(original, httptest.NewRequest(http.MethodGet, target, nil))
		r, body := w.get(t, target)
		if r.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d, %s", target, r.StatusCode, body)
			continue
		}
		if !strings.Contains(target, "crl") && !strings.HasSuffix(target, ".der") && string(body) != original.Body.String() {
			t.Errorf("%s: another body", target)
		}
		for _, name := range []string{"TCB-Info-Issuer-Chain", "SGX-Enclave-Identity-Issuer-Chain", "SGX-PCK-CRL-Issuer-Chain"} {
			if r.Header.Get(name) != original.Header().Get(name) {
				t.Errorf("%s: header %s is %q, want %q", target, name, r.Header.Get(name), original.Header().Get(name))
			}
		}
	}
}

// Lists are written in digits unless DER is asked for; the root's always.
func TestListsHaveTwoForms(t *testing.T) {
	w := newWorld(t)
	_, der := w.get(t, "/sgx/certification/v4/pckcrl?ca=PLATFORM&encoding=DER")
	_, digits := w.get(t, "/sgx/certification/v4/pckcrl?ca=platform")
	_, rootDER := w.get(t, "/IntelSGXRootCA.der")
	_, rootDigits := w.get(t, "/sgx/certification/v4/rootcacrl")
	if string(digits) != hex.EncodeToString(der) || string(rootDigits) != hex.EncodeToString(rootDER) {
		t.Error("forms differ")
	}
	for _, list := range [][]byte{der, rootDER} {
		if _, err := x509.ParseRevocationList(list); err != nil {
			t.Error(err)
		}
	}
}

func TestWhatIsNotServed(t *testing.T) {
	w := newWorld(t)
	const tcb = "/tdx/certification/v4/tcb?fmspc=90c06f000000"
	for target, status := range map[string]int{
		"/": 404, "/tdx/certification/v3/tcb?fmspc=90c06f000000": 404, "/sgx/certification/v4/pckcert?qeid=00": 404,
		"/tdx/certification/v4/tcb": 400, "/tdx/certification/v4/tcb?fmspc=90c06f": 400, "/tdx/certification/v4/tcb?fmspc=90c06f00000g": 400,
		"/tdx/certification/v4/tcb?fmspc=000000000000": 404, "/sgx/certification/v4/tcb?fmspc=90c06f000000": 404,
		tcb + "&fmspc=000000000000": 400, tcb + "&update=standard": 200, tcb + "&update=early": 404, tcb + "&update=late": 400,
		tcb + "&tcbEvaluationDataNumber=18": 200, tcb + "&tcbEvaluationDataNumber=19": 404, tcb + "&tcbEvaluationDataNumber=x": 400,
		tcb + "&tcbEvaluationDataNumber=18&update=standard": 400, tcb + "&x=" + strings.Repeat("x", 1<<10): 400, tcb + ";a": 400,
		"/sgx/certification/v4/pckcrl": 400, "/sgx/certification/v4/pckcrl?ca=root": 400, "/sgx/certification/v4/pckcrl?ca=processor": 404,
		"/vcek/v1/Rome/cert_chain": 404, "/vcek/v1/Rome/crl": 404, "/vcek/v1/Genoa/xx": 400, "/vcek/v1/Genoa/00?blSPL=1&teeSPL=0&snpSPL=0&ucodeSPL=0": 400,
		w.vcekPath() + "&fmcSPL=1": 400, strings.Replace(w.vcekPath(), "blSPL", "bl", 1): 400, w.vcekPath() + "0000": 400,
		"/vcek/v1/Genoa/" + strings.Repeat("00", 64) + "?blSPL=1&teeSPL=0&snpSPL=0&ucodeSPL=0": 404, "/vlek/v1/Genoa/cert": 404,
	} {
		if r, body := w.get(t, target); r.StatusCode != status {
			t.Errorf("%s: status %d, want %d: %s", target, r.StatusCode, status, body)
		}
	}
	r, err := http.Post(w.url+tcb, "application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d", r.StatusCode)
	}
}

// What is wrong with a vendor is told apart from what is wrong with a request, and
// said to the operator alone.
func TestVendorsAreDown(t *testing.T) {
	w := newWorld(t)
	for n, c := range []struct {
		fault  simulator.Fault
		status int
	}{
		{simulator.Fault{Status: http.StatusInternalServerError}, http.StatusServiceUnavailable},
		{simulator.Fault{Body: func([]byte) []byte { return []byte("{}") }}, http.StatusBadGateway},
		{simulator.Fault{Age: 90 * 24 * time.Hour}, http.StatusBadGateway},
	} {
		w.vendors.Break(c.fault)
		w.clock.now = w.clock.now.Add(time.Hour)
		r, body := w.get(t, "/tdx/certification/v4/qe/identity")
		if r.StatusCode != c.status || strings.Contains(string(body), "127.0.0.1") || len(w.logged) != n+1 {
			t.Errorf("status %d, %q, log %q", r.StatusCode, body, w.logged)
		}
	}
}

// rerouted is a getter of go-tdx-guest's with the vendors' addresses replaced.
type rerouted struct{ to string }

func (r rerouted) address(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return r.to + u.RequestURI()
}

func (r rerouted) Get(address string) (map[string][]string, []byte, error) {
	return (&tdxtrust.SimpleHTTPSGetter{}).Get(r.address(address))
}

// reroutedAMD is the same for go-sev-guest.
type reroutedAMD struct{ rerouted }

func (r reroutedAMD) Get(address string) ([]byte, error) {
	return (&sevtrust.SimpleHTTPSGetter{}).Get(r.address(address))
}

// go-tdx-guest gets all its collateral from the service, with its own client, and
// comes to the conclusion that package verify comes to with the bundle.
func TestGoTDXGuestUsesTheService(t *testing.T) {
	w := newWorld(t)
	raw, _, err := w.intel.Start(attest.Registers{}).Quote([64]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(w.intel.RootPEM())
	now := w.clock.Now()
	ask := func() error {
		return tdxverify.RawTdxQuote(raw, &tdxverify.Options{
			GetCollateral: true, CheckRevocations: true, TrustedRoots: pool, Getter: rerouted{w.url},
			Now: &tdxverify.TimeSet{PckCertChain: now, TcbInfo: now, QeIdentity: now, PckCrl: now, RootCaCrl: now},
		})
	}
	ours := func() error {
		q, err := tdx.ParseQuote(raw)
		if err != nil {
			return err
		}
		b, err := w.newFetcher(t, w.url).TDX(t.Context(), q, 0) // from the service, like any client
		if err != nil {
			return err
		}
		collateral, err := b.Marshal()
		if err != nil {
			return err
		}
		roots, err := verify.ParseRoots(w.roots)
		if err != nil {
			return err
		}
		_, err = verify.Verify(attest.Evidence{TEE: attest.TDX, Signed: raw, Collateral: collateral}, roots, now)
		return err
	}
	if err := ask(); err != nil {
		t.Error(err)
	}
	if err := ours(); err != nil {
		t.Error(err)
	}
	// A revocation arrives when the lists are next replaced.
	if err := w.intel.Revoke(); err != nil {
		t.Fatal(err)
	}
	now = now.Add(13 * time.Hour)
	w.clock.now = now
	if ask() == nil || ours() == nil {
		t.Error("a revoked platform passes")
	}
	if !strings.HasPrefix(pcs.TdxBaseURL, endorse.VendorURLs().Intel) {
		t.Errorf("the library asks %s", pcs.TdxBaseURL)
	}
}

// go-sev-guest gets certificates and list from the service, with its own client.
func TestGoSEVGuestUsesTheService(t *testing.T) {
	w := newWorld(t)
	raw, _, err := w.amd.Start(attest.Register{}).Report([64]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	report, err := sevabi.ReportToProto(raw)
	if err != nil {
		t.Fatal(err)
	}
	root := sevtrust.AMDRootCertsProduct("Genoa")
	_, chain := w.get(t, "/vcek/v1/Genoa/cert_chain")
	root.ProductCerts = &sevtrust.ProductCerts{}
	if err := root.ProductCerts.FromKDSCertBytes(chain); err != nil {
		t.Fatal(err)
	}
	options := &sevverify.Options{
		CheckRevocations: true, Getter: reroutedAMD{rerouted{w.url}}, Now: w.clock.Now(),
		TrustedRoots: map[string][]*sevtrust.AMDRootCerts{"Genoa": {root}},
	}
	if err := sevverify.SnpAttestation(&sevpb.Attestation{Report: report}, options); err != nil {
		t.Error(err)
	}
}
