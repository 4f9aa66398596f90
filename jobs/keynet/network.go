// SPDX-License-Identifier: Apache-2.0

package keynet

import (
	"fmt"

	"github.com/escrin/escrin/keyholder"
)

// Network is the key network of an epoch as the board alone tells of it: members, signers, and the public shares that
// follow from the messages; without addresses. An epoch that is not certified, or whose audit found problems, has none.
func (v View) Network(r Report, epoch uint64) (keyholder.Network, error) {
	e, known := v.Epoch(epoch)
	if !known || epoch > uint64(len(r.Epochs)) {
		return keyholder.Network{}, fmt.Errorf("there is no epoch %d on the board", epoch)
	}
	audited := r.Epochs[epoch-1]
	if e.Completion == nil || audited.Outcome == nil || len(audited.Problems) > 0 {
		return keyholder.Network{}, fmt.Errorf("epoch %d is not certified, or its certificate does not follow from what was posted: see `escrin keynet audit`", epoch)
	}
	n := keyholder.Network{
		Board: keyholder.Board{ChainID: v.ChainID, KeyNetwork: v.Board},
		Epoch: epoch, Threshold: int(e.Threshold), GroupKey: audited.Outcome.GroupKey.Bytes(),
	}
	for i, m := range e.Members {
		if audited.Outcome.PublicShares[i].IsIdentity() {
			continue // it has no share
		}
		n.Holders = append(n.Holders, keyholder.Holder{
			Index: uint32(i) + 1, Signer: m.Signer, PublicShare: audited.Outcome.PublicShares[i].Bytes(),
		})
	}
	return n, n.Validate()
}
