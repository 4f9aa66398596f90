// SPDX-License-Identifier: Apache-2.0

package keyholder_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/keyholder"
)

func signedRequest(t *testing.T) (r keyholder.SignedRequest, by [20]byte) {
	t.Helper()
	key, err := crypto.ToECDSA(crypto.Keccak256([]byte("escrin test requester")))
	if err != nil {
		t.Fatal(err)
	}
	sign := func(digest [32]byte) [65]byte {
		s, err := crypto.Sign(digest[:], key)
		if err != nil {
			t.Fatal(err)
		}
		s[64] += 27
		return [65]byte(s)
	}
	r = keyholder.Sign([96]byte{3}, keyholder.PathRelease, []byte(`{"epoch":1}`), [32]byte{1}, time.Unix(1e9, 0), [32]byte{2}, sign)
	return r, crypto.PubkeyToAddress(key.PublicKey)
}

// KR-03: a signature is good for one request only, whatever is changed.
func TestKR03SignatureBindsTheWholeRequest(t *testing.T) {
	t.Parallel()
	good, by := signedRequest(t)
	if signer, err := good.Recover(good.Digest([96]byte{3}, keyholder.PathRelease, [32]byte{2})); err != nil || signer != by {
		t.Fatalf("%x, %v", signer, err)
	}
	for name, recover := range map[string]func(r keyholder.SignedRequest) ([20]byte, error){
		"other path": func(r keyholder.SignedRequest) ([20]byte, error) {
			return r.Recover(r.Digest([96]byte{3}, keyholder.PathCertificate, [32]byte{2}))
		},
		"other group key": func(r keyholder.SignedRequest) ([20]byte, error) {
			return r.Recover(r.Digest([96]byte{3, 95: 1}, keyholder.PathRelease, [32]byte{2}))
		},
		"other response key": func(r keyholder.SignedRequest) ([20]byte, error) {
			return r.Recover(r.Digest([96]byte{3}, keyholder.PathRelease, [32]byte{3}))
		},
		"other inner": func(r keyholder.SignedRequest) ([20]byte, error) {
			r.Inner = []byte(`{"epoch":2}`)
			return r.Recover(r.Digest([96]byte{3}, keyholder.PathRelease, [32]byte{2}))
		},
		"other nonce": func(r keyholder.SignedRequest) ([20]byte, error) {
			r.Nonce[31]++
			return r.Recover(r.Digest([96]byte{3}, keyholder.PathRelease, [32]byte{2}))
		},
		"other time": func(r keyholder.SignedRequest) ([20]byte, error) {
			r.Time++
			return r.Recover(r.Digest([96]byte{3}, keyholder.PathRelease, [32]byte{2}))
		},
		"no signature": func(r keyholder.SignedRequest) ([20]byte, error) {
			r.Signature = [65]byte{}
			return r.Recover(r.Digest([96]byte{3}, keyholder.PathRelease, [32]byte{2}))
		},
	} {
		if signer, err := recover(good); err == nil && signer == by {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestSignedRequestsAreParsedStrictly(t *testing.T) {
	t.Parallel()
	good, _ := signedRequest(t)
	roundTrip(t, good)
	b, err := json.Marshal(good)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for name, changed := range map[string]string{
		"nothing":       ``,
		"unknown key":   strings.Replace(text, `{`, `{"x":1,`, 1),
		"repeated key":  strings.Replace(text, `{`, `{"time":1,`, 1),
		"other case":    strings.Replace(text, `"time"`, `"Time"`, 1),
		"empty request": `{"request":"",` + text[strings.Index(text, `"nonce"`):],
		"no time":       strings.Replace(text, `"time":1000000000,`, ``, 1),
		"time below 0":  strings.Replace(text, `"time":1`, `"time":-1`, 1),
		"float":         strings.Replace(text, `"time":1000000000`, `"time":1e9`, 1),
		"rest":          text + `{}`,
		"short nonce":   strings.Replace(text, `"nonce":"0x01`, `"nonce":"0x`, 1),
		"oversized":     strings.Replace(text, `{`, `{`+strings.Repeat(" ", keyholder.MaxBody), 1),
	} {
		if _, err := keyholder.ParseSignedRequest([]byte(changed)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if again, err := keyholder.ParseSignedRequest(b); err != nil || again.Nonce != good.Nonce {
		t.Error(err)
	}
}

func TestTimely(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		request uint64
		clock   int64
		want    bool
	}{
		{1e9, 1e9, true}, {1e9, 1e9 - 600, true}, {1e9, 1e9 + 600, true}, {1e9, 1e9 - 601, false}, {1e9, 1e9 + 601, false},
		{0, 0, false}, {math.MaxUint64, 1e9, false}, {1e9, -1, false}, {math.MaxUint64 - 100, -101, false},
	} {
		if got := (keyholder.SignedRequest{Time: c.request}).Timely(time.Unix(c.clock, 0)); got != c.want {
			t.Errorf("request of %d at %d: %v", c.request, c.clock, got)
		}
	}
}

func FuzzSignedRequest(f *testing.F) {
	f.Add([]byte(`{"request":"e30=","nonce":"0x` + strings.Repeat("00", 32) + `","time":1,"signature":"0x` + strings.Repeat("00", 65) + `"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := keyholder.ParseSignedRequest(b)
		if err != nil {
			return
		}
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		second, err := keyholder.ParseSignedRequest(again)
		if err != nil || second.Digest([96]byte{3}, "", [32]byte{}) != r.Digest([96]byte{3}, "", [32]byte{}) {
			t.Fatal("changes on the way")
		}
	})
}
