// SPDX-License-Identifier: Apache-2.0

package eventlog

import (
	"crypto/sha512"

	"github.com/escrin/escrin/attest"
)

// RTMRs are the four run-time registers of a TDX guest.
type RTMRs [4]attest.Register

// rtmr returns which register an event of a TDX guest extends.
func (e Event) rtmr() (index int, ok bool) {
	return int(e.Register) - 1, e.Register >= 1 && e.Register <= uint32(len(RTMRs{}))
}

// Replay returns what the registers of a TDX guest come to by the log, if it can
// be one of a TDX guest at all: SHA-384 digests, and no other registers.
func (l Log) Replay() (RTMRs, []Finding) {
	var registers RTMRs
	var found findings
	if !has(l.Algorithms, SHA384) {
		found.add(CodeMissingBank, Whole, "no SHA-384 digests")
		return RTMRs{}, found
	}
	for i, e := range l.Events {
		if e.Type == NoAction {
			continue
		}
		digest, _ := e.SHA384()
		index, ok := e.rtmr()
		if !ok {
			found.add(CodeRegisterTDX, i, "register %d cannot be extended", e.Register)
			continue
		}
		registers[index] = sha512.Sum384(append(registers[index][:], digest[:]...))
	}
	return registers, found
}

// Check holds a log against the signed registers of a TDX guest and against the
// rules of the profile, and returns everything that it finds. Only a log without
// findings tells what its events say ([Event.Covered]).
func (l Log) Check(signed RTMRs) []Finding {
	replayed, list := l.Replay()
	found := findings(list)
	for i := range signed {
		if replayed[i] != signed[i] {
			found.add(CodeReplay, Whole, "RTMR%d is %v, the log comes to %v", i, signed[i], replayed[i])
		}
	}
	found = append(found, l.CheckEvents()...)
	return append(found, l.checkProfile()...)
}

// CheckEvents holds the data of each event against its digests, where the profile
// says that they are of the data. It needs no registers, and holds for logs of
// TPMs as well.
func (l Log) CheckEvents() []Finding {
	var found findings
	for i, e := range l.Events {
		if e.Type == NoAction {
			for _, d := range e.Digests {
				if !zero(d.Value) {
					found.add(CodeNoAction, i, "a digest of what is not measured")
					break
				}
			}
			continue
		}
		if e.Type == Separator && (len(e.Data) != 4 || !uniform(e.Data)) {
			found.add(CodeSeparator, i, "data is %#x", e.Data[:min(len(e.Data), 16)])
		}
		if _, _, err := e.Covered(); err != nil {
			found.add(CodeOf(err), i, "%v", err)
		}
	}
	return found
}

// uniform says whether data is all 0x00 or all 0xff.
func uniform(data []byte) bool {
	r := reader{rest: data}
	return r.padding()
}

// Expected is one predicted extension of a register (package attest/predict).
type Expected struct {
	RTMR   int // 0 to 3
	Name   string
	Digest attest.Register // SHA-384 of what was measured
}

// Compare holds the digests of a log against all that is predicted, register by
// register. Data and types of events do not count.
func (l Log) Compare(want []Expected) []Finding {
	var found findings
	var next [len(RTMRs{})][]Expected
	for _, w := range want {
		if w.RTMR < 0 || w.RTMR >= len(next) {
			found.add(CodeMissing, Whole, "%s: no RTMR%d", w.Name, w.RTMR)
			continue
		}
		next[w.RTMR] = append(next[w.RTMR], w)
	}
	for i, e := range l.Events {
		if e.Type == NoAction {
			continue
		}
		digest, present := e.SHA384()
		index, ok := e.rtmr()
		if !ok || !present || len(next[index]) == 0 {
			found.add(CodeExtra, i, "%v in register %d", e.Type, e.Register)
			continue
		}
		if w := next[index][0]; w.Digest != digest {
			found.add(CodeDiffers, i, "%s in RTMR%d: %v, predicted %v", w.Name, index, digest, w.Digest)
		}
		next[index] = next[index][1:]
	}
	for index, rest := range next {
		for _, w := range rest {
			found.add(CodeMissing, Whole, "%s in RTMR%d", w.Name, index)
		}
	}
	return found
}
