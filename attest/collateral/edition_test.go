// SPDX-License-Identifier: Apache-2.0

package collateral_test

import (
	"bytes"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/escrin/escrin/attest/collateral"
)

var epoch = time.Unix(1_800_000_000, 0).UTC()

// edition is one of a number, issued some hours after the epoch.
func edition(number byte, hours int) collateral.Edition {
	return collateral.Edition{Number: [20]byte{19: number}, Issued: epoch.Add(time.Duration(hours) * time.Hour)}
}

func drawEdition(t *rapid.T, name string) collateral.Edition {
	e := edition(rapid.ByteRange(0, 3).Draw(t, name+" number"), rapid.IntRange(0, 60).Draw(t, name+" hours"))
	e.Number[0] = rapid.ByteRange(0, 1).Draw(t, name+" high number")
	return e
}

// AT-05: editions of a series are in one order.
func TestAT05EditionsAreOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawEdition(t, "a"), drawEdition(t, "b"), drawEdition(t, "c")
		if a.NewerThan(a) {
			t.Fatal("newer than itself")
		}
		if a != b && a.NewerThan(b) == b.NewerThan(a) {
			t.Fatal("no order of two")
		}
		if a.NewerThan(b) && b.NewerThan(c) && !a.NewerThan(c) {
			t.Fatal("no order of three")
		}
	})
}

// AT-05: whatever comes when, nothing newer than all is outdated, what is outdated
// stays so, a lower number is at once, and of one number an edition is in time
// for a day after the first newer one was seen and never for longer than two.
func TestAT05WhatWasSeenOutdates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var seen collateral.Seen
		now := epoch.Add(100 * time.Hour)
		first := map[collateral.Edition]time.Time{}
		asked := drawEdition(t, "asked")
		outdated := false
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "hours")) * time.Hour)
			e := drawEdition(t, "seen")
			if _, ok := first[e]; !ok {
				first[e] = now
			}
			seen, _ = seen.With(e, now)
			if seen.Outdates(e, now) && !outdatedBy(first, e, now, 0) {
				t.Fatal("outdated by nothing newer")
			}
			got := seen.Outdates(asked, now)
			if outdated && !got {
				t.Fatal("current again")
			}
			outdated = got
			if got && !outdatedBy(first, asked, now, collateral.MaxLag) {
				t.Fatal("outdated before its time")
			}
			if !got && outdatedBy(first, asked, now, 2*collateral.MaxLag) {
				t.Fatal("in use for too long")
			}
		}
		if again, err := collateral.ParseSeen(seen.Marshal()); err != nil || !bytes.Equal(again.Marshal(), seen.Marshal()) {
			t.Fatalf("stored and read: %v", err)
		}
	})
}

// outdatedBy is the rule with a memory of everything: a higher number was seen, or
// a later edition of the number longer than lag ago.
func outdatedBy(first map[collateral.Edition]time.Time, e collateral.Edition, now time.Time, lag time.Duration) bool {
	for other, at := range first {
		if other.NewerThan(e) && (other.Number != e.Number || now.Sub(at) > lag) {
			return true
		}
	}
	return false
}

// AT-05: Intel's root list has number 1 each year. Hosts have a day from when
// the verifier saw the new one, however old theirs is.
func TestAT05YearlyReissueGivesADay(t *testing.T) {
	now := epoch.Add(400 * 24 * time.Hour)
	last, next := edition(1, 0), edition(1, 365*24)
	seen, _ := collateral.Seen{}.With(last, epoch)
	seen, changed := seen.With(next, now)
	if !changed {
		t.Fatal("the new list is not remembered")
	}
	for name, c := range map[string]struct {
		edition collateral.Edition
		after   time.Duration
		want    bool
	}{
		"last year's at once":               {last, 0, false},
		"last year's at the end of the day": {last, collateral.MaxLag, false},
		"last year's after it":              {last, collateral.MaxLag + time.Second, true},
		"a clock that was set back":         {last, -collateral.MaxLag - time.Second, true},
		"the new one, always":               {next, 30 * 24 * time.Hour, false},
		"a newer one":                       {edition(1, 366*24), 30 * 24 * time.Hour, false},
		"a lower number at once":            {edition(0, 400*24), 0, true},
		"a higher number of any date":       {edition(2, 0), 30 * 24 * time.Hour, false},
	} {
		if got := seen.Outdates(c.edition, now.Add(c.after)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// AT-05: documents that are issued anew every few hours do not keep an old one in use.
func TestAT05FrequentReissuesGiveNoMoreTime(t *testing.T) {
	var seen collateral.Seen
	for hours := range 100 {
		seen, _ = seen.With(edition(5, hours), epoch.Add(time.Duration(hours)*time.Hour))
	}
	if now := epoch.Add(99 * time.Hour); !seen.Outdates(edition(5, 50), now) || seen.Outdates(edition(5, 80), now) {
		t.Error("an edition of two days ago is in use, or one of this day is not")
	}
}

func TestSeenIsParsedWhole(t *testing.T) {
	var seen collateral.Seen
	if seen.Marshal() != nil || seen.Outdates(edition(0, 0), epoch) {
		t.Error("the zero value saw something")
	}
	for hours := range 3 {
		seen, _ = seen.With(edition(5, hours), epoch)
	}
	b := seen.Marshal()
	for n := range len(b) + 2 {
		_, err := collateral.ParseSeen(append(bytes.Clone(b), 0)[:min(n, len(b)+1)])
		if whole := n == 36 || n == 52 || n == 68; (err == nil) != whole {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	copy(b[36:52], b[20:36])
	if _, err := collateral.ParseSeen(b); err == nil {
		t.Error("read out of order")
	}
}
