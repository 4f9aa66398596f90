// SPDX-License-Identifier: Apache-2.0

package eventlog

import (
	"bytes"
	"encoding/binary"
	"slices"
	"unicode/utf16"
)

// checkProfile holds the events of a TDX guest's log against what firmware and
// boot loaders log in each register. The type of an event is covered by nothing,
// so it is the digest that tells a separator, and what must be there must be there
// in a type whose digest covers it.
func (l Log) checkProfile() []Finding {
	return slices.Concat(l.checkTypes(), l.checkSeparators(), l.checkVariables())
}

// allowed are the types that events of RTMR0 to RTMR3 may have. Those that cover
// nothing of their data are only the ones that genuine logs cannot do without:
// under any of them the data may say anything.
func allowed(index int) []Type {
	switch index {
	case 0: // PCR 1 and 7: configuration and Secure Boot
		return []Type{
			HandoffTables2, FirmwareBlob2, PlatformConfigFlags, // cover nothing
			Separator, Action, EFIAction, VariableConfig, VariableBoot, VariableBoot2, VariableAuthority,
		}
	case 1: // PCR 2 to 6: what the firmware starts
		return []Type{
			BootApplication, // covers nothing
			Separator, Action, EFIAction, GPT, OmitBootDevice,
		}
	}
	return []Type{ // PCR 8 to 15: what boot loaders and the kernel start
		EventTag, IPL, // cover nothing
		Separator, Action, EFIAction,
	}
}

// checkTypes finds events of types that their register has no place for.
func (l Log) checkTypes() []Finding {
	var found findings
	for i, e := range l.Events {
		index, ok := e.rtmr()
		if ok && e.Type != NoAction && !slices.Contains(allowed(index), e.Type) {
			found.add(CodeType, i, "%v in RTMR%d", e.Type, index)
		}
	}
	return found
}

// separators says which events of a log are one: those of the type, and those
// with any digest of one, whatever their type says.
func (l Log) separators() []bool {
	var digests []Digest
	for _, a := range l.Algorithms {
		digests = append(digests, Digest{a, a.sum([]byte{0, 0, 0, 0})}, Digest{a, a.sum([]byte{0xff, 0xff, 0xff, 0xff})})
	}
	is := make([]bool, len(l.Events))
	for i, e := range l.Events {
		is[i] = e.Type == Separator || e.Type != NoAction && slices.ContainsFunc(digests, func(d Digest) bool {
			return bytes.Equal(d.Value, e.digest(d.Algorithm))
		})
	}
	return is
}

// checkSeparators asks for one separator in RTMR0 and RTMR1 each, and at most one
// in the others: a second would leave open which events came before the kernel.
// Firmware before edk2-stable202411 has two in RTMR0 and none in RTMR1.
func (l Log) checkSeparators() []Finding {
	var found findings
	var seen [len(RTMRs{})]bool
	for i, is := range l.separators() {
		e := l.Events[i]
		index, ok := e.rtmr()
		if !ok || !is {
			continue
		}
		if e.Type != Separator {
			found.add(CodeSeparatorType, i, "%v in RTMR%d has the digest of a separator", e.Type, index)
		}
		if seen[index] {
			found.add(CodeSeparatorDuplicate, i, "RTMR%d had one before", index)
		}
		seen[index] = true
	}
	for index, ok := range seen[:2] {
		if !ok {
			found.add(CodeSeparatorMissing, Whole, "none in RTMR%d", index)
		}
	}
	return found
}

// checkVariables asks for the variables that Secure Boot rests on in RTMR0: each
// once, in the profile's order, before the separator. Their events cover their
// data, so that none of them can be hidden under a type that does not.
func (l Log) checkVariables() []Finding {
	names := []string{"SecureBoot", "PK", "KEK", "db", "dbx"}
	var got []string
	separated, separators := false, l.separators()
	for i, e := range l.Events {
		if index, ok := e.rtmr(); !ok || index != 0 {
			continue
		}
		separated = separated || separators[i]
		if name := variableName(e.Data); e.Type == VariableConfig && slices.Contains(names, name) {
			if separated {
				name += " behind the separator"
			}
			got = append(got, name)
		}
	}
	var found findings
	if !slices.Equal(got, names) {
		found.add(CodeVariables, Whole, "RTMR0 has %q, want %q before its separator", got, names)
	}
	return found
}

// variableName returns the name in a UEFI_VARIABLE_DATA, and nothing where there
// is none.
func variableName(data []byte) string {
	value, err := variableValue(data)
	if err != nil {
		return ""
	}
	wide := data[variableHead : len(data)-len(value)]
	units := make([]uint16, len(wide)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(wide[2*i:])
	}
	return string(utf16.Decode(units))
}
