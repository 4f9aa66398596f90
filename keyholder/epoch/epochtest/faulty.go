// SPDX-License-Identifier: Apache-2.0

package epochtest

import (
	"context"

	"github.com/escrin/escrin/keyholder/epoch"
)

// Faulty is a board on which a holder says something else than it should. What
// is nil stays as it is; what returns nothing is not said.
type Faulty struct {
	epoch.Board
	Dealing, Complaint, Justification func(message []byte) []byte
}

// Deal implements epoch.Board.
func (f *Faulty) Deal(ctx context.Context, number uint64, message []byte) (epoch.Delivery, error) {
	return post(ctx, f.Board.Deal, f.Dealing, number, message)
}

// Complain implements epoch.Board.
func (f *Faulty) Complain(ctx context.Context, number uint64, message []byte) (epoch.Delivery, error) {
	return post(ctx, f.Board.Complain, f.Complaint, number, message)
}

// Justify implements epoch.Board.
func (f *Faulty) Justify(ctx context.Context, number uint64, message []byte) (epoch.Delivery, error) {
	return post(ctx, f.Board.Justify, f.Justification, number, message)
}

type method func(context.Context, uint64, []byte) (epoch.Delivery, error)

func post(ctx context.Context, to method, change func([]byte) []byte, number uint64, message []byte) (epoch.Delivery, error) {
	if change != nil {
		message = change(message)
	}
	if message == nil {
		return epoch.Pending, nil
	}
	return to(ctx, number, message)
}
