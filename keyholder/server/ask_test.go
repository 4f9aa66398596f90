// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/auditlog"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/ibe"
)

// The answer to a request for a key opens with the channel key alone, under the
// request's own digest, and is the holder's share; and it is on record.
func TestRelease(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signed := w.signed(keyholder.PathRelease, w.release())
	r := w.post(keyholder.PathRelease, signed)
	if r.status != 200 || r.header.Get("Cache-Control") != "no-store" {
		t.Fatal(r)
	}
	var got keyholder.ReleaseReply
	if err := json.Unmarshal(r.body, &got); err != nil || got.Epoch != epoch || got.Index != ourIndex {
		t.Fatalf("%+v, %v", got, err)
	}
	digest := signed.Digest(w.groupKey(), keyholder.PathRelease, w.evidence.Binding.ChannelKeyHash)
	context := keyholder.ReleaseContext(digest, epoch)
	plain, err := envelope.Unwrap(w.private, keyholder.ReleaseInfo, context[:], got.Sealed)
	if err != nil {
		t.Fatal(err)
	}
	part, _, err := keyholder.SplitShare(plain)
	if err != nil {
		t.Fatal(err)
	}
	if want := ibe.HashName(w.release().Name).Mul(ourSecret()).Bytes(); part != want {
		t.Error("another share")
	}
	q := w.release()
	want := auditlog.Record{
		About: auditlog.Release, Decision: auditlog.Granted, Epoch: epoch, Request: digest, Requester: w.evidence.Binding.Requester,
		Identity: w.evidence.Binding.IdentityID, Permitter: w.permitter, Name: q.Name.Digest(), Task: w.taskID, Attempt: 1,
		Evidence: w.evidence.Digest(), MeasurementRoot: w.evidence.Binding.MeasurementRoot, Block: 100, BlockHash: w.head.Hash,
	}
	records := w.records()
	if len(records) != 1 {
		t.Fatalf("records %+v", records)
	}
	got1 := records[0]
	want.Time, want.Platform = got1.Time, got1.Platform
	if !reflect.DeepEqual(got1, want) || got1.Platform == (auditlog.Word{}) || got1.Time.IsZero() {
		t.Errorf("record\n%+v\nwant\n%+v", got1, want)
	}
}

func TestCertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.post(keyholder.PathCertificate, w.signed(keyholder.PathCertificate, w.certificate()))
	var got keyholder.CertificateReply
	if err := json.Unmarshal(r.body, &got); r.status != 200 || err != nil {
		t.Fatal(r, err)
	}
	point := keyholder.CertificateFor(w.evidence, got.Findings, w.permitter).Point()
	if want := point.Mul(ourSecret()).Bytes(); got.Signature != want {
		t.Error("another share")
	}
	records := w.records()
	if len(records) != 1 || records[0].About != auditlog.Certificate || records[0].Decision != auditlog.Granted || records[0].Permitter != w.permitter {
		t.Errorf("records %+v", records)
	}
}

// KR-03: a signature is for one path, one request, one nonce, one time and one
// channel key. Whatever of another request is put in its place makes it another's.
func TestKR03SplicedRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := w.signed(keyholder.PathRelease, w.release())
	certificate := w.signed(keyholder.PathCertificate, w.certificate())
	other := w.release()
	other.Task.Attempt++
	changed := w.signed(keyholder.PathRelease, other)
	own, key, task := w.evidence, w.key, w.task
	w.newEnclave() // another one, whose evidence is as good
	another := w.signed(keyholder.PathRelease, w.release())
	w.evidence, w.key, w.task = own, key, task
	for name, splice := range map[string]struct {
		path string
		of   func() keyholder.SignedRequest
	}{
		"another's request":          {keyholder.PathRelease, func() keyholder.SignedRequest { r := good; r.Inner = changed.Inner; return r }},
		"another nonce":              {keyholder.PathRelease, func() keyholder.SignedRequest { r := good; r.Nonce[5]++; return r }},
		"another time":               {keyholder.PathRelease, func() keyholder.SignedRequest { r := good; r.Time++; return r }},
		"another's signature":        {keyholder.PathRelease, func() keyholder.SignedRequest { r := good; r.Signature = another.Signature; return r }},
		"another requester's":        {keyholder.PathRelease, func() keyholder.SignedRequest { r := good; r.Inner = another.Inner; return r }},
		"no signature":               {keyholder.PathRelease, func() keyholder.SignedRequest { r := good; r.Signature = [65]byte{}; return r }},
		"of a certificate":           {keyholder.PathRelease, func() keyholder.SignedRequest { r := good; r.Signature = certificate.Signature; return r }},
		"for a certificate":          {keyholder.PathCertificate, func() keyholder.SignedRequest { r := certificate; r.Signature = good.Signature; return r }},
		"with the nonce of another":  {keyholder.PathRelease, func() keyholder.SignedRequest { r := good; r.Nonce = another.Nonce; return r }},
		"the other value of v":       {keyholder.PathRelease, func() keyholder.SignedRequest { r := good; r.Signature[64] ^= 27 ^ 28; return r }},
		"signed by somebody else":    {keyholder.PathRelease, func() keyholder.SignedRequest { return w.signedBySomebody(w.release()) }},
		"signed for another channel": {keyholder.PathRelease, func() keyholder.SignedRequest { return w.signedForChannel(another) }},
	} {
		if r := w.post(splice.path, splice.of()); !r.refused(keyholder.CodeSignatureInvalid) {
			t.Errorf("%s: %v", name, r)
		}
	}
	if r := w.post(keyholder.PathRelease, certificate); !r.refused(keyholder.CodeBadRequest) {
		t.Errorf("a certificate's request for a key: %v", r)
	}
	if n := len(w.records()); n != 0 {
		t.Errorf("%d records of what nobody signed", n)
	}
	if r := w.post(keyholder.PathRelease, good); r.status != 200 {
		t.Errorf("as it was signed: %v", r)
	}
}

// KR-01: a request that was signed for another network's group key gets nothing of our share, on any path, and is the
// requester's own for this one.
func TestKR01RequestsForAnotherNetwork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	channel, other := w.evidence.Binding.ChannelKeyHash, secretOf(7).Public().Bytes()
	for path, q := range map[string]struct {
		request     json.Marshaler
		responseKey [32]byte
	}{
		keyholder.PathCertificate: {w.certificate(), channel}, keyholder.PathRelease: {w.release(), channel}, keyholder.PathState: {w.state(), [32]byte{}},
	} {
		if r := w.post(path, w.signedUnder(other, q.responseKey, path, q.request)); !r.refused(keyholder.CodeSignatureInvalid) || r.err.Retryable {
			t.Errorf("%s for another network: %v", path, r)
		}
		if r := w.post(path, w.signedFor(q.responseKey, path, q.request)); r.status != 200 {
			t.Errorf("%s for this one: %v", path, r)
		}
	}
}

func (w *world) signedBySomebody(q keyholder.ReleaseRequest) keyholder.SignedRequest {
	w.t.Helper()
	key, err := crypto.GenerateKey()
	if err != nil {
		w.t.Fatal(err)
	}
	own := w.key
	defer func() { w.key = own }()
	w.key = key
	return w.signed(keyholder.PathRelease, q)
}

// signedForChannel is our request, signed for the channel key that another one has.
func (w *world) signedForChannel(other keyholder.SignedRequest) keyholder.SignedRequest {
	w.t.Helper()
	r := w.signed(keyholder.PathRelease, w.release())
	r.Signature = sign(w.t, w.key, r.Digest(w.groupKey(), keyholder.PathRelease, crypto.Keccak256Hash(other.Inner)))
	return r
}

// The same bytes again get the same share again, from whomever they come; another
// request with their nonce gets nothing.
func TestReplay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.PerRequester = Rate{PerSecond: 0.001, Burst: 2} })
	first := w.signed(keyholder.PathRelease, w.release())
	for range 5 { // replaying costs the requester nothing
		if r := w.post(keyholder.PathRelease, first); r.status != 200 {
			t.Fatal(r)
		}
	}
	second := keyholder.Sign(w.groupKey(), keyholder.PathRelease, append(bytes.Clone(first.Inner), ' '), first.Nonce, w.clock.time(),
		w.evidence.Binding.ChannelKeyHash, func(d [32]byte) [65]byte { return sign(t, w.key, d) })
	if r := w.post(keyholder.PathRelease, second); !r.refused(keyholder.CodeNonceReused) || r.err.Retryable {
		t.Errorf("nonce again: %v", r)
	}
	certificate := w.signed(keyholder.PathCertificate, w.certificate())
	certificate.Nonce = first.Nonce
	certificate.Signature = sign(t, w.key, certificate.Digest(w.groupKey(), keyholder.PathCertificate, w.evidence.Binding.ChannelKeyHash))
	if r := w.post(keyholder.PathCertificate, certificate); !r.refused(keyholder.CodeNonceReused) {
		t.Errorf("nonce again for something else: %v", r)
	}
	if r := w.post(keyholder.PathRelease, w.signed(keyholder.PathRelease, w.release())); r.status != 200 {
		t.Errorf("the second of two: %v", r)
	}
	if r := w.post(keyholder.PathRelease, w.signed(keyholder.PathRelease, w.release())); !r.refused(keyholder.CodeRateLimited) || r.header.Get("Retry-After") == "" {
		t.Errorf("the third of two: %v", r)
	}
	w.newEnclave()
	w.task.Attempt, w.taskID = 1, [32]byte{4}
	if r := w.post(keyholder.PathRelease, w.signed(keyholder.PathRelease, w.release())); r.status != 200 {
		t.Errorf("of another requester: %v", r)
	}
}

// A request is good for ten minutes, by our clock.
func TestTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ahead time.Duration
		good  bool
	}{
		{0, true}, {9 * time.Minute, true}, {-9 * time.Minute, true}, {11 * time.Minute, false}, {-11 * time.Minute, false},
		{10 * 365 * 24 * time.Hour, false}, {-10 * 365 * 24 * time.Hour, false},
	} {
		w := newWorld(t)
		signed := w.signed(keyholder.PathRelease, w.release())
		w.clock.pass(c.ahead)
		if r := w.post(keyholder.PathRelease, signed); (r.status == 200) != c.good || (!c.good && !r.refused(keyholder.CodeStaleRequest)) {
			t.Errorf("%v: %v", c.ahead, r)
		}
	}
}

// KR-21: a request is for one epoch.
func TestKR21Epochs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := func(e uint64) reply {
		q := w.release()
		q.Epoch = e
		return w.post(keyholder.PathRelease, w.signed(keyholder.PathRelease, q))
	}
	for e, code := range map[uint64]keyholder.Code{0: keyholder.CodeWrongEpoch, epoch - 1: keyholder.CodeWrongEpoch, epoch + 1: keyholder.CodeNotReady} {
		if r := at(e); !r.refused(code) || r.err.Retryable != (code == keyholder.CodeNotReady) {
			t.Errorf("epoch %d: %v", e, r)
		}
	}
	if r := at(epoch); r.status != 200 {
		t.Error(r)
	}
	w.server.SetShare(someShare(t, epoch+1))
	if r := at(epoch); !r.refused(keyholder.CodeWrongEpoch) {
		t.Errorf("after the hand-over: %v", r)
	}
	if r := at(epoch + 1); r.status != 200 {
		t.Errorf("in the next epoch: %v", r)
	}
	w.server.DropShare()
	if r := at(epoch + 1); !r.refused(keyholder.CodeNotReady) {
		t.Errorf("without a share: %v", r)
	}
}

// KR-10, KR-21: who has left the network tells who is in it, and of requests for what it
// served that this is over; nothing but that.
func TestKR10HolderThatHasLeft(t *testing.T) {
	t.Parallel()
	present := someShare(t, epoch+1).Network()
	w := newWorld(t, func(c *Config) { c.Node = former{present: present} })
	w.server.DropShare()
	var told keyholder.KeynetReply
	if r := ask(w.server, "GET", keyholder.PathKeynet, nil); json.Unmarshal(r.body, &told) != nil || told.Ready || told.Index != 0 || told.Network == nil || told.Network.Epoch != epoch+1 {
		t.Errorf("%s", r.body)
	}
	if r := ask(w.server, "GET", "/readyz", nil); r.status != 503 {
		t.Error(r)
	}
	for e, code := range map[uint64]keyholder.Code{epoch: keyholder.CodeWrongEpoch, epoch + 1: keyholder.CodeNotReady, epoch + 2: keyholder.CodeNotReady} {
		q := w.release()
		q.Epoch = e
		if r := w.post(keyholder.PathRelease, w.signed(keyholder.PathRelease, q)); !r.refused(code) {
			t.Errorf("epoch %d: %v", e, r)
		}
	}
	forged := w.signed(keyholder.PathRelease, w.release())
	forged.Signature[0] ^= 1
	if r := w.post(keyholder.PathRelease, forged); !r.refused(keyholder.CodeSignatureInvalid) {
		t.Errorf("unsigned: %v", r)
	}
	if all := w.records(); len(all) != 0 {
		t.Errorf("%d records of what is not decided here", len(all))
	}
}

// Refusals are on record with their reason, as far as there are not too many; how
// many are not, the next record says.
func TestRefusalsAreRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.server.refusals = newLimit[struct{}](Rate{PerSecond: 1, Burst: 3}, w.clock.time)
	w.task.Attempt = 2
	for range 5 {
		if r := w.post(keyholder.PathRelease, w.signed(keyholder.PathRelease, w.release())); !r.refused(keyholder.CodeTaskMismatch) {
			t.Fatal(r)
		}
	}
	w.task.Attempt = 1
	if r := w.post(keyholder.PathRelease, w.signed(keyholder.PathRelease, w.release())); r.status != 200 {
		t.Fatal(r)
	}
	var got []string
	for _, r := range w.records() {
		got = append(got, fmt.Sprintf("%s %d", r.Decision, r.Unrecorded))
		if r.Decision != auditlog.Granted && (!strings.Contains(r.Why, "attempt 2") || r.Task != w.taskID) {
			t.Errorf("%+v", r)
		}
	}
	if want := []string{"task_mismatch 0", "task_mismatch 0", "task_mismatch 0", "granted 2"}; !reflect.DeepEqual(got, want) {
		t.Errorf("records %q, want %q", got, want)
	}
}

// No answer without a record.
func TestNothingIsAnsweredThatIsNotRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.server.config.Audit.Close(); err != nil {
		t.Fatal(err)
	}
	for path, q := range map[string]json.Marshaler{keyholder.PathRelease: w.release(), keyholder.PathCertificate: w.certificate()} {
		if r := w.post(path, w.signed(path, q)); !r.refused(keyholder.CodeInternal) || !r.err.Retryable {
			t.Errorf("%s: %v", path, r)
		}
	}
}

// Who asks too often from one address is refused before anything is read; others
// are not.
func TestLimitOfAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.PerAddress = Rate{PerSecond: 1, Burst: 3} })
	for i := range 5 {
		r := ask(w.server, "POST", keyholder.PathRelease, strings.NewReader("x"))
		if want := map[bool]keyholder.Code{true: keyholder.CodeBadRequest, false: keyholder.CodeRateLimited}[i < 3]; !r.refused(want) {
			t.Errorf("request %d: %v", i, r)
		}
	}
	if r := ask(w.server, "GET", keyholder.PathKeynet, nil); !r.refused(keyholder.CodeRateLimited) {
		t.Errorf("what is public: %v", r)
	}
	if r := ask(w.server, "GET", "/healthz", nil); r.status != 200 {
		t.Errorf("health: %v", r)
	}
	if r := askFrom(w.server, "192.0.2.2:1", "GET", keyholder.PathKeynet, nil); r.status != 200 {
		t.Errorf("another address: %v", r)
	}
	w.clock.pass(time.Second)
	if r := ask(w.server, "GET", keyholder.PathKeynet, nil); r.status != 200 {
		t.Errorf("a second later: %v", r)
	}
}

// KR-12: a holder that has left does nothing for who asks too often: what it knows of the others costs it more than a refusal.
func TestKR12LimitComesBeforeAllElse(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	node := counting{former{present: someShare(t, epoch+1).Network()}, &asked}
	w := newWorld(t, func(c *Config) { c.Node, c.PerAddress = node, Rate{PerSecond: 1, Burst: 3} })
	w.server.DropShare()
	for range 10 {
		ask(w.server, "POST", keyholder.PathRelease, strings.NewReader("x"))
	}
	if n := asked.Load(); n != 3 {
		t.Errorf("looked up the others %d times for 10 requests, of which 3 are within the limit", n)
	}
}

// counting counts how often it is asked who the others are.
type counting struct {
	former
	asked *atomic.Int32
}

func (c counting) Others() (keyholder.Network, bool) {
	c.asked.Add(1)
	return c.former.Others()
}

// What a holder takes for final is told to anybody: evidence has to be bound to a block that is.
func TestKeynetTellsWhatIsFinal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.Final = func() uint64 { return 77 } })
	for _, ready := range []bool{true, false} {
		var told keyholder.KeynetReply
		if r := ask(w.server, "GET", keyholder.PathKeynet, nil); json.Unmarshal(r.body, &told) != nil || told.Ready != ready || told.Final != 77 {
			t.Errorf("%s", r.body)
		}
		w.server.DropShare()
	}
}

// KR-12: whatever is sent, the answer is a refusal, and nobody fails over it.
func FuzzBody(f *testing.F) {
	w := newWorld(f)
	f.Add(body(f, w.signed(keyholder.PathRelease, w.release())))
	f.Add(body(f, keyholder.SignedRequest{Inner: []byte(`{"epoch":3}`), Time: uint64(time.Now().Unix())}))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, path := range []string{keyholder.PathRelease, keyholder.PathCertificate, keyholder.PathState, fill(pathPermits)} {
			w.answers(t, path, b)
		}
	})
}

// KR-12: the same of what is well signed, by a requester of whom nothing else is good.
func FuzzSigned(f *testing.F) {
	w := newWorld(f)
	paths := []string{keyholder.PathRelease, keyholder.PathCertificate, keyholder.PathState}
	for i, request := range []json.Marshaler{w.release(), w.certificate(), w.state()} {
		f.Add(uint8(i), true, body(f, request))
		f.Add(uint8(i+1), true, body(f, request))
	}
	f.Fuzz(func(t *testing.T, which uint8, sealed bool, inner []byte) {
		path, responseKey := paths[int(which)%len(paths)], [32]byte{}
		if sealed {
			responseKey = w.evidence.Binding.ChannelKeyHash
		}
		signed := keyholder.Sign(w.groupKey(), path, inner, [32]byte(crypto.Keccak256(inner)), w.clock.time(), responseKey,
			func(d [32]byte) [65]byte { return sign(w.t, w.key, d) })
		b, err := signed.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		w.answers(t, path, b)
	})
}

// answers expects that a request is granted, or refused for a reason.
func (w *world) answers(t *testing.T, path string, b []byte) {
	t.Helper()
	w.server.addresses = newLimit[netip.Prefix](Rate{1, 10}, w.clock.time)
	if r := ask(w.server, "POST", path, bytes.NewReader(b)); r.status == 500 || (r.status != 200 && r.err == nil) {
		t.Fatal(path, r)
	}
}
