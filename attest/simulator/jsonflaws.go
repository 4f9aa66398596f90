// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// member finds the member of a JSON object by its name, and returns where its
// name begins and where its value begins and ends. The object is package json's,
// without white space.
func member(object []byte, name string) (start, value, end int) {
	d := json.NewDecoder(bytes.NewReader(object))
	if _, err := d.Token(); err != nil {
		return 0, 0, 0
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return 0, 0, 0
		}
		after := int(d.InputOffset())
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return 0, 0, 0
		}
		if key == name {
			quoted := len(name) + 2
			return after - quoted, after + 1, int(d.InputOffset())
		}
	}
	return 0, 0, 0
}

// without returns an edit that removes a member.
func without(name string) func([]byte) []byte {
	return func(object []byte) []byte {
		start, _, end := member(object, name)
		if object[end] == ',' {
			end++
		} else {
			start--
		}
		return slices.Delete(object, start, end)
	}
}

// valued returns an edit that replaces the value of a member.
func valued(name, value string) func([]byte) []byte {
	return func(object []byte) []byte {
		_, start, end := member(object, name)
		return slices.Replace(object, start, end, []byte(value)...)
	}
}

// renamed returns an edit that replaces the name of a member.
func renamed(name, other string) func([]byte) []byte {
	return func(object []byte) []byte {
		start, value, _ := member(object, name)
		return slices.Replace(object, start, value-1, []byte(`"`+other+`"`)...)
	}
}

// doubled returns an edit that puts a member with another value at the end.
func doubled(name, value string) func([]byte) []byte {
	return func(object []byte) []byte {
		return append(object[:len(object)-1], []byte(`,"`+name+`":`+value+`}`)...)
	}
}

// jsonFlaws are in the text of the two documents, and signed.
func jsonFlaws() (list []TDXFlaw) {
	info := []string{"id", "version", "issueDate", "nextUpdate", "tcbEvaluationDataNumber", "fmspc", "pceId", "tdxModuleIdentities", "tcbLevels"}
	identity := []string{
		"id", "version", "issueDate", "nextUpdate", "tcbEvaluationDataNumber", "miscselect", "miscselectMask", "attributes",
		"attributesMask", "mrsigner", "isvprodid", "tcbLevels",
	}
	documents := []struct {
		name, what string
		members    []string
		flaws      func(func([]byte) []byte) Flaws
	}{
		{"tcb-info", "The TCB info", info, func(e func([]byte) []byte) Flaws { return Flaws{deep: deepFlaws{tcbInfo: e}} }},
		{"qe-identity", "The QE identity", identity, func(e func([]byte) []byte) Flaws { return Flaws{deep: deepFlaws{qeIdentity: e}} }},
	}
	for _, d := range documents {
		add := func(name, says string, edit func([]byte) []byte) {
			list = append(list, tdxFlaw("AT-05", d.name+"-json-"+name, d.flaws(edit), "%s %s.", d.what, says))
		}
		for _, m := range d.members {
			name := kebab(m)
			if m != "tdxModuleIdentities" { // which is a flaw of its value
				add(name+"-missing", "lacks "+m, without(m))
			}
			if m != "tcbLevels" {
				add(name+"-null", "has null for "+m, valued(m, "null"))
			}
			add(name+"-object", "has an object for "+m, valued(m, "{}"))
			add(name+"-twice", fmt.Sprintf("has a second %s, which is null", m), doubled(m, "null"))
			add(name+"-upper-case", fmt.Sprintf("spells %s in upper case", m), renamed(m, strings.ToUpper(m)))
		}
		add("evaluation-text", "has a text for its evaluation number", valued("tcbEvaluationDataNumber", `"18"`))
		add("evaluation-fraction", "has a fraction for its evaluation number", valued("tcbEvaluationDataNumber", "18.5"))
		add("evaluation-negative", "has a negative evaluation number", valued("tcbEvaluationDataNumber", "-18"))
		add("evaluation-large", "has an evaluation number of more than 32 bits", valued("tcbEvaluationDataNumber", "4294967314"))
		add("date-without-zone", "has a date without time zone", valued("issueDate", `"2026-01-01T00:00:00"`))
		add("date-without-time", "has a date without time", valued("nextUpdate", `"2099-01-01"`))
		add("date-impossible", "has a date on no calendar", valued("nextUpdate", `"2099-13-01T00:00:00Z"`))
		add("levels-empty", "has an empty list of levels", valued("tcbLevels", "[]"))
		add("cut", "ends early", func(b []byte) []byte { return b[:len(b)-1] })
		add("longer", "is followed by another object", func(b []byte) []byte { return append(b, "{}"...) })
		add("array", "stands in an array", func(b []byte) []byte { return slices.Concat([]byte("["), b, []byte("]")) })
		add("null", "is null", func([]byte) []byte { return []byte("null") })
		add("not-utf8", "is not in UTF-8", valued("id", "\"\xff\xfe\""))
	}
	return append(list,
		tdxFlaw("AT-05", "tcb-info-json-status-unknown", Flaws{deep: deepFlaws{tcbInfo: replaced("UpToDate", "Perfect")}}, "The TCB info has a level with a status unknown."),
		tdxFlaw("AT-05", "tcb-info-json-svn-256", Flaws{deep: deepFlaws{tcbInfo: replaced(`"svn":3`, `"svn":256`)}}, "The TCB info has a component version that is no byte."),
		tdxFlaw("AT-05", "tcb-info-json-svn-negative", Flaws{deep: deepFlaws{tcbInfo: replaced(`"svn":3`, `"svn":-1`)}}, "The TCB info has a negative component version."),
		tdxFlaw("AT-05", "tcb-info-json-fmspc-odd", Flaws{deep: deepFlaws{tcbInfo: valued("fmspc", `"90C06F00000"`)}}, "The TCB info has a family of eleven digits."),
		tdxFlaw("AT-05", "tcb-info-json-fmspc-not-hex", Flaws{deep: deepFlaws{tcbInfo: valued("fmspc", `"90C06F00000G"`)}}, "The TCB info has a family that is not hexadecimal."),
		tdxFlaw("AT-05", "qe-identity-json-status-unknown", Flaws{deep: deepFlaws{qeIdentity: replaced("UpToDate", "Perfect")}}, "The QE identity has a level with a status unknown."),
		tdxFlaw("AT-05", "qe-identity-json-isvsvn-large", Flaws{deep: deepFlaws{qeIdentity: replaced(`"isvsvn":4`, `"isvsvn":65540`)}}, "The QE identity has a version of more than 16 bits."),
		tdxFlaw("AT-05", "qe-identity-json-product-large", Flaws{deep: deepFlaws{qeIdentity: valued("isvprodid", "65538")}}, "The QE identity has a product of more than 16 bits."),
	)
}

// replaced returns an edit of the first occurrence of a text.
func replaced(old, text string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(text), 1) }
}
