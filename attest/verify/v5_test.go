// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
)

// quoting returns b with quotes of another version or kind of report.
func (b bench) quoting(version uint16, body tdx.Body) bench {
	b.platform = b.platform.Quoting(version, body)
	b.td = b.platform.Start(b.td.Registers())
	return b
}

func (b bench) claims(t testing.TB, f simulator.Flaws) claims.TDX {
	t.Helper()
	c, err := verify.Verify(b.evidence(t, f), b.roots, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	facts, ok := c.TDX()
	if !ok {
		t.Fatal("no facts")
	}
	return facts
}

func TestEveryFormIsClaimed(t *testing.T) {
	b := newBench(t)
	service := attest.Register{9}
	withService := simulator.Flaws{Report: func(r *tdx.Report) { r.MRSERVICETD = service }}
	for _, form := range []struct {
		version uint16
		body    tdx.Body
		service attest.Register
	}{
		{tdx.Version4, tdx.TDX10, attest.Register{}}, {tdx.Version5, tdx.TDX10, attest.Register{}}, {tdx.Version5, tdx.TDX15, service},
	} {
		facts := b.quoting(form.version, form.body).claims(t, withService)
		if facts.Version != form.version || facts.Body != form.body || facts.Report.MRSERVICETD != form.service {
			t.Errorf("version %d, report %d: %+v", form.version, form.body, facts)
		}
		if facts.Registers() != b.td.Registers() {
			t.Errorf("version %d, report %d: other registers", form.version, form.body)
		}
	}
}

// MB-09: a service TD is signed, and nothing about it can be changed.
func TestMB09FieldsOfVersion5AreSigned(t *testing.T) {
	b := newBench(t).quoting(tdx.Version5, tdx.TDX15)
	for name, change := range map[string]func(*tdx.Quote){
		"service TD":      func(q *tdx.Quote) { q.Report.MRSERVICETD[47] ^= 1 },
		"TEE TCB SVN 2":   func(q *tdx.Quote) { q.Report.TEETCBSVN2[0] ^= 1 },
		"kind of report":  func(q *tdx.Quote) { q.Body = tdx.TDX10 },
		"version":         func(q *tdx.Quote) { q.Version, q.Body = tdx.Version4, tdx.TDX10 },
		"launch TCB SVN":  func(q *tdx.Quote) { q.Report.TEETCBSVN[0] ^= 1 },
		"processor flags": func(q *tdx.Quote) { q.Report.XFAM[0] ^= 1 },
	} {
		_, err := verify.Verify(b.evidence(t, simulator.Flaws{Quote: change}), b.roots, time.Now())
		if codeOf(t, err) != "tdx.quote.signature" {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}

// Of a TDX module that was updated under the guest, the worse of the two versions
// counts, wherever it is worse.
func TestUpdatedModule(t *testing.T) {
	b := newBench(t).quoting(tdx.Version5, tdx.TDX15)
	const good, old = collateral.UpToDate, collateral.OutOfDate
	versions := func(change func(launch, now *[16]byte)) simulator.Flaws {
		return simulator.Flaws{Report: func(r *tdx.Report) {
			r.TEETCBSVN2 = r.TEETCBSVN
			change(&r.TEETCBSVN, &r.TEETCBSVN2)
		}}
	}
	for name, c := range map[string]struct {
		flaw             simulator.Flaws
		platform, module collateral.Status
		relaunch         bool
	}{
		"not updated":              {versions(func(_, _ *[16]byte) {}), good, good, false},
		"old module at launch":     {versions(func(launch, _ *[16]byte) { launch[0]-- }), good, old, true},
		"old module now":           {versions(func(_, now *[16]byte) { now[0]-- }), good, old, false},
		"newer module now":         {versions(func(_, now *[16]byte) { now[0]++ }), good, good, false},
		"old module then and now":  {versions(func(launch, now *[16]byte) { launch[0]--; now[0] -= 2 }), good, old, false},
		"old microcode at launch":  {versions(func(launch, _ *[16]byte) { launch[2]-- }), old, good, false},
		"old microcode now":        {versions(func(_, now *[16]byte) { now[2]-- }), old, good, false},
		"other parts, each is old": {versions(func(launch, now *[16]byte) { launch[0]--; now[2]-- }), old, old, true},
	} {
		tcb := b.claims(t, c.flaw).TCB
		if tcb.Platform.Status != c.platform || tcb.Module.Status != c.module || tcb.RelaunchAdvised != c.relaunch {
			t.Errorf("%s: %+v", name, tcb)
		}
	}
}

// A version that Intel does not list is refused, also where it is not the one
// that the guest was launched with.
func TestUpdatedModuleIsListed(t *testing.T) {
	b := newBench(t).quoting(tdx.Version5, tdx.TDX15)
	for code, change := range map[verify.Code]simulator.Flaws{
		"tdx.module.version":    {Report: func(r *tdx.Report) { r.TEETCBSVN2[1] = 9 }},
		"tdx.platform.unlisted": {Report: func(r *tdx.Report) { r.TEETCBSVN2 = [16]byte{} }, TCBInfo: minimum(1)},
	} {
		_, err := verify.Verify(b.evidence(t, change), b.roots, time.Now())
		if codeOf(t, err) != code {
			t.Errorf("error is %v, want code %s", err, code)
		}
	}
	lowest := simulator.Flaws{
		Report: func(r *tdx.Report) { r.TEETCBSVN2[0] = 0 },
		TCBInfo: func(i *collateral.TCBInfo) {
			for m := range i.Identities {
				for l := range i.Identities[m].Levels {
					i.Identities[m].Levels[l].TCB.ISVSVN = max(1, i.Identities[m].Levels[l].TCB.ISVSVN)
				}
			}
		},
	}
	if _, err := verify.Verify(b.evidence(t, lowest), b.roots, time.Now()); codeOf(t, err) != "tdx.module.unlisted" {
		t.Errorf("error is %v", err)
	}
}

// minimum makes every level of the TCB info demand at least svn of the first TDX
// component.
func minimum(svn uint8) func(*collateral.TCBInfo) {
	return func(i *collateral.TCBInfo) {
		for l := range i.Levels {
			i.Levels[l].TCB.TDX[0].SVN = max(svn, i.Levels[l].TCB.TDX[0].SVN)
		}
	}
}
