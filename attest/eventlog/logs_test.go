// SPDX-License-Identifier: Apache-2.0

package eventlog

import (
	"bytes"
	"crypto/sha512"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/tdx"
)

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// genuine returns a genuine log without its padding, and the registers in the
// quote of the same guest.
func genuine(t testing.TB) ([]byte, RTMRs) {
	t.Helper()
	quote, err := tdx.ParseQuote(readFile(t, "cos-113/cos-113-tdx-quote.dat"))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.TrimRight(readFile(t, "cos-113/ccel_data.dat"), "\xff"), RTMRs(quote.Report.RTMR)
}

func mustParse(t testing.TB, raw []byte) Log {
	t.Helper()
	log, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func TestMB24GenuineLogReplaysToItsQuote(t *testing.T) {
	trimmed, registers := genuine(t)
	table, err := ParseTable(readFile(t, "cos-113/ccel_table.dat"))
	if err != nil {
		t.Fatal(err)
	}
	raw := readFile(t, "cos-113/ccel_data.dat")
	if table.Size != uint64(len(raw)) || !table.Contains(raw) {
		t.Errorf("%+v names another log than %d bytes", table, len(raw))
	}
	for name, raw := range map[string][]byte{"whole": raw, "without padding": trimmed, "padded with zeros": append(bytes.Clone(trimmed), 0, 0, 0)} {
		log := mustParse(t, raw)
		if replayed, found := log.Replay(); replayed != registers || len(found) != 0 {
			t.Errorf("%s: %v, %v", name, replayed, found)
		}
		if found := log.Check(registers); len(found) != 0 || len(log.Events) != 43 {
			t.Errorf("%s: %d events, %v", name, len(log.Events), found)
		}
	}
}

// What is found in logs of others: nothing, or why they cannot be read, or what
// is wrong with them.
func TestMB24LogsOfOthers(t *testing.T) {
	want := map[string][]Code{
		"CCEL_unpadded.data.bin":                        {CodeSeparatorDuplicate, CodeSeparatorMissing},
		"cos-113-intel-tdx-dupe-separator.bin":          {CodeSeparatorDuplicate, CodeSeparatorMissing},
		"cos-113-intel-tdx-dupe-separator-unpadded.bin": {CodeSeparatorDuplicate, CodeSeparatorMissing},
		"event_log.bin":                                 {CodeType, CodeType, CodeType, CodeType, CodeType, CodeSeparatorDuplicate, CodeSeparatorDuplicate, CodeSeparatorDuplicate, CodeSeparatorDuplicate, CodeSeparatorDuplicate, CodeSeparatorDuplicate},
		"debian-10.bin":                                 {CodeLegacy},
		"ebs_event_missing_eventlog":                    {CodeLegacy},
		"option_rom_eventlog":                           {CodeLegacy},
		"short_no_action_eventlog":                      {CodeLegacy},
	}
	files, err := os.ReadDir("testdata/go-eventlog")
	if err != nil || len(files) != 23 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		if f.Name() == "LICENSE" {
			continue
		}
		log, err := Parse(readFile(t, "go-eventlog/"+f.Name()))
		var codes []Code
		if err != nil {
			codes = []Code{CodeOf(err)}
		}
		found := log.CheckEvents()
		if slices.Equal(log.Algorithms, []Algorithm{SHA384}) { // of a TDX guest
			found = append(found, log.checkProfile()...)
		}
		for _, finding := range found {
			codes = append(codes, finding.Code)
		}
		if !slices.Equal(codes, want[f.Name()]) {
			t.Errorf("%s: %v, want %v", f.Name(), codes, want[f.Name()])
		}
	}
}

// The log of firmware before edk2-stable202411, whose registers are known: it
// comes to them, and is refused for its separators all the same.
func TestMB24DuplicateSeparatorThatReplays(t *testing.T) {
	var registers RTMRs
	for i, text := range []string{
		"a4de2df23e9611299123ba4359c42a5e578b0f8488bf1bba8ef5606d9ea5d81c97c064b482a5eac537d166bd0f0f752d",
		"0ee9366c928a77092f55e9e114c7394181fd264699155f0df77d23577618d5f650568a17d379355a07bd846e552f4e20",
		"4969684dc87381fc3b3134176c8d8806eaf0a901859f5f70cfae8d17714b46c10a8de219048c9fc09f11f381a6fbe7c1",
	} {
		if _, err := hex.Decode(registers[i][:], []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	log := mustParse(t, readFile(t, "go-eventlog/cos-113-intel-tdx-dupe-separator.bin"))
	if got := codes(log.Check(registers)); !slices.Equal(got, []Code{CodeSeparatorDuplicate, CodeSeparatorMissing}) {
		t.Error(got)
	}
}

func codes(found []Finding) (list []Code) {
	for _, f := range found {
		list = append(list, f.Code)
	}
	return list
}

// One event that was altered in meaning, while the log still replays: the digests
// are those of the quote.
func TestMB24LogsThatReplayButWereAltered(t *testing.T) {
	raw, registers := genuine(t)
	covered, described := 0, 0
	for i := range mustParse(t, raw).Events {
		log := mustParse(t, bytes.Clone(raw))
		data := log.Events[i].Data
		if len(data) == 0 {
			continue
		}
		part, ok, err := log.Events[i].Covered()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			data[0] ^= 1
			if found := log.Check(registers); len(found) != 0 {
				t.Errorf("event %d is a description, and was refused: %v", i, found)
			}
			described++
			continue
		}
		covered++
		for at := range part {
			part[at] ^= 1
			if found := log.Check(registers); len(found) == 0 {
				t.Fatalf("event %d, byte %d of what is covered: nothing found", i, at)
			}
			part[at] ^= 1
			if at > 2000 {
				break
			}
		}
	}
	if covered < 15 || described < 10 {
		t.Errorf("%d covered, %d described", covered, described)
	}
}

// said is what may be believed of an event: which register was extended with what
// digest, and what was measured, if that is in the log.
type said struct {
	register uint32
	digest   attest.Register
	data     string
}

func says(t *testing.T, log Log) (list []said) {
	t.Helper()
	for _, e := range log.Events {
		data, _, err := e.Covered()
		if err != nil {
			t.Fatal(err)
		}
		digest, _ := e.SHA384()
		list = append(list, said{e.Register, digest, string(data)})
	}
	return list
}

// When a byte of the log is flipped, the log is refused, or says nothing else that
// may be believed: what was measured is as before, or is no longer said.
func TestMB24EveryByteFlip(t *testing.T) {
	raw, registers := genuine(t)
	want := says(t, mustParse(t, raw))
	refused := 0
	for i := range raw {
		for _, bit := range []byte{0x01, 0x04, 0x80} {
			raw[i] ^= bit
			log, err := Parse(raw)
			if err != nil || len(log.Check(registers)) > 0 {
				refused++
				raw[i] ^= bit
				continue
			}
			got := says(t, log)
			if len(got) != len(want) {
				t.Fatalf("byte %#x: %d events", i, len(got))
			}
			for j := range got {
				if got[j] != want[j] && (got[j].data != "" || got[j].register != want[j].register || got[j].digest != want[j].digest) {
					t.Fatalf("byte %#x: event %d says something else", i, j)
				}
			}
			raw[i] ^= bit
		}
	}
	if refused < 2*len(raw) {
		t.Errorf("%d of %d flips refused", refused, 3*len(raw))
	}
}

func TestMB24CompareWithPrediction(t *testing.T) {
	raw, _ := genuine(t)
	log := mustParse(t, raw)
	var want []Expected
	for _, e := range log.Events {
		digest, ok := e.SHA384()
		if index, is := e.rtmr(); ok && is && e.Type != NoAction {
			want = append(want, Expected{index, e.Type.String(), digest})
		}
	}
	if found := log.Compare(want); len(found) != 0 {
		t.Error(found)
	}
	for name, c := range map[string]struct {
		change func([]Expected) []Expected
		code   Code
	}{
		"another digest":  {func(w []Expected) []Expected { w[3].Digest[0] ^= 1; return w }, CodeDiffers},
		"one less":        {func(w []Expected) []Expected { return w[:len(w)-1] }, CodeExtra},
		"one more":        {func(w []Expected) []Expected { return append(w, Expected{RTMR: 3}) }, CodeMissing},
		"of no register":  {func(w []Expected) []Expected { return append(w, Expected{RTMR: 4}) }, CodeMissing},
		"before register": {func(w []Expected) []Expected { return append(w, Expected{RTMR: -1}) }, CodeMissing},
	} {
		if got := codes(log.Compare(c.change(slices.Clone(want)))); !slices.Equal(got, []Code{c.code}) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if found := (Log{}).Compare(want); len(found) != len(want) {
		t.Errorf("an empty log lacks %d of %d", len(found), len(want))
	}
}

// The order in which firmware under QEMU with a kernel booted directly extends
// RTMR0, as package predict has it; the kernel's part is of another boot.
func TestOrderOfAnotherDirectBoot(t *testing.T) {
	log := mustParse(t, readFile(t, "go-eventlog/CCEL_unpadded.data.bin"))
	var kinds []Type
	for _, e := range log.Events {
		if e.Register == 1 {
			kinds = append(kinds, e.Type)
		}
	}
	want := []Type{0x8000000b, 0x8000000a, VariableConfig, VariableConfig, VariableConfig, VariableConfig, VariableConfig, Separator, 0xa, 0xa, 0xa, VariableBoot, VariableBoot, Separator}
	if !slices.Equal(kinds, want) {
		t.Errorf("%v", kinds)
	}
	if d, ok := log.Events[2].SHA384(); !ok || d != sha512.Sum384(log.Events[2].Data) || d == (attest.Register{}) {
		t.Error("SecureBoot is not measured as a whole")
	}
}
