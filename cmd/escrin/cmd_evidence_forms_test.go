// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/kds"
)

func (w *evidenceWorld) read(name string) []byte {
	w.t.Helper()
	raw, err := os.ReadFile(filepath.Join(w.dir, name))
	w.must(err)
	return raw
}

// otherForms writes what is in the world in the forms of others: tdx.json and tdx64.json, vek.pem, chain.pem, ark.crl and
// ark.crl.pem, tdx.env.base64url; and quotes and reports with one flaw each.
func (w *evidenceWorld) otherForms() {
	w.t.Helper()
	intel, err := collateral.ParseBundle(w.read("tdx.collateral"))
	w.must(err)
	amd, err := kds.ParseBundle(w.read("snp.collateral"))
	w.must(err)
	for name, encode := range map[string]func([]byte) string{"tdx.json": hex.EncodeToString, "tdx64.json": base64.StdEncoding.EncodeToString} {
		raw, err := json.Marshal(w.quoteCollateral(intel, encode))
		w.must(err)
		w.write(name, raw)
	}
	w.write("chain.pem", append(certificatePEM(amd.VEK), certificatePEM(amd.ASK)...))
	w.write("full-chain.pem", append(append(w.snp.RootPEM(), certificatePEM(amd.ASK)...), certificatePEM(amd.VEK)...))
	w.write("vek.pem", certificatePEM(amd.VEK))
	w.write("ark.crl", amd.CRL)
	w.write("ark.crl.pem", pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: amd.CRL}))
	w.write("tdx.env.base64url", []byte(base64.RawURLEncoding.EncodeToString(w.read("tdx.env"))))

	quote, report := w.read("tdx.signed"), w.read("snp.signed")
	set := func(raw []byte, at int, value byte) []byte {
		raw = bytes.Clone(raw)
		raw[at] = value
		return raw
	}
	for name, raw := range map[string][]byte{
		"quote-version-3": set(quote, 0, 3), "quote-version-6": set(quote, 0, 6), "quote-key-type-3": set(quote, 2, 3), "quote-tee-type-0": set(quote, 4, 0),
		"quote-48": quote[:48], "quote-version-200": set(quote, 0, 200),
		"report-version-6": set(report, 0, 6), "report-shorter": report[:len(report)-1], "report-longer": append(bytes.Clone(report), 1),
		"report-padded": append(bytes.Clone(report), make([]byte, 4096-len(report))...),
	} {
		w.write(name, raw)
		w.write(name+".hex", []byte(hex.EncodeToString(raw)))
	}
}

func (w *evidenceWorld) quoteCollateral(b collateral.Bundle, encode func([]byte) string) map[string]any {
	chain := string(certificatePEM(b.TCBSigner)) + string(w.tdx.RootPEM())
	return map[string]any{
		"pck_crl_issuer_chain": chain, "root_ca_crl": encode(b.RootCRL), "pck_crl": encode(b.PlatformCRL),
		"tcb_info_issuer_chain": chain, "tcb_info": string(b.TCBInfo.Document), "tcb_info_signature": encode(b.TCBInfo.Signature[:]),
		"qe_identity_issuer_chain": chain, "qe_identity": string(b.QEIdentity.Document), "qe_identity_signature": encode(b.QEIdentity.Signature[:]),
		"pck_certificate_chain": nil,
	}
}

func certificatePEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// What only a statement can answer to is never left uncompared: each field alone refuses what is no envelope, and an
// envelope is never refused for it. --enclave demands two of them.
func TestAT04NoDemandIsDroppedForWantOfAnEnvelope(t *testing.T) {
	t.Parallel()
	_, all := bindingDemand{}.over(attest.Binding{})
	fields := reflect.TypeFor[bindingDemand]()
	if fields.NumField() != len(all) {
		t.Fatalf("%d fields, %q", fields.NumField(), all)
	}
	for i := range fields.NumField() {
		var d demand
		field := reflect.ValueOf(&d.binding).Elem().Field(i)
		field.Set(reflect.New(field.Type().Elem()))
		name := fields.Field(i).Tag.Get("json")
		found := d.impossible(formSigned)
		if len(found) != 1 || found[0].Code != codeEnvelope || !strings.Contains(found[0].Detail, name) {
			t.Errorf("%s of a bare quote: %v", name, found)
		}
		if found := d.impossible(formEnvelope); len(found) != 0 {
			t.Errorf("%s of an envelope: %v", name, found)
		}
	}
	if found := (demand{envelope: true}).impossible(formSigned); len(found) != 1 {
		t.Errorf("a task: %v", found)
	}
	if found := (demand{reportData: new([64]byte)}).impossible(formSigned); len(found) != 0 {
		t.Errorf("report data: %v", found)
	}
}

// Collateral of others is the same bundle as ours, or is refused.
func TestCollateralOfOthers(t *testing.T) {
	t.Parallel()
	w := newEvidenceWorld(t)
	at := func(name string) string { return filepath.Join(w.dir, name) }
	for _, c := range []struct{ file, crl, want string }{
		{"tdx.json", "", "tdx.collateral"},
		{"tdx64.json", "", "tdx.collateral"},
		{"chain.pem", at("ark.crl"), "snp.collateral"},
		{"full-chain.pem", at("ark.crl.pem"), "snp.collateral"},
	} {
		e, err := (&evidenceFlags{collateral: at(c.file), crl: c.crl}).beside()
		if want := w.read(c.want); err != nil || !bytes.Equal(e.Collateral, want) {
			t.Errorf("%s: %v, and it is not %s", c.file, err, c.want)
		}
	}
	intel, err := collateral.ParseBundle(w.read("tdx.collateral"))
	w.must(err)
	for words, change := range map[string]func(map[string]any){
		"root_ca_crl is missing":                  func(c map[string]any) { delete(c, "root_ca_crl") },
		"pck_crl is missing":                      func(c map[string]any) { c["pck_crl"] = "" },
		"pck_crl is neither hexadecimal":          func(c map[string]any) { c["pck_crl"] = "MIIB!" },
		"tcb_info_signature has 63 bytes":         func(c map[string]any) { c["tcb_info_signature"] = strings.Repeat("00", 63) },
		"qe_identity_signature has 65 bytes":      func(c map[string]any) { c["qe_identity_signature"] = strings.Repeat("00", 65) },
		"signed by two certificates":              func(c map[string]any) { c["qe_identity_issuer_chain"] = string(w.read("vek.pem")) },
		"tcb_info_issuer_chain: it begins":        func(c map[string]any) { c["tcb_info_issuer_chain"] = string(w.tdx.RootPEM()) },
		"tcb_info_issuer_chain: there is no":      func(c map[string]any) { c["tcb_info_issuer_chain"] = " " },
		"part of 0 bytes":                         func(c map[string]any) { c["tcb_info"] = "" },
		"more":                                    func(c map[string]any) { c["more"] = 1 },
		"qe_identity_issuer_chain: want 1 to 2 c": func(c map[string]any) { c["qe_identity_issuer_chain"] = "text" },
	} {
		c := w.quoteCollateral(intel, hex.EncodeToString)
		change(c)
		raw, err := json.Marshal(c)
		w.must(err)
		if _, err := bundleJSON(raw); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%v, want %q", err, words)
		}
	}
	double := append(w.read("chain.pem"), w.read("vek.pem")...)
	for words, text := range map[string][]byte{"(ASK) is missing": w.read("vek.pem"), "(VCEK or VLEK) is missing": w.snp.RootPEM(), "two certificates are of the kind": double} {
		if _, err := (&evidenceFlags{crl: at("ark.crl")}).bundlePEM(text); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%v, want %q", err, words)
		}
	}
}

// Text has one reading in whichever base64 it is.
func TestBase64OfEveryKind(t *testing.T) {
	t.Parallel()
	raw := bytes.Repeat([]byte{0xfb, 0xff, 0x01, 0xfe}, 4) // has + and /, and padding
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if got, err := decodeBase64(e.EncodeToString(raw)); err != nil || !bytes.Equal(got, raw) {
			t.Errorf("%x, %v", got, err)
		}
	}
	for _, bad := range []string{"+_8=", "-/8", "AAA==", "A", "AB==", "AAAA=", "A A A"} {
		if got, err := decodeBase64(bad); err == nil {
			t.Errorf("%q is %x", bad, got)
		}
	}
}

// full is a device without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// A judgement that could not be written was not given.
func TestEvidenceSaysWhenItCannotWrite(t *testing.T) {
	t.Parallel()
	w := newEvidenceWorld(t)
	at := func(name string) string { return filepath.Join(w.dir, name) }
	for _, args := range [][]string{
		{"verify", at("tdx.env"), "--roots", at("roots.pem"), "--policy", at("policy.json"), "--measurement", hex.EncodeToString(w.root[:])},
		{"verify", at("tdx-forged.env"), "--roots", at("roots.pem")},
		{"show", at("tdx.env")},
	} {
		for _, more := range [][]string{nil, {"--json"}} {
			var errs bytes.Buffer
			if got := run(append(append([]string{"evidence"}, args...), more...), nil, full{}, &errs); got != exitError || !strings.Contains(errs.String(), "no space left") {
				t.Errorf("%v %v: status %d: %s", args, more, got, errs.String())
			}
		}
	}
}
