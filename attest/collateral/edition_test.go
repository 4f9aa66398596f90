// SPDX-License-Identifier: Apache-2.0

package collateral_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/escrin/escrin/attest/collateral"
)

func drawEdition(t *rapid.T, name string) (e collateral.Edition) {
	e.Number[19] = rapid.ByteRange(0, 3).Draw(t, name+" number")
	e.Number[0] = rapid.ByteRange(0, 1).Draw(t, name+" high number")
	hours := rapid.IntRange(0, 60).Draw(t, name+" hours")
	e.Issued = time.Unix(0, 0).Add(time.Duration(hours) * time.Hour)
	return e
}

// AT-05: editions of a series are in one order, and what lags is before what it
// lags behind.
func TestAT05EditionsAreOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawEdition(t, "a"), drawEdition(t, "b"), drawEdition(t, "c")
		if a.NewerThan(a) || a.OutdatedBy(a) {
			t.Fatal("newer than itself")
		}
		if a != b && a.NewerThan(b) == b.NewerThan(a) {
			t.Fatal("no order of two")
		}
		if a.NewerThan(b) && b.NewerThan(c) && !a.NewerThan(c) {
			t.Fatal("no order of three")
		}
		if a.OutdatedBy(b) && !b.NewerThan(a) {
			t.Fatal("outdated by something older")
		}
		if a.OutdatedBy(b) && c.NewerThan(b) && !a.OutdatedBy(c) {
			t.Fatal("current again when something newer is known")
		}
	})
}

func TestAT05OutdatedEditions(t *testing.T) {
	at := func(number byte, issued time.Duration) collateral.Edition {
		return collateral.Edition{Number: [20]byte{19: number}, Issued: time.Unix(0, 0).Add(issued)}
	}
	newest := at(5, 100*time.Hour)
	for name, c := range map[string]struct {
		edition collateral.Edition
		want    bool
	}{
		"the same":                   {newest, false},
		"a second earlier":           {at(5, 100*time.Hour-time.Second), false},
		"as late as allowed":         {at(5, 100*time.Hour-collateral.MaxLag), false},
		"later":                      {at(5, 100*time.Hour-collateral.MaxLag-1), true},
		"lower number of a new date": {at(4, 200*time.Hour), true},
		"lower number, same date":    {at(4, 100*time.Hour), true},
		"higher number of any date":  {at(6, 0), false},
	} {
		if got := c.edition.OutdatedBy(newest); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
