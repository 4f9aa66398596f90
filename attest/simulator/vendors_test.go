// SPDX-License-Identifier: Apache-2.0

package simulator_test

import (
	"errors"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/verify"
)

// world is a place whose time is set by hand.
type world struct{ now time.Time }

func (w *world) clock() time.Time { return w.now }

// tdxStatus verifies a fresh quote of the platform and returns what Intel says of
// it, or the code of the error.
func tdxStatus(t *testing.T, p *simulator.Platform, now time.Time) (status collateral.Status, evaluation uint32, code verify.Code) {
	t.Helper()
	quote, bundle, err := p.Start(attest.Registers{}).Quote([64]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	roots, err := verify.ParseRoots(p.RootPEM())
	if err != nil {
		t.Fatal(err)
	}
	c, err := verify.Verify(attest.Evidence{TEE: attest.TDX, Signed: quote, Collateral: bundle}, roots, now)
	var coded *verify.Error
	if errors.As(err, &coded) {
		return 0, 0, coded.Code
	}
	about, ok := c.TDX()
	if err != nil || !ok {
		t.Fatal(err)
	}
	if about.Platform.PPID != p.PPID() || about.Platform.FMSPC != p.FMSPC() {
		t.Errorf("platform is %+v", about.Platform)
	}
	return about.TCB.Platform.Status, about.TCB.EvaluationNumber, ""
}

// After a TCB recovery a platform is out of date until it is updated, and other
// families are as well.
func TestTCBRecovery(t *testing.T) {
	w := &world{noon}
	p, err := simulator.OpenAt(t.TempDir(), w.clock)
	if err != nil {
		t.Fatal(err)
	}
	other, err := p.Another("other", [6]byte{1, 2, 3, 4, 5, 6})
	if err != nil {
		t.Fatal(err)
	}
	expect := func(q *simulator.Platform, want collateral.Status, number uint32) {
		t.Helper()
		if status, n, code := tdxStatus(t, q, w.now); status != want || n != number {
			t.Errorf("status is %v with number %d, %q; want %v, %d", status, n, code, want, number)
		}
	}
	expect(p, collateral.UpToDate, 18)
	p.Vendor().Recover()
	expect(p, collateral.OutOfDate, 19)
	expect(other, collateral.OutOfDate, 19)
	if err := p.Update(); err != nil {
		t.Fatal(err)
	}
	expect(p, collateral.UpToDate, 19)
	expect(other, collateral.OutOfDate, 19)
	p.Vendor().Judge(p.FMSPC(), collateral.Revoked)
	expect(p, collateral.Revoked, 19)
	expect(other, collateral.OutOfDate, 19)
}

// A revoked platform is refused, and others are not; without the platform CA all
// are.
func TestAT05PlatformsAreRevoked(t *testing.T) {
	p := open(t, t.TempDir())
	other, err := p.Another("other", p.FMSPC())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Revoke(); err != nil {
		t.Fatal(err)
	}
	if _, _, code := tdxStatus(t, p, time.Now()); code != "tdx.pck.revoked" {
		t.Errorf("revoked platform: %q", code)
	}
	if status, _, code := tdxStatus(t, other, time.Now()); status != collateral.UpToDate {
		t.Errorf("other platform: %v, %q", status, code)
	}
	if err := p.Vendor().RevokePlatformCA(); err != nil {
		t.Fatal(err)
	}
	if _, _, code := tdxStatus(t, other, time.Now()); code != "tdx.platformca.revoked" {
		t.Errorf("platform of a revoked CA: %q", code)
	}
}

// Collateral expires when the clock says so, and so do certificates.
func TestAT05CollateralExpires(t *testing.T) {
	w := &world{noon}
	dir := t.TempDir()
	p, err := simulator.OpenAt(dir, w.clock)
	if err != nil {
		t.Fatal(err)
	}
	day := 24 * time.Hour
	for _, c := range []struct {
		after time.Duration
		code  verify.Code
	}{{-2 * time.Hour, "tdx.tcbinfo.future"}, {0, ""}, {29 * day, ""}, {31 * day, "tdx.tcbinfo.expired"}} {
		if _, _, code := tdxStatus(t, p, w.now.Add(c.after)); code.Inconclusive() != (c.code != "") {
			t.Errorf("after %v: %q, want %q", c.after, code, c.code)
		}
	}
	w.now = noon.AddDate(6, 0, 0)
	if _, _, code := tdxStatus(t, p, w.now); code != "" {
		t.Errorf("fresh collateral: %q", code)
	}
	w.now = noon.AddDate(8, 0, 0)
	if _, _, code := tdxStatus(t, p, w.now); code != "tdx.pck.expired" {
		t.Errorf("certificates of eight years ago: %q", code)
	}
	if again, err := simulator.OpenAt(dir, w.clock); err != nil {
		t.Error(err)
	} else if _, _, code := tdxStatus(t, again, w.now); code != "" {
		t.Errorf("certificates issued again: %q", code)
	}
}

// snpCode verifies a fresh report of the platform and returns the code of the
// error.
func snpCode(t *testing.T, p *simulator.SNPPlatform) verify.Code {
	t.Helper()
	report, bundle, err := p.Start(attest.Register{1}).Report([64]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	roots, err := verify.ParseRoots(p.RootPEM())
	if err != nil {
		t.Fatal(err)
	}
	c, err := verify.Verify(attest.Evidence{TEE: attest.SNP, Signed: report, Collateral: bundle}, roots, time.Now())
	var coded *verify.Error
	if errors.As(err, &coded) {
		return coded.Code
	}
	about, ok := c.SNP()
	if err != nil || !ok {
		t.Fatal(err)
	}
	if about.Report.ChipID != p.ChipID() || about.Chip.TCB != p.Chip().TCB {
		t.Errorf("chip is %+v", about.Chip)
	}
	return ""
}

// Reports of every product, version and kind of key are authentic.
func TestSNPPlatformsAreAuthentic(t *testing.T) {
	for _, product := range kds.Products() {
		chip := openSNP(t, product)
		cloud, err := chip.WithVLEK()
		if err != nil {
			t.Fatal(err)
		}
		other, err := chip.Another("other")
		if err != nil {
			t.Fatal(err)
		}
		if other.ChipID() == chip.ChipID() {
			t.Error("two chips have one id")
		}
		for _, version := range []uint32{2, 3, 4, 5} {
			for _, p := range []*simulator.SNPPlatform{chip, cloud, other} {
				if code := snpCode(t, p.Reporting(version)); code != "" {
					t.Errorf("%s, version %d, %v: %s", product, version, p.Chip().Signer, code)
				}
			}
		}
	}
}

func TestSNPPlatformsChange(t *testing.T) {
	p := openSNP(t, kds.Milan)
	older := p.Chip().TCB
	older.Microcode--
	if err := p.SetTCB(older); err != nil {
		t.Fatal(err)
	}
	if code := snpCode(t, p); code != "" {
		t.Errorf("after a change of TCB: %s", code)
	}
	if err := p.SetTCB(kds.TCB{FMC: 1}); err == nil {
		if _, _, err := p.Start(attest.Register{}).Report([64]byte{}); err == nil {
			t.Error("a Milan has an FMC")
		}
	}
	cloud, err := openSNP(t, kds.Milan).WithVLEK()
	if err != nil {
		t.Fatal(err)
	}
	cloud.Vendor().RevokeIssuer(kds.VCEK)
	if code := snpCode(t, cloud); code != "" {
		t.Errorf("VLEK after the ASK was revoked: %s", code)
	}
	cloud.Vendor().RevokeIssuer(kds.VLEK)
	if code := snpCode(t, cloud); code != "snp.ask.revoked" {
		t.Errorf("VLEK after the ASVK was revoked: %s", code)
	}
	if _, err := simulator.OpenSNP(t.TempDir(), "Rome"); err == nil {
		t.Error("opened a product that is unknown")
	}
}
