// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/client"
	"github.com/escrin/escrin/keyholder/config"
)

// Five processes, each in a network of its own: a key is released if and only if
// three of them can be reached, to one enclave, and is the same after they refreshed
// it while the network was cut and some of them were killed.
func TestPartitionsAndKills(t *testing.T) {
	withNamespaces(t, func(t *testing.T) {
		l := newLAN(t, 5)
		w := newWorldAt(t, l.site(), func(c *config.Config) { c.Limits.PerRequester = config.Rate{PerSecond: 1000, Burst: 1000} })
		first := w.claimed(1)
		key := first.mustRelease()

		w.refreshWhileCut(l)
		if again := first.mustRelease(); !again.Equal(key) {
			t.Fatal("another key after the refresh")
		}
		w.claimed(2).mustRelease()

		l.heal()
		for _, h := range w.network.holders[3:] { // an encryption key is for one epoch: they must have put theirs to use before they name the next
			h.await("took part in epoch 2")
		}
		w.handOn(3, w.network.holders[:3], w.network.holders...) // the others may lack the shares to deal with
		w.follow(w.network.agreed(t))
		w.minorityReleasesNothing(l)
		w.releaseWhileKilled()
		if again := first.mustRelease(); !again.Equal(key) {
			t.Fatal("another key in the end")
		}
	})
}

// none expects that no key can be had for some seconds.
func (a applicant) none() {
	a.w.t.Helper()
	ctx, cancel := context.WithTimeout(a.w.t.Context(), 5*time.Second)
	defer cancel()
	if _, err := a.release(ctx, a.task, nil); !errors.Is(err, context.DeadlineExceeded) {
		a.w.t.Fatalf("without a quorum: %v", err)
	}
}

// follow goes on with the network of a later epoch, whose key must be the same.
func (w *world) follow(now keyholder.Network) {
	w.t.Helper()
	if now.GroupKey != w.keys.GroupKey || now.Epoch <= w.keys.Epoch {
		w.t.Fatalf("epoch %d has another group key than epoch %d, or is none after it", now.Epoch, w.keys.Epoch)
	}
	w.keys = now
}

// refreshWhileCut cuts two of the five off in the middle of a refresh, once those
// who stay have dealt (nobody deals without every member's encryption key), and
// kills another one.
func (w *world) refreshWhileCut(l lan) {
	w.t.Helper()
	majority := w.network.holders[:3]
	number := w.begin(3, w.network.holders...)
	epoch := fmt.Sprintf(`"epoch":%d`, number)
	for _, h := range majority {
		h.await("posted the dealing", epoch)
	}
	l.cut(4, 5)
	majority[1].kill()
	majority[1].start()
	w.skip(number)
	for _, h := range majority {
		h.await(`"ready"`, epoch)
	}
	reply := w.network.keynet(w.t, 1)
	w.follow(*reply.Network)
}

// minorityReleasesNothing leaves two of five within reach. A clone that asks them
// gets no key, and takes away none.
func (w *world) minorityReleasesNothing(l lan) {
	w.t.Helper()
	a := w.claimed(3)
	clone := applicant{w.boot(a.key), a.task}
	l.cut(1, 2, 3)
	clone.none()
	l.heal()
	a.mustRelease()
	if _, err := clone.release(w.t.Context(), a.task, nil); !errors.Is(err, client.ErrRefused) {
		w.t.Fatalf("a clone: %v", err)
	}
}

// releaseWhileKilled kills one after another at random moments while enclaves ask.
func (w *world) releaseWhileKilled() {
	w.t.Helper()
	var all []applicant
	for salt := range byte(4) {
		all = append(all, w.claimed(10+salt))
	}
	done := make(chan error, len(all))
	for _, a := range all {
		go func() {
			for range 10 {
				if _, err := a.release(w.t.Context(), a.task, nil); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for ended := 0; ended < len(all); {
		select {
		case err := <-done:
			must(w.t, err)
			ended++
		case <-time.After(time.Duration(rand.IntN(300)) * time.Millisecond):
			h := w.network.holders[rand.IntN(len(w.network.holders))]
			h.kill()
			h.start()
			h.await(`"ready"`)
		}
	}
}
