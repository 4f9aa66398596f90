// SPDX-License-Identifier: Apache-2.0

package simulator_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
)

// snpBench is a guest on each machine that flaws need.
type snpBench struct {
	t       testing.TB
	data    [64]byte
	digest  attest.Register
	guests  map[simulator.SNPMachineKind]*simulator.SNPGuest
	judges  map[kds.Product]judge
	genuine map[simulator.SNPMachineKind][2][]byte
}

func newSNPBench(t testing.TB) *snpBench {
	b := &snpBench{
		t: t, digest: attest.Register{5}, guests: map[simulator.SNPMachineKind]*simulator.SNPGuest{},
		judges: map[kds.Product]judge{}, genuine: map[simulator.SNPMachineKind][2][]byte{},
	}
	copy(b.data[:], "report data of a flaw's guest, 2")
	return b
}

// guest returns a guest on a machine as the kind says, of Genoa if it does not
// matter, and who judges its reports.
func (b *snpBench) guest(k simulator.SNPMachineKind) (*simulator.SNPGuest, judge) {
	product := k.Product
	if product == "" {
		product = kds.Genoa
	}
	if b.guests[k] == nil {
		p := openSNPAt(b.t, product, atNoon)
		on, ok, err := k.Of(p)
		if err != nil || !ok {
			b.t.Fatalf("%+v: %v, %v", k, ok, err)
		}
		b.guests[k] = on.Start(b.digest)
		if b.judges[product].reference == nil {
			b.judges[product] = newJudge(b.t, p.RootPEM(), attest.Measurement{TEE: attest.SNP, LaunchDigest: b.digest}, b.data)
		}
	}
	return b.guests[k], b.judges[product]
}

func TestSNPFlawsAreRefused(t *testing.T) {
	b := newSNPBench(t)
	report, collateral, err := mustGuest(b).Report(b.data)
	if err != nil {
		t.Fatal(err)
	}
	if again, c2, _ := mustGuest(b).Report(b.data); !bytes.Equal(report, again) || !bytes.Equal(collateral, c2) {
		t.Fatal("evidence made twice differs")
	}
	_, j := b.guest(simulator.SNPMachineKind{})
	if code := j.refusal(report, collateral, noon); code != "" {
		t.Fatalf("genuine evidence is refused: %s", code)
	}
	names, made, codes := map[string]bool{}, map[string]string{string(report) + string(collateral): "genuine"}, map[string]int{}
	for _, f := range simulator.SNPFlawList() {
		if reflect.ValueOf(f.Flaws).IsZero() && f.On != (simulator.SNPMachineKind{}) {
			names[f.Name] = true // the machine is the flaw
		} else {
			checkFlaw(t, names, f.Name, f.Says, f.Threat, f.Flaws)
		}
		g, j := b.guest(f.On)
		r, c, err := g.ReportWith(b.data, f.Flaws)
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		if other := made[string(r)+string(c)]; other != "" {
			t.Errorf("%s is %s", f.Name, other)
		}
		made[string(r)+string(c)] = f.Name
		code := j.refusal(r, c, noon)
		if code == "" {
			t.Errorf("%s: accepted", f.Name)
		}
		if strings.HasPrefix(code, "without") {
			t.Errorf("%s: %s", f.Name, code)
		}
		codes[code]++
		t.Logf("%-50s %s", f.Name, code)
	}
	t.Logf("%d flaws, %d codes", len(names), len(codes))
}

func mustGuest(b *snpBench) *simulator.SNPGuest {
	g, _ := b.guest(simulator.SNPMachineKind{})
	return g
}
