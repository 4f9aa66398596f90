// SPDX-License-Identifier: Apache-2.0

package service

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
)

// collect has the hub pay out what it owes to the service: fees and bonds that came back. Nothing is lost if it fails: it
// is tried again after the next attempt, and when a service starts.
func (s *Service) collect(ctx context.Context) {
	if s.WithdrawFrom == nil || !s.collecting.TryLock() {
		return
	}
	defer s.collecting.Unlock()
	s.collectFrom(ctx, common.Address{}, s.WithdrawFrom)
	for token, least := range s.Limits.Tokens {
		s.collectFrom(ctx, token, least)
	}
}

// collectFrom withdraws in one token if there is enough of it, and something.
func (s *Service) collectFrom(ctx context.Context, token common.Address, least *big.Int) {
	credit, err := s.Chain.Credit(ctx, token, s.Account.Address())
	if err == nil && (credit.Sign() == 0 || credit.Cmp(least) < 0) {
		return
	}
	if err == nil {
		_, err = s.Chain.Withdraw(ctx, s.Account, token)
	}
	what := fmt.Sprintf("withdraw %v wei", credit)
	if token != (common.Address{}) {
		what = fmt.Sprintf("withdraw %v units of token %s", credit, token)
	}
	switch {
	case ctx.Err() != nil:
	case err != nil:
		s.Log(fmt.Sprintf("%s: %v", what, err))
	default:
		s.Log(what + ": done")
	}
}
