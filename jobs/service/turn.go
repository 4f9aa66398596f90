// SPDX-License-Identifier: Apache-2.0

package service

import (
	"encoding/binary"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/chain"
)

// turn says since when this service knows that an attempt is open.
type turn struct {
	attempt uint32
	since   time.Time
}

// early reports whether this service leaves an open attempt to others still. All of them see it open at once, all but one of them would
// pay for a permit and lose the claim.
func (s *Service) early(id common.Hash, view chain.Task) bool {
	if view.State != chain.StateOpen || s.Spread == nil {
		return false
	}
	if s.turns[id].attempt != view.Attempt {
		s.turns[id] = turn{view.Attempt, time.Now()}
	}
	return time.Since(s.turns[id].since) < delay(id, view.Attempt, s.Account.Address(), s.Spread())
}

// delay is drawn from 0 to spread, anew for each attempt, so that no account is always the first.
func delay(id common.Hash, attempt uint32, account common.Address, spread time.Duration) time.Duration {
	if spread <= 0 {
		return 0
	}
	drawn := crypto.Keccak256(id[:], binary.BigEndian.AppendUint32(nil, attempt), account[:])
	return time.Duration(binary.BigEndian.Uint64(drawn) % uint64(spread))
}
