// SPDX-License-Identifier: Apache-2.0

package release

import (
	"crypto/x509"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/verify"
	"github.com/escrin/escrin/keyholder"
)

// amdKeys are the files of AMD's simulated RSA keys, which take seconds to make.
var amdKeys = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "release")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if _, err := simulator.OpenSNP(dir, kds.Genoa); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	entries, err := os.ReadDir(dir)
	for _, entry := range entries {
		if files[entry.Name()], err = os.ReadFile(filepath.Join(dir, entry.Name())); err != nil {
			return nil, err
		}
	}
	return files, err
})

// newSNPWorld is newWorld with the enclave on an SNP platform, beside a TDX
// platform whose root is trusted too.
func newSNPWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	keys, err := amdKeys()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range keys {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if w.snp, err = simulator.OpenSNP(dir, kds.Genoa); err != nil {
		t.Fatal(err)
	}
	if w.config.Roots, err = verify.ParseRoots(append(w.platform.RootPEM(), w.snp.RootPEM()...)); err != nil {
		t.Fatal(err)
	}
	w.digest[0] = 5
	root, err := attest.Root([]attest.Measurement{w.measurement()})
	if err != nil {
		t.Fatal(err)
	}
	w.policy.Subject, w.binding.MeasurementRoot, w.name.Policy = root, root, root
	return w
}

func TestApprovesWhatFitsOnSNP(t *testing.T) {
	t.Parallel()
	w := newSNPWorld(t)
	if _, err := w.certificate(); err != nil {
		t.Fatal(err)
	}
	grant, err := w.release()
	if err != nil || string(grant.ChannelKey()) != string(w.channelKey) {
		t.Fatalf("%v", err)
	}
}

// On SNP as on TDX: what is not authentic or not acceptable gets nothing, and
// leaves no record.
func TestSNPRefusals(t *testing.T) {
	t.Parallel()
	report := func(change func(*snp.Report)) func(*world) {
		return func(w *world) { w.snpFlaws.Report = change }
	}
	for _, c := range []refusal{
		{"AT-16 no root of AMD's", func(w *world) {
			var err error
			if w.config.Roots, err = verify.ParseRoots(w.platform.RootPEM()); err != nil {
				w.t.Fatal(err)
			}
		}, keyholder.CodeEvidenceInvalid},
		{"a policy for TDX alone", func(w *world) {
			text := string(simulator.Policy())
			w.config.Policy = policyWith(w.t, text[strings.Index(text, `"snp": {`):], `"snp": null}`)
		}, keyholder.CodeEvidenceRefused},
		{"AT-05 collateral out of date", func(w *world) {
			w.config.Clock = func() time.Time { return time.Now().AddDate(40, 0, 0) }
		}, keyholder.CodeEvidenceInvalid},
		{"AT-06 lower TCB in the certificate", func(w *world) {
			w.snpFlaws.Chip = func(c *kds.Chip) { c.TCB.Microcode-- }
		}, keyholder.CodeEvidenceInvalid},
		{"AT-08 another chip in the report", report(func(r *snp.Report) { r.ChipID[0] ^= 1 }), keyholder.CodeEvidenceInvalid},
		{"signature", func(w *world) {
			w.snpFlaws.Signed = func(r *snp.Report) { r.ReportID[0] ^= 1 }
		}, keyholder.CodeEvidenceInvalid},
		{"MB-08 debug", report(func(r *snp.Report) { r.Policy |= snp.PolicyDebug }), keyholder.CodeEvidenceRefused},
		{"MB-08 migration", report(func(r *snp.Report) { r.Policy |= snp.PolicyMigrateMA }), keyholder.CodeEvidenceRefused},
		{"MB-10 VMPL", report(func(r *snp.Report) { r.VMPL = 1 }), keyholder.CodeEvidenceRefused},
		{"AT-12 launch digest", report(func(r *snp.Report) { r.Measurement[0]++ }), keyholder.CodeEvidenceRefused},
		{"AT-12 another shape", func(w *world) { w.shape.VCPUs++ }, keyholder.CodeEvidenceRefused},
		{"AT-13 host data", report(func(r *snp.Report) { r.HostData[0]++ }), keyholder.CodeEvidenceRefused},
		{"AT-02 report data", report(func(r *snp.Report) { r.ReportData[63]++ }), keyholder.CodeEvidenceRefused},
		{"another chain", func(w *world) { w.binding.ChainID++ }, keyholder.CodeWrongNetwork},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newSNPWorld(t)
			c.change(w)
			_, err := w.certificate()
			wantCode(t, err, c.code)
			_, err = w.release()
			wantCode(t, err, c.code)
			if len(w.records.bound) != 0 {
				t.Fatal("a refused request left a record")
			}
		})
	}
}

// AT-05: editions of AMD's list are remembered like those of Intel's.
func TestAT05OlderListOfAMD(t *testing.T) {
	t.Parallel()
	list := func(number int64, days int) simulator.SNPFlaws {
		return simulator.SNPFlaws{CRL: func(l *x509.RevocationList) {
			l.Number, l.ThisUpdate = big.NewInt(number), l.ThisUpdate.AddDate(0, 0, -days)
		}}
	}
	for name, old := range map[string]simulator.SNPFlaws{"number": list(6, 0), "date": list(7, 3)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newSNPWorld(t)
			w.snpFlaws = old
			if _, err := w.certificate(); err != nil {
				t.Fatalf("before a newer list was seen: %v", err)
			}
			w.snpFlaws = list(7, 0)
			if _, err := w.certificate(); err != nil {
				t.Fatal(err)
			}
			w.snpFlaws = old
			if name == "date" {
				w.wantADay(w.releaseRequest(w.evidence()))
			}
			_, err := w.certificate()
			wantCode(t, err, keyholder.CodeCollateralOutdated)
			_, err = w.release()
			wantCode(t, err, keyholder.CodeCollateralOutdated)
		})
	}
}
