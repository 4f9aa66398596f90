// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"slices"
	"testing"
	"time"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
)

// The TDX module that runs now must be genuine by the identity of its own
// version, where that is not the one of the module at launch.
func TestMB09UpdatedModuleIsGenuine(t *testing.T) {
	b := newBench(t).quoting(tdx.Version5, tdx.TDX15)
	updated := func(change func(*collateral.Module)) simulator.Flaws {
		return simulator.Flaws{
			Report: func(r *tdx.Report) { r.TEETCBSVN2 = r.TEETCBSVN; r.TEETCBSVN2[1] = 9 },
			TCBInfo: func(i *collateral.TCBInfo) {
				next := i.Identities[0]
				next.ID = "TDX_09"
				next.MRSigner, next.Attributes, next.AttributesMask = slices.Clone(next.MRSigner), slices.Clone(next.Attributes), slices.Clone(next.AttributesMask)
				change(&next.Module)
				i.Identities = append(slices.Clone(i.Identities), next)
			},
		}
	}
	if c := b.claims(t, updated(func(*collateral.Module) {})); c.TCB.Module.Status != collateral.UpToDate {
		t.Errorf("%+v", c.TCB)
	}
	for code, change := range map[verify.Code]func(*collateral.Module){
		"tdx.module.signer":     func(m *collateral.Module) { m.MRSigner[0] ^= 1 },
		"tdx.module.attributes": func(m *collateral.Module) { m.Attributes[0], m.AttributesMask[0] = 1, 0xff },
	} {
		if _, err := verify.Verify(b.evidence(t, updated(change)), b.roots, time.Now()); codeOf(t, err) != code {
			t.Errorf("error is %v, want code %s", err, code)
		}
	}
}

// Claims say since when there is something better than what is out of date.
func TestClaimsSaySupersededSince(t *testing.T) {
	b := newBench(t)
	good := b.claims(t, simulator.Flaws{}).TCB
	old := b.claims(t, simulator.Flaws{Report: func(r *tdx.Report) { r.TEETCBSVN[0]-- }}).TCB
	if !good.Module.Superseded.IsZero() || good.Module.Date.IsZero() || !old.Module.Superseded.Equal(good.Module.Date) || !old.Module.Date.Before(good.Module.Date) {
		t.Errorf("%+v, %+v", good.Module, old.Module)
	}
}

// AT-05: AMD's lists for VCEKs and for VLEKs are of one root, and one being new
// says nothing of the other.
func TestAT05ListsOfBothKindsOfKeyAreApart(t *testing.T) {
	b := newSNPBench(t, kds.Genoa)
	vlek, err := b.platform.WithVLEK()
	if err != nil {
		t.Fatal(err)
	}
	var series []collateral.Series
	for _, p := range []*simulator.SNPPlatform{b.platform, vlek} {
		c, err := verify.Verify(snpBench{p, b.roots}.evidence(t, simulator.SNPFlaws{}), b.roots, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		series = append(series, c.Editions()[0].Series)
	}
	if series[0].Document != collateral.DocumentCRL || series[1].Document != collateral.DocumentVLEKCRL || series[0].Authority != series[1].Authority {
		t.Errorf("series are %+v", series)
	}
}
