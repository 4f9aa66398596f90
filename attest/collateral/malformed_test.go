// SPDX-License-Identifier: Apache-2.0

package collateral_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-tdx-guest/testing/testdata"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/internal/flaw"
)

// object is a JSON object, to be changed.
type object = map[string]any

func decoded(t testing.TB, text []byte) (o object) {
	t.Helper()
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func first(o object, name string) object { return o[name].([]any)[0].(object) }

// changed returns a document after a change.
func changed(t *testing.T, text []byte, change func(object)) []byte {
	t.Helper()
	o := decoded(t, text)
	change(o)
	out, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// validityFlaws are in what both documents have.
func validityFlaws() map[string]func(object) {
	set := func(name string, value any) func(object) { return func(o object) { o[name] = value } }
	return map[string]func(object){
		"no issue date":            func(o object) { delete(o, "issueDate") },
		"no next update":           func(o object) { delete(o, "nextUpdate") },
		"ends as it begins":        func(o object) { o["nextUpdate"] = o["issueDate"] },
		"ends before it begins":    set("nextUpdate", "2001-01-01T00:00:00Z"),
		"no evaluation number":     func(o object) { delete(o, "tcbEvaluationDataNumber") },
		"evaluation number zero":   set("tcbEvaluationDataNumber", 0),
		"no levels":                func(o object) { delete(o, "tcbLevels") },
		"empty levels":             set("tcbLevels", []any{}),
		"level without status":     func(o object) { delete(first(o, "tcbLevels"), "tcbStatus") },
		"level without date":       func(o object) { delete(first(o, "tcbLevels"), "tcbDate") },
		"level of unknown status":  func(o object) { first(o, "tcbLevels")["tcbStatus"] = "Fine" },
		"level of impossible date": func(o object) { first(o, "tcbLevels")["tcbDate"] = "2024-02-30T00:00:00Z" },
		"another spelling":         func(o object) { o["TcbLevels"] = o["tcbLevels"]; delete(o, "tcbLevels") },
		"two spellings":            func(o object) { o["ISSUEDATE"] = o["issueDate"] },
	}
}

// infoFlaws are in what only a TCB info has.
func infoFlaws() map[string]func(object) {
	module := func(o object) object { return first(o, "tdxModuleIdentities") }
	return map[string]func(object){
		"short family":             func(o object) { o["fmspc"] = "90c06f0000" },
		"short PCE":                func(o object) { o["pceId"] = "00" },
		"family is no number":      func(o object) { o["fmspc"] = "90c06f00000g" },
		"fifteen SGX components":   func(o object) { cut(o, "sgxtcbcomponents") },
		"fifteen TDX components":   func(o object) { cut(o, "tdxtcbcomponents") },
		"no components":            func(o object) { delete(first(o, "tcbLevels"), "tcb") },
		"module twice":             func(o object) { o["tdxModuleIdentities"] = []any{module(o), module(o)} },
		"module without levels":    func(o object) { delete(module(o), "tcbLevels") },
		"module level, no status":  func(o object) { delete(first(module(o), "tcbLevels"), "tcbStatus") },
		"module level, no date":    func(o object) { delete(first(module(o), "tcbLevels"), "tcbDate") },
		"module twice, other case": func(o object) { second(o, module(o)) },
	}
}

func cut(o object, name string) {
	tcb := first(o, "tcbLevels")["tcb"].(object)
	tcb[name] = tcb[name].([]any)[:15]
}

func second(o, module object) {
	other := object{}
	for k, v := range module {
		other[k] = v
	}
	other["id"] = strings.ToLower(module["id"].(string))
	o["tdxModuleIdentities"] = []any{module, other}
}

func TestAT05MalformedDocuments(t *testing.T) {
	s := newSigner(t)
	info, identity := document(t, testdata.TcbInfoBodyV5, "tcbInfo"), document(t, testdata.QeIdentityBody, "enclaveIdentity")
	openInfo := func(text []byte) error {
		_, err := collateral.OpenTCBInfo(s.sign(t, text), &s.key.PublicKey)
		return err
	}
	openIdentity := func(text []byte) error {
		_, err := collateral.OpenQEIdentity(s.sign(t, text), &s.key.PublicKey)
		return err
	}
	nothing := func(object) {}
	if openInfo(changed(t, info, nothing)) != nil || openIdentity(changed(t, identity, nothing)) != nil {
		t.Fatal("the unchanged documents are refused")
	}
	for name, change := range validityFlaws() {
		if err := openInfo(changed(t, info, change)); err == nil || flaw.Of(err) != flaw.Malformed {
			t.Errorf("TCB info, %s: %v", name, err)
		}
		if err := openIdentity(changed(t, identity, change)); err == nil || flaw.Of(err) != flaw.Malformed {
			t.Errorf("QE identity, %s: %v", name, err)
		}
	}
	for name, change := range infoFlaws() {
		if err := openInfo(changed(t, info, change)); err == nil || flaw.Of(err) != flaw.Malformed {
			t.Errorf("TCB info, %s: %v", name, err)
		}
	}
	for name, value := range map[string]any{"id": "SGX", "version": 2, "tcbType": 1} {
		if err := openInfo(changed(t, info, func(o object) { o[name] = value })); flaw.Of(err) != "kind" {
			t.Errorf("TCB info, %s: %v", name, err)
		}
	}
	for name, value := range map[string]any{"id": "QE", "version": 1} {
		if err := openIdentity(changed(t, identity, func(o object) { o[name] = value })); flaw.Of(err) != "kind" {
			t.Errorf("QE identity, %s: %v", name, err)
		}
	}
}

// part is one SEQUENCE { OBJECT IDENTIFIER, value } of the SGX extension.
type part struct {
	ID    asn1.ObjectIdentifier
	Value asn1.RawValue
}

func oid(tail ...int) asn1.ObjectIdentifier {
	return append(asn1.ObjectIdentifier{1, 2, 840, 113741, 1, 13, 1}, tail...)
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	der, err := asn1.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// partsOf takes an extension apart.
func partsOf(t *testing.T, der []byte) (parts []part) {
	t.Helper()
	if rest, err := asn1.Unmarshal(der, &parts); err != nil || len(rest) != 0 {
		t.Fatal(err)
	}
	return parts
}

// within returns a change to the parts in a part.
func within(t *testing.T, i int, change func([]part) []part) func([]part) []part {
	return func(parts []part) []part {
		parts[i].Value = asn1.RawValue{FullBytes: encode(t, change(partsOf(t, parts[i].Value.FullBytes)))}
		return parts
	}
}

func TestAT10MalformedPlatforms(t *testing.T) {
	extension, err := collateral.Platform{InstanceID: [16]byte{1}, CachedKeys: collateral.True, SMTEnabled: collateral.False}.Extension()
	if err != nil {
		t.Fatal(err)
	}
	null := asn1.RawValue{FullBytes: []byte{5, 0}}
	const tcb, configuration = 1, 6
	changes := map[string]func([]part) []part{
		"unknown part":       func(p []part) []part { return append(p, part{oid(8), null}) },
		"foreign part":       func(p []part) []part { return append(p, part{asn1.ObjectIdentifier{1, 2, 3}, null}) },
		"part of a part":     func(p []part) []part { return append(p, part{oid(2, 1), null}) },
		"unknown component":  within(t, tcb, func(p []part) []part { return append(p, part{oid(2, 19), null}) }),
		"component zero":     within(t, tcb, func(p []part) []part { p[0].ID = oid(2, 0); return p }),
		"one lacking":        within(t, tcb, func(p []part) []part { return p[1:] }),
		"no CPUSVN":          within(t, tcb, func(p []part) []part { return p[:17] }),
		"one twice":          within(t, tcb, func(p []part) []part { p[3] = p[4]; return p }),
		"component is octet": within(t, tcb, func(p []part) []part { p[3].Value = asn1.RawValue{FullBytes: []byte{4, 1, 1}}; return p }),
		"component 256":      within(t, tcb, func(p []part) []part { p[3].Value = asn1.RawValue{FullBytes: []byte{2, 2, 1, 0}}; return p }),
		"component below 0":  within(t, tcb, func(p []part) []part { p[3].Value = asn1.RawValue{FullBytes: []byte{2, 1, 0x80}}; return p }),
		"component, longer":  within(t, tcb, func(p []part) []part { p[3].Value = asn1.RawValue{FullBytes: []byte{2, 2, 0, 1}}; return p }),
		"component, empty":   within(t, tcb, func(p []part) []part { p[3].Value = asn1.RawValue{FullBytes: []byte{2, 0}}; return p }),
		"PCESVN of 17 bits":  within(t, tcb, func(p []part) []part { p[16].Value = asn1.RawValue{FullBytes: []byte{2, 3, 1, 0, 0}}; return p }),
		"short CPUSVN":       within(t, tcb, func(p []part) []part { p[17].Value = asn1.RawValue{FullBytes: []byte{4, 1, 1}}; return p }),
		"unknown flag":       within(t, configuration, func(p []part) []part { return append(p, part{oid(7, 4), p[0].Value}) }),
		"flag zero":          within(t, configuration, func(p []part) []part { return append(p, part{oid(7, 0), p[0].Value}) }),
		"two values":         func(p []part) []part { p[0].Value.FullBytes = append(p[0].Value.FullBytes, 5, 0); return p },
		"flag is null":       within(t, configuration, func(p []part) []part { p[0].Value = null; return p }),
		"flag is 1":          within(t, configuration, func(p []part) []part { p[0].Value = asn1.RawValue{FullBytes: []byte{1, 1, 1}}; return p }),
		"flag twice":         within(t, configuration, func(p []part) []part { return append(p, p[0]) }),
		"no flags but null":  func(p []part) []part { p[configuration].Value = null; return p },
		"type is a number":   func(p []part) []part { p[4].Value = asn1.RawValue{FullBytes: []byte{2, 1, 1}}; return p },
		"type 256":           func(p []part) []part { p[4].Value = asn1.RawValue{FullBytes: []byte{10, 2, 1, 0}}; return p },
		"short family":       func(p []part) []part { p[3].Value = asn1.RawValue{FullBytes: []byte{4, 1, 1}}; return p },
		"family is a text":   func(p []part) []part { p[3].Value = asn1.RawValue{FullBytes: []byte("\x0c\x06abcdef")}; return p },
		"PPID, constructed":  func(p []part) []part { p[0].Value.FullBytes[0] |= 0x20; return p },
		"PPID, other class":  func(p []part) []part { p[0].Value.FullBytes[0] |= 0x80; return p },
	}
	for i := range 5 {
		changes["lacks part "+string(rune('1'+i))] = func(p []part) []part { return slices.Delete(p, i, i+1) }
	}
	for i := range 7 {
		changes["twice part "+string(rune('1'+i))] = func(p []part) []part { return append(p, p[i]) }
	}
	parse := func(der []byte) error {
		_, err := collateral.ParsePlatform(&x509.Certificate{Extensions: []pkix.Extension{{Id: oid(), Value: der}}})
		return err
	}
	if err := parse(encode(t, partsOf(t, extension.Value))); err != nil {
		t.Fatal(err)
	}
	for name, change := range changes {
		if parse(encode(t, change(partsOf(t, slices.Clone(extension.Value))))) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	for name, der := range map[string][]byte{
		"nothing": {}, "a set": append([]byte{0x31}, extension.Value[1:]...), "a part that is no sequence": {0x30, 2, 5, 0},
		"a part without value": {0x30, 5, 0x30, 3, 6, 1, 1}, "primitive": append([]byte{0x10}, extension.Value[1:]...),
		"another class": append([]byte{0xb0}, extension.Value[1:]...), "text": []byte("platform"), "cut": {0x30, 4, 0x30, 9, 6, 1},
	} {
		if parse(der) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
