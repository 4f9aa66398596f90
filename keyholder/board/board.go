// SPDX-License-Identifier: Apache-2.0

package board

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/escrin/escrin/keyholder/chainview"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/keyholder/transact"
)

// Config is everything that a board needs.
type Config struct {
	Contract [20]byte // of the KeyNetwork
	Chain    *chainview.View
	Nodes    []transact.Node  // who are asked what is not final yet
	Sender   *transact.Sender // of the signer; a board without one is only read
}

// Board implements epoch.Board. It is safe for concurrent use.
type Board struct {
	config Config

	mu      sync.Mutex
	last    *view
	members map[[32]byte][]dkg.Member // by session id
	minutes map[[32]byte]minutes      // by session id
}

var _ epoch.Board = (*Board)(nil)

// New returns a board. It does not connect.
func New(c Config) (*Board, error) {
	if c.Contract == ([20]byte{}) || c.Chain == nil || len(c.Nodes) == 0 {
		return nil, errors.New("board: contract, chain and nodes are required")
	}
	return &Board{config: c, members: map[[32]byte][]dkg.Member{}, minutes: map[[32]byte]minutes{}}, nil
}

// View implements epoch.Board.
func (b *Board) View(ctx context.Context) (epoch.View, error) {
	state, err := b.config.Chain.Settled(ctx)
	if err != nil {
		return nil, err
	}
	newest, err := transact.Newest(ctx, b.config.Nodes)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	number := state.Head().Number
	if b.last != nil && b.last.state.Head().Hash == state.Head().Hash {
		v := *b.last
		v.head.Newest = max(newest, number)
		return &v, nil
	}
	words, err := state.Storage(ctx, b.config.Contract, epochNumbersPlace())
	if err != nil {
		return nil, err
	}
	active, latest, err := parseEpochNumbers(words[0])
	if err != nil {
		return nil, err
	}
	b.last = &view{
		board: b, state: state, records: &records{of: map[uint64]epoch.Record{}},
		head: epoch.Head{Final: number, Newest: max(newest, number), Active: active, Latest: latest},
	}
	return b.last, nil
}

// view implements epoch.View.
type view struct {
	board   *Board
	state   *chainview.State
	head    epoch.Head
	records *records
}

// records are epochs as they are in one state.
type records struct {
	mu sync.Mutex
	of map[uint64]epoch.Record
}

// Head implements epoch.View.
func (v *view) Head() epoch.Head { return v.head }

// Epoch implements epoch.View.
func (v *view) Epoch(ctx context.Context, number uint64) (epoch.Record, error) {
	v.records.mu.Lock()
	defer v.records.mu.Unlock()
	if r, ok := v.records.of[number]; ok {
		return r, nil
	}
	words, err := v.state.Storage(ctx, v.board.config.Contract, epochPlace(number)...)
	if err != nil {
		return epoch.Record{}, err
	}
	r, size, err := parseEpoch(number, words)
	if err != nil {
		return epoch.Record{}, fmt.Errorf("read epoch %d: %w", number, err)
	}
	if r.Members, err = v.members(ctx, r, size); err != nil {
		return epoch.Record{}, fmt.Errorf("read members of epoch %d: %w", number, err)
	}
	v.records.of[number] = r
	return r, nil
}

// members reads the members of an epoch, which never change.
func (v *view) members(ctx context.Context, r epoch.Record, size int) ([]dkg.Member, error) {
	b := v.board
	b.mu.Lock()
	known, ok := b.members[r.SessionID]
	b.mu.Unlock()
	if ok || size == 0 {
		return known, nil
	}
	var words [][32]byte
	for places := range slices.Chunk(membersPlace(r.Epoch, size), maxPlaces) {
		some, err := v.state.Storage(ctx, b.config.Contract, places...)
		if err != nil {
			return nil, err
		}
		words = append(words, some...)
	}
	members, err := parseMembers(words)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.members[r.SessionID] = members
	return members, nil
}

// maxPlaces bounds how much storage is asked for at once.
const maxPlaces = 48

// maxMinutes bounds of how many epochs the messages are kept in memory.
const maxMinutes = 4

// Posts implements epoch.View.
func (v *view) Posts(ctx context.Context, number uint64) ([]dkg.Post, error) {
	r, err := v.Epoch(ctx, number)
	if err != nil || r.Transcript == r.SessionID {
		return nil, err
	}
	b := v.board
	b.mu.Lock()
	known, ok := b.minutes[r.SessionID]
	b.mu.Unlock()
	if !ok {
		known = minutes{transcript: r.SessionID, upTo: r.StartBlock - 1}
	}
	if known.transcript == r.Transcript {
		return known.posts, nil
	}
	m, err := v.read(ctx, r, known)
	if err != nil && ok { // what was known may be of blocks that are no more
		m, err = v.read(ctx, r, minutes{transcript: r.SessionID, upTo: r.StartBlock - 1})
	}
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.minutes) >= maxMinutes {
		clear(b.minutes)
	}
	b.minutes[r.SessionID] = m
	return m.posts, nil
}

// read continues minutes up to this state.
func (v *view) read(ctx context.Context, r epoch.Record, known minutes) (m minutes, err error) {
	to := v.head.Final
	if r.PhaseBlocks > 0 { // nothing is posted after the third phase
		to = min(to, r.StartBlock+3*r.PhaseBlocks-1)
	}
	if to <= known.upTo {
		return minutes{}, errTranscript
	}
	_, err = v.state.Logs(ctx, v.board.config.Contract, known.upTo+1, to, filter(r.Epoch), func(logs []chainview.Log) error {
		m, err = known.add(logs, to, r.Transcript)
		return err
	})
	return m, err
}

// Confirmation implements epoch.View.
func (v *view) Confirmation(ctx context.Context, number uint64, index uint32) ([32]byte, error) {
	words, err := v.state.Storage(ctx, v.board.config.Contract, postPlace(number, epoch.Certification, index))
	if err != nil {
		return [32]byte{}, err
	}
	return words[0], nil
}

// GroupKeyDigest implements epoch.View.
func (v *view) GroupKeyDigest(ctx context.Context) ([32]byte, error) {
	if v.head.Active == 0 {
		return [32]byte{}, nil
	}
	words, err := v.state.Storage(ctx, v.board.config.Contract, groupKeyPlace()...)
	if err != nil {
		return [32]byte{}, err
	}
	var key abi.Words
	for _, word := range words {
		key = key.Bytes32(word)
	}
	return key.Keccak(), nil
}
