// SPDX-License-Identifier: Apache-2.0

// Package eventlog reads the log that firmware and kernel of a TDX guest keep of
// what they extended into its run-time registers (SPEC.md §5c): the crypto-agile
// log of TCG, "PC Client Platform Firmware Profile Specification", as it lies in
// the memory that the ACPI table CCEL names.
//
// A log comes from the host's side of the wire and is no evidence of itself. What
// it says counts only as far as its digests replay to signed registers, and of an
// event's data only the part that the digest covers ([Event.Covered]). A digest in
// a log that replays still says nothing about whether it is the right one: hold it
// against a prediction ([Log.Compare]), not against what the data seems to mean.
package eventlog

import (
	"encoding/binary"
	"fmt"

	"github.com/escrin/escrin/attest"
)

// Bounds of a log.
const (
	MaxSize      = 1 << 20 // bytes, with what follows the last event
	MaxEvents    = 4096
	MaxRegister  = 23 // highest index of a register; a TDX guest's end at 4
	maxDigests   = 4  // of one event, and algorithms of a log
	maxEventData = MaxSize
)

// Algorithm is a hash algorithm by its number in TCG's registry.
type Algorithm uint16

// The algorithms that logs use.
const (
	SHA1   Algorithm = 0x0004
	SHA256 Algorithm = 0x000b
	SHA384 Algorithm = 0x000c
	SHA512 Algorithm = 0x000d
)

// Size returns the size of a digest in bytes, 0 for an unknown algorithm.
func (a Algorithm) Size() int {
	switch a {
	case SHA1:
		return 20
	case SHA256:
		return 32
	case SHA384:
		return 48
	case SHA512:
		return 64
	}
	return 0
}

// Log is a log that was read. Its slices belong to the bytes it was read from.
type Log struct {
	Algorithms []Algorithm // each event has one digest of each
	Events     []Event     // without the one at the head that names the algorithms
	Padding    int         // bytes behind the last event, all 0x00 or all 0xff
}

// Event is one entry.
type Event struct {
	Register uint32 // of a TDX guest: 0 is MRTD, 1 to 4 are RTMR0 to RTMR3
	Type     Type
	Digests  []Digest
	Data     []byte
}

// Digest is what one register was extended with.
type Digest struct {
	Algorithm Algorithm
	Value     []byte // as long as the algorithm says
}

// SHA384 returns the event's digest of that algorithm, which extends an RTMR.
func (e Event) SHA384() (attest.Register, bool) {
	for _, d := range e.Digests {
		if d.Algorithm == SHA384 {
			return attest.Register(d.Value), true
		}
	}
	return attest.Register{}, false
}

// Parse reads a log of at most MaxSize bytes. It ends with the bytes, or with
// padding of one value, 0x00 or 0xff, to the end. Every error has an [*Error] in it.
func Parse(raw []byte) (Log, error) {
	if len(raw) == 0 {
		return Log{}, fail(CodeEmpty, "no bytes")
	}
	if len(raw) > MaxSize {
		return Log{}, fail(CodeLong, "%d bytes, at most %d allowed", len(raw), MaxSize)
	}
	r := &reader{rest: raw}
	algorithms, err := readHead(r)
	if err != nil {
		return Log{}, err
	}
	log := Log{Algorithms: algorithms}
	for !r.padding() {
		if len(log.Events) == MaxEvents {
			return Log{}, fail(CodeLong, "more than %d events", MaxEvents)
		}
		e, err := readEvent(r, algorithms)
		if err != nil {
			return Log{}, fmt.Errorf("event %d: %w", len(log.Events), err)
		}
		log.Events = append(log.Events, e)
	}
	log.Padding = len(r.rest)
	return log, nil
}

// readHead reads the first event, which has the form of older logs and names the
// algorithms.
func readHead(r *reader) ([]Algorithm, error) {
	register, kind := r.uint32(), Type(r.uint32())
	digest := r.take(SHA1.Size())
	data := &reader{rest: r.take32()}
	if r.short {
		return nil, fail(CodeShort, "head is cut short")
	}
	signature := data.take(16)
	if data.short || string(signature) != "Spec ID Event03\x00" {
		return nil, fail(CodeLegacy, "not a crypto-agile log of version 2")
	}
	data.take(4) // class of the platform: client or server
	minor, major := data.byte(), data.byte()
	data.byte() // errata
	width := data.byte()
	n := data.uint32()
	if n == 0 || n > maxDigests {
		return nil, fail(CodeAlgorithm, "%d algorithms, want 1 to %d", n, maxDigests)
	}
	algorithms := make([]Algorithm, n)
	for i := range algorithms {
		algorithms[i] = Algorithm(data.uint16())
		if size := data.uint16(); algorithms[i].Size() == 0 || int(size) != algorithms[i].Size() || has(algorithms[:i], algorithms[i]) {
			return nil, fail(CodeAlgorithm, "algorithm %#x with %d bytes", uint16(algorithms[i]), size)
		}
	}
	data.take(int(data.byte())) // of the vendor
	if data.short || len(data.rest) != 0 || register > 1 || kind != NoAction || !zero(digest) || minor != 0 || major != 2 || width < 1 || width > 2 {
		return nil, fail(CodeHead, "head is malformed")
	}
	return algorithms, nil
}

func has(algorithms []Algorithm, a Algorithm) bool {
	for _, b := range algorithms {
		if a == b {
			return true
		}
	}
	return false
}

// readEvent reads one event with one digest of each algorithm, in any order.
func readEvent(r *reader, algorithms []Algorithm) (Event, error) {
	e := Event{Register: r.uint32(), Type: Type(r.uint32())}
	n := r.uint32()
	if r.short {
		return Event{}, fail(CodeShort, "cut short")
	}
	if n == e.Register && uint32(e.Type) == n && (n == 0 || n == 1<<32-1) {
		return Event{}, fail(CodePadding, "%d bytes from here on are not all padding", len(r.rest))
	}
	if e.Register > MaxRegister {
		return Event{}, fail(CodeRegister, "register %d, at most %d", e.Register, MaxRegister)
	}
	if int64(n) != int64(len(algorithms)) {
		return Event{}, fail(CodeAlgorithm, "%d digests, want %d", n, len(algorithms))
	}
	e.Digests = make([]Digest, 0, len(algorithms))
	for range algorithms {
		a := Algorithm(r.uint16())
		if !r.short && (!has(algorithms, a) || e.digest(a) != nil) {
			return Event{}, fail(CodeAlgorithm, "digest of algorithm %#x", uint16(a))
		}
		e.Digests = append(e.Digests, Digest{a, r.take(a.Size())})
	}
	e.Data = r.take32()
	if r.short {
		return Event{}, fail(CodeShort, "cut short")
	}
	return e, nil
}

func (e Event) digest(a Algorithm) []byte {
	for _, d := range e.Digests {
		if d.Algorithm == a {
			return d.Value
		}
	}
	return nil
}

// reader takes little-endian fields off the front of a buffer. Once it was short,
// every field reads as zero.
type reader struct {
	rest  []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if r.short || n > len(r.rest) {
		r.short = true
		return nil
	}
	field := r.rest[:n:n]
	r.rest = r.rest[n:]
	return field
}

// take32 takes a 32-bit length and so many bytes.
func (r *reader) take32() []byte {
	n := r.uint32()
	if n > maxEventData {
		r.short = true
		return nil
	}
	return r.take(int(n))
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint16() uint16 {
	if b := r.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (r *reader) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// padding says whether nothing but padding is left.
func (r *reader) padding() bool {
	for _, b := range r.rest {
		if b != r.rest[0] || b != 0 && b != 0xff {
			return false
		}
	}
	return true
}

func zero(data []byte) bool {
	for _, b := range data {
		if b != 0 {
			return false
		}
	}
	return true
}
