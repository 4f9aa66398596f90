// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// later is the fixture's network in its next epoch: other shares of the same key.
func (f *fixture) later(t *testing.T) (keyholder.Network, []curve.Scalar) {
	t.Helper()
	n, slope := f.network, scalar(t)
	n.Epoch++
	n.Holders = append([]keyholder.Holder{}, n.Holders...)
	var shares []curve.Scalar
	for i := range n.Holders {
		shares = append(shares, f.group.Add(slope.Mul(curve.ScalarFromIndex(uint32(i)+1))))
		n.Holders[i].PublicShare = shares[i].Public().Bytes()
	}
	return n, shares
}

// asked is the epoch that a request names.
func asked(t *testing.T, body []byte) uint64 {
	t.Helper()
	signed, err := keyholder.ParseSignedRequest(body)
	if err != nil {
		t.Fatal(err)
	}
	var r keyholder.ReleaseRequest
	if err := json.Unmarshal(signed.Inner, &r); err != nil {
		t.Fatal(err)
	}
	return r.Epoch
}

// switching is the fixture's holders while they go on to the next epoch, each at its own time.
type switching struct {
	*fixture
	t      *testing.T
	next   []curve.Scalar
	moment map[uint32]time.Time // when a holder goes on
}

func (s *switching) Do(ctx context.Context, holder uint32, path string, body []byte) (int, []byte, error) {
	epoch, moved := asked(s.t, body), !time.Now().Before(s.moment[holder])
	switch {
	case epoch == 1 && moved:
		return refusing(keyholder.CodeWrongEpoch, false)(ctx, s.fixture, path, [32]byte{})
	case epoch == 2 && !moved:
		return refusing(keyholder.CodeNotReady, true)(ctx, s.fixture, path, [32]byte{})
	}
	request, err := s.open(path, body)
	if err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	of := *s
	of.fixture = &fixture{network: s.network, signers: s.signers, evidence: s.evidence, name: s.name}
	of.network.Epoch = epoch
	shares := s.shares
	if epoch == 2 {
		shares = s.next
	}
	return of.honest(holder, shares[holder-1], path, request)
}

// KR-21: whenever during a hand-over a client asks, it gets the same key: from the epoch before, from the next one, or
// after it waited for both; never from a mixture.
func TestKR21KeysWhileTheEpochChanges(t *testing.T) {
	t.Parallel()
	for name, after := range map[string][3]time.Duration{
		"none has gone on": {time.Hour, time.Hour, time.Hour},
		"one has":          {0, time.Hour, time.Hour},
		"two have":         {0, 0, time.Minute},
		"all have":         {0, 0, 0},
		"two at a time":    {time.Second, 2 * time.Second, 10 * time.Second},
		"one, then others": {0, 7 * time.Second, 20 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				next, shares := f.later(t)
				s := &switching{f, t, shares, map[uint32]time.Time{}}
				for i, d := range after {
					s.moment[uint32(i)+1] = time.Now().Add(d)
				}
				f.client.Transport = s
				f.client.Renew = func(context.Context, keyholder.Network) (keyholder.Network, Transport, error) { return next, s, nil }
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
				defer cancel()
				key, err := f.release(ctx)
				f.checkKey(t, key, err)
			})
		})
	}
}

// KR-21: shares of two epochs are not combined, although each is right.
func TestKR21EpochsAreNotMixed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, shares := f.later(t)
	tally := &tally{network: f.network, failures: map[uint32]*Failure{}}
	var err error
	if tally.group, err = f.network.Group(); err != nil {
		t.Fatal(err)
	}
	base := f.honestBase()
	tally.question = question{path: keyholder.PathRelease, base: func(finding) curve.G1 { return base },
		subject: func(finding) [32]byte { return f.name.Digest() }}
	tally.add(answer{holder: 1, share: share{index: 1, point: base.Mul(f.shares[0])}})
	tally.add(answer{holder: 2, share: share{index: 2, point: base.Mul(shares[1])}})
	if _, done, err := tally.settle(); done || err != nil || len(tally.shares) != 1 || !tally.has(1) {
		t.Errorf("done %v, %v, %d shares", done, err, len(tally.shares))
	}
}

// A client that cannot look for the next epoch, or finds none of the same key, gives up and says so.
func TestKR21NoNextEpoch(t *testing.T) {
	t.Parallel()
	over := reply{do: refusing(keyholder.CodeWrongEpoch, false)}
	for name, renew := range map[string]func(f *fixture) func(context.Context, keyholder.Network) (keyholder.Network, Transport, error){
		"no way to look": func(*fixture) func(context.Context, keyholder.Network) (keyholder.Network, Transport, error) {
			return nil
		},
		"another key": func(f *fixture) func(context.Context, keyholder.Network) (keyholder.Network, Transport, error) {
			n := f.network
			n.Epoch, n.GroupKey = 2, curve.G2Generator().Bytes()
			return func(context.Context, keyholder.Network) (keyholder.Network, Transport, error) { return n, f, nil }
		},
		"the same epoch": func(f *fixture) func(context.Context, keyholder.Network) (keyholder.Network, Transport, error) {
			return func(context.Context, keyholder.Network) (keyholder.Network, Transport, error) {
				return f.network, f, nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				f.replies[1], f.replies[2] = over, over
				f.client.Renew = renew(f)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if _, err := f.release(ctx); err == nil || f.client.Network.Epoch != 1 {
					t.Errorf("%v, epoch %d", err, f.client.Network.Epoch)
				}
			})
		})
	}
}

// KR-13: with one holder silent, another that refuses at first, and one that lies without signing, the key comes as
// soon as t others answer; nobody's silence holds up who asks again.
func TestKR13AskedAgainInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.replies[1] = reply{do: silent}
		f.replies[2] = reply{do: refusing(keyholder.CodeNotReady, true), times: 2}
		before := time.Now()
		key, err := f.release(t.Context())
		f.checkKey(t, key, err)
		if waited := time.Since(before); waited > 2*time.Second {
			t.Fatalf("waited %s", waited)
		}
	})
}

// A request that waits is signed again before its time is too old for keyholders.
func TestSignsAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.replies[1], f.replies[2] = reply{do: down}, reply{do: down, times: 400}
		key, err := f.release(t.Context()) // open refuses what is not timely
		f.checkKey(t, key, err)
		if f.asked[2] != 401 {
			t.Errorf("asked %d times", f.asked[2])
		}
	})
}

// Current believes t holders who say the same, and no fewer.
func TestCurrentNetwork(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	next, _ := f.later(t)
	forged := next
	forged.Epoch = 9
	stolen := next
	stolen.GroupKey = curve.G2Generator().Bytes()
	for name, c := range map[string]struct {
		told [3]*keyholder.Network
		want uint64
	}{
		"all the same":       {[3]*keyholder.Network{&next, &next, &next}, 2},
		"nothing new":        {[3]*keyholder.Network{&f.network, &f.network, &f.network}, 1},
		"one is behind":      {[3]*keyholder.Network{&f.network, &next, &next}, 2},
		"one lies":           {[3]*keyholder.Network{&forged, &next, &next}, 2},
		"one is silent":      {[3]*keyholder.Network{nil, &next, &next}, 2},
		"each another":       {[3]*keyholder.Network{&f.network, &next, &forged}, 0},
		"two of another key": {[3]*keyholder.Network{&stolen, &stolen, &next}, 0},
	} {
		got, err := Current(t.Context(), f.network, told(c.told))
		if (err == nil) != (c.want != 0) || got.Epoch != c.want {
			t.Errorf("%s: epoch %d, %v", name, got.Epoch, err)
		}
	}
}

// KR-10: who has left tells who has come, as others do, and is believed as they are. Of the
// epoch that is known, only those tell that serve it.
func TestKR10CurrentNetworkOfOthers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	next, _ := f.later(t)
	for name, c := range map[string]struct {
		told left
		want uint64
	}{
		"all have left":          {left{&next, &next, &next}, 2},
		"one stays":              {left{nil, &next, &next}, 2},
		"one tells it":           {left{nil, nil, &next}, 0},
		"without a share of now": {left{&f.network, &f.network, &f.network}, 0},
	} {
		got, err := Current(t.Context(), f.network, c.told)
		if (err == nil) != (c.want != 0) || got.Epoch != c.want {
			t.Errorf("%s: epoch %d, %v", name, got.Epoch, err)
		}
	}
}

// left are holders that have no share of the epoch they tell of.
type left [3]*keyholder.Network

func (l left) Do(_ context.Context, holder uint32, _ string, _ []byte) (int, []byte, error) {
	b, err := json.Marshal(keyholder.KeynetReply{Network: l[holder-1]})
	return 200, b, err
}

// Holders that know each other by different addresses describe one network, at the addresses that most name.
func TestCurrentNetworkAtDifferentAddresses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	next, _ := f.later(t)
	at := func(urls ...string) *keyholder.Network {
		n := addressed(next, nil)
		for i, url := range urls {
			n.Holders[i].URL = url
		}
		return &n
	}
	f.network.Threshold = 3
	got, err := Current(t.Context(), f.network, told{at("a", "", "c"), at("a", "b", ""), at("x", "y", "")})
	if err != nil || got.Epoch != 2 {
		t.Fatal(err)
	}
	for i, want := range []string{"a", "b", "c"} {
		if got.Holders[i].URL != want {
			t.Errorf("holder %d is at %q, want %q", i+1, got.Holders[i].URL, want)
		}
	}
}

// One holder that says that the epoch is over, beside others that refuse, does not keep a client looking for the next
// one until its time is up: the refusal stands.
func TestKR13LiesAboutTheEpochEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.replies[1] = reply{do: refusing(keyholder.CodeWrongEpoch, false)}
		f.replies[2] = reply{do: refusing(keyholder.CodeTaskMismatch, false)}
		f.replies[3] = reply{do: refusing(keyholder.CodeTaskMismatch, false)}
		f.client.Renew = func(context.Context, keyholder.Network) (keyholder.Network, Transport, error) {
			return f.network, f, nil
		}
		before := time.Now()
		_, err := f.release(t.Context())
		if !errors.Is(err, ErrRefused) || time.Since(before) > time.Minute {
			t.Errorf("after %s: %v", time.Since(before), err)
		}
		var refused *keyholder.Error
		if !errors.As(err, &refused) {
			t.Errorf("the refusal is lost: %v", err)
		}
	})
}

// A holder's last word stands, also if news that it is slow comes after it.
func TestLastWordsStand(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	tally := &tally{network: f.network, failures: map[uint32]*Failure{}}
	final := &Failure{Holder: 2, Err: &keyholder.Error{Code: keyholder.CodeTaskMismatch}}
	tally.add(answer{holder: 2, failure: final})
	tally.add(answer{holder: 2, failure: &Failure{Holder: 2, Err: errSlow}})
	if tally.failures[2] != final {
		t.Errorf("it is forgotten: %v", tally.failures[2])
	}
}

// told is holders who describe networks.
type told [3]*keyholder.Network

func (t told) Do(_ context.Context, holder uint32, path string, body []byte) (int, []byte, error) {
	n := t[holder-1]
	if n == nil || path != keyholder.PathKeynet || body != nil {
		return 0, nil, errors.New("connection refused")
	}
	b, err := json.Marshal(keyholder.KeynetReply{Index: holder, Ready: true, Network: n})
	return 200, b, err
}
