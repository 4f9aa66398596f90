// SPDX-License-Identifier: Apache-2.0

package simulator_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
)

// noon is the time at which nothing moves.
var noon = time.Date(2026, 10, 5, 12, 0, 0, 0, time.UTC)

// simulatedPPID is the id of the platform that Open returns.
const simulatedPPID = "escrin simulated"

func atNoon() time.Time { return noon }

// judge verifies evidence and appraises it with the policy of development
// networks.
type judge struct {
	roots     verify.Roots
	policy    appraise.Policy
	reference []attest.Measurement
	data      [64]byte
}

func newJudge(t testing.TB, rootPEM []byte, m attest.Measurement, data [64]byte) judge {
	t.Helper()
	roots, err := verify.ParseRoots(rootPEM)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(simulator.Policy()), `"platforms": "any"`, fmt.Sprintf(`"platforms": ["%#x"]`, simulatedPPID), 1)
	policy, err := appraise.ParsePolicy([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return judge{roots, policy, []attest.Measurement{m}, data}
}

// refusal returns the code of the error or the codes of the reasons, or nothing.
func (j judge) refusal(signed, collateral []byte, now time.Time) string {
	e := attest.Evidence{TEE: j.reference[0].TEE, Signed: signed, Collateral: collateral}
	c, err := verify.Verify(e, j.roots, now)
	var coded *verify.Error
	if errors.As(err, &coded) {
		return string(coded.Code)
	}
	if err != nil {
		return "without a code: " + err.Error()
	}
	var codes []string
	for _, r := range j.policy.Appraise(c, appraise.Hardware(j.data, j.reference).At(now)) {
		codes = append(codes, string(r.Code))
	}
	return strings.Join(codes, " ")
}

// hooks counts what is set in flaws: exactly one thing of one flaw.
func hooks(v reflect.Value) (n int) {
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Struct {
			n += hooks(f)
		} else if !f.IsNil() {
			n++
		}
	}
	return n
}

var kebabCase = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// checkFlaw checks what is the same for flaws of both vendors.
func checkFlaw(t *testing.T, seen map[string]bool, name, says, threat string, flaws any) {
	t.Helper()
	if !kebabCase.MatchString(name) || seen[name] {
		t.Errorf("%s: not in kebab case, or not unique", name)
	}
	seen[name] = true
	if !strings.HasSuffix(says, ".") || strings.Contains(says, "%!") || threat == "" {
		t.Errorf("%s: %q, %q", name, says, threat)
	}
	if n := hooks(reflect.ValueOf(flaws)); n != 1 {
		t.Errorf("%s: changes %d things", name, n)
	}
}

func tdxGuest(t testing.TB) (v4, v5 *simulator.TD, j judge) {
	t.Helper()
	p, err := simulator.OpenAt(t.TempDir(), atNoon)
	if err != nil {
		t.Fatal(err)
	}
	r := attest.Registers{MRTD: attest.Register{1}, RTMR0: attest.Register{2}, RTMR1: attest.Register{3}, RTMR2: attest.Register{4}}
	var data [64]byte
	copy(data[:], "report data of a flaw's guest, 1") // 32 bytes, and then zeros
	j = newJudge(t, p.RootPEM(), attest.Measurement{TEE: attest.TDX, Registers: r}, data)
	return p.Start(r), p.Quoting(tdx.Version5, tdx.TDX15).Start(r), j
}

func TestTDXFlawsAreRefused(t *testing.T) {
	v4, v5, j := tdxGuest(t)
	genuine := map[bool][2][]byte{}
	for isV5, td := range map[bool]*simulator.TD{false: v4, true: v5} {
		q, c, err := td.Quote(j.data)
		if err != nil {
			t.Fatal(err)
		}
		if again, c2, _ := td.Quote(j.data); !bytes.Equal(q, again) || !bytes.Equal(c, c2) {
			t.Fatal("evidence made twice differs")
		}
		if code := j.refusal(q, c, noon); code != "" {
			t.Fatalf("genuine evidence is refused: %s", code)
		}
		genuine[isV5] = [2][]byte{q, c}
	}
	names, made := map[string]bool{}, map[string]string{}
	codes := map[string]int{}
	for _, f := range simulator.TDXFlaws() {
		checkFlaw(t, names, f.Name, f.Says, f.Threat, f.Flaws)
		td := v4
		if f.V5 {
			td = v5
		}
		q, c, err := td.QuoteWith(j.data, f.Flaws)
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		if bytes.Equal(q, genuine[f.V5][0]) && bytes.Equal(c, genuine[f.V5][1]) {
			t.Errorf("%s: changes nothing", f.Name)
		}
		if other := made[string(q)+string(c)]; other != "" {
			t.Errorf("%s is %s", f.Name, other)
		}
		made[string(q)+string(c)] = f.Name
		code := j.refusal(q, c, noon)
		if code == "" {
			t.Errorf("%s: accepted", f.Name)
		}
		codes[code]++
		t.Logf("%-50s %s", f.Name, code)
	}
	t.Logf("%d flaws, %d codes", len(names), len(codes))
}

// parts takes TDX evidence apart into what is made one by one, signatures over
// other parts aside. Evidence that cannot be read has none.
func parts(quote, bundle []byte) map[string]string {
	q, err := tdx.ParseQuote(quote)
	if err != nil {
		return nil
	}
	b, err := collateral.ParseBundle(bundle)
	if err != nil {
		return nil
	}
	chain := strings.SplitAfter(string(q.PCKChain), "-----END CERTIFICATE-----\n")
	if len(chain) != 4 {
		return nil
	}
	return map[string]string{
		"header and report": string(q.SignedBytes()), "attestation key": string(q.AttestationKey[:]), "authentication data": string(q.QEAuthData),
		"QE report": string(q.QEReport.Marshal()), "PCK certificate": chain[0], "platform CA": chain[1], "root": chain[2] + chain[3],
		"TCB info": string(b.TCBInfo.Document), "QE identity": string(b.QEIdentity.Document), "TCB signer": string(b.TCBSigner),
		"root CRL": string(b.RootCRL), "platform CRL": string(b.PlatformCRL),
	}
}

// several are flaws that show in more than one part: what names the changed
// part follows it, or it is the flaw that parts do not belong together.
var several = regexp.MustCompile(`^attestation-key-|^pem-|^platform-ca-(subject-|processor)|^foreign-|^other-root|^collateral-`)

// A flaw is in one part of the evidence: all others are those of genuine evidence,
// byte by byte.
func TestTDXFlawsAreInOnePart(t *testing.T) {
	v4, v5, j := tdxGuest(t)
	genuine := map[bool]map[string]string{}
	for isV5, td := range map[bool]*simulator.TD{false: v4, true: v5} {
		q, c, err := td.Quote(j.data)
		if err != nil {
			t.Fatal(err)
		}
		genuine[isV5] = parts(q, c)
	}
	read := 0
	for _, f := range simulator.TDXFlaws() {
		td := v4
		if f.V5 {
			td = v5
		}
		q, c, err := td.QuoteWith(j.data, f.Flaws)
		if err != nil {
			t.Fatal(err)
		}
		var changed []string
		flawed := parts(q, c)
		for name, part := range flawed {
			if part != genuine[f.V5][name] {
				changed = append(changed, name)
			}
		}
		if flawed != nil {
			read++
		}
		if len(changed) > 1 && !several.MatchString(f.Name) {
			t.Errorf("%s changes %q", f.Name, changed)
		}
	}
	if read < 500 {
		t.Errorf("%d flaws can be read", read)
	}
}

// What is no flaw is not refused.
func TestVariantsAreAccepted(t *testing.T) {
	v4, _, j := tdxGuest(t)
	for _, f := range simulator.TDXVariants() {
		q, c, err := v4.QuoteWith(j.data, f.Flaws)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if n, code := hooks(reflect.ValueOf(f.Flaws)), j.refusal(q, c, noon); code != "" || n != 1 {
			t.Errorf("%s changes %d things and is refused: %s", f.Name, n, code)
		}
	}
	b := newSNPBench(t)
	for _, f := range simulator.SNPVariants() {
		g, j := b.guest(f.On)
		r, c, err := g.ReportWith(b.data, f.Flaws)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if n, code := hooks(reflect.ValueOf(f.Flaws)), j.refusal(r, c, noon); code != "" || n != 1 {
			t.Errorf("%s changes %d things and is refused: %s", f.Name, n, code)
		}
	}
}
