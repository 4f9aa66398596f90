// SPDX-License-Identifier: Apache-2.0

package eventlog

import (
	"bytes"
	"slices"
	"testing"
)

// relabelled returns the genuine log with each event that is picked renamed, and
// with data of somebody's choice: the digests stay, so it replays.
func relabelled(t *testing.T, pick func(Event) bool, kind Type, data string) []Finding {
	t.Helper()
	raw, registers := genuine(t)
	log := mustParse(t, bytes.Clone(raw))
	picked := 0
	for i, e := range log.Events {
		if pick(e) {
			log.Events[i].Type, log.Events[i].Data = kind, []byte(data)
			picked++
		}
	}
	if replayed, _ := log.Replay(); replayed != registers || picked == 0 {
		t.Fatalf("%d events renamed, and the log comes to %v", picked, replayed)
	}
	return log.Check(registers)
}

// A separator cannot be made anything else of, nor be hidden behind another.
func TestMB24SeparatorByItsDigest(t *testing.T) {
	raw, _ := genuine(t)
	for index := range 2 {
		separator := func(e Event) bool { at, ok := e.rtmr(); return ok && at == index && e.Type == Separator }
		for _, kind := range []Type{IPL, EventTag, BootApplication, PlatformConfigFlags, FirmwareBlob2, HandoffTables2} {
			found := relabelled(t, separator, kind, "ACPI DATA")
			if !slices.Contains(codes(found), CodeSeparatorType) {
				t.Errorf("the separator of RTMR%d as %v: %v", index, kind, found)
			}
			log := mustParse(t, bytes.Clone(raw)) // a second one, with the register that it comes to
			at := slices.IndexFunc(log.Events, separator)
			second := log.Events[at]
			second.Type, second.Data = kind, []byte("another boot")
			log.Events = slices.Insert(log.Events, at+1, second)
			registers, _ := log.Replay()
			if got := codes(log.Check(registers)); !slices.Contains(got, CodeSeparatorDuplicate) {
				t.Errorf("a second separator of RTMR%d as %v: %v", index, kind, got)
			}
		}
	}
	ones := Log{Algorithms: []Algorithm{SHA384}, Events: []Event{{Register: 3, Type: IPL, Digests: []Digest{{SHA384, SHA384.sum([]byte{0xff, 0xff, 0xff, 0xff})}}}}}
	if !ones.separators()[0] {
		t.Error("0xffffffff is no separator")
	}
}

// What Secure Boot rests on cannot be given another meaning: under each type that
// there is, something is found.
func TestMB24VariablesCannotBeRenamed(t *testing.T) {
	variables := func(e Event) bool { return e.Type == VariableConfig }
	one := func(e Event) bool { return variables(e) && variableName(e.Data) == "SecureBoot" }
	want := map[Type]Code{IPL: CodeType, EventTag: CodeType, BootApplication: CodeType, 0x80000010: CodeType,
		PlatformConfigFlags: CodeVariables, FirmwareBlob2: CodeVariables, HandoffTables2: CodeVariables, EFIAction: CodeVariables}
	for kind, code := range want {
		for name, pick := range map[string]func(Event) bool{"all": variables, "one": one} {
			if found := relabelled(t, pick, kind, "SecureBoot=1, honest"); !slices.Contains(codes(found), code) {
				t.Errorf("%s as %v: %v, want %s", name, kind, found, code)
			}
		}
	}
}

// Every event of the genuine log, renamed to every type that there is or might be:
// a type that its register has no place for is found, whatever the event is.
func TestMB24TypesPerRegister(t *testing.T) {
	raw, _ := genuine(t)
	log := mustParse(t, raw)
	for i, e := range log.Events {
		index, _ := e.rtmr()
		for kind := range Type(0x100) {
			for _, kind := range []Type{kind, 0x80000000 | kind, kind << 24} {
				if slices.Contains(allowed(index), kind) || kind == NoAction {
					continue
				}
				log.Events[i].Type = kind
				if got := codes(log.checkProfile()); !slices.Contains(got, CodeType) {
					t.Fatalf("event %d as %v in RTMR%d: %v", i, kind, index, got)
				}
			}
		}
		log.Events[i].Type = e.Type
	}
}

// The variables are there once, in order, before the separator.
func TestMB24OrderOfVariables(t *testing.T) {
	raw, _ := genuine(t)
	for name, change := range map[string]func([]Event) []Event{
		"one less":     func(l []Event) []Event { return slices.Delete(l, 3, 4) },
		"twice":        func(l []Event) []Event { return slices.Insert(l, 3, l[2]) },
		"out of order": func(l []Event) []Event { l[2], l[3] = l[3], l[2]; return l },
		"too late":     func(l []Event) []Event { l[6], l[7] = l[7], l[6]; return l },
		"elsewhere":    func(l []Event) []Event { l[4].Register = 3; return l },
	} {
		log := mustParse(t, bytes.Clone(raw))
		log.Events = change(log.Events)
		registers, _ := log.Replay()
		if got := codes(log.Check(registers)); !slices.Contains(got, CodeVariables) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
