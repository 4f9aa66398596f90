// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/verify"
)

// chips is a world with machines of all products, and a cloud provider's.
type chips struct {
	*world
	machines map[string]*simulator.SNPPlatform
}

func newChips(t *testing.T) chips {
	t.Helper()
	c := chips{newWorld(t), make(map[string]*simulator.SNPPlatform)}
	dir, err := vendorKeys()
	if err != nil {
		t.Fatal(err)
	}
	var all []*simulator.SNPPlatform
	for _, p := range kds.Products() {
		m, err := simulator.OpenSNPAt(filepath.Join(dir, string(p)), p, c.clock.Now)
		if err != nil {
			t.Fatal(err)
		}
		c.machines[string(p)] = m
		if c.machines[string(p)+" VLEK"], err = m.WithVLEK(); err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
		if p != kds.Turin {
			c.roots = append(c.roots, m.RootPEM()...)
		}
	}
	c.roots = append(c.intel.RootPEM(), bytes.Join([][]byte{
		c.machines["Milan"].RootPEM(), c.machines["Genoa"].RootPEM(), c.machines["Turin"].RootPEM(),
	}, nil)...)
	c.services = simulator.NewServices([]*simulator.Platform{c.intel}, all)
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// report returns a report and the certificate of who signed it.
func (c chips) report(name string, version uint32) (raw []byte, r snp.Report, vek []byte) {
	c.t.Helper()
	raw, encoded, err := c.machines[name].Reporting(version).Start(attest.Register{1}).Report([64]byte{1})
	if err != nil {
		c.t.Fatal(err)
	}
	if r, err = snp.Parse(raw); err != nil {
		c.t.Fatal(err)
	}
	b, err := kds.ParseBundle(encoded)
	if err != nil {
		c.t.Fatal(err)
	}
	return raw, r, b.VEK
}

// Reports of every product, version and kind of key verify with what was fetched.
func TestCollateralOfReportsVerifiesThem(t *testing.T) {
	c := newChips(t)
	f := c.fetcher(t.TempDir())
	roots, err := verify.ParseRoots(c.roots)
	if err != nil {
		t.Fatal(err)
	}
	for name := range c.machines {
		for _, version := range []uint32{2, 3, 5} {
			raw, r, vek := c.report(name, version)
			if !strings.Contains(name, "VLEK") {
				vek = nil
			}
			b, err := f.SNP(context.Background(), r, vek)
			if err != nil {
				t.Errorf("%s, version %d: %v", name, version, err)
				continue
			}
			collateral, err := b.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			e := attest.Evidence{TEE: attest.SNP, Signed: raw, Collateral: collateral}
			if _, err := verify.Verify(e, roots, c.clock.Now()); err != nil {
				t.Errorf("%s, version %d: %v", name, version, err)
			}
			if s, err := Summarise(collateral); err != nil || s.TEE != attest.SNP || len(s.Parts) != 3 {
				t.Errorf("%+v, %v", s, err)
			}
		}
	}
	// Reports of version 2 do not say which product they are of: Genoa's chip was
	// looked for among Milan's first.
	if n := c.requests()["/vcek/v1/Milan/"+c.hwid("Genoa")]; n != 1 {
		t.Errorf("%v", c.requests())
	}
}

func (c chips) hwid(name string) string {
	about := c.machines[name].Chip()
	i, err := VCEK(about.Product, about.HWID, about.TCB)
	if err != nil {
		c.t.Fatal(err)
	}
	return i.hwid
}

// What cannot lead to an answer leads to no request.
func TestReportsWithoutCollateral(t *testing.T) {
	c := newChips(t)
	_, chip, _ := c.report("Genoa", 3)
	_, cloud, vlek := c.report("Genoa VLEK", 3)
	_, _, vcek := c.report("Milan", 3)
	changed := func(change func(r *snp.Report)) snp.Report {
		r := chip
		change(&r)
		return r
	}
	all := c.roots
	for name, x := range map[string]struct {
		report snp.Report
		vlek   []byte
		roots  []byte
		says   string
	}{
		"VLEK without certificate":  {cloud, nil, all, "no certificate was given"},
		"VLEK that is a VCEK":       {cloud, vcek, all, "is of a VCEK"},
		"VLEK that is none":         {cloud, []byte{0x30, 0}, all, "certificate"},
		"signed by nobody":          {changed(func(r *snp.Report) { r.KeyInfo.SigningKey = snp.SignedByNobody }), nil, all, "not signed by a chip"},
		"chip id masked":            {changed(func(r *snp.Report) { r.ChipID = [64]byte{} }), nil, all, "MASK_CHIP_ID"},
		"chip key masked":           {changed(func(r *snp.Report) { r.KeyInfo.MaskChipKey = true }), nil, all, "MASK_CHIP_ID"},
		"unknown processor":         {changed(func(r *snp.Report) { r.CPUID.Family = 0x20 }), nil, all, "no root is trusted for the report's processor"},
		"reserved part of the TCB":  {changed(func(r *snp.Report) { r.ReportedTCB |= 1 << 24 }), nil, all, "reserved bytes"},
		"product without root":      {chip, nil, c.machines["Milan"].RootPEM(), "no root is trusted"},
		"VLEK of product, no root":  {cloud, vlek, c.machines["Milan"].RootPEM(), "no root is trusted"},
		"Intel's root alone":        {chip, nil, c.intel.RootPEM(), "no root is trusted"},
		"VLEK under Intel's root":   {cloud, vlek, c.intel.RootPEM(), "no root is trusted"},
		"old report, Milan's short": {changed(func(r *snp.Report) { r.Version = 2; clear(r.ChipID[8:]) }), nil, c.machines["Milan"].RootPEM(), "no root is trusted"},
	} {
		c.world.roots = x.roots
		_, err := c.fetcher(t.TempDir()).SNP(context.Background(), x.report, x.vlek)
		if err == nil || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
	if c.total() != 0 {
		t.Errorf("%v", c.requests())
	}
}

// A quote of a platform that nobody certified leads to no request.
func TestQuotesOfStrangers(t *testing.T) {
	w := newWorld(t)
	other, err := simulator.OpenAt(t.TempDir(), w.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	mine := w.intel
	w.intel = other
	strange, _ := w.attestTDX()
	w.intel = mine
	cut := w.quote
	cut.PCKChain = cut.PCKChain[:len(cut.PCKChain)/2]
	mixed := w.quote
	mixed.PCKChain = append(bytes.Clone(strange.PCKChain[:bytes.Index(strange.PCKChain, []byte("-----END"))+26]),
		w.quote.PCKChain[bytes.Index(w.quote.PCKChain, []byte("-----END"))+26:]...)
	none := w.quote
	none.PCKChain = nil
	f := w.fetcher(t.TempDir())
	for name, q := range map[string]*[]byte{"foreign": &strange.PCKChain, "cut": &cut.PCKChain, "mixed": &mixed.PCKChain, "none": &none.PCKChain} {
		quote := w.quote
		quote.PCKChain = *q
		if _, err := f.TDX(context.Background(), quote, 0); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if w.total() != 0 {
		t.Errorf("%v", w.requests())
	}
}

// Lists are passed on with what they revoke: the verifier is to see it.
func TestAT05RevocationIsPassedOn(t *testing.T) {
	w := newWorld(t)
	f := w.fetcher(t.TempDir())
	ask := func() error {
		b, err := f.TDX(context.Background(), w.quote, 0)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := b.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		roots, err := verify.ParseRoots(w.roots)
		if err != nil {
			t.Fatal(err)
		}
		_, err = verify.Verify(attest.Evidence{TEE: attest.TDX, Signed: w.quote.Marshal(), Collateral: raw}, roots, w.clock.Now())
		return err
	}
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	if err := w.intel.Revoke(); err != nil {
		t.Fatal(err)
	}
	w.clock.pass(maxAge + time.Second)
	if err := ask(); err == nil || !strings.Contains(err.Error(), "revoked") {
		t.Errorf("error is %v", err)
	}
}

// Intel replaces the certificate of who signs its documents.
func TestAnotherSigner(t *testing.T) {
	w := newWorld(t)
	f := w.fetcher(t.TempDir())
	get(t, f, QEIdentity(TDX)) // by the signer before
	keys, err := vendorKeys()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(keys, "intel"))); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "tcb-signing.key")); err != nil {
		t.Fatal(err)
	}
	later, err := simulator.OpenAt(dir, w.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	w.clock.pass(time.Hour)
	w.services = simulator.NewServices([]*simulator.Platform{later}, nil)
	if _, err := f.TDX(context.Background(), w.quote, 0); err != nil {
		t.Error(err)
	}
	if n := w.total(); n != 5 {
		t.Errorf("%v", w.requests())
	}
}

// Nothing that a revoked signer signed is handed out.
func TestAT05RevokedSigner(t *testing.T) {
	w := newWorld(t)
	_, encoded, err := w.intel.Start(attest.Registers{}).QuoteWith([64]byte{1}, simulator.Flaws{Revoked: []string{"Intel SGX TCB Signing"}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := collateral.ParseBundle(encoded)
	if err != nil {
		t.Fatal(err)
	}
	w.serve(func(r *http.Request, honest *httptest.ResponseRecorder, rw http.ResponseWriter) {
		if r.URL.Path == rootPath {
			honest.Body = bytes.NewBuffer(b.RootCRL)
		}
		pass(rw, honest)
	})
	_, err = w.fetcher(t.TempDir()).TDX(context.Background(), w.quote, 0)
	if !errors.Is(err, ErrUnverified) || !strings.Contains(err.Error(), "revoked") {
		t.Errorf("error is %v", err)
	}
}
