// SPDX-License-Identifier: Apache-2.0

package eventlog

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"os"
	"slices"
	"testing"
)

// entry is one event as bytes, with the SHA-384 digest of measured.
func entry(register uint32, kind Type, measured, data []byte) []byte {
	digest := sha512.Sum384(measured)
	out := binary.LittleEndian.AppendUint32(nil, register)
	out = binary.LittleEndian.AppendUint32(out, uint32(kind))
	out = binary.LittleEndian.AppendUint32(out, 1)
	out = binary.LittleEndian.AppendUint16(out, uint16(SHA384))
	out = append(out, digest[:]...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(data)))
	return append(out, data...)
}

// head is the first event of a log with SHA-384 digests.
func head() []byte {
	data := append([]byte("Spec ID Event03\x00"), 0, 0, 0, 0, 0, 2, 0, 2, 1, 0, 0, 0, 0x0c, 0, 48, 0, 0)
	out := append([]byte{1, 0, 0, 0, 3, 0, 0, 0}, make([]byte, 20)...)
	return append(binary.LittleEndian.AppendUint32(out, uint32(len(data))), data...)
}

// small is a log without a flaw.
func small() []byte {
	null := make([]byte, 4)
	return slices.Concat(head(), entry(1, Separator, null, null), entry(2, Separator, null, null), entry(2, EFIAction, []byte("go"), []byte("go")))
}

// set returns a log with one byte changed.
func set(raw []byte, at int, value byte) []byte {
	out := bytes.Clone(raw)
	out[at] = value
	return out
}

func TestMB24ParserRefuses(t *testing.T) {
	log := small()
	first := len(head())
	many := head()
	for range MaxEvents + 1 {
		many = append(many, entry(1, Action, nil, nil)...)
	}
	for name, c := range map[string]struct {
		raw  []byte
		code Code
	}{
		"nothing":                   {nil, CodeEmpty},
		"too long":                  {make([]byte, MaxSize+1), CodeLong},
		"too many events":           {many, CodeLong},
		"zeros":                     {make([]byte, 100), CodeLegacy},
		"head cut short":            {log[:31], CodeShort},
		"length of the head":        {set(log, 31, 0xff), CodeShort},
		"older log":                 {set(log, 46, '2'), CodeLegacy},
		"register of the head":      {set(log, 0, 2), CodeHead},
		"type of the head":          {set(log, 4, 4), CodeHead},
		"digest of the head":        {set(log, 8, 1), CodeHead},
		"major version":             {set(log, 53, 1), CodeHead},
		"minor version":             {set(log, 52, 1), CodeHead},
		"width":                     {set(log, 55, 3), CodeHead},
		"vendor's bytes":            {set(log, first-1, 1), CodeHead},
		"no algorithm":              {set(log, 56, 0), CodeAlgorithm},
		"many algorithms":           {set(log, 59, 0xff), CodeAlgorithm},
		"unknown algorithm":         {set(log, 60, 0x12), CodeAlgorithm},
		"size of an algorithm":      {set(log, 62, 32), CodeAlgorithm},
		"register out of range":     {set(log, first, MaxRegister+1), CodeRegister},
		"no digest":                 {set(log, first+8, 0), CodeAlgorithm},
		"many digests":              {set(log, first+11, 0xff), CodeAlgorithm},
		"digest of another kind":    {set(log, first+12, 0x0b), CodeAlgorithm},
		"length of data":            {set(log, first+65, 0xff), CodeShort},
		"event cut short":           {log[:len(log)-1], CodeShort},
		"head of an event alone":    {log[:first+10], CodeShort},
		"one byte behind":           {append(bytes.Clone(log), 1), CodeShort},
		"event behind padding":      {slices.Concat(log, bytes.Repeat([]byte{0xff}, 64), entry(1, Action, nil, nil)), CodePadding},
		"event behind zero padding": {slices.Concat(log, make([]byte, 64), entry(1, Action, nil, nil)), CodePadding},
		"padding of two kinds":      {slices.Concat(log, make([]byte, 64), bytes.Repeat([]byte{0xff}, 64)), CodePadding},
	} {
		if l, err := Parse(c.raw); CodeOf(err) != c.code || len(l.Events) != 0 {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	twice := slices.Concat(log[:56], []byte{2, 0, 0, 0, 0x0c, 0, 48, 0, 0x0c, 0, 48, 0, 0})
	binary.LittleEndian.PutUint32(twice[28:], uint32(len(twice)-32))
	if _, err := Parse(twice); CodeOf(err) != CodeAlgorithm {
		t.Errorf("one algorithm twice: %v", err)
	}
}

// bootVariables are the events of the variables that Secure Boot rests on.
func bootVariables() (events []byte) {
	for _, name := range []string{"SecureBoot", "PK", "KEK", "db", "dbx"} {
		data := append(make([]byte, variableHead), bytes.Join(bytes.Split([]byte(name), nil), []byte{0})...)
		data[16] = byte(len(name))
		data = append(data, 0)
		events = append(events, entry(1, VariableConfig, data, data)...)
	}
	return events
}

func TestMB24CheckFinds(t *testing.T) {
	null, ones := make([]byte, 4), bytes.Repeat([]byte{0xff}, 4)
	variable := append(make([]byte, 16), 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 'n', 0, 'v', 'w')
	separators := slices.Concat(entry(1, Separator, null, null), entry(2, Separator, ones, ones))
	for name, c := range map[string]struct {
		raw  []byte
		want []Code
	}{
		"no flaw":                    {separators, nil},
		"boot variable's value":      {slices.Concat(separators, entry(1, VariableBoot, []byte("vw"), variable)), nil},
		"whole boot variable":        {slices.Concat(separators, entry(1, VariableBoot, variable, variable)), nil},
		"description":                {slices.Concat(separators, entry(3, 0x6, []byte("kernel"), []byte("text"))), nil},
		"name of a configuration":    {slices.Concat(separators, entry(1, VariableConfig, []byte("vw"), variable)), []Code{CodeData}},
		"variable cut short":         {slices.Concat(separators, entry(1, VariableConfig, variable[:31], variable[:31])), []Code{CodeMalformedData}},
		"lengths of a variable":      {slices.Concat(separators, entry(1, VariableBoot, variable[:35], variable[:35])), []Code{CodeMalformedData}},
		"action of another text":     {slices.Concat(separators, entry(2, EFIAction, []byte("go"), []byte("no"))), []Code{CodeData}},
		"partitions":                 {slices.Concat(separators, entry(2, GPT, []byte("go"), []byte("no"))), []Code{CodeData}},
		"measured without action":    {slices.Concat(separators, entry(1, NoAction, nil, nil)), []Code{CodeNoAction}},
		"MRTD":                       {slices.Concat(separators, entry(0, Action, nil, nil)), []Code{CodeRegisterTDX}},
		"no fifth register":          {slices.Concat(separators, entry(5, Action, nil, nil)), []Code{CodeRegisterTDX}},
		"separator of an error":      {slices.Concat(entry(1, Separator, null, null), entry(2, Separator, []byte{1, 0, 0, 0}, []byte("bad"))), []Code{CodeSeparator, CodeData}},
		"separator of five bytes":    {slices.Concat(entry(1, Separator, null, null), entry(2, Separator, append(null, 0), append(null, 0))), []Code{CodeSeparator}},
		"mixed separator":            {slices.Concat(entry(1, Separator, null, null), entry(2, Separator, []byte{0, 0, 0, 255}, []byte{0, 0, 0, 255})), []Code{CodeSeparator}},
		"second separator":           {slices.Concat(separators, entry(2, Separator, null, null)), []Code{CodeSeparatorDuplicate}},
		"second separator elsewhere": {slices.Concat(separators, entry(3, Separator, null, null), entry(3, Separator, null, null)), []Code{CodeSeparatorDuplicate}},
		"no separator":               {entry(2, Separator, null, null), []Code{CodeSeparatorMissing}},
		"no events":                  {nil, []Code{CodeSeparatorMissing, CodeSeparatorMissing}},
	} {
		log := mustParse(t, slices.Concat(head(), bootVariables(), c.raw))
		registers, _ := log.Replay()
		if got := codes(log.Check(registers)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		for i := range registers {
			registers[i][0] ^= 1
			if got := codes(log.Check(registers)); !slices.Contains(got, CodeReplay) {
				t.Errorf("%s: RTMR%d is not compared: %v", name, i, got)
			}
			registers[i][0] ^= 1
		}
	}
	if got := codes((Log{Algorithms: []Algorithm{SHA256}}).Check(RTMRs{})); !slices.Contains(got, CodeMissingBank) {
		t.Errorf("no SHA-384: %v", got)
	}
}

// A digest of each algorithm counts.
func TestEveryDigestIsOfTheData(t *testing.T) {
	sum := sha256.Sum256([]byte("go"))
	wide := sha512.Sum384([]byte("go"))
	e := Event{Register: 1, Type: Action, Data: []byte("go"), Digests: []Digest{{SHA256, sum[:]}, {SHA384, wide[:]}}}
	if data, ok, err := e.Covered(); err != nil || !ok || string(data) != "go" {
		t.Errorf("%q, %v, %v", data, ok, err)
	}
	sum[0] ^= 1
	if _, ok, err := e.Covered(); ok || CodeOf(err) != CodeData {
		t.Errorf("%v, %v", ok, err)
	}
	if _, ok, err := (Event{Type: Action}).Covered(); ok || err == nil {
		t.Error("an event without digests covers its data")
	}
}

func TestTableRefuses(t *testing.T) {
	table := readFile(t, "cos-113/ccel_table.dat")
	if got, err := ParseTable(table); err != nil || got != (Table{TableTDX, 0, 1 << 18, 0xbedbf000}) {
		t.Errorf("%+v, %v", got, err)
	}
	for i := range table {
		if _, err := ParseTable(set(table, i, table[i]^1)); CodeOf(err) != CodeTable {
			t.Errorf("byte %d: %v", i, err)
		}
	}
	for _, i := range []int{0, 3, 4, 8, 36, 37, 38, 39, 43, 47} { // with a checksum that fits
		fixed := set(table, i, table[i]^1)
		fixed[9] += table[i] - fixed[i]
		if _, err := ParseTable(fixed); CodeOf(err) != CodeTable {
			t.Errorf("byte %d with a checksum: %v", i, err)
		}
	}
	for _, n := range []int{0, 1, 55} {
		if _, err := ParseTable(table[:n]); CodeOf(err) != CodeTable {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestCodesAreDistinct(t *testing.T) {
	all := Codes()
	slices.Sort(all)
	if len(slices.Compact(slices.Clone(all))) != len(all) || len(all) != 24 {
		t.Errorf("%v", all)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(small())
	raw, _ := genuine(f)
	f.Add(raw)
	f.Add(readFile(f, "go-eventlog/CCEL_unpadded.data.bin"))
	f.Add(readFile(f, "go-eventlog/sb_cert_eventlog"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		log, err := Parse(raw)
		if err != nil {
			if CodeOf(err) == "" || len(log.Events) != 0 {
				t.Fatalf("%v", err)
			}
			return
		}
		if len(log.Events) > MaxEvents || log.Padding > len(raw) {
			t.Fatal("out of bounds")
		}
		registers, _ := log.Replay()
		for _, found := range log.Check(registers) {
			if found.Code == CodeReplay || !slices.Contains(Codes(), found.Code) {
				t.Fatal(found)
			}
		}
	})
}

func FuzzParseTable(f *testing.F) {
	f.Add(readFile(f, "cos-113/ccel_table.dat"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if table, err := ParseTable(raw); err == nil && (table.Size > MaxSize || len(raw) != 56) {
			t.Fatalf("%+v", table)
		}
	})
}

// Flipped bytes of other logs are read in bounds or refused with a code.
func TestMB24ByteFlipsOfLogsOfOthers(t *testing.T) {
	files, err := os.ReadDir("testdata/go-eventlog")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		raw := bytes.TrimRight(readFile(t, "go-eventlog/"+f.Name()), "\xff")
		for i := 0; i < len(raw); i += len(raw)/200 + 1 {
			raw[i] ^= 0x80
			log, err := Parse(raw)
			if err != nil && CodeOf(err) == "" || len(log.Events) > MaxEvents {
				t.Fatalf("%s, byte %#x: %d events, %v", f.Name(), i, len(log.Events), err)
			}
			for _, found := range log.CheckEvents() {
				if !slices.Contains(Codes(), found.Code) {
					t.Fatalf("%s, byte %#x: %v", f.Name(), i, found)
				}
			}
			raw[i] ^= 0x80
		}
	}
}
