// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/escrin/escrin/keyholder/config"
)

// relay is an endpoint of the chain that behaves as it is told.
type relay struct {
	rpc string

	mu     sync.Mutex
	behave behaviour
}

// behaviour answers a question, to which forward has the chain's own answer.
type behaviour func(out http.ResponseWriter, r *http.Request, question []byte, forward func() []byte)

func honest(out http.ResponseWriter, _ *http.Request, _ []byte, forward func() []byte) {
	_, _ = out.Write(forward())
}

func (r *relay) become(b behaviour) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.behave = b
}

// ServeHTTP implements http.Handler.
func (r *relay) ServeHTTP(out http.ResponseWriter, asked *http.Request) {
	question, err := io.ReadAll(asked.Body)
	if err != nil {
		return
	}
	r.mu.Lock()
	behave := r.behave
	r.mu.Unlock()
	behave(out, asked, question, func() []byte {
		resp, err := http.Post(r.rpc, "application/json", bytes.NewReader(question))
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		return answer
	})
}

// misbehaviours are what endpoints may do, slow, dead or lying.
func misbehaviours() map[string]behaviour {
	saying := func(answer string) behaviour {
		return func(out http.ResponseWriter, _ *http.Request, _ []byte, _ func() []byte) {
			_, _ = io.WriteString(out, answer)
		}
	}
	changing := func(from, to string) behaviour {
		return func(out http.ResponseWriter, _ *http.Request, _ []byte, forward func() []byte) {
			_, _ = out.Write(bytes.ReplaceAll(forward(), []byte(from), []byte(to)))
		}
	}
	return map[string]behaviour{
		"dead":   func(http.ResponseWriter, *http.Request, []byte, func() []byte) { panic(http.ErrAbortHandler) },
		"silent": func(_ http.ResponseWriter, r *http.Request, _ []byte, _ func() []byte) { <-r.Context().Done() },
		"byte by byte": func(out http.ResponseWriter, r *http.Request, _ []byte, _ func() []byte) {
			for pause(r.Context()) {
				_, _ = io.WriteString(out, " ")
				_ = http.NewResponseController(out).Flush()
			}
		},
		"endless": func(out http.ResponseWriter, r *http.Request, _ []byte, _ func() []byte) {
			for r.Context().Err() == nil {
				_, _ = out.Write(bytes.Repeat([]byte("["), 1<<16))
			}
		},
		"no JSON":         saying("<html>"),
		"no answer in it": saying("[]"),
		"out of order": func(out http.ResponseWriter, _ *http.Request, _ []byte, _ func() []byte) {
			http.Error(out, "sorry", 500)
		},
		"another chain":   changing(`"result":"0x7a69"`, `"result":"0x1"`),
		"forged blocks":   changing(`"stateRoot":"0x`, `"stateRoot":"0xf`),
		"forged accounts": changing(`"accountProof":["0xf`, `"accountProof":["0xe`),
		"no accounts":     changing(`"accountProof":[`, `"accountProof":[],"x":[`),
		"frozen":          frozen(),
	}
}

// frozen answers each question as it did for the first time.
func frozen() behaviour {
	var mu sync.Mutex
	first := map[string][]byte{}
	return func(out http.ResponseWriter, _ *http.Request, question []byte, forward func() []byte) {
		mu.Lock()
		defer mu.Unlock()
		if first[string(question)] == nil {
			first[string(question)] = forward()
		}
		_, _ = out.Write(first[string(question)])
	}
}

// KR-17, KR-13: processes that read the chain by three endpoints, two of which must agree, go on
// releasing keys whatever one of them does, and release none when two of them fail; what is wrong
// with an endpoint is in the log.
func TestKR17ProcessesWithBadEndpoints(t *testing.T) {
	t.Parallel()
	relays := []*relay{{behave: honest}, {behave: honest}, {behave: honest}}
	var urls []string
	for _, r := range relays {
		s := httptest.NewServer(r)
		t.Cleanup(s.Close)
		t.Cleanup(s.CloseClientConnections)
		urls = append(urls, s.URL)
	}
	w := newWorldWith(t, func(c *config.Config) {
		for _, r := range relays {
			r.rpc = c.Chain.RPC[0]
		}
		c.Chain.RPC, c.Chain.Agree = urls, 2
		c.Limits.PerRequester = config.Rate{PerSecond: 1000, Burst: 1000}
	})
	first, second := w.claimed(1), w.claimed(2)
	key := first.mustRelease()
	bad := misbehaviours()
	for _, name := range slices.Sorted(maps.Keys(bad)) {
		relays[0].become(bad[name])
		if again := first.mustRelease(); !again.Equal(key) {
			t.Errorf("%s: another key", name)
		}
	}
	for _, h := range w.network.holders {
		h.await("chain endpoint", `"place":1`)
	}
	w.submit(3) // a block that the frozen one does not have
	first.mustRelease()
	for _, pair := range [][2]string{{"silent", "silent"}, {"dead", "another chain"}, {"forged blocks", "frozen"}} {
		relays[0].become(bad[pair[0]])
		relays[1].become(bad[pair[1]])
		second.none()
	}
	relays[1].become(honest)
	second.mustRelease()
}
