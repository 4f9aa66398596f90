// SPDX-License-Identifier: Apache-2.0

package keynet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/chain"
)

// View is a key network's board as it was after one block.
type View struct {
	ChainID      uint64
	Board        common.Address
	Block        chain.Block
	Governor     common.Address
	ActiveEpoch  uint64 // zero if there is none
	LatestEpoch  uint64 // zero if there is none
	GroupKey     []byte // 256 bytes, in the form of EIP-2537; empty if there is none
	Permitter    common.Address
	PermitterKey []byte  // the group key that the permitter goes by; empty if none was asked
	Epochs       []Epoch // ascending, as many as were asked for
}

// Epoch is everything that the chain has of an epoch.
type Epoch struct {
	chain.Epoch
	Phase      chain.Phase // in which a message in the next block would be
	Parent     common.Hash // hash of the block before the epoch's first
	Posts      []chain.Post
	Completion *chain.Completion // nil until certified
}

// Epoch returns an epoch of the view; false if it is not there.
func (v View) Epoch(number uint64) (Epoch, bool) {
	i := slices.IndexFunc(v.Epochs, func(e Epoch) bool { return e.Number == number })
	if i < 0 {
		return Epoch{}, false
	}
	return v.Epochs[i], true
}

// NoBoardError says that an address has no board.
type NoBoardError struct {
	Address common.Address
	ChainID uint64
}

func (e *NoBoardError) Error() string {
	return fmt.Sprintf("no key network's board at %s on chain %d", e.Address, e.ChainID)
}

// Hint says what to do.
func (e *NoBoardError) Hint() string {
	return "`escrin contracts addresses --governor ADDRESS` tells where it would be"
}

// errReorganised says that the chain gave up a block while it was read.
var errReorganised = errors.New("read key network: the chain was reorganised meanwhile; try again")

// Scope says which epochs are read.
type Scope uint8

// The scopes.
const (
	All     Scope = iota // every epoch
	Current              // the active and the latest, and that whose members deal in them
)

// Read reads a board as it was after a block. The permitter may be zero. Its errors: *NoBoardError, and those of the node.
func Read(ctx context.Context, c *chain.Chain, board, permitter common.Address, at chain.Block, scope Scope) (View, error) {
	r := reader{c: c, board: c.Board(board).At(at.Number)}
	v := View{ChainID: c.Contracts().ChainID, Board: board, Block: at, Permitter: permitter}
	there, err := r.board.Exists(ctx)
	if err != nil {
		return View{}, err
	}
	if !there {
		return View{}, &NoBoardError{board, v.ChainID}
	}
	if err := r.heading(ctx, &v); err != nil {
		return View{}, err
	}
	if err := r.epochs(ctx, &v, scope); err != nil {
		return View{}, err
	}
	again, err := c.BlockAt(ctx, at.Number)
	if err != nil {
		return View{}, err
	}
	if again.Hash != at.Hash {
		return View{}, errReorganised
	}
	return v, nil
}

// reader reads a board as of one block.
type reader struct {
	c     *chain.Chain
	board *chain.Board
}

func (r reader) heading(ctx context.Context, v *View) (err error) {
	if v.Governor, err = r.board.Governor(ctx); err != nil {
		return err
	}
	if v.ActiveEpoch, err = r.board.Active(ctx); err != nil {
		return err
	}
	if v.LatestEpoch, err = r.board.Latest(ctx); err != nil {
		return err
	}
	if v.GroupKey, err = r.board.GroupKey(ctx); err != nil {
		return err
	}
	if v.Permitter != (common.Address{}) {
		v.PermitterKey, err = r.c.PermitterKey(ctx, v.Permitter)
	}
	return err
}

// epochs fills in the epochs of a scope.
func (r reader) epochs(ctx context.Context, v *View, scope Scope) error {
	first := uint64(1)
	var wanted []uint64
	if scope == Current {
		first, wanted = max(1, v.LatestEpoch), []uint64{v.ActiveEpoch}
	}
	for number := first; number <= v.LatestEpoch; number++ {
		wanted = append(wanted, number)
	}
	for _, number := range wanted {
		if err := r.add(ctx, v, number); err != nil {
			return err
		}
	}
	for _, e := range slices.Clone(v.Epochs) {
		if err := r.add(ctx, v, e.Previous); err != nil {
			return err
		}
	}
	slices.SortFunc(v.Epochs, func(a, b Epoch) int { return cmp.Compare(a.Number, b.Number) })
	return nil
}

// add adds an epoch that is not there yet.
func (r reader) add(ctx context.Context, v *View, number uint64) error {
	if _, known := v.Epoch(number); known || number == 0 {
		return nil
	}
	record, err := r.board.Epoch(ctx, number)
	if err != nil {
		return err
	}
	e, err := r.epoch(ctx, v, record)
	v.Epochs = append(v.Epochs, e)
	return err
}

// maxSession is the most blocks that a session can take.
const maxSession = 4 * 50_400

// epoch reads what was posted in an epoch.
func (r reader) epoch(ctx context.Context, v *View, record chain.Epoch) (Epoch, error) {
	e := Epoch{Epoch: record, Phase: record.PhaseAt(v.Block.Number+1, v.ActiveEpoch)}
	if e.Phase == chain.NoPhase {
		return e, nil
	}
	parent, err := r.c.BlockAt(ctx, record.StartBlock-1)
	if err != nil {
		return Epoch{}, err
	}
	e.Parent = parent.Hash
	blocks := chain.Range{First: record.StartBlock, Last: min(v.Block.Number, record.StartBlock+maxSession)}
	if last := record.Blocks(chain.Certification).Last; last != 0 {
		blocks.Last = min(blocks.Last, last)
	}
	if e.Posts, err = r.board.Posts(ctx, record.Number, blocks); err != nil {
		return Epoch{}, err
	}
	if record.Commitments == (common.Hash{}) {
		return e, nil
	}
	completion, err := r.board.Completion(ctx, record.Number, blocks)
	switch {
	case errors.Is(err, chain.ErrNotCertified): // the audit tells
	case err != nil:
		return Epoch{}, err
	default:
		e.Completion = &completion
	}
	return e, nil
}
