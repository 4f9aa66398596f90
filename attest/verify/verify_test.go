// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/verify"
)

// bench is a simulated platform with one guest, and a verifier that trusts it.
type bench struct {
	platform *simulator.Platform
	td       *simulator.TD
	roots    verify.Roots
}

func newBench(t testing.TB) bench {
	t.Helper()
	p, err := simulator.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	roots, err := verify.ParseRoots(p.RootPEM())
	if err != nil {
		t.Fatal(err)
	}
	return bench{p, p.Start(attest.Registers{MRTD: attest.Register{1}, RTMR0: attest.Register{2}}), roots}
}

func (b bench) evidence(t testing.TB, f simulator.Flaws) attest.Evidence {
	t.Helper()
	e := attest.Evidence{TEE: attest.TDX, ChannelKey: make([]byte, attest.ChannelKeySize)}
	e.Binding.ChannelKeyHash = attest.HashChannelKey(e.ChannelKey)
	var err error
	e.Signed, e.Collateral, err = b.td.QuoteWith(e.Binding.ReportData(), f)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestVerifySimulated(t *testing.T) {
	b := newBench(t)
	e := b.evidence(t, simulator.Flaws{})
	c, err := verify.Verify(e, b.roots, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if !c.Verified() || c.Measurement().Registers != b.td.Registers() || c.ReportData() != e.Binding.ReportData() {
		t.Errorf("claims are %+v", c)
	}
}
