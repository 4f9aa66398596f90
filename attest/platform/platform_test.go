// SPDX-License-Identifier: Apache-2.0

package platform_test

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/platform"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/verify"
)

func verified(t *testing.T, e attest.Evidence, root []byte) claims.Claims {
	t.Helper()
	roots, err := verify.ParseRoots(root)
	if err != nil {
		t.Fatal(err)
	}
	c, err := verify.Verify(e, roots, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWordOfNothingIsZero(t *testing.T) {
	if platform.Of(claims.Claims{}) != (platform.Word{}) || platform.Author(claims.Claims{}) != [32]byte{} {
		t.Error("claims that hold none have a platform or an author")
	}
}

func TestWordOfTDX(t *testing.T) {
	p, err := simulator.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	quote, bundle, err := p.Start(attest.Registers{}).Quote([64]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	c := verified(t, attest.Evidence{TEE: attest.TDX, Signed: quote, Collateral: bundle}, p.RootPEM())
	facts, _ := c.TDX()
	w := platform.Of(c)
	if w[0] != 1 || w[1] != 1 || [6]byte(w[2:8]) != p.FMSPC() {
		t.Errorf("TEE, status and family are %x", w[:8])
	}
	if got := binary.BigEndian.Uint64(w[8:16]); got == 0 || got != uint64(min(facts.TCB.Platform.Date.Unix(), facts.TCB.Module.Date.Unix())) {
		t.Errorf("date of the TCB is %d", got)
	}
	if got := binary.BigEndian.Uint64(w[16:24]); got != uint64(facts.TCB.EvaluationNumber) || got == 0 {
		t.Errorf("evaluation number is %d", got)
	}
	if [8]byte(w[24:]) != [8]byte{} || platform.Author(c) != [32]byte{} {
		t.Errorf("guest SVN %x or an author", w[24:])
	}
}

func TestWordOfSNP(t *testing.T) {
	for _, product := range kds.Products() {
		p, err := simulator.OpenSNP(t.TempDir(), product)
		if err != nil {
			t.Fatal(err)
		}
		report, bundle, err := p.Start(attest.Register{1}).Report([64]byte{1})
		if err != nil {
			t.Fatal(err)
		}
		w := platform.Of(verified(t, attest.Evidence{TEE: attest.SNP, Signed: report, Collateral: bundle}, p.RootPEM()))
		tcb := p.Chip().TCB
		want := platform.Word{0: 2, 1: 1, 8: tcb.Bootloader, 9: tcb.TEE, 10: tcb.SNP, 11: tcb.Microcode, 12: tcb.FMC}
		copy(want[2:], product)
		want[31] = w[31] // the guest's SVN
		if w != want {
			t.Errorf("%s: word is %x, want %x", product, w, want)
		}
	}
}

func TestATCBReachesAFloorInEachByte(t *testing.T) {
	for _, c := range []struct {
		tee        attest.TEE
		tcb, floor uint64
		want       bool
	}{
		{attest.TDX, 5, 5, true}, {attest.TDX, 4, 5, false}, {attest.TDX, 0x0100, 0xff, true},
		{attest.SNP, 0x0400ff, 0x0300ff, true}, {attest.SNP, 0x0400fe, 0x0300ff, false}, {attest.SNP, 0x0100, 0xff, false}, {attest.SNP, 0, 0, true}, {0, 5, 0, false}, {3, 5, 0, false},
	} {
		if got := platform.Reaches(c.tee, c.tcb, c.floor); got != c.want {
			t.Errorf("%s %#x above %#x: %v", c.tee, c.tcb, c.floor, got)
		}
	}
}
