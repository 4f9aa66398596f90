// SPDX-License-Identifier: Apache-2.0

package describe

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"unicode/utf16"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/eventlog"
	"github.com/escrin/escrin/attest/tdx"
)

// maxText bounds how much of an event's data is shown, in bytes.
const maxText = 256

// events describes the event log of an envelope, and holds it against the
// registers beside it.
func events(e attest.Evidence) Section {
	s := Section{Name: "eventLog", Title: "Event log: how the registers came about, as the host tells it"}
	s.add("size", len(e.EventLog), "bytes")
	log, err := eventlog.Parse(e.EventLog)
	if err != nil {
		s.Problem = err.Error()
		return s
	}
	s.add("events", len(log.Events), "entries")
	s.add("padding", log.Padding, "bytes behind the last entry")
	found := log.CheckEvents()
	if q, err := tdx.ParseQuote(e.Signed); err == nil && e.TEE == attest.TDX {
		found = log.Check(q.Report.RTMR)
	}
	s.add("findings", len(found), "reasons not to believe the log; none says that it replays to the registers in the quote")
	for i, f := range found {
		s.add(fmt.Sprintf("finding.%d", i), string(f.Code), f.String())
	}
	for i, event := range log.Events {
		s.event(fmt.Sprintf("event.%d", i), event)
	}
	return s
}

// event adds one entry. Its data is a fact only where the digest covers it.
func (s *Section) event(name string, e eventlog.Event) {
	digest, _ := e.SHA384()
	s.add(name, digest, fmt.Sprintf("%s extends %s", e.Type, registerName(e)))
	data, covered, err := e.Covered()
	switch {
	case err != nil:
		s.add(name+".data", text(e.Data), "contradicts the digest")
	case covered:
		s.add(name+".data", text(data), "covered by the digest")
	default:
		s.add(name+".data", text(e.Data), "a description that nothing covers")
	}
}

func registerName(e eventlog.Event) string {
	switch {
	case e.Type == eventlog.NoAction:
		return "nothing"
	case e.Register >= 1 && e.Register <= 4:
		return fmt.Sprintf("RTMR%d", e.Register-1)
	}
	return fmt.Sprintf("register %d", e.Register)
}

// text shows data as text where it is one, in ASCII or UTF-16, and else in
// hexadecimal.
func text(data []byte) string {
	if len(data) > maxText {
		return fmt.Sprintf("%s… (%d bytes)", write(data[:maxText]), len(data))
	}
	trimmed := bytes.TrimRight(data, "\x00")
	if len(trimmed) > 0 && printable(trimmed) {
		return strconv.Quote(string(trimmed))
	}
	if wide := fromUTF16(data); wide != "" && printable([]byte(wide)) {
		return strconv.Quote(wide)
	}
	return write(data)
}

func printable(data []byte) bool {
	return !bytes.ContainsFunc(data, func(r rune) bool { return r < 0x20 || r > 0x7e })
}

// fromUTF16 reads little-endian UTF-16, or returns nothing.
func fromUTF16(data []byte) string {
	if len(data) < 4 || len(data)%2 != 0 {
		return ""
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(data[2*i:])
	}
	return string(bytes.TrimRight([]byte(string(utf16.Decode(units))), "\x00"))
}
