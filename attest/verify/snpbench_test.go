// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"errors"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/verify"
)

// snpBench is a simulated platform of AMD's, and the roots that it is under.
type snpBench struct {
	platform *simulator.SNPPlatform
	roots    verify.Roots
}

func newSNPBench(t testing.TB, product kds.Product) snpBench {
	t.Helper()
	return newSNPBenchAt(t, product, time.Now)
}

// newSNPBenchAt is newSNPBench at another time. At a fixed one it makes the same
// evidence always.
func newSNPBenchAt(t testing.TB, product kds.Product, clock simulator.Clock) snpBench {
	t.Helper()
	dir := t.TempDir()
	verify.SeedAMD(t, dir, product)
	p, err := simulator.OpenSNPAt(dir, product, clock)
	if err != nil {
		t.Fatal(err)
	}
	roots, err := verify.ParseRoots(p.RootPEM())
	if err != nil {
		t.Fatal(err)
	}
	return snpBench{p, roots}
}

func (b snpBench) evidence(t testing.TB, f simulator.SNPFlaws) attest.Evidence {
	t.Helper()
	report, bundle, err := b.platform.Start(attest.Register{5}).ReportWith([64]byte{7}, f)
	if err != nil {
		t.Fatal(err)
	}
	return attest.Evidence{TEE: attest.SNP, Signed: report, Collateral: bundle}
}

// snpCodeOf returns the code of a refusal, or nothing.
func snpCodeOf(err error) verify.Code {
	var refused *verify.Error
	if !errors.As(err, &refused) {
		return ""
	}
	return refused.Code
}
