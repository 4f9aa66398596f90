// SPDX-License-Identifier: Apache-2.0

package simulation

import (
	"context"
	"strings"

	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/keystore"
)

// mutation is a rule that no holder of a world obeys. The invariants must notice.
// Nothing of it is in the product: it is all in what surrounds it here.
type mutation string

const (
	skipsRecord         mutation = "releases without a record"
	recordsLater        mutation = "records are not on the disk when it answers"
	looksAtLatest       mutation = "takes the newest block for final"
	trustsOneEndpoint   mutation = "believes a single endpoint"
	skipsFloor          mutation = "forgets how far it saw the chain"
	skipsPermit         mutation = "does not look at the permit"
	skipsClaim          mutation = "does not look at who claimed the attempt"
	acceptsFewer        mutation = "takes one share fewer than the threshold for enough"
	ignoresComplaints   mutation = "does not complain"
	servesAfterRollback mutation = "serves after its state was put back"
	destroysAtConfirm   mutation = "destroys the old share when it confirms"
	forgetsShare        mutation = "confirms before the share is on the disk"
	forgetsPolynomial   mutation = "deals before the polynomial is on the disk"
)

// forgets reports whether a durable write is to be none.
func (m mutation) forgets(changes []keystore.Change) bool {
	for _, c := range changes {
		switch {
		case c.Secret == nil:
		case m == forgetsShare && strings.HasSuffix(c.Name, ".share"),
			m == forgetsPolynomial && (strings.HasSuffix(c.Name, ".polynomial") || strings.HasSuffix(c.Name, ".dealing")):
			return true
		}
	}
	return false
}

// mute is the board for a holder that does not complain.
type mute struct{ epoch.Board }

// Complain implements epoch.Board.
func (b mute) Complain(context.Context, uint64, []byte) (epoch.Delivery, error) {
	return epoch.Pending, nil
}

// destroying is the board for a holder that destroys its share when it confirms the
// next.
type destroying struct {
	epoch.Board
	h *holder
}

// Confirm implements epoch.Board.
func (b destroying) Confirm(ctx context.Context, number uint64, digest [32]byte) (epoch.Delivery, error) {
	d, err := b.Board.Confirm(ctx, number, digest)
	if err == nil {
		err = b.h.Apply(keystore.Change{Name: keystore.ShareOf(number - 1)})
	}
	return d, err
}
