// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/verify"
)

// canned answers every request with the same bytes.
type canned []byte

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return http.ReadResponse(bufio.NewReader(bytes.NewReader(c)), r)
}

// kinds returns one item of each kind.
func (w *world) kinds() []Item {
	vcek, err := VCEK(kds.Turin, w.amd.Chip().HWID, w.amd.Chip().TCB)
	if err != nil {
		w.t.Fatal(err)
	}
	return []Item{w.tcb(), QEIdentity(TDX), PCKCRL(PlatformCA), RootCRL(), w.amdChain(), w.amdList(), vcek}
}

// answers returns the vendors' answers to the items, as they are on the wire.
func (w *world) answers(items []Item) []*httptest.ResponseRecorder {
	all := make([]*httptest.ResponseRecorder, len(items))
	for n, i := range items {
		u, err := url.Parse(i.location(URLs{Intel: "http://v", IntelRootCRL: "http://v" + rootPath, AMD: "http://v"}, 0))
		if err != nil {
			w.t.Fatal(err)
		}
		all[n] = httptest.NewRecorder()
		w.services.ServeHTTP(all[n], httptest.NewRequest(http.MethodGet, u.RequestURI(), nil))
	}
	return all
}

// Whatever a service sends, nothing but the vendors' own words come out, in one
// form.
func FuzzAnswer(f *testing.F) {
	w := newWorld(f)
	roots, err := verify.ParseRoots(w.roots)
	if err != nil {
		f.Fatal(err)
	}
	trust, err := parseRoots(roots)
	if err != nil {
		f.Fatal(err)
	}
	items := w.kinds()
	genuine := make([]Endorsement, len(items))
	var ask []byte
	for n, a := range w.answers(items) {
		chain := []byte(nil)
		if name := items[n].chainHeader(); name != "" {
			text, err := url.QueryUnescape(a.Header().Get(name))
			if err != nil {
				f.Fatal(err)
			}
			chain = []byte(text)
		}
		if items[n].kind == amdChain {
			ask = a.Body.Bytes()
		}
		if items[n].kind == amdVCEK {
			chain = ask
		}
		if genuine[n], err = trust.open(items[n], a.Body.Bytes(), chain); err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(n), a.Body.Bytes(), chain)
	}
	f.Fuzz(func(t *testing.T, n uint8, body, chain []byte) {
		i := items[int(n)%len(items)]
		want := genuine[int(n)%len(items)]
		e, err := trust.open(i, body, chain)
		if err != nil {
			return
		}
		same := bytes.Equal(e.Body, want.Body)
		if i.numbered() {
			got, err := splitDocument(i, e.Body)
			said, err2 := splitDocument(i, want.Body)
			same = err == nil && err2 == nil && bytes.Equal(got.Document, said.Document)
		}
		if !same || !bytes.Equal(e.Issuers, want.Issuers) || e.Edition != want.Edition || !e.Until.Equal(want.Until) {
			t.Fatalf("%v: something else was accepted", i)
		}
	})
}

// Whatever comes over the wire is bounded.
func FuzzHTTPAnswer(f *testing.F) {
	w := newWorld(f)
	items := w.kinds()
	for n, a := range w.answers(items) {
		var wire bytes.Buffer
		if err := a.Result().Write(&wire); err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(n), wire.Bytes())
	}
	f.Add(uint8(0), []byte("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 10\r\n\r\n"))
	f.Add(uint8(0), []byte("HTTP/1.1 302 Found\r\nLocation: https://elsewhere/\r\n\r\n"))
	f.Fuzz(func(t *testing.T, n uint8, wire []byte) {
		i := items[int(n)%len(items)]
		c := client{transport: canned(wire), clock: &clock{now: start}}
		answer, _ := c.get(context.Background(), i, "https://vendor/path") // errors are as good
		_, limit := i.media()
		if int64(len(answer.body)) > limit || len(answer.chain) > maxChainHeader {
			t.Fatalf("%d bytes, %d of issuers", len(answer.body), len(answer.chain))
		}
	})
}

// Whatever is in a file of the cache, it is what was written or nothing.
func FuzzRecord(f *testing.F) {
	dir := f.TempDir()
	c, err := openCache(dir)
	if err != nil {
		f.Fatal(err)
	}
	path := c.entries.name(RootCRL().String())
	if err := c.write(RootCRL(), record{start, []byte("issuers"), []byte("body")}); err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:40])
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, fileMode); err != nil {
			t.Fatal(err)
		}
		r, ok := c.read(RootCRL())
		if !ok {
			return
		}
		if err := c.write(RootCRL(), r); err != nil {
			t.Fatal(err)
		}
		if again, err := os.ReadFile(path); err != nil || !bytes.Equal(again, data) {
			t.Fatal("two files say the same")
		}
	})
}

// Whatever Retry-After says, it is no less than nothing and no more than the most.
func FuzzRetryAfter(f *testing.F) {
	for _, value := range []string{"", "10", "-1", "99999999999999999999", "Sat, 21 Nov 2026 12:00:10 GMT", "soon"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if d := retryAfter(value, start); d < 0 || d > maxPause || value == "10" && d != 10*time.Second {
			t.Fatalf("%q is %v", value, d)
		}
	})
}

func FuzzSummarise(f *testing.F) {
	w := newWorld(f)
	_, tdxBundle := w.attestTDX()
	_, snpBundle := w.attestSNP()
	if raw, err := tdxBundle.Marshal(); err == nil {
		f.Add(raw)
	}
	if raw, err := snpBundle.Marshal(); err == nil {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := Summarise(raw)
		if err == nil && (len(s.Parts) == 0 || !s.TEE.Valid()) {
			t.Fatal("says nothing")
		}
	})
}
