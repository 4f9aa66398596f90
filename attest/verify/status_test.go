// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"crypto/x509"
	"math/big"
	"testing"
	"time"

	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
)

// Whatever the vendor says of a part is claimed, and of no other part.
func TestEveryStatusIsClaimed(t *testing.T) {
	b := newBench(t)
	for s := collateral.UpToDate; s <= collateral.Revoked; s++ {
		want := statuses{collateral.UpToDate, collateral.UpToDate, collateral.UpToDate}
		platform, module, qe := want, want, want
		platform[0], module[1], qe[2] = s, s, s
		for _, c := range []struct {
			flaw simulator.Flaws
			want statuses
		}{
			{simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.Levels[0].Status = s }}, platform},
			{simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.Identities[0].Levels[0].Status = s }}, module},
			{simulator.Flaws{QEIdentity: func(i *collateral.QEIdentity) { i.Levels[0].Status = s }}, qe},
		} {
			got, err := verify.Verify(b.evidence(t, c.flaw), b.roots, time.Now())
			if err != nil {
				t.Fatalf("%v: %v", s, err)
			}
			if tcb := tcbOf(got); statusesOf(tcb) != c.want {
				t.Errorf("%v: claims are %+v", s, tcb)
			}
		}
	}
}

// Old software is matched to an old level, part by part.
func TestOldVersionsAreOutOfDate(t *testing.T) {
	b := newBench(t)
	old := map[string]struct {
		flaw simulator.Flaws
		part func(claims.TCB) collateral.Status
	}{
		"microcode":       {simulator.Flaws{Platform: func(p *collateral.Platform) { p.CPUSVN[0]-- }}, platformStatus},
		"PCE":             {simulator.Flaws{Platform: func(p *collateral.Platform) { p.PCESVN-- }}, platformStatus},
		"late microcode":  {simulator.Flaws{Report: func(r *tdx.Report) { r.TEETCBSVN[2]-- }}, platformStatus},
		"TDX module":      {simulator.Flaws{Report: func(r *tdx.Report) { r.TEETCBSVN[0]-- }}, func(t claims.TCB) collateral.Status { return t.Module.Status }},
		"quoting enclave": {simulator.Flaws{QEReport: func(r *tdx.QEReport) { r.ISVSVN-- }}, func(t claims.TCB) collateral.Status { return t.QE.Status }},
	}
	for name, c := range old {
		got, err := verify.Verify(b.evidence(t, c.flaw), b.roots, time.Now())
		if err != nil || c.part(tcbOf(got)) != collateral.OutOfDate {
			t.Errorf("%s: %+v, %v", name, tcbOf(got), err)
		}
	}
}

func platformStatus(t claims.TCB) collateral.Status { return t.Platform.Status }

// A TDX module before 1.5 has no identity of its own: its versions are part of
// the platform's.
func TestFirstTDXModule(t *testing.T) {
	b := newBench(t)
	first := func(r *tdx.Report) { r.TEETCBSVN[1] = 0 }
	list := func(i *collateral.TCBInfo) { i.Levels[0].TCB.TDX[1].SVN = 0; i.Identities = nil }
	c, err := verify.Verify(b.evidence(t, simulator.Flaws{Report: first, TCBInfo: list}), b.roots, time.Now())
	if err != nil || tcbOf(c).Platform.Status != collateral.UpToDate || tcbOf(c).Module.Status != collateral.UpToDate {
		t.Fatalf("%+v, %v", tcbOf(c), err)
	}
}

func TestEvaluationNumberIsTheLower(t *testing.T) {
	b := newBench(t)
	for _, f := range []simulator.Flaws{
		{TCBInfo: func(i *collateral.TCBInfo) { i.EvaluationNumber = 3 }},
		{QEIdentity: func(i *collateral.QEIdentity) { i.EvaluationNumber = 3 }},
	} {
		c, err := verify.Verify(b.evidence(t, f), b.roots, time.Now())
		if err != nil || tcbOf(c).EvaluationNumber != 3 {
			t.Errorf("%+v, %v", tcbOf(c), err)
		}
	}
}

// AT-05: how new each document is that vouched is claimed, one by one, and told
// apart by family and authority.
func TestAT05EditionsAreClaimed(t *testing.T) {
	b := newBench(t)
	issued := time.Now().Add(-5 * time.Hour).Truncate(time.Second)
	f := simulator.Flaws{
		TCBInfo: func(i *collateral.TCBInfo) { i.EvaluationNumber, i.IssueDate = 21, issued },
		QEIdentity: func(q *collateral.QEIdentity) {
			q.EvaluationNumber, q.IssueDate = 22, issued.Add(time.Hour)
		},
		CRL: func(issuer string, l *x509.RevocationList) {
			l.Number, l.ThisUpdate = big.NewInt(23), issued.Add(2*time.Hour)
			if issuer == platformCA {
				l.Number, l.ThisUpdate = new(big.Int).Lsh(big.NewInt(1), 150), issued.Add(3*time.Hour)
			}
		},
	}
	c, err := verify.Verify(b.evidence(t, f), b.roots, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	editions := c.Editions()
	kinds := []collateral.Document{
		collateral.DocumentTCBInfo, collateral.DocumentQEIdentity, collateral.DocumentCRL, collateral.DocumentCRL,
	}
	numbers := [][20]byte{{19: 21}, {19: 22}, {19: 23}, {1: 0x40}}
	if len(editions) != len(kinds) {
		t.Fatalf("%d editions", len(editions))
	}
	for i, e := range editions {
		if e.Series.Document != kinds[i] || e.Number != numbers[i] || !e.Issued.Equal(issued.Add(time.Duration(i)*time.Hour)) {
			t.Errorf("edition %d is %+v", i, e)
		}
	}
	info, identity, byRoot, byPlatformCA := editions[0].Series, editions[1].Series, editions[2].Series, editions[3].Series
	root := info.Authority
	if root == [32]byte{} || identity.Authority != root || byRoot.Authority != root || byPlatformCA.Authority == root {
		t.Errorf("authorities are %x, %x, %x, %x", root, identity.Authority, byRoot.Authority, byPlatformCA.Authority)
	}
	if info.FMSPC != platformOf(c).FMSPC || identity.FMSPC != [6]byte{} || byRoot.FMSPC != [6]byte{} {
		t.Errorf("families are %x, %x, %x", info.FMSPC, identity.FMSPC, byRoot.FMSPC)
	}
	c.Editions()[0].Number = [20]byte{}
	if c.Editions()[0] != editions[0] {
		t.Error("claims can be changed")
	}
}

// statuses are those of platform, TDX module and quoting enclave.
type statuses [3]collateral.Status

func statusesOf(t claims.TCB) statuses {
	return statuses{t.Platform.Status, t.Module.Status, t.QE.Status}
}

func tcbOf(c claims.Claims) claims.TCB {
	t, _ := c.TDX()
	return t.TCB
}

func platformOf(c claims.Claims) collateral.Platform {
	t, _ := c.TDX()
	return t.Platform
}
