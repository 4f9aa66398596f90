// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"context"
	"testing"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/release"
)

// ages makes the head of a view older.
func ages(v *View, by time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.since = v.since.Add(-by)
}

// searched waits for the search that is under way, if there is one, and returns when the one began that found the head.
func searched(t *testing.T, v *View) time.Time {
	t.Helper()
	v.mu.Lock()
	s := v.search
	v.mu.Unlock()
	if s != nil {
		select {
		case <-s.done:
		case <-t.Context().Done():
			t.Fatal("the search does not end")
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.since
}

// nobody is who cannot wait.
func nobody() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// In the second half of a head's life the next one is found, and proven as far as it is as before, while decisions go on
// with the one that is there: none of them waits.
func TestNextHeadIsThereAhead(t *testing.T) {
	t.Parallel()
	r := newReal(t)
	root := r.set("first")
	v := r.view(Latest(), &memory{})
	v.lifetime = time.Hour
	before := settled(t, v)
	r.policy(before)
	second, err := before.BlockHash(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		r.reorganise(0)
	}
	found := searched(t, v)
	if settled(t, v); searched(t, v) != found {
		t.Error("searched for in the first half")
	}
	ages(v, 31*time.Minute)
	if s := settled(t, v); s.Head() != before.Head() {
		t.Fatalf("head is %+v, not %+v", s.Head(), before.Head())
	}
	if !searched(t, v).After(found) {
		t.Fatal("not searched for in the second half")
	}
	now := settled(t, v)
	if now.Head().Number != before.Head().Number+3 {
		t.Fatalf("head is %+v after %+v", now.Head(), before.Head())
	}
	permitter, err := now.Permitter(nobody(), r.identity)
	if err != nil {
		t.Fatal(err)
	}
	if policy, err := now.Policy(nobody(), permitter, r.identity); err != nil || policy.Subject != root {
		t.Errorf("policy %+v, %v", policy, err)
	}
	if hash, err := now.BlockHash(nobody(), 2); err != nil || hash != second {
		t.Errorf("block 2: %x, %v", hash, err)
	}
}

// KR-19: what changed is not taken from the block before.
func TestKR19NextHeadHasWhatChanged(t *testing.T) {
	t.Parallel()
	r := newReal(t)
	r.set("first")
	v := r.view(Latest(), &memory{})
	v.lifetime = time.Hour
	r.policy(settled(t, v))
	root := r.set("second")
	ages(v, 31*time.Minute)
	settled(t, v)
	searched(t, v)
	if policy := r.policy(settled(t, v)); policy.Subject != root {
		t.Errorf("policy %+v", policy)
	}
}

// KR-18: of a head that is on another branch, nothing is taken from the one before.
func TestKR18NextHeadOnAnotherBranch(t *testing.T) {
	t.Parallel()
	r := newReal(t)
	for range 8 {
		r.reorganise(0)
	}
	v := r.view(Latest(), &memory{})
	v.lifetime = time.Hour
	before := settled(t, v)
	r.policy(before)
	number := before.Head().Number - 2
	orphan, err := before.BlockHash(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	r.reorganise(4)
	r.reorganise(0)
	ages(v, 31*time.Minute)
	settled(t, v)
	searched(t, v)
	now := settled(t, v)
	if _, err := now.BlockHash(nobody(), number); err == nil {
		t.Error("the hash of an orphan is known")
	}
	hash, err := now.BlockHash(t.Context(), number)
	if err != nil || hash == orphan || !r.canonical(release.Head{Number: number, Hash: hash}) {
		t.Errorf("block %d: %x, %v", number, hash, err)
	}
}

// KR-19: a head whose life is over is used no more, though none was found ahead of that.
func TestKR19NoHeadBeyondItsLife(t *testing.T) {
	t.Parallel()
	n := newNode()
	v := newView(t, Finalized(), &memory{}, n)
	v.lifetime = time.Hour
	settled(t, v)
	n.change(func() { n.raw["eth_chainId"] = "nonsense" })
	ages(v, 31*time.Minute)
	settled(t, v)
	searched(t, v)
	settled(t, v) // it is not over yet
	searched(t, v)
	ages(v, 30*time.Minute)
	_, err := v.Settled(t.Context())
	wantCode(t, err, keyholder.CodeChainUnavailable)
}
