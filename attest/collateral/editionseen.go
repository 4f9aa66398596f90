// SPDX-License-Identifier: Apache-2.0

package collateral

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"
)

// MaxLag is how long an edition may still be used after a verifier saw a newer one
// of the same number for the first time. Hosts fetch collateral about once a day,
// and evidence carries the collateral it was made with.
const MaxLag = 24 * time.Hour

// maxSightings bounds how many editions of one number are told apart.
const maxSightings = 3

// Seen is what a verifier remembers of a series: the highest number that it saw,
// and which editions of that number it saw first when. The zero Seen saw nothing.
type Seen struct {
	number    [20]byte
	sightings []sighting // the edition issued earliest first
}

// sighting is an edition and when it was seen first, to the second.
type sighting struct{ issued, seen time.Time }

// settled reports whether others have had their time to follow. A clock that was
// set back or ahead by more gives none.
func (s sighting) settled(now time.Time) bool { return now.Sub(s.seen).Abs() > MaxLag }

// Newest returns the newest edition that was seen, of the given series, and
// whether any was.
func (s Seen) Newest(of Series) (Edition, bool) {
	if len(s.sightings) == 0 {
		return Edition{}, false
	}
	return Edition{of, s.number, s.sightings[len(s.sightings)-1].issued}, true
}

// Outdates reports whether an edition of the series must not be used any more: its
// number is lower than one that was seen, or an edition of the same number that
// was issued later was seen first more than [MaxLag] ago.
func (s Seen) Outdates(e Edition, now time.Time) bool {
	newest, known := s.Newest(e.Series)
	if !known || !newest.NewerThan(e) {
		return false
	}
	return e.Number != s.number || slices.ContainsFunc(s.sightings, func(o sighting) bool {
		return o.issued.After(e.Issued) && o.settled(now)
	})
}

// With returns what is remembered after e was seen at now, and whether that is
// any different. Three editions of a number are told apart: the one that others
// must follow by now, the next one, and the newest. An edition between the last
// two passes unnoticed, so what it replaces lasts for a second [MaxLag] at most.
func (s Seen) With(e Edition, now time.Time) (Seen, bool) {
	newest, known := s.Newest(e.Series)
	if known && !e.NewerThan(newest) {
		return s, false
	}
	this := sighting{e.Issued, now.Truncate(time.Second)}
	if !known || e.Number != s.number {
		return Seen{e.Number, []sighting{this}}, true
	}
	kept := slices.Clone(s.sightings)
	for len(kept) > 1 && kept[1].settled(now) {
		kept = kept[1:]
	}
	kept = kept[:min(len(kept), maxSightings-1)]
	return Seen{s.number, append(kept, this)}, true
}

// Sizes of a Seen as it is stored, in bytes: number (20), then for each edition
// when it was issued and first seen (8 each, seconds since the epoch).
const (
	seenHead     = 20
	seenSighting = 8 + 8
)

// Marshal returns s as it is stored: 36, 52 or 68 bytes; none of the zero Seen.
func (s Seen) Marshal() []byte {
	if len(s.sightings) == 0 {
		return nil
	}
	b := slices.Clone(s.number[:])
	for _, o := range s.sightings {
		b = binary.BigEndian.AppendUint64(b, uint64(o.issued.Unix()))
		b = binary.BigEndian.AppendUint64(b, uint64(o.seen.Unix()))
	}
	return b
}

// ParseSeen reads what Marshal wrote.
func ParseSeen(b []byte) (Seen, error) {
	n := (len(b) - seenHead) / seenSighting
	if n < 1 || n > maxSightings || len(b) != seenHead+n*seenSighting {
		return Seen{}, errors.New("parse editions: wrong size")
	}
	s := Seen{number: [20]byte(b)}
	for rest := b[seenHead:]; len(rest) > 0; rest = rest[seenSighting:] {
		o := sighting{
			issued: time.Unix(int64(binary.BigEndian.Uint64(rest)), 0).UTC(),
			seen:   time.Unix(int64(binary.BigEndian.Uint64(rest[8:])), 0).UTC(),
		}
		if n := len(s.sightings); n > 0 && !o.issued.After(s.sightings[n-1].issued) {
			return Seen{}, errors.New("parse editions: not in order")
		}
		s.sightings = append(s.sightings, o)
	}
	return s, nil
}
