// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/internal/pki"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/verify"
)

// AT-05: once AMD's list revokes the authority that issued a certificate, nothing
// of it is handed out, also out of the cache; what AMD issues then is fetched.
func TestAT05RevokedASK(t *testing.T) {
	for name, vlek := range map[string]bool{"Turin": false, "Turin VLEK": true} {
		t.Run(name, func(t *testing.T) {
			c := newChips(t)
			machine := c.machines[name]
			about := machine.Chip()
			raw, r, vek := c.report(name, 3)
			if !vlek {
				vek = nil
			}
			dir := t.TempDir()
			bundle := func() (kds.Bundle, error) { return c.fetcher(dir).SNP(context.Background(), r, vek) }
			if _, err := bundle(); err != nil {
				t.Fatal(err)
			}
			machine.Vendor().RevokeIssuer(about.Signer)
			c.clock.pass(maxAge + time.Second)
			if _, err := bundle(); !errors.Is(err, ErrUnverified) || !strings.Contains(err.Error(), "revoked") {
				t.Errorf("error is %v", err)
			}
			asked := c.total()
			for _, i := range []Item{AMDChain(about.Product, about.Signer), c.vcek(t)} {
				if vlek && i.kind == amdVCEK {
					continue
				}
				if _, err := c.fetcher(dir).Get(context.Background(), i); !errors.Is(err, ErrUnverified) || c.fetcher(dir).Has(i) {
					t.Errorf("%v: error is %v", i, err)
				}
			}
			if n := c.total() - asked; n > 2 {
				t.Errorf("%d requests for what is revoked", n)
			}

			c.reissue(t, machine)
			c.clock.pass(quiet)
			b, err := bundle()
			if err != nil {
				t.Fatal(err)
			}
			encoded, err := b.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			roots, err := verify.ParseRoots(c.roots)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := verify.Verify(attest.Evidence{TEE: attest.SNP, Signed: raw, Collateral: encoded}, roots, c.clock.Now()); err != nil {
				t.Errorf("with the new chain: %v", err)
			}
		})
	}
}

// vcek names the certificate of Turin's chip.
func (c chips) vcek(t *testing.T) Item {
	t.Helper()
	about := c.machines["Turin"].Chip()
	i, err := VCEK(about.Product, about.HWID, about.TCB)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// reissue has AMD certify the key of the authority anew.
func (c chips) reissue(t *testing.T, machine *simulator.SNPPlatform) {
	t.Helper()
	_, encoded, err := machine.Start(attest.Register{}).ReportWith([64]byte{}, simulator.SNPFlaws{Certificate: func(cert *x509.Certificate) {
		if cert.IsCA {
			cert.SerialNumber = big.NewInt(0x77777)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := kds.ParseBundle(encoded)
	if err != nil {
		t.Fatal(err)
	}
	ask, err := pki.Parse(b.ASK)
	if err != nil {
		t.Fatal(err)
	}
	chain := append(pki.EncodePEM(ask), machine.RootPEM()...)
	c.serve(func(r *http.Request, honest *httptest.ResponseRecorder, rw http.ResponseWriter) {
		if strings.HasSuffix(r.URL.Path, "/cert_chain") {
			honest.Body = bytes.NewBuffer(chain)
		}
		pass(rw, honest)
	})
}
