// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/escrin/escrin/cmd/escrin-keyholder/internal/shiftedclock"
)

// shiftClock has the whole process live so many seconds ahead of the clock.
func shiftClock(seconds int64) { shiftedclock.Set(seconds) }

// A keyholder whose clock is ten years ahead or behind gives out nothing; the others
// go on; and once its clock is right it serves as before, and remembers.
func TestClockOffByTenYears(t *testing.T) {
	t.Parallel()
	const tenYears = 10 * 365 * 24 * 3600
	w := newWorld(t)
	h := w.network.holders[0]
	for salt, ahead := range []int64{tenYears, -tenYears} {
		h.kill()
		h.env = []string{fmt.Sprintf("%s=%d", clockAhead, ahead)}
		h.start()
		h.await(`"listening"`)
		h.await("cannot go on for now")
		a := w.claimed(byte(salt) + 1)
		key := a.mustRelease()
		if status := a.ask(t, 1); status == http.StatusOK {
			t.Errorf("gives a share %d s ahead", ahead)
		}

		h.kill()
		h.env = nil
		h.start()
		h.await(`"ready"`)
		if status := a.ask(t, 1); status != http.StatusOK {
			t.Errorf("with the right clock again: %d", status)
		}
		a.bindEverywhere(a.task)
		clone := applicant{w.boot(a.key), a.task}
		if status := clone.ask(t, 1); status == http.StatusOK {
			t.Error("gives a share to a clone")
		}
		if again := a.mustRelease(); !again.Equal(key) {
			t.Error("another key")
		}
	}
}
