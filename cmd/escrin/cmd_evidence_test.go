// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// evidenceWorld is a folder with evidence of both vendors' simulated machines, in every form.
type evidenceWorld struct {
	t            *testing.T
	dir          string
	tdx          *simulator.Platform
	snp          *simulator.SNPPlatform
	measurements []attest.Measurement
	root         [32]byte
}

// Each script runs in a folder of its own, with the files of the world in $E; $ROOT is the measurement root of its
// enclave, $REGISTERS and $DIGEST are what it measures to, $DATA the report data of the bare evidence, $GROUP the key network of
// the enclaves; $OTHERGROUP is another, and $NOGROUP none.
func TestEvidenceScripts(t *testing.T) {
	w := newEvidenceWorld(t)
	r := w.measurements[0].Registers
	base := t.TempDir()
	w.must(imagetest.GuestBase(base))
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "evidence"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("E", w.dir)
			env.Setenv("ROOT", hexutil.Encode(w.root[:]))
			env.Setenv("REGISTERS", fmt.Sprintf("%s,%s,%s,%s", r.MRTD, r.RTMR0, r.RTMR1, r.RTMR2))
			env.Setenv("DIGEST", w.measurements[1].LaunchDigest.String())
			env.Setenv("DATA", strings.Repeat("5a", 64))
			group, other := curve.G2Generator().Bytes(), curve.ScalarFromIndex(2).Public().Bytes()
			env.Setenv("GROUP", hexutil.Encode(group[:]))
			env.Setenv("OTHERGROUP", hexutil.Encode(other[:]))
			env.Setenv("NOGROUP", strings.Repeat("5a", curve.G2Size))
			env.Setenv("ESC", "\x1b")
			env.Setenv("GUEST_BASE", base)
			env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "data"))
			return alone(env)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": wantStatus, "image": writeImage},
	})
}

// wantStatus runs escrin with the arguments that follow a NUMBER, and wants it to end with that.
func wantStatus(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec("escrin", args[1:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("ended with %s, want %s", got, args[0])
	}
}

func newEvidenceWorld(t *testing.T) *evidenceWorld {
	t.Helper()
	shape := attest.Shape{VCPUs: 2, MemoryMiB: 2048}
	w := &evidenceWorld{t: t, dir: t.TempDir(), measurements: []attest.Measurement{
		{TEE: attest.TDX, Shape: shape, Registers: attest.Registers{MRTD: attest.Register{1}, RTMR0: attest.Register{2}, RTMR1: attest.Register{3}, RTMR2: attest.Register{4}}},
		{TEE: attest.SNP, Shape: shape, LaunchDigest: attest.Register{5}},
	}}
	files, err := vendorKeys()
	w.must(err)
	keys := t.TempDir()
	for name, content := range files {
		w.must(os.WriteFile(filepath.Join(keys, name), content, 0o600))
	}
	w.tdx, err = simulator.Open(keys)
	w.must(err)
	w.snp, err = simulator.OpenSNP(keys, kds.Genoa)
	w.must(err)
	w.root, err = attest.Root(w.measurements)
	w.must(err)
	w.write("roots.pem", append(w.tdx.RootPEM(), w.snp.RootPEM()...))
	w.write("tdx-root.pem", w.tdx.RootPEM())
	w.write("policy.json", simulator.Policy())
	other, err := simulator.Open(t.TempDir())
	w.must(err)
	w.write("other-root.pem", other.RootPEM())

	td := w.tdx.Start(w.measurements[0].Registers)
	guest := w.snp.Start(w.measurements[1].LaunchDigest)
	w.envelope("tdx", w.measurements[0], td.Quote)
	w.envelope("snp", w.measurements[1], guest.Report)
	w.envelope("tdx-forged", w.measurements[0], func(data [64]byte) ([]byte, []byte, error) {
		return td.QuoteWith(data, simulator.Flaws{Quote: func(q *tdx.Quote) { q.Signature[5] ^= 1 }})
	})
	w.envelope("tdx-debug", w.measurements[0], func(data [64]byte) ([]byte, []byte, error) {
		return td.QuoteWith(data, simulator.Flaws{Report: func(r *tdx.Report) { r.TDAttributes[0] |= 1; r.MROWNER[0] = 1 }})
	})
	w.envelope("tdx-hostile", w.measurements[0], func(data [64]byte) ([]byte, []byte, error) {
		return td.QuoteWith(data, simulator.Flaws{TCBInfo: func(i *collateral.TCBInfo) { i.ID = "TDX\x1b[2J\u202e" }})
	})
	w.envelope("snp-forged", w.measurements[1], func(data [64]byte) ([]byte, []byte, error) {
		return guest.ReportWith(data, simulator.SNPFlaws{Signed: func(r *snp.Report) { r.ReportID[0] ^= 1 }})
	})
	w.envelope("snp-debug", w.measurements[1], func(data [64]byte) ([]byte, []byte, error) {
		return guest.ReportWith(data, simulator.SNPFlaws{Report: func(r *snp.Report) { r.Policy |= snp.PolicyDebug }})
	})
	data := [64]byte(bytes.Repeat([]byte{0x5a}, 64))
	w.bare("tdx", data, td.Quote)
	w.bare("snp", data, guest.Report)
	w.otherForms()
	return w
}

// vendorKeys are the files of the simulated vendors' keys, which all tests share: those of AMD take seconds to make.
var vendorKeys = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "escrin-vendors")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if _, err := simulator.OpenSNP(dir, kds.Genoa); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	files := map[string][]byte{}
	for _, entry := range entries {
		if files[entry.Name()], err = os.ReadFile(filepath.Join(dir, entry.Name())); err != nil {
			return nil, err
		}
	}
	return files, err
})

func (w *evidenceWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *evidenceWorld) write(name string, content []byte) {
	w.t.Helper()
	w.must(os.WriteFile(filepath.Join(w.dir, name), content, 0o600))
}

// binding is what the guest states.
func (w *evidenceWorld) binding(channelKey []byte) attest.Binding {
	return attest.Binding{ChainID: 31337, Registry: [20]byte{1}, IdentityID: [32]byte{2}, Requester: [20]byte{3},
		ChannelKeyHash: attest.HashChannelKey(channelKey), Duration: 60, BaseBlock: 7, BaseBlockHash: [32]byte{4}, MeasurementRoot: w.root, ConfigDigest: [32]byte{5},
		GroupKeyDigest: common.HexToHash("0x073c1d14a584cbdb80754aed6e8b19731982abdc13565587b26f5c8d1d78b569")} // of $GROUP
}

// networkDigest is what a binding calls the network of a group key.
func (w *evidenceWorld) networkDigest(key [curve.G2Size]byte) [32]byte {
	w.t.Helper()
	digest, err := keyholder.GroupKeyDigest(key)
	w.must(err)
	return digest
}

// envelope writes NAME.env.
func (w *evidenceWorld) envelope(name string, m attest.Measurement, sign func([64]byte) ([]byte, []byte, error)) {
	w.t.Helper()
	e := attest.Evidence{TEE: m.TEE, Shape: m.Shape, ChannelKey: bytes.Repeat([]byte{9}, attest.ChannelKeySize)}
	e.Binding = w.binding(e.ChannelKey)
	var err error
	e.Proof, err = attest.Proof(w.measurements, m.Shape, m.TEE)
	w.must(err)
	e.Signed, e.Collateral, err = sign(e.Binding.ReportData())
	w.must(err)
	raw, err := e.Marshal()
	w.must(err)
	w.write(name+".env", raw)
	w.write(name+".env.hex", []byte("0x"+hex.EncodeToString(raw)+"\n"))
	w.write(name+".env.base64", []byte(base64.StdEncoding.EncodeToString(raw)))
}

// bare writes NAME.signed and NAME.collateral.
func (w *evidenceWorld) bare(name string, data [64]byte, sign func([64]byte) ([]byte, []byte, error)) {
	w.t.Helper()
	signed, bundle, err := sign(data)
	w.must(err)
	w.write(name+".signed", signed)
	w.write(name+".collateral", bundle)
}

// Only a judgement about claims that were verified and that nothing was found against ends with 0.
func TestEvidenceStatusIsZeroForOneJudgementOnly(t *testing.T) {
	t.Parallel()
	shown := &claimsShown{}
	for _, c := range []struct {
		name string
		j    judgement
		want int
	}{
		{"nothing", judgement{}, exitError},
		{"good", judgement{Authentic: true, Acceptable: true, Conclusive: true, Claims: shown}, exitOK},
		{"without claims", judgement{Authentic: true, Acceptable: true, Conclusive: true}, exitNotAcceptable},
		{"with a reason", judgement{Authentic: true, Acceptable: true, Claims: shown, Reasons: []reason{{}}}, exitNotAcceptable},
		{"not acceptable", judgement{Authentic: true, Conclusive: true, Claims: shown}, exitNotAcceptable},
		{"acceptable, not authentic", judgement{Acceptable: true, Conclusive: true, Claims: shown}, exitNotAuthentic},
		{"acceptable, of nothing", judgement{Acceptable: true, Claims: shown}, exitError},
		{"refused", refusal(&verify.Error{Code: "tdx.quote.signature", Err: os.ErrInvalid}, time.Time{}), exitNotAuthentic},
		{"cannot tell", refusal(&verify.Error{Code: verify.CodeNoRoot, Err: os.ErrInvalid}, time.Time{}), exitCannotTell},
		{"another error", refusal(os.ErrInvalid, time.Time{}), exitNotAuthentic},
		{"zero claims", judge(presented{}, trusted{}, demand{}, time.Time{}), exitCannotTell},
	} {
		if got := c.j.status(); got != c.want {
			t.Errorf("%s: status %d, want %d", c.name, got, c.want)
		}
	}
}

// Nothing that is left out makes evidence acceptable: root, policy, measurement, report data.
func TestAT04EvidenceVerifyDemandsEverything(t *testing.T) {
	t.Parallel()
	w := newEvidenceWorld(t)
	at := func(name string) string { return filepath.Join(w.dir, name) }
	measured := hexutil.Encode(w.root[:])
	envelope := map[string]string{"": at("tdx.env"), "--roots": at("roots.pem"), "--policy": at("policy.json"), "--measurement": measured}
	r := w.measurements[0].Registers
	registers := fmt.Sprintf("%s,%s,%s,%s", r.MRTD, r.RTMR0, r.RTMR1, r.RTMR2)
	bare := map[string]string{"": at("tdx.signed"), "--roots": at("roots.pem"), "--policy": at("policy.json"), "--measurement": registers,
		"--report-data": strings.Repeat("5a", 64), "--collateral": at("tdx.collateral")}
	for name, c := range map[string]struct {
		args    map[string]string
		without map[string]int
	}{
		"envelope": {envelope, map[string]int{"none": 0, "": exitUsage, "--roots": exitCannotTell, "--policy": exitNotAcceptable, "--measurement": exitNotAcceptable}},
		"bare": {bare, map[string]int{"none": 0, "": exitUsage, "--roots": exitCannotTell, "--policy": exitNotAcceptable, "--measurement": exitNotAcceptable,
			"--report-data": exitNotAcceptable, "--collateral": exitCannotTell}},
	} {
		for left, want := range c.without {
			args := []string{"evidence", "verify", "--json"}
			for flag, value := range c.args {
				if flag == left {
					continue
				}
				if args = append(args, value); flag != "" {
					args = append(args[:len(args)-1], flag, value)
				}
			}
			var out, errs bytes.Buffer
			if got := run(args, strings.NewReader(""), &out, &errs); got != want {
				t.Errorf("%s without %q: status %d, want %d\n%s%s", name, left, got, want, out.String(), errs.String())
			}
			var j judgement
			if want != exitUsage && (json.Unmarshal(out.Bytes(), &j) != nil || j.Acceptable != (want == 0) || (len(j.Reasons) == 0) != (want == 0)) {
				t.Errorf("%s without %q: %s", name, left, out.String())
			}
		}
	}
}

func TestPlainJSONSaysTheSameInASCII(t *testing.T) {
	t.Parallel()
	want := "a\x1b[2J\x7f\u009b2J\u202eb\u2028 größe 😀 \\u0041 \"<&>"
	var out bytes.Buffer
	if err := printPlainJSON(&out, want); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsFunc(strings.TrimSpace(out.String()), func(r rune) bool { return r < ' ' || r > '~' }) {
		t.Errorf("%q", out.String())
	}
	var got string
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
}

// A statement is compared field by field with what is known, and what is not known is said.
func TestEvidenceDemandComparesWhatIsKnown(t *testing.T) {
	t.Parallel()
	full := `{"chainId":"31337","registry":"0x0100000000000000000000000000000000000000","duration":60,"baseBlock":"7"}`
	d, err := readBinding(full)
	if err != nil {
		t.Fatal(err)
	}
	b := (&evidenceWorld{}).binding(nil)
	want, unknown := d.over(b)
	if want != b || len(unknown) != 7 {
		t.Errorf("%+v, unknown are %q", want, unknown)
	}
	b.Duration++
	if want, _ := d.over(b); want.Duration != 60 {
		t.Error("what is known was taken from the statement")
	}
	for _, bad := range []string{`{"chainid":"1"}`, `{"chainId":"0x1"}`, `{"chainId":-1}`, `{"registry":"0x01"}`, `{"chainId":1,"chainId":2}`, `{`, `{"more":1}`} {
		if _, err := readBinding(bad); err == nil {
			t.Errorf("%s: accepted", bad)
		}
	}
	reasons, _ := demand{}.appraise(appraise.Policy{}, claims.Claims{}, formEnvelope, time.Time{})
	if len(reasons) == 0 {
		t.Error("no demand, no policy and no claims are acceptable")
	}
}
