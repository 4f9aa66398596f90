// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"github.com/escrin/escrin/keyholder"
)

// Whoever repeats a request fills no disk: its answer is on record once, and the
// next record says how often it was given again.
func TestRepeatsAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signed := w.signed(keyholder.PathRelease, w.release())
	for range 50 {
		if r := w.post(keyholder.PathRelease, signed); r.status != 200 {
			t.Fatal(r)
		}
	}
	if n := len(w.records()); n != 1 {
		t.Fatalf("%d records", n)
	}
	if r := w.post(keyholder.PathRelease, w.signed(keyholder.PathRelease, w.release())); r.status != 200 {
		t.Fatal(r)
	}
	w.permitter = [20]byte{77} // the same bytes, for another reason
	w.post(keyholder.PathRelease, signed)
	var repeated []uint64
	for _, r := range w.records() {
		repeated = append(repeated, r.Repeated)
	}
	if want := []uint64{0, 49, 0}; !reflect.DeepEqual(repeated, want) {
		t.Errorf("repeated %v, want %v", repeated, want)
	}
}

// Who repeats too often is refused, and only he.
func TestRepeatsHaveABudget(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.PerRequester = Rate{PerSecond: 0.001, Burst: 2} })
	signed := body(t, w.signed(keyholder.PathRelease, w.release()))
	post := func(from string) reply {
		return askFrom(w.server, from, "POST", keyholder.PathRelease, bytes.NewReader(signed))
	}
	for i := range 2 * repeatShare {
		if r := post("192.0.2.1:1"); r.status != 200 {
			t.Fatal(i, r)
		}
	}
	if r := post("192.0.2.1:1"); r.status != 200 {
		t.Errorf("the last of the budget: %v", r)
	}
	if r := post("192.0.2.1:1"); !r.refused(keyholder.CodeRateLimited) {
		t.Errorf("one too many: %v", r)
	}
	if r := post("192.0.2.2:1"); r.status != 200 {
		t.Errorf("from elsewhere: %v", r)
	}
	if r := w.post(keyholder.PathRelease, w.signed(keyholder.PathRelease, w.release())); r.status != 200 {
		t.Errorf("something new: %v", r)
	}
}

// Nothing is answered behind a closed gate.
func TestTheGateIsAskedBeforeEachUse(t *testing.T) {
	t.Parallel()
	var open atomic.Bool
	open.Store(true)
	w := newWorld(t, func(c *Config) { c.Gate = func(e uint64) bool { return e == epoch && open.Load() } })
	for path, ask := range map[string]func() reply{
		keyholder.PathRelease: func() reply { return w.post(keyholder.PathRelease, w.signed(keyholder.PathRelease, w.release())) },
		keyholder.PathCertificate: func() reply {
			return w.post(keyholder.PathCertificate, w.signed(keyholder.PathCertificate, w.certificate()))
		},
	} {
		if r := ask(); r.status != 200 {
			t.Errorf("%s: %v", path, r)
		}
		open.Store(false)
		if r := ask(); !r.refused(keyholder.CodeNotReady) {
			t.Errorf("%s behind a closed gate: %v", path, r)
		}
		open.Store(true)
	}
	if r := ask(w.server, "GET", "/readyz", nil); r.status != 200 {
		t.Error(r)
	}
	open.Store(false)
	if r := ask(w.server, "GET", "/readyz", nil); r.status != 503 {
		t.Error(r)
	}
}

// A gate that closes while a request is decided is closed for it.
func TestTheGateClosesForWhatIsBeingDecided(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	w := newWorld(t, func(c *Config) { c.Gate = func(uint64) bool { return asked.Add(1) == 1 } })
	for path, signed := range map[string]keyholder.SignedRequest{
		keyholder.PathRelease: w.signed(keyholder.PathRelease, w.release()), keyholder.PathCertificate: w.signed(keyholder.PathCertificate, w.certificate()),
	} {
		asked.Store(0)
		if r := w.post(path, signed); !r.refused(keyholder.CodeNotReady) || asked.Load() != 2 {
			t.Errorf("%s: %v after %d questions", path, r, asked.Load())
		}
	}
	for _, r := range w.records() {
		if r.Decision != string(keyholder.CodeNotReady) {
			t.Errorf("%+v", r)
		}
	}
}

// What is remembered of an answer goes with its nonce.
func TestRecordedAnswersAreForgottenWithTheirNonce(t *testing.T) {
	t.Parallel()
	w := newWatch()
	n := newNonces(w.time)
	k, b := nonceKey{nonce: [32]byte{1}}, basis{permitter: [20]byte{1}}
	n.use(k, [32]byte{1})
	if n.recorded(k, [32]byte{1}, b) {
		t.Error("recorded before it was")
	}
	n.record(k, [32]byte{1}, b)
	if !n.recorded(k, [32]byte{1}, b) || n.recorded(k, [32]byte{2}, b) || n.recorded(k, [32]byte{1}, basis{}) {
		t.Error("another answer is taken for the recorded one")
	}
	for range 2 {
		w.pass(nonceTurn + time.Second)
		n.use(nonceKey{}, [32]byte{})
	}
	if n.recorded(k, [32]byte{1}, b) {
		t.Error("not forgotten")
	}
}
