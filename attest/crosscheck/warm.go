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

// How long go-tdx-guest's word on collateral and revocation counts, and how many
// platforms it is remembered of. Ours judges both each time.
const (
	warmFor = time.Minute
	maxWarm = 1 << 12
)

// warm remembers of which platforms go-tdx-guest found collateral and TCB in order
// a moment ago. Each quote, its signature and its certificates, it sees all the
// same. It is safe for concurrent use; the nil warm remembers nothing.
type warm struct {
	mu    sync.Mutex
	found map[[sha256.Size]byte]time.Time
}

// platformOf digests all that go-tdx-guest's judgement of collateral, revocation
// and TCB can rest on: the collateral, and the quote without what a guest chooses or
// is, and without the signatures over that.
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

// has reports whether a platform was found in order less than a minute before now.
func (w *warm) has(platform [sha256.Size]byte, now time.Time) bool {
	if w == nil {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	at, ok := w.found[platform]
	return ok && !now.Before(at) && now.Sub(at) < warmFor
}

// add remembers that a platform was found in order.
func (w *warm) add(platform [sha256.Size]byte, now time.Time) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.found == nil || len(w.found) >= maxWarm {
		w.found = make(map[[sha256.Size]byte]time.Time)
	}
	w.found[platform] = now
}
