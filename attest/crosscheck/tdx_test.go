// SPDX-License-Identifier: Apache-2.0

package crosscheck

import (
	"bytes"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	guest "github.com/google/go-tdx-guest/verify"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
)

// bench is a simulated platform with one guest.
type bench struct {
	td    *simulator.TD
	roots verify.Roots
}

func newBench(t testing.TB) bench {
	t.Helper()
	p, err := simulator.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	roots, err := verify.ParseRoots(p.RootPEM())
	if err != nil {
		t.Fatal(err)
	}
	return bench{p.Start(attest.Registers{MRTD: attest.Register{1}}), roots}
}

func (b bench) evidence(t testing.TB, f simulator.Flaws) attest.Evidence {
	t.Helper()
	e := attest.Evidence{TEE: attest.TDX}
	var err error
	if e.Signed, e.Collateral, err = b.td.QuoteWith([64]byte{7}, f); err != nil {
		t.Fatal(err)
	}
	return e
}

// ask asks go-tdx-guest alone, inside the same guard as [Verifier.Verify].
func (b bench) ask(e attest.Evidence, current bool) (err error) {
	return guarded(func() error { return askTDX(e, b.roots, current, time.Now()) })
}

// quoteOnly asks go-tdx-guest about bytes that may be no quote at all.
func quoteOnly(raw []byte, roots verify.Roots) error {
	root, err := x509.ParseCertificate(roots.Intel())
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	return guest.RawTdxQuote(raw, &guest.Options{TrustedRoots: pool, Now: &guest.TimeSet{PckCertChain: time.Now()}})
}

func codeOf(t *testing.T, err error) verify.Code {
	t.Helper()
	var refusal *verify.Error
	if err != nil && !errors.As(err, &refusal) {
		t.Fatalf("error without a code: %v", err)
	}
	if refusal == nil {
		return ""
	}
	return refusal.Code
}

func TestBothAgree(t *testing.T) {
	b := newBench(t)
	v := New(b.roots)
	for range 2 {
		c, err := v.Verify(b.evidence(t, simulator.Flaws{}), time.Now())
		if err != nil || !c.Verified() {
			t.Fatal(err)
		}
	}
	old := simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.Levels[0].Status = collateral.SWHardeningNeeded }}
	if _, err := v.Verify(b.evidence(t, old), time.Now()); err != nil {
		t.Errorf("a platform that is not up to date: %v", err)
	}
}

func TestAT04ZeroVerifiersRefuse(t *testing.T) {
	b := newBench(t)
	e := b.evidence(t, simulator.Flaws{})
	for _, v := range []*Verifier{nil, {}, New(verify.Roots{})} {
		if c, err := v.Verify(e, time.Now()); codeOf(t, err) != verify.CodeNoRoot || c.Verified() {
			t.Errorf("error is %v", err)
		}
	}
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

// Defect 2 of go-tdx-guest: it panics on malformed quotes. They never reach it,
// because our own parser comes first; if one did, a panic is a refusal.
func TestAT09SecondVerifierMayPanic(t *testing.T) {
	b := newBench(t)
	e := b.evidence(t, simulator.Flaws{})
	panics := 0
	for _, raw := range malformed(e.Signed) {
		if _, err := tdx.ParseQuote(raw); err == nil {
			t.Fatalf("our parser accepted %x", raw)
		}
		err := guarded(func() error { return quoteOnly(raw, b.roots) })
		if err == nil {
			t.Fatalf("go-tdx-guest accepted %x", raw)
		}
		if strings.Contains(err.Error(), "panicked") {
			panics++
		}
	}
	if panics == 0 {
		t.Error("go-tdx-guest has been mended: the guard is no longer needed")
	}
}

// Defect 1 of go-tdx-guest: it passes over the platform's status when the TDX
// module has a major version, as every current one has. It is why its word alone
// is never enough.
func TestSecondVerifierIgnoresRevokedPlatforms(t *testing.T) {
	b := newBench(t)
	e := b.evidence(t, simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.Levels[0].Status = collateral.Revoked }})
	if err := b.ask(e, true); err != nil {
		t.Errorf("go-tdx-guest has been mended (%v): let it judge the status too", err)
	}
	c, err := New(b.roots).Verify(e, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if facts, _ := c.TDX(); facts.TCB.Platform.Status != collateral.Revoked {
		t.Errorf("we say that the platform is %v", facts.TCB.Platform.Status)
	}
}

func TestSecondVerifierHasAVeto(t *testing.T) {
	b, other := newBench(t), newBench(t)
	e := b.evidence(t, simulator.Flaws{})
	if other.ask(e, true) == nil || other.ask(e, false) == nil {
		t.Error("accepted under another root")
	}
}
