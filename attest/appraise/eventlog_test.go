// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/eventlog"
	"github.com/escrin/escrin/attest/kds"
)

// withLog returns good facts about a guest with the registers of a genuine event
// log, and the measurement that they are.
func withLog(t *testing.T) (claims.Facts, []attest.Measurement) {
	t.Helper()
	raw, err := os.ReadFile("../eventlog/testdata/cos-113/ccel_data.dat")
	if err != nil {
		t.Fatal(err)
	}
	log, err := eventlog.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	registers, findings := log.Replay()
	if len(findings) != 0 {
		t.Fatal(findings)
	}
	f := goodTDX(t)
	f.Evidence.EventLog, f.TDX.Report.RTMR = raw, registers
	return f, []attest.Measurement{{TEE: attest.TDX, Registers: f.TDX.Registers()}}
}

// MB-24: a log that does not come to the signed registers, or that comes to them
// and says something else, is a reason to refuse the evidence beside it.
func TestMB24EventLogIsHeldAgainstTheRegisters(t *testing.T) {
	rules := tdxRules()
	rules.RTMR3 = appraise.Zero()
	p := newPolicy(t, appraise.Rules{TDX: rules})
	judge := func(name string, f claims.Facts, reference []attest.Measurement, want ...appraise.Code) {
		t.Helper()
		expect(t, name, p.Appraise(claim(f), appraise.Hardware(f.TDX.Report.ReportData, reference)), want...)
	}
	f, reference := withLog(t)
	judge("genuine", f, reference)

	none := f
	none.Evidence.EventLog = nil
	judge("none", none, reference)

	cut := f
	cut.Evidence.EventLog = f.Evidence.EventLog[:40]
	judge("cut short", cut, reference, appraise.EventLog)

	altered := f
	altered.Evidence.EventLog = bytes.Replace(f.Evidence.EventLog, []byte("Calling EFI"), []byte("Calling efi"), 1)
	judge("altered in meaning", altered, reference, appraise.EventLog)

	other := *f.TDX
	other.Report.RTMR[2] = register(9)
	of := f
	of.TDX = &other
	judge("of another guest", of, []attest.Measurement{{TEE: attest.TDX, Registers: other.Registers()}}, appraise.EventLog)

	s := goodSNP(t, kds.Genoa)
	s.Evidence.EventLog = f.Evidence.EventLog
	q := newPolicy(t, appraise.Rules{SNP: snpRules()})
	expect(t, "of an SNP guest", q.Appraise(claim(s), appraise.Hardware(s.SNP.Report.ReportData, measurements())), appraise.EventLog)
}
