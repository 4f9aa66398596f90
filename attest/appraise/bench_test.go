// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"slices"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/verify"
)

// bench is a simulated platform and an enclave with two measurements.
type bench struct {
	platform     *simulator.Platform
	roots        verify.Roots
	measurements []attest.Measurement
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
	one := attest.Measurement{TEE: attest.TDX, Shape: attest.Shape{VCPUs: 1, MemoryMiB: 1024}}
	one.Registers = attest.Registers{MRTD: attest.Register{1}, RTMR0: attest.Register{2}, RTMR1: attest.Register{3}, RTMR2: attest.Register{4}}
	two := one
	two.Shape = attest.Shape{VCPUs: 2, MemoryMiB: 2048}
	two.Registers.RTMR0 = attest.Register{5}
	return bench{p, roots, []attest.Measurement{one, two}}
}

func newPolicy(t testing.TB) appraise.Policy {
	t.Helper()
	p, err := appraise.NewPolicy(appraise.Rules{AcceptTCB: []collateral.Status{collateral.UpToDate}, MinEvaluationNumber: 1})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// evidence returns good evidence of the first measurement, and its binding.
func (b bench) evidence(t testing.TB) attest.Evidence {
	t.Helper()
	m := b.measurements[0]
	root, err := attest.Root(b.measurements)
	if err != nil {
		t.Fatal(err)
	}
	e := attest.Evidence{TEE: m.TEE, Shape: m.Shape, ChannelKey: make([]byte, attest.ChannelKeySize)}
	if e.Proof, err = attest.Proof(b.measurements, m.Shape, m.TEE); err != nil {
		t.Fatal(err)
	}
	e.Binding = attest.Binding{
		ChainID: 31337, Registry: [20]byte{1}, IdentityID: [32]byte{2}, Requester: [20]byte{3},
		ChannelKeyHash: attest.HashChannelKey(e.ChannelKey), Duration: 3600, BaseBlock: 100,
		BaseBlockHash: [32]byte{4}, MeasurementRoot: root, ConfigDigest: [32]byte{5},
	}
	return e
}

// claim quotes the binding of e, with flaws, and verifies.
func (b bench) claim(t testing.TB, e attest.Evidence, f simulator.Flaws) claims.Claims {
	t.Helper()
	return b.claimAbout(t, e, e.Binding, f)
}

// claimAbout quotes another binding than the one of e.
func (b bench) claimAbout(t testing.TB, e attest.Evidence, quoted attest.Binding, f simulator.Flaws) claims.Claims {
	t.Helper()
	var err error
	e.Signed, e.Collateral, err = b.platform.Start(b.measurements[0].Registers).QuoteWith(quoted.ReportData(), f)
	if err != nil {
		t.Fatal(err)
	}
	c, err := verify.Verify(e, b.roots, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// expect checks that the reasons are exactly these codes.
func expect(t *testing.T, name string, got []appraise.Reason, want ...appraise.Code) {
	t.Helper()
	var codes []appraise.Code
	for _, r := range got {
		codes = append(codes, r.Code)
	}
	if !slices.Equal(codes, want) {
		t.Errorf("%s: reasons are %v, want %v", name, got, want)
	}
}
