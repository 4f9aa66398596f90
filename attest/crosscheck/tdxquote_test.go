// SPDX-License-Identifier: Apache-2.0

package crosscheck

import (
	"bytes"
	"crypto/x509"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
)

// warmed returns a verifier that knows the platform of good evidence.
func warmed(t *testing.T, b bench, good attest.Evidence, now time.Time) *Verifier {
	t.Helper()
	v := New(b.roots)
	if _, err := v.Verify(good, now); err != nil {
		t.Fatal(err)
	}
	platform, err := platformOf(good)
	if said, ok := v.warm.of(platform, now); err != nil || !ok || !said.full {
		t.Fatalf("not remembered: %v", err)
	}
	return v
}

// Whatever bit of a quote is changed, the second verifier says of it what it says
// when it remembers nothing. Both versions, and both kinds of report.
func TestWarmAndColdAgreeOnEachByte(t *testing.T) {
	t.Parallel()
	for _, kind := range []struct {
		version uint16
		body    tdx.Body
	}{{tdx.Version4, tdx.TDX10}, {tdx.Version5, tdx.TDX15}} {
		b := newBench(t).quoting(kind.version, kind.body)
		good, now := b.evidence(t, simulator.Flaws{}), time.Now()
		v := warmed(t, b, good, now)
		step := 7
		if testing.Short() {
			step = 31
		}
		for i := 0; i < len(good.Signed); i += step {
			changed := good
			changed.Signed = bytes.Clone(good.Signed)
			changed.Signed[i] ^= 1 << (i % 8)
			cold := b.askAt(changed, true, now)
			hot := guarded(func() error { return v.askTDX(changed, true, now) })
			if hot == nil && cold != nil {
				t.Errorf("version %d, byte %d: accepted on a known platform; else: %v", kind.version, i, cold)
			}
		}
	}
}

// AT-05: what is remembered of a platform saves it from nothing that is new: a list
// that revokes it, other lists, other documents, another chain of certificates.
func TestAT05WarmPlatformIsJudgedAnew(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	good, now := b.evidence(t, simulator.Flaws{}), time.Now()
	v := warmed(t, b, good, now)
	with := func(f simulator.Flaws) attest.Evidence {
		e := good
		e.Collateral = b.evidence(t, f).Collateral
		return e
	}
	for name, e := range map[string]attest.Evidence{
		"PCK revoked":         with(simulator.Flaws{Revoked: []string{"Intel SGX PCK Certificate"}}),
		"platform CA revoked": with(simulator.Flaws{Revoked: []string{"Intel SGX PCK Platform CA"}}),
		"QE revoked":          with(simulator.Flaws{QEIdentity: func(i *collateral.QEIdentity) { i.Levels[0].Status = collateral.Revoked }}),
		"TCB expired":         with(simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.NextUpdate = now.Add(-time.Minute) }}),
		"list of another CA":  {TEE: attest.TDX, Signed: good.Signed, Collateral: newBench(t).evidence(t, simulator.Flaws{}).Collateral},
		"other certificates":  {TEE: attest.TDX, Signed: newBench(t).evidence(t, simulator.Flaws{}).Signed, Collateral: good.Collateral},
	} {
		if c, err := v.Verify(e, now); err == nil && upToDate(tcb(c)) {
			t.Errorf("%s: accepted as up to date", name)
		}
		if err := guarded(func() error { return v.askTDX(e, true, now) }); err == nil {
			t.Errorf("%s: the second verifier accepts it", name)
		}
	}
	if _, err := v.Verify(good, now); err != nil {
		t.Errorf("the platform itself: %v", err)
	}
}

// AT-05: certificates that expire within the minute are refused from that second on,
// and so is the collateral.
func TestAT05WarmPlatformExpires(t *testing.T) {
	t.Parallel()
	now := time.Now().Truncate(time.Second)
	soon := now.Add(20 * time.Second)
	for name, f := range map[string]simulator.Flaws{
		"PCK":      {Certificate: func(c *x509.Certificate) { expire(c, "Intel SGX PCK Certificate", soon) }},
		"TCB info": {TCBInfo: func(i *collateral.TCBInfo) { i.NextUpdate = soon.UTC() }},
	} {
		b := newBench(t)
		e := b.evidence(t, f)
		v := warmed(t, b, e, now)
		if _, err := v.Verify(e, soon.Add(-time.Second)); err != nil {
			t.Errorf("%s: before its end: %v", name, err)
		}
		if _, err := v.Verify(e, soon.Add(time.Second)); err == nil {
			t.Errorf("%s: accepted after its end", name)
		}
		if name == "PCK" && v.askTDX(e, true, soon.Add(time.Second)) == nil {
			t.Errorf("%s: the second verifier accepts it after its end", name)
		}
	}
}

func tcb(c claims.Claims) claims.TCB {
	facts, _ := c.TDX()
	return facts.TCB
}

func expire(c *x509.Certificate, name string, at time.Time) {
	if c.Subject.CommonName == name {
		c.NotAfter = at
	}
}

// A word that was given without collateral is none about it.
func TestWarmCertificatesVouchForNoCollateral(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	v, now := New(b.roots), time.Now()
	revoked := b.evidence(t, simulator.Flaws{Revoked: []string{"Intel SGX PCK Certificate"}})
	if err := v.askTDX(revoked, false, now); err != nil {
		t.Fatal(err)
	}
	if v.askTDX(revoked, true, now) == nil {
		t.Error("collateral that revokes the platform: accepted")
	}
}

// Nothing is certified by nothing.
func TestZeroCertificatesCertifyNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	e := b.evidence(t, simulator.Flaws{})
	if (certifying{}).certified(e.Signed) == nil {
		t.Error("accepted")
	}
	known, err := certifyingOf(e.Signed)
	if err != nil || known.certified(e.Signed) != nil {
		t.Fatalf("not accepted: %v", err)
	}
	other := known
	other.digest[0]++
	if other.certified(e.Signed) == nil {
		t.Error("other certificates: accepted")
	}
	for _, raw := range [][]byte{nil, e.Signed[:100], e.Signed[:len(e.Signed)-1]} {
		if guarded(func() error { return known.certified(raw) }) == nil {
			t.Errorf("%d bytes: accepted", len(raw))
		}
	}
}
