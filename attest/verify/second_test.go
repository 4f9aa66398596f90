// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
)

// second is what secondOpinion needs, for one simulated quote.
type second struct {
	quote  []byte
	bundle collateral.Bundle
	chain  chain
}

func newSecond(t *testing.T, f simulator.Flaws) second {
	t.Helper()
	p, err := simulator.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	raw, encoded, err := p.Start(attest.Registers{}).QuoteWith([64]byte{}, f)
	if err != nil {
		t.Fatal(err)
	}
	roots, err := ParseRoots(p.RootPEM())
	if err != nil {
		t.Fatal(err)
	}
	s := second{quote: raw}
	if s.bundle, err = collateral.ParseBundle(encoded); err != nil {
		t.Fatal(err)
	}
	q, err := tdx.ParseQuote(raw)
	if err != nil {
		t.Fatal(err)
	}
	if s.chain, err = checkChain(q.PCKChain, s.bundle, roots.tdx, time.Now()); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s second) ask(current bool) error {
	return secondOpinion(s.quote, s.bundle, s.chain, current, time.Now())
}

// malformed returns quotes with every prefix of raw and every length field of it
// changed.
func malformed(raw []byte) (out [][]byte) {
	for n := range len(raw) {
		out = append(out, raw[:n])
	}
	const signature = tdx.HeaderSize + tdx.ReportSize // offset of the signature data's length
	const certification = signature + 4 + 128 + 2     // and of those inside it
	const authentication = certification + 4 + tdx.QEReportSize + 64
	lengths := map[int]int{signature: 4, certification: 4, authentication: 2, authentication + 2 + 32 + 2: 4}
	for at, size := range lengths {
		old := uint32(raw[at]) | uint32(raw[at+1])<<8
		for _, length := range []uint32{0, 1, 2, old - 1, old + 1, old - 64, old + 64, 1 << 15, 1<<16 - 1, 1 << 31, 1<<32 - 1} {
			var field [4]byte
			binary.LittleEndian.PutUint32(field[:], length)
			q := bytes.Clone(raw)
			copy(q[at:at+size], field[:])
			out = append(out, q)
		}
	}
	return out
}

// go-tdx-guest panics on some malformed quotes. They never reach it, because our
// own parser comes first; if one did, a panic is a refusal.
func TestAT09SecondVerifierMayPanic(t *testing.T) {
	s := newSecond(t, simulator.Flaws{})
	panics := 0
	for _, s.quote = range malformed(s.quote) {
		err := s.ask(true)
		if err == nil {
			t.Fatalf("go-tdx-guest accepted %x", s.quote)
		}
		if strings.Contains(err.Error(), "panicked") {
			panics++
		}
		if _, err := tdx.ParseQuote(s.quote); err == nil {
			t.Fatalf("our parser accepted %x", s.quote)
		}
	}
	if panics == 0 {
		t.Error("go-tdx-guest has been mended: recover is no longer needed")
	}
}

// go-tdx-guest passes over the platform's status when the TDX module has a major
// version, as every current one has. It is why its word alone is never enough.
func TestSecondVerifierIgnoresRevokedPlatforms(t *testing.T) {
	revoked := simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.Levels[0].Status = collateral.Revoked }}
	s := newSecond(t, revoked)
	if err := s.ask(true); err != nil {
		t.Errorf("go-tdx-guest has been mended (%v): let it judge the status too", err)
	}
}

func TestSecondVerifierHasAVeto(t *testing.T) {
	s := newSecond(t, simulator.Flaws{})
	s.chain.root = newSecond(t, simulator.Flaws{}).chain.root
	if s.ask(true) == nil || s.ask(false) == nil {
		t.Error("accepted under another root")
	}
}
