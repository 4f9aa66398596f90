// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/json"
	"testing"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/auditlog"
	"github.com/escrin/escrin/keyholder/curve"
)

// TestStatesAreSignedAndOnRecord: a share of the certificate is one, and each answer that says something new is on record.
func TestStatesAreSignedAndOnRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.state()
	signed := w.signedFor([32]byte{}, keyholder.PathState, q)
	public := ourSecret().Public()
	ask := func(want keyholder.Anchor) {
		t.Helper()
		w.anchor = want
		var r keyholder.StateReply
		if answer := w.post(keyholder.PathState, signed); answer.status != 200 || json.Unmarshal(answer.body, &r) != nil {
			t.Fatal(answer)
		}
		share, err := curve.G1FromBytes(r.Signature[:])
		c := keyholder.StateCertificate{Name: q.Name, Anchor: want, Nonce: q.Nonce, After: q.After}
		if err != nil || r.Anchor != want || !curve.Verify(share, c.Point(), public) {
			t.Errorf("reply %+v, %v", r, err)
		}
	}
	ask(keyholder.Anchor{Contract: [20]byte{1}, Version: 1})
	ask(keyholder.Anchor{Contract: [20]byte{1}, Version: 1}) // the same: counted
	ask(keyholder.Anchor{Contract: [20]byte{1}, Version: 2})
	records := w.records()
	if len(records) != 2 || records[1].Repeated != 1 {
		t.Fatalf("records are %+v", records)
	}
	for _, r := range records {
		if r.About != auditlog.State || r.Decision != auditlog.Granted || r.Identity != auditlog.Word(q.Name.IdentityID) ||
			r.Name != auditlog.Word(q.Name.Digest()) || r.Requester != auditlog.Address(q.Requester) || r.Block != w.head.Number {
			t.Errorf("record is %+v", r)
		}
	}
}
