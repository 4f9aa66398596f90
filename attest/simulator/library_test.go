// SPDX-License-Identifier: Apache-2.0

package simulator_test

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	sevabi "github.com/google/go-sev-guest/abi"
	sevpb "github.com/google/go-sev-guest/proto/sevsnp"
	sevverify "github.com/google/go-sev-guest/verify"
	"github.com/google/go-sev-guest/verify/trust"
	tdxabi "github.com/google/go-tdx-guest/abi"
	tdxverify "github.com/google/go-tdx-guest/verify"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
)

// amdDir returns a directory whose RSA keys all tests share, since they take
// seconds to make.
var amdDir = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "escrin-simulator-amd") })

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := amdDir(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

func openSNP(t testing.TB, p kds.Product) *simulator.SNPPlatform { return openSNPAt(t, p, time.Now) }

func openSNPAt(t testing.TB, p kds.Product, clock simulator.Clock) *simulator.SNPPlatform {
	t.Helper()
	dir, err := amdDir()
	if err != nil {
		t.Fatal(err)
	}
	// The root is older than any clock of these tests.
	if _, err := simulator.OpenSNPAt(dir, p, func() time.Time { return noon.AddDate(-1, 0, 0) }); err != nil {
		t.Fatal(err)
	}
	s, err := simulator.OpenSNPAt(dir, p, clock)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// getter asks a handler instead of a network.
type getter struct{ http.Handler }

func (g getter) Get(address string) (map[string][]string, []byte, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, nil, err
	}
	answer := httptest.NewRecorder()
	g.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, u.RequestURI(), nil))
	if answer.Code != http.StatusOK {
		return nil, nil, fmt.Errorf("%s: %d", address, answer.Code)
	}
	return map[string][]string(answer.Header()), answer.Body.Bytes(), nil
}

// amdGetter is getter as go-sev-guest wants it.
type amdGetter struct{ getter }

func (g amdGetter) Get(address string) ([]byte, error) {
	_, body, err := g.getter.Get(address)
	return body, err
}

// Quotes of each version, and the services for collateral, are such that
// go-tdx-guest finds nothing wrong with them.
func TestGoTDXGuestAcceptsQuotes(t *testing.T) {
	p := open(t, t.TempDir())
	services := simulator.NewServices([]*simulator.Platform{p}, nil)
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(p.RootPEM()) {
		t.Fatal("no root")
	}
	for _, kind := range []struct {
		version uint16
		body    tdx.Body
	}{{4, tdx.TDX10}, {5, tdx.TDX10}, {5, tdx.TDX15}} {
		raw, _, err := p.Quoting(kind.version, kind.body).Start(attest.Registers{MRTD: attest.Register{1}}).Quote([64]byte{2})
		if err != nil {
			t.Fatal(err)
		}
		message, err := tdxabi.QuoteToProto(raw)
		if err != nil {
			t.Fatalf("%+v: %v", kind, err)
		}
		now := time.Now()
		err = tdxverify.TdxQuote(message, &tdxverify.Options{
			GetCollateral: true, CheckRevocations: true, TrustedRoots: roots, Getter: getter{services},
			Now: &tdxverify.TimeSet{PckCertChain: now, TcbInfo: now, QeIdentity: now, PckCrl: now, RootCaCrl: now},
		})
		if err != nil {
			t.Errorf("%+v: %v", kind, err)
		}
	}
}

// Reports of each product, version and kind of key are such that go-sev-guest
// finds nothing wrong with them, but for Turin's, whose chip ids and TCBs it
// does not know.
func TestGoSEVGuestAcceptsReports(t *testing.T) {
	for _, product := range []kds.Product{kds.Milan, kds.Genoa} {
		chip := openSNP(t, product)
		cloud, err := chip.WithVLEK()
		if err != nil {
			t.Fatal(err)
		}
		for _, version := range []uint32{2, 3, 4, 5} {
			for _, p := range []*simulator.SNPPlatform{chip.Reporting(version), cloud.Reporting(version)} {
				if err := askGoSEVGuest(p); err != nil {
					t.Errorf("%s, version %d, %v: %v", product, version, p.Chip().Signer, err)
				}
			}
		}
	}
}

func askGoSEVGuest(p *simulator.SNPPlatform) error {
	raw, encoded, err := p.Start(attest.Register{1}).Report([64]byte{2})
	if err != nil {
		return err
	}
	b, err := kds.ParseBundle(encoded)
	if err != nil {
		return err
	}
	report, err := sevabi.ReportToProto(raw)
	if err != nil {
		return err
	}
	ark, _ := pem.Decode(p.RootPEM())
	product := string(p.Chip().Product)
	root := trust.AMDRootCertsProduct(product)
	if err := root.Decode(b.ASK, ark.Bytes); err != nil {
		return err
	}
	chain := &sevpb.CertificateChain{AskCert: b.ASK, ArkCert: ark.Bytes, VcekCert: b.VEK}
	if p.Chip().Signer == kds.VLEK {
		chain = &sevpb.CertificateChain{AskCert: b.ASK, ArkCert: ark.Bytes, VlekCert: b.VEK}
	}
	services := simulator.NewServices(nil, []*simulator.SNPPlatform{p})
	name := map[kds.Product]sevpb.SevProduct_SevProductName{
		kds.Milan: sevpb.SevProduct_SEV_PRODUCT_MILAN, kds.Genoa: sevpb.SevProduct_SEV_PRODUCT_GENOA, kds.Turin: sevpb.SevProduct_SEV_PRODUCT_TURIN,
	}[p.Chip().Product]
	return sevverify.SnpAttestation(&sevpb.Attestation{Report: report, CertificateChain: chain}, &sevverify.Options{
		CheckRevocations:    p.Chip().Signer == kds.VCEK, // it panics for the other
		DisableCertFetching: true, Getter: amdGetter{getter{services}}, Now: time.Now(),
		TrustedRoots: map[string][]*trust.AMDRootCerts{product: {root}},
		Product:      &sevpb.SevProduct{Name: name},
	})
}
