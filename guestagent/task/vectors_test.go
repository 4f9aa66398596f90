// SPDX-License-Identifier: Apache-2.0

package task

import (
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"strings"
	"testing"
)

// vectors are those of contracts/SPEC.md, 1.9, which the contracts and the TypeScript read as well.
type vectors struct {
	Types  map[string]string `json:"types"`
	Cases  []vector          `json:"cases"`
	Random struct {
		Seed    text   `json:"seed"`
		Digests []text `json:"digests"`
	} `json:"random"`
}

type vector struct {
	Name   string `json:"name"`
	Domain struct {
		ChainID text `json:"chainId"`
		Hub     text `json:"hub"`
	} `json:"domain"`
	Salt  text `json:"salt"`
	Terms struct {
		Submitter, Identity, InputDigest, Deadline text
		Count, Attempts                            uint16
		Token, Fee, Refundee, Callback             text
		CallbackGas                                uint32
	} `json:"terms"`
	Attempt uint32 `json:"attempt"`
	Runner  text   `json:"runner"`
	Until   text   `json:"until"`
	Results []struct {
		ExitStatus   uint32
		OutputDigest text
		PublicOutput text
	} `json:"results"`
	TaskID          text `json:"taskId"`
	TermsDigest     text `json:"termsDigest"`
	ClaimDigest     text `json:"claimDigest"`
	HeartbeatDigest text `json:"heartbeatDigest"`
	ResultsDigest   text `json:"resultsDigest"`
	ReportDigest    text `json:"reportDigest"`
}

// text is bytes in 0x hex, or a decimal number.
type text string

func (s text) word(t *testing.T) (w [32]byte) {
	t.Helper()
	digits, ok := strings.CutPrefix(string(s), "0x")
	if !ok {
		n, ok := new(big.Int).SetString(string(s), 10)
		if !ok {
			t.Fatalf("%q is no number", s)
		}
		return [32]byte(n.FillBytes(w[:]))
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	copy(w[32-len(b):], b)
	return w
}

// subject is everything about which there are digests.
type subject struct {
	domain  Domain
	salt    [32]byte
	terms   Terms
	attempt uint32
	runner  [20]byte
	until   uint64
	results []Result
}

// digests are in the order of the specification.
func (s subject) digests() [6][32]byte {
	id, terms := s.domain.TaskID(s.terms.Submitter, s.salt), s.terms.Digest()
	return [6][32]byte{
		id, terms, Claim{id, terms, s.attempt, s.runner}.SigningDigest(s.domain),
		Heartbeat{id, s.attempt, s.until}.SigningDigest(s.domain), ResultsDigest(s.results),
		Report{id, terms, s.attempt, s.results}.SigningDigest(s.domain),
	}
}

func (v vector) subject(t *testing.T) subject {
	t.Helper()
	low := func(s text) uint64 { return asNumber(s.word(t)) }
	at := func(s text) [20]byte { return asAddress(s.word(t)) }
	s := subject{
		domain: Domain{low(v.Domain.ChainID), at(v.Domain.Hub)}, salt: v.Salt.word(t), attempt: v.Attempt, runner: at(v.Runner), until: low(v.Until),
		terms: Terms{
			Submitter: at(v.Terms.Submitter), Identity: v.Terms.Identity.word(t), InputDigest: v.Terms.InputDigest.word(t), Deadline: low(v.Terms.Deadline),
			Count: v.Terms.Count, Attempts: v.Terms.Attempts, Token: at(v.Terms.Token), Fee: v.Terms.Fee.word(t),
			Refundee: at(v.Terms.Refundee), Callback: at(v.Terms.Callback), CallbackGas: v.Terms.CallbackGas,
		},
	}
	for _, r := range v.Results {
		s.results = append(s.results, Result{r.ExitStatus, r.OutputDigest.word(t), r.PublicOutput.word(t)})
	}
	return s
}

// stream makes the random subjects.
type stream struct {
	seed [32]byte
	i, j uint64
}

func (s *stream) bytes(n int) (w [32]byte) {
	word := hashWords(s.seed, number(s.i), number(s.j))
	s.j++
	copy(w[32-n:], word[32-n:])
	return w
}

func (s *stream) number(size int) uint64 { return asNumber(s.bytes(size)) }
func (s *stream) address() (a [20]byte)  { return asAddress(s.bytes(20)) }
func (s *stream) subject() (made subject) {
	made.domain = Domain{s.number(8), s.address()}
	made.salt = s.bytes(32)
	made.terms = Terms{Submitter: s.address(), Identity: s.bytes(32), InputDigest: s.bytes(32), Deadline: s.number(8)}
	made.terms.Count = uint16(s.number(1)%8 + 1)
	made.terms.Attempts = uint16(s.number(2))
	made.terms.Token, made.terms.Fee = s.address(), s.bytes(16)
	made.terms.Refundee, made.terms.Callback = s.address(), s.address()
	made.terms.CallbackGas = uint32(s.number(4))
	made.attempt, made.runner, made.until = uint32(s.number(4)), s.address(), s.number(8)
	for range made.terms.Count {
		made.results = append(made.results, Result{uint32(s.number(4) % 258), s.bytes(32), s.bytes(32)})
	}
	return made
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	raw, err := os.ReadFile("../../contracts/vectors/tasks.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestCT05Vectors: ids and digests are those that the contracts and the TypeScript make.
func TestCT05Vectors(t *testing.T) {
	v := readVectors(t)
	for name, want := range map[string]string{
		"EIP712Domain": domainType, "Claim": claimType, "Heartbeat": heartbeatType, "TaskResult": resultType, "TaskReport": reportType,
	} {
		if v.Types[name] != want {
			t.Errorf("type %s is %q, ours %q", name, v.Types[name], want)
		}
	}
	for _, c := range v.Cases {
		want := []text{c.TaskID, c.TermsDigest, c.ClaimDigest, c.HeartbeatDigest, c.ResultsDigest, c.ReportDigest}
		for i, got := range c.subject(t).digests() {
			if got != want[i].word(t) {
				t.Errorf("%s: digest %d is %x, want %s", c.Name, i, got, want[i])
			}
		}
	}
	if len(v.Cases) == 0 || len(v.Random.Digests) != 1000 {
		t.Fatalf("%d cases, %d random ones", len(v.Cases), len(v.Random.Digests))
	}
	for i, want := range v.Random.Digests {
		s := stream{seed: v.Random.Seed.word(t), i: uint64(i)}
		digests := s.subject().digests()
		if got := hashWords(digests[:]...); got != want.word(t) {
			t.Fatalf("random task %d: digests of %x, want %s", i, got, want)
		}
	}
}
