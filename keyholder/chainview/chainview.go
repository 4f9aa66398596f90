// SPDX-License-Identifier: Apache-2.0

// Package chainview reads the chain for release rules over JSON-RPC. Every
// answer is pinned to one block by its hash; with several endpoints all of them
// must give the same answer; and the chain never goes back behind what was seen,
// even by an earlier process (threats KR-17 to KR-19).
package chainview

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/keyholder/jsonrpc"
	"github.com/escrin/escrin/keyholder/release"
)

// Floor remembers the highest block that was ever used.
type Floor interface {
	// Load returns the block; number 0 if there is none.
	Load() (number uint64, hash [32]byte, err error)
	// Raise durably records a block if it is higher than the known one.
	Raise(number uint64, hash [32]byte) error
}

// Config is everything that a view needs.
type Config struct {
	ChainID    uint64
	Registry   [20]byte
	TaskHub    [20]byte
	Platforms  [20]byte
	URLs       []string // JSON-RPC over HTTP; all must agree
	Finality   Finality
	MaxHeadAge time.Duration // how old the head may be
	Floor      Floor
	Clock      func() time.Time
}

// View implements release.ChainView. It is safe for concurrent use.
type View struct {
	config    Config
	endpoints []endpoint
}

// New returns a view. It does not connect.
func New(c Config) (*View, error) {
	if c.ChainID == 0 || len(c.URLs) == 0 || c.Floor == nil || c.Clock == nil || c.MaxHeadAge <= 0 {
		return nil, errors.New("chain view: chain id, RPC addresses, head age, floor and clock are required")
	}
	if err := c.Finality.validate(); err != nil {
		return nil, err
	}
	v := &View{config: c}
	for _, u := range c.URLs {
		v.endpoints = append(v.endpoints, endpoint{jsonrpc.New(u)})
	}
	return v, nil
}

// At implements release.ChainView.
func (v *View) At(ctx context.Context) (release.State, error) {
	s, err := v.Settled(ctx)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Settled returns the newest state that is final. Its errors are of type
// *keyholder.Error.
func (v *View) Settled(ctx context.Context) (*State, error) {
	head, err := v.head(ctx)
	if err != nil {
		return nil, err
	}
	age := v.config.Clock().Sub(time.Unix(int64(head.Time), 0))
	if age > v.config.MaxHeadAge {
		return nil, unavailable("head of the chain is %s old", age.Round(time.Second))
	}
	if err := v.checkFloor(ctx, head); err != nil {
		return nil, err
	}
	if err := v.config.Floor.Raise(head.Number, head.Hash); err != nil {
		return nil, &keyholder.Error{Code: keyholder.CodeInternal, Message: "cannot record the chain's height", Retryable: true}
	}
	return &State{view: v, head: head}, nil
}

// head returns the highest block that is final at every endpoint.
func (v *View) head(ctx context.Context) (release.Head, error) {
	var lowest release.Head
	for i, e := range v.endpoints {
		id, err := e.chainID(ctx)
		if err != nil {
			return release.Head{}, unavailable("%v", err)
		}
		if id != v.config.ChainID {
			return release.Head{}, unavailable("endpoint serves chain %d, not %d", id, v.config.ChainID)
		}
		h, err := v.config.Finality.head(ctx, e)
		if err != nil {
			return release.Head{}, unavailable("%v", err)
		}
		if i == 0 || h.Number < lowest.Number {
			lowest = h
		}
	}
	if len(v.endpoints) == 1 {
		return lowest, nil
	}
	return v.blockAt(ctx, lowest.Number)
}

// blockAt returns the block with a number, on whose hash all endpoints agree.
func (v *View) blockAt(ctx context.Context, number uint64) (release.Head, error) {
	var agreed release.Head
	for i, e := range v.endpoints {
		h, err := e.block(ctx, fmt.Sprintf("0x%x", number))
		if err != nil {
			return release.Head{}, unavailable("%v", err)
		}
		if h.Number != number {
			return release.Head{}, unavailable("endpoint answers with block %d for %d", h.Number, number)
		}
		if i > 0 && h != agreed {
			return release.Head{}, disagreement("block %d", number)
		}
		agreed = h
	}
	return agreed, nil
}

// checkFloor refuses a head below the floor. Unless the keyholder was told to
// live without finality, the floor must also still be on the chain.
func (v *View) checkFloor(ctx context.Context, head release.Head) error {
	number, known, err := v.config.Floor.Load()
	if err != nil {
		return &keyholder.Error{Code: keyholder.CodeInternal, Message: "cannot load the chain's height", Retryable: true}
	}
	if head.Number < number {
		return &keyholder.Error{
			Code:      keyholder.CodeChainRegressed,
			Message:   fmt.Sprintf("chain is at block %d, block %d was seen before", head.Number, number),
			Retryable: true,
		}
	}
	if number == 0 || v.config.Finality == Latest() {
		return nil
	}
	block, err := v.blockAt(ctx, number)
	if err != nil {
		return err
	}
	if block.Hash != known {
		return &keyholder.Error{
			Code:    keyholder.CodeChainRegressed,
			Message: fmt.Sprintf("block %d is not the one that was final before", number),
		}
	}
	return nil
}

// State is the chain as of one block. It implements release.State.
type State struct {
	view *View
	head release.Head
}

// Head implements release.State.
func (s *State) Head() release.Head { return s.head }

// BlockHash implements release.State.
func (s *State) BlockHash(ctx context.Context, number uint64) ([32]byte, error) {
	if number == s.head.Number {
		return s.head.Hash, nil
	}
	b, err := s.view.blockAt(ctx, number)
	return b.Hash, err
}

// Storage returns the values of slots of a contract.
func (s *State) Storage(ctx context.Context, contract [20]byte, slots ...[32]byte) ([][32]byte, error) {
	values := make([][32]byte, len(slots))
	for i, slot := range slots {
		for j, e := range s.view.endpoints {
			value, err := e.slot(ctx, contract, slot, s.head.Hash)
			if err != nil {
				return nil, unavailable("%v", err)
			}
			if j > 0 && value != values[i] {
				return nil, disagreement("storage of %x at block %d", contract, s.head.Number)
			}
			values[i] = value
		}
	}
	return values, nil
}

// call asks every endpoint and returns the one answer.
func (s *State) call(ctx context.Context, to [20]byte, signature string, args abi.Words) (*abi.Reader, error) {
	var agreed []byte
	for i, e := range s.view.endpoints {
		out, err := e.contract(ctx, to, abi.Call(signature, args), s.head.Hash)
		if err != nil {
			return nil, unavailable("%s: %v", signature, err)
		}
		if i > 0 && !bytes.Equal(out, agreed) {
			return nil, disagreement("%s at block %d", signature, s.head.Number)
		}
		agreed = out
	}
	return abi.NewReader(agreed), nil
}

func unavailable(format string, args ...any) *keyholder.Error {
	return &keyholder.Error{
		Code: keyholder.CodeChainUnavailable, Message: "cannot read the chain: " + fmt.Sprintf(format, args...), Retryable: true,
	}
}

func disagreement(format string, args ...any) *keyholder.Error {
	return &keyholder.Error{
		Code: keyholder.CodeChainDisagrees, Message: "RPC endpoints disagree on " + fmt.Sprintf(format, args...), Retryable: true,
	}
}
