// SPDX-License-Identifier: Apache-2.0

package crosscheck

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/tdx"
)

// How long go-tdx-guest's word on certificates, collateral and revocation counts,
// and how many platforms it is remembered of. Ours judges all of them each time.
const (
	warmFor = time.Minute
	maxWarm = 1 << 12
)

// warm remembers of which platforms go-tdx-guest found certificates, collateral and
// TCB in order a moment ago. Each quote it reads all the same, and its signatures
// are verified. It is safe for concurrent use; the nil warm remembers nothing.
type warm struct {
	mu    sync.Mutex
	found map[[sha256.Size]byte]word
}

// word is what go-tdx-guest said of a platform.
type word struct {
	full  bool       // of collateral and revocation, too
	chain certifying // its certificates
	at    time.Time
}

// counts reports whether a word counts at now: for a minute, and no longer than the
// certificates are valid.
func (w word) counts(now time.Time) bool {
	return !now.Before(w.at) && now.Sub(w.at) < warmFor && !now.After(w.chain.until)
}

// platformOf digests all that go-tdx-guest's judgement of certificates, collateral,
// revocation and TCB can rest on: the collateral, and the quote without what a guest
// chooses or is, and without the signatures over that.
func platformOf(e attest.Evidence) ([sha256.Size]byte, error) {
	q, err := tdx.ParseQuote(e.Signed)
	if err != nil {
		return [sha256.Size]byte{}, err
	}
	r := q.Report
	q.Report = tdx.Report{
		TEETCBSVN: r.TEETCBSVN, MRSEAM: r.MRSEAM, MRSIGNERSEAM: r.MRSIGNERSEAM, SEAMAttributes: r.SEAMAttributes,
		TDAttributes: r.TDAttributes, XFAM: r.XFAM, TEETCBSVN2: r.TEETCBSVN2,
	}
	q.Signature, q.AttestationKey, q.QESignature = tdx.Quote{}.Signature, tdx.Quote{}.AttestationKey, tdx.Quote{}.QESignature
	q.QEReport.ReportData = tdx.QEReport{}.ReportData
	sum := sha256.New()
	sum.Write(binary.BigEndian.AppendUint64(nil, uint64(len(e.Collateral))))
	sum.Write(e.Collateral)
	sum.Write(q.Marshal())
	return [sha256.Size]byte(sum.Sum(nil)), nil
}

// of returns what go-tdx-guest said of a platform, if that counts at now.
func (w *warm) of(platform [sha256.Size]byte, now time.Time) (word, bool) {
	if w == nil {
		return word{}, false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	found, ok := w.found[platform]
	return found, ok && found.counts(now)
}

// add remembers what go-tdx-guest said of a platform that it found in order.
func (w *warm) add(platform [sha256.Size]byte, said word) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.found == nil || len(w.found) >= maxWarm {
		w.found = make(map[[sha256.Size]byte]word)
	}
	w.found[platform] = said
}
