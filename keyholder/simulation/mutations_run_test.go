// SPDX-License-Identifier: Apache-2.0

package simulation

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
)

// mutants are the rules that are broken one by one, where it matters, and what is to be
// noticed then.
var mutants = []struct {
	variant
	want string
}{
	{variant{mutation: skipsRecord}, "two channel keys"},
	{variant{mutation: recordsLater}, "two channel keys"},
	{variant{mutation: servesAfterRollback}, "two channel keys"},
	{variant{mutation: looksAtLatest}, "not final"},
	{variant{mutation: trustsOneEndpoint}, "not final"},
	{variant{mutation: skipsFloor}, "goes back"},
	{variant{mutation: skipsPermit}, "without a permit"},
	{variant{mutation: skipsClaim}, "without a claim"},
	{variant{mutation: acceptsFewer}, "do not add up"},
	{variant{mutation: destroysAtConfirm, handover: true}, "lost its share"},
	{variant{mutation: forgetsShare, handover: true}, "lost its share"},
	{variant{mutation: forgetsPolynomial, handover: true, liar: complainsFalsely}, "said to be at fault"},
	{variant{mutation: ignoresComplaints, handover: true, liar: sendsWrongSubShares}, "has no share"},
}

// within is how many schedules are tried for one that notices.
const within = 400

// Invariants that nothing can violate say nothing: each broken rule is noticed.
func TestBrokenRulesAreNoticed(t *testing.T) {
	l, err := theLab()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutants {
		t.Run(string(m.mutation), func(t *testing.T) {
			var tried atomic.Uint64
			var noticed atomic.Pointer[error]
			each(within, func(seed uint64) bool {
				tried.Add(1)
				if _, err := run(seed, l, m.variant); err != nil && strings.Contains(err.Error(), m.want) {
					noticed.Store(&err)
					return false
				}
				return true
			})
			if noticed.Load() == nil {
				t.Fatalf("not noticed in %d schedules", tried.Load())
			}
			t.Logf("noticed in schedule %d: %.200s", tried.Load(), fmt.Sprint(*noticed.Load()))
		})
	}
}
