// SPDX-License-Identifier: Apache-2.0

package devchain

import (
	"errors"
	"fmt"
)

// Reorganise takes the last blocks back, forgets their transactions and those that wait, and makes as many empty
// blocks in their stead and one more: what happens to a chain whose validators change their minds. For tests.
func (c *Chain) Reorganise(blocks uint64) error {
	done := make(chan error, 1)
	select {
	case c.sealer.orders <- func() { done <- c.sealer.reorganise(blocks) }:
		return <-done
	case <-c.sealer.quit:
		return errors.New("the chain has stopped")
	}
}

func (s *sealer) reorganise(blocks uint64) error {
	chain := s.eth.BlockChain()
	head := chain.CurrentBlock().Number.Uint64()
	if blocks > head {
		return fmt.Errorf("take %d blocks back: there are %d", blocks, head)
	}
	if _, err := chain.SetCanonical(chain.GetBlockByNumber(head - blocks)); err != nil {
		return fmt.Errorf("take %d blocks back: %w", blocks, err)
	}
	s.eth.TxPool().Clear()
	for range blocks + 1 {
		if err := s.sealPatiently(); err != nil {
			return err
		}
	}
	return nil
}

// sealPatiently makes a block, if not at the first try: a busy node does not always have one ready when it is asked.
func (s *sealer) sealPatiently() (err error) {
	for range 5 {
		if err = s.seal(); err == nil {
			return nil
		}
	}
	return err
}
