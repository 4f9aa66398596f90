// SPDX-License-Identifier: Apache-2.0

package collateraltest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/escrin/escrin/contracts/tdxcollateral"
)

// The base documents are like Intel's for the family 90C06F000000, of February 2026,
// with fewer levels.
const (
	baseInfo = `{"id":"TDX","version":3,"issueDate":"2026-02-18T10:58:51Z","nextUpdate":"2026-03-20T10:58:51Z","fmspc":"90C06F000000",` +
		`"pceId":"0000","tcbType":0,"tcbEvaluationDataNumber":18,"tdxModule":{` + noSigner + `},"tdxModuleIdentities":[{"id":"TDX_03",` +
		noSigner + `,"tcbLevels":[{"tcb":{"isvsvn":3},"tcbDate":"2024-11-13T00:00:00Z","tcbStatus":"UpToDate"}]},{"id":"TDX_01",` + noSigner +
		`,"tcbLevels":[{"tcb":{"isvsvn":6},"tcbDate":"2024-11-13T00:00:00Z","tcbStatus":"UpToDate"},{"tcb":{"isvsvn":4},` +
		`"tcbDate":"2024-03-13T00:00:00Z","tcbStatus":"OutOfDate","advisoryIDs":["INTEL-SA-01036","INTEL-SA-01099"]}]}],"tcbLevels":[{"tcb":` +
		`{"sgxtcbcomponents":[{"svn":3,"category":"BIOS","type":"Early Microcode Update"},{"svn":3,"category":"OS/VMM"},{"svn":2},{"svn":2},` +
		`{"svn":4},{"svn":1},{"svn":0},{"svn":5},{"svn":0},{"svn":0},{"svn":0},{"svn":0},{"svn":0},{"svn":0},{"svn":0},{"svn":0}],"pcesvn":13,` +
		`"tdxtcbcomponents":[{"svn":5},{"svn":0},{"svn":3},{"svn":0},{"svn":0},{"svn":0},{"svn":0},{"svn":0},{"svn":0},{"svn":0},{"svn":0},` +
		`{"svn":0},{"svn":0},{"svn":0},{"svn":0},{"svn":11}]},"tcbDate":"2024-11-13T00:00:00Z","tcbStatus":"UpToDate"}]}`

	noSigner = `"mrsigner":"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",` +
		`"attributes":"0000000000000000","attributesMask":"FFFFFFFFFFFFFFFF"`

	baseIdentity = `{"id":"TD_QE","version":2,"issueDate":"2026-02-18T10:42:15Z","nextUpdate":"2026-03-20T10:42:15Z","tcbEvaluationDataNumber":18,` +
		`"miscselect":"00000000","miscselectMask":"FFFFFFFF","attributes":"11000000000000000000000000000000",` +
		`"attributesMask":"FBFFFFFFFFFFFFFF0000000000000000","mrsigner":"DC9E2A7C6F948F17474E34A7FC43ED030F7C1563F1BABDDF6340C82E0E54A8C5",` +
		`"isvprodid":2,"tcbLevels":[{"tcb":{"isvsvn":4},"tcbDate":"2024-11-13T00:00:00Z","tcbStatus":"UpToDate"}]}`
)

// change is one thing in a document in the place of another, which occurs first there.
type change struct{ name, from, to string }

// replace is the document with the change.
func (b *builder) replace(document string, c change) string {
	if b.err == nil && !strings.Contains(document, c.from) {
		b.err = errors.New(c.name + ": nothing to replace")
	}
	return strings.Replace(document, c.from, c.to, 1)
}

// info signs a TCB info.
func (b *builder) info(document string) tdxcollateral.Call {
	return tdxcollateral.UpdateTCBInfo(must[signed](b)(b.pki.signer.key.signJSON([]byte(document))))
}

// identity signs a QE identity.
func (b *builder) identity(document string) tdxcollateral.Call {
	return tdxcollateral.UpdateQEIdentity(must[signed](b)(b.pki.signer.key.signJSON([]byte(document))))
}

// documents are signed by Intel, as it were, and of another form.
func (b *builder) documents() {
	for _, c := range infoChanges() {
		b.add("TCB info: "+c.name, b.info(b.replace(baseInfo, c)), documentMalformed)
	}
	for _, c := range identityChanges() {
		b.add("QE identity: "+c.name, b.identity(b.replace(baseIdentity, c)), documentMalformed)
	}
	for _, n := range []int{0, 1, 31, 32, 33, len(baseInfo) - 1} {
		b.add(fmt.Sprintf("TCB info: cut short after %d bytes", n), b.info(baseInfo[:n]), documentMalformed)
	}
	b.add("a TCB info for a QE identity", b.identity(baseInfo), documentMalformed)
	b.add("a QE identity for a TCB info", b.info(baseIdentity), documentMalformed)
	other := change{"another family", `"90C06F000000"`, `"90c06f00000A"`}
	b.add("TCB info: another family, in digits of either case", b.info(b.replace(baseInfo, other)), accepted)
	bare := change{"no modules", baseInfo[strings.Index(baseInfo, `"tdxModuleIdentities"`):strings.Index(baseInfo, `"tcbLevels":[{"tcb":{"sgx`)], ""}
	b.add("TCB info: before there were identities of modules", b.info(b.replace(b.newer(baseInfo), bare)), accepted)
	b.add("TCB info: no advisories, said so", b.info(b.newer(b.replace(baseInfo, change{"", `["INTEL-SA-01036","INTEL-SA-01099"]`, "[]"}))), accepted)
}

// newer is the document issued an hour later.
func (b *builder) newer(document string) string {
	return b.replace(document, change{"newer", "2026-02-18T10", "2026-02-18T11"})
}

// editions are documents of the right form, at other times and in another order.
func (b *builder) editions() {
	second := func(s string) time.Time { return must[time.Time](b)(time.Parse(time.RFC3339, s)) }
	document := func(issued, number string) string {
		return b.replace(b.replace(baseInfo, change{"issued", "2026-02-18T10:58:51Z", issued}), change{"number", `Number":18`, `Number":` + number})
	}
	info, identity := b.info(baseInfo), b.identity(baseIdentity)
	b.add("AT-05 the same TCB info again", info, notNewer)
	b.add("AT-05 the same QE identity again", identity, notNewer)
	b.add("AT-05 an older TCB info", b.info(document("2026-02-18T10:58:50Z", "18")), notNewer)
	b.add("AT-05 a lower number, issued later", b.info(document("2026-02-18T10:58:52Z", "17")), notNewer)
	b.add("AT-05 a higher number, issued before", b.info(document("2026-02-18T10:58:50Z", "19")), notNewer)
	b.add("a TCB info issued a second later", b.info(document("2026-02-18T10:58:52Z", "18")), accepted)
	b.add("a higher number at the same second", b.info(document("2026-02-18T10:58:51Z", "19")), accepted)
	b.add("the highest number", b.info(document("2026-02-18T10:58:52Z", "4294967295")), accepted)
	b.add("AT-05 a TCB info of the next second", b.info(document("2026-02-19T12:00:01Z", "18")), notIssuedYet)
	b.add("a TCB info of this second", b.info(document("2026-02-19T12:00:00Z", "18")), accepted)
	b.addFresh("AT-05 no TCB signer yet", info, issuerMissing)
	newer := b.info(document("2026-02-18T10:58:52Z", "18"))
	b.addAt(second("2026-03-20T10:58:50Z"), "a TCB info in its last second", newer, accepted)
	b.addAt(second("2026-03-20T10:58:51Z"), "AT-05 a TCB info to be replaced now", newer, expired)
	older := b.replace(baseIdentity, change{"older", "10:42:15Z", "10:42:14Z"})
	b.add("AT-05 an older QE identity", b.identity(older), notNewer)
	lower := b.newer(b.replace(baseIdentity, change{"lower", `Number":18`, `Number":17`}))
	b.add("AT-05 a QE identity with a lower number", b.identity(lower), notNewer)
	b.add("a newer QE identity", b.identity(b.newer(baseIdentity)), accepted)
	b.addAt(second("2026-03-20T10:42:15Z"), "AT-05 a QE identity to be replaced now", b.identity(b.newer(baseIdentity)), expired)
}

func infoChanges() []change {
	return append([]change{
		{"kind SGX", `"TDX"`, `"SGX"`}, {"kind in lower case", `"TDX"`, `"tdx"`}, {"kind missing", `"id":"TDX",`, ``},
		{"key in another case", `"id"`, `"ID"`}, {"white space", `{"id"`, `{ "id"`}, {"white space behind a colon", `:18`, `: 18`},
		{"two keys swapped", `"pceId":"0000","tcbType":0`, `"tcbType":0,"pceId":"0000"`},
		{"key twice", `"tcbType":0,`, `"tcbType":0,"tcbType":0,`}, {"unknown key", `"tcbType":0,`, `"tcbType":0,"more":0,`},
		{"version 2", `"version":3`, `"version":2`}, {"version 4", `"version":3`, `"version":4`}, {"version in quotes", `:3,`, `:"3",`},
		{"type 1", `"tcbType":0`, `"tcbType":1`}, {"another PCE", `"pceId":"0000"`, `"pceId":"0001"`},
		{"family of five bytes", `90C06F000000`, `90C06F0000`}, {"family of seven bytes", `90C06F000000`, `90C06F00000000`},
		{"family with another digit", `90C06F`, `90G06F`}, {"family with a digit below", `90C06F`, `90@06F`}, {"family with a colon", `90C06F`, `90:06F`},
		{"number zero", `Number":18`, `Number":0`}, {"number too high", `Number":18`, `Number":4294967296`}, {"number with a sign", `Number":18`, `Number":-18`},
		{"number with a leading zero", `Number":18`, `Number":018`}, {"number with a fraction", `Number":18`, `Number":18.0`},
		{"number with an exponent", `Number":18`, `Number":1e1`}, {"number in quotes", `Number":18`, `Number":"18"`}, {"no number", `Number":18`, `Number":`},
		{"number of 78 digits", `Number":18`, `Number":115792089237316195423570985008687907853269984665640564039457584007913129639954`},
		{"signer too short", `"mrsigner":"00`, `"mrsigner":"`}, {"signer too long", `"mrsigner":"00`, `"mrsigner":"0000`},
		{"no mask", `,"attributesMask":"FFFFFFFFFFFFFFFF"}`, `}`}, {"mask too short", `FFFFFFFFFFFFFFFF`, `FFFFFFFFFFFFFF`},
		{"module twice", `TDX_03`, `TDX_01`}, {"module of version 0", `TDX_03`, `TDX_00`}, {"module in one digit", `TDX_03`, `TDX_3`},
		{"module in lower case", `TDX_03`, `tdx_03`}, {"module of another name", `TDX_03`, `TDY_03`}, {"module without a version", `TDX_03`, `TDX_`},
		{"module without levels", `[{"tcb":{"isvsvn":3},"tcbDate":"2024-11-13T00:00:00Z","tcbStatus":"UpToDate"}]`, `[]`},
		{"identities empty", baseInfo[strings.Index(baseInfo, `[{"id":"TDX_03"`):strings.Index(baseInfo, `,"tcbLevels":[{"tcb":{"sgx`)], `[]`},
		{"version of module too high", `"isvsvn":3`, `"isvsvn":65536`}, {"component too high", `"svn":5`, `"svn":256`}, {"component negative", `"svn":5`, `"svn":-1`},
		{"component 00", `"svn":0`, `"svn":00`}, {"component 05", `"svn":5`, `"svn":05`}, {"component in quotes", `"svn":5`, `"svn":"5"`}, {"component of 1.5", `"svn":5`, `"svn":1.5`},
		{"component missing", `"svn":5`, ``}, {"PCESVN too high", `"pcesvn":13`, `"pcesvn":65536`}, {"no PCESVN", `"pcesvn":13,`, ``},
		{"15 components for SGX", `{"svn":4},`, ``}, {"17 components for SGX", `{"svn":4},`, `{"svn":4},{"svn":0},`},
		{"15 components for TDX", `,{"svn":11}`, ``}, {"17 components for TDX", `,{"svn":11}`, `,{"svn":11},{"svn":0}`},
		{"type before category", `"category":"BIOS","type":"Early Microcode Update"`, `"type":"Early Microcode Update","category":"BIOS"`},
		{"category with an escape", `OS/VMM`, `OS\/VMM`}, {"category with a quote", `OS/VMM`, `OS\"VMM`}, {"category with a control character", `OS/VMM`, "OS\x1fVMM"},
		{"category with a zero", `OS/VMM`, "OS\x00VMM"}, {"category beyond ASCII", `OS/VMM`, "OS\u00e9VMM"}, {"category with a quote beyond ASCII", `OS/VMM`, "OS\xa2VMM"},
		{"category of 65 bytes", `OS/VMM`, strings.Repeat("x", 65)}, {"category without an end", `OS/VMM"`, `OS/VMM`}, {"unknown key of a component", `"category":"OS`, `"kategory":"OS`},
		{"no levels", baseInfo[strings.LastIndex(baseInfo, `[{"tcb":{"sgx`):], `[]}`}, {"comma behind the last level", `UpToDate"}]}`, `UpToDate"},]}`},
		{"advisories no list", `["INTEL-SA-01036","INTEL-SA-01099"]`, `"INTEL-SA-01036"`}, {"comma behind the last advisory", `01099"]`, `01099",]`},
		{"advisory no string", `"INTEL-SA-01036"`, `1036`},
	}, bothChanges(baseInfo)...)
}

func identityChanges() []change {
	return append([]change{
		{"of the enclave for SGX", `"TD_QE"`, `"QE"`}, {"kind in lower case", `"TD_QE"`, `"td_qe"`}, {"version 1", `"version":2`, `"version":1`}, {"version 3", `"version":2`, `"version":3`},
		{"number zero", `Number":18`, `Number":0`}, {"number too high", `Number":18`, `Number":4294967296`},
		{"no MISCSELECT", `"miscselect":"00000000",`, ``}, {"MISCSELECT too short", `"miscselect":"00`, `"miscselect":"`}, {"mask too long", `Mask":"FF`, `Mask":"FFFF`},
		{"attributes too short", `"attributes":"11`, `"attributes":"`}, {"no mask of attributes", `"attributesMask":"FBFFFFFFFFFFFFFF0000000000000000",`, ``},
		{"signer too short", `"mrsigner":"DC`, `"mrsigner":"`}, {"signer too long", `"mrsigner":"DC`, `"mrsigner":"DCDC`}, {"product too high", `"isvprodid":2`, `"isvprodid":65536`},
		{"version too high", `"isvsvn":4`, `"isvsvn":65536`}, {"no levels", `[{"tcb":{"isvsvn":4},"tcbDate":"2024-11-13T00:00:00Z","tcbStatus":"UpToDate"}]`, `[]`},
	}, bothChanges(baseIdentity)...)
}

// bothChanges are to dates and statuses, and around the document.
func bothChanges(document string) []change {
	issued := document[strings.Index(document, "2026-02-18T") : strings.Index(document, "2026-02-18T")+20]
	list := []change{
		{"issue date missing", `"issueDate":"` + issued + `",`, ``}, {"next update missing", `"nextUpdate"`, `"update"`}, {"level without date", `"tcbDate":"2024-11-13T00:00:00Z",`, ``},
		{"behind the end", `"UpToDate"}]}`, `"UpToDate"}]} `}, {"a zero behind the end", `"UpToDate"}]}`, `"UpToDate"}]}` + "\x00"}, {"before the start", `{"id"`, ` {"id"`},
	}
	next := issued[:11] + document[strings.Index(document, "2026-03-20T")+11:strings.Index(document, "2026-03-20T")+20]
	list = append(list, change{"AT-05 next update when issued", "2026-03-20T" + next[11:], next})
	for _, wrong := range []string{
		"2026-02-30T10:00:00Z", "2025-02-29T10:00:00Z", "1900-02-29T10:00:00Z", "2026-04-31T10:00:00Z", "2026-00-10T10:00:00Z", "2026-13-10T10:00:00Z", "2026-01-00T10:00:00Z", "2026-01-32T10:00:00Z",
		"2026-01-10T24:00:00Z", "2026-01-10T10:60:00Z", "2026-01-10T10:00:60Z", "2026-01-10 10:00:00Z", "2026-01-10T10:00:00z", "2026-01-10T10:00:00+", "2026/01/10T10:00:00Z",
		"2026-01-1:T10:00:00Z", "2026-01-1/T10:00:00Z", "1969-12-31T23:59:59Z", "26-01-10T10:00:00Z", "2026-01-10T10:00:00.5Z", "",
	} {
		list = append(list, change{"date " + wrong, issued, wrong})
	}
	for _, wrong := range []string{`""`, `"uptodate"`, `"UPTODATE"`, `"UpToDate "`, `"UpToDat"`, `"Up To Date"`, `"Revoked2"`, `"Unknown"`, `null`, `1`, `"ConfigurationAndSWHardeningNeeded2"`, `"OutOfDateSWHardeningNeeded"`} {
		list = append(list, change{"CT-15 status " + wrong, `"UpToDate"`, wrong})
	}
	return list
}
