// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/bindings"
)

// Phase is where an epoch of a key network stands, as the contract numbers it.
type Phase uint8

// The phases. The first four after NoPhase last a number of blocks each.
const (
	NoPhase Phase = iota
	Dealing
	Complaints
	Justifications
	Certification
	FailedEpoch
	ActiveEpoch
	RetiredEpoch
)

func (p Phase) String() string {
	names := [...]string{"none", "dealing", "complaints", "justifications", "certification", "failed", "active", "retired"}
	if int(p) >= len(names) {
		return fmt.Sprintf("unknown (%d)", uint8(p))
	}
	return names[p]
}

// MarshalText is String, for JSON.
func (p Phase) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Running tells whether members can still post.
func (p Phase) Running() bool { return p >= Dealing && p <= Certification }

// Member is one member of an epoch; its index is its place, counted from 1.
type Member struct {
	Account       common.Address
	Signer        common.Address // sends its messages
	EncryptionKey common.Hash    // keccak256 of its public key
}

// Epoch is what the board says of an epoch. An epoch that there is not has a zero SessionID.
type Epoch struct {
	Number      uint64
	SessionID   common.Hash
	Transcript  common.Hash
	Commitments common.Hash // zero until certified
	StartBlock  uint64
	Previous    uint64 // whose members deal; zero if a key is made
	PhaseBlocks uint32 // zero if aborted
	Threshold   uint8
	Members     []Member
}

// PhaseAt is what the contract calls the epoch's phase in a block, if this is its record there. active is the active epoch then.
func (e Epoch) PhaseAt(block, active uint64) Phase {
	switch {
	case e.SessionID == common.Hash{}:
		return NoPhase
	case e.Commitments != common.Hash{} && e.Number == active:
		return ActiveEpoch
	case e.Commitments != common.Hash{}:
		return RetiredEpoch
	case e.PhaseBlocks == 0 || block < e.StartBlock:
		return FailedEpoch
	}
	if passed := (block - e.StartBlock) / uint64(e.PhaseBlocks); passed < 4 {
		return Dealing + Phase(passed)
	}
	return FailedEpoch
}

// Blocks are those in which messages of a phase count: first and last. They are zero for an epoch that was aborted, and for
// phases that do not last a number of blocks.
func (e Epoch) Blocks(p Phase) Range {
	if !p.Running() || e.PhaseBlocks == 0 {
		return Range{}
	}
	first := e.StartBlock + uint64(p-Dealing)*uint64(e.PhaseBlocks)
	return Range{First: first, Last: first + uint64(e.PhaseBlocks) - 1}
}

// Session computes the id of the epoch's session (SPEC.md, 3.2) from everything that it binds. parent is the hash of the block
// before StartBlock.
func (e Epoch) Session(chainID uint64, board common.Address, parent common.Hash) common.Hash {
	members := append(number(32), number(uint64(len(e.Members)))...)
	for _, m := range e.Members {
		members = append(append(append(members, word(m.Account[:])...), word(m.Signer[:])...), m.EncryptionKey[:]...)
	}
	return crypto.Keccak256Hash(crypto.Keccak256([]byte("escrin.session.v1")), number(chainID), word(board[:]),
		number(e.Number), number(e.Previous), crypto.Keccak256(members), number(uint64(e.Threshold)),
		number(uint64(e.PhaseBlocks)), number(e.StartBlock), parent[:])
}

func number(v uint64) []byte { return word(new(big.Int).SetUint64(v).Bytes()) }

// Board is the bulletin board of a key network (KeyNetwork) at one address of a chain.
type Board struct {
	chain    *Chain
	at       common.Address
	contract *bind.BoundContract
	abi      *bindings.KeyNetwork
	block    *big.Int // whose state is read; nil is the newest
}

// Board returns the bulletin board at an address. It reads the newest state.
func (c *Chain) Board(at common.Address) *Board {
	abi := bindings.NewKeyNetwork()
	return &Board{chain: c, at: at, contract: abi.Instance(c.eth, at), abi: abi}
}

// At returns the same board as it was after a block.
func (b *Board) At(block uint64) *Board {
	then := *b
	then.block = new(big.Int).SetUint64(block)
	return &then
}

// Address is the board's.
func (b *Board) Address() common.Address { return b.at }

// Exists tells whether there is a contract at the address.
func (b *Board) Exists(ctx context.Context) (bool, error) {
	code, err := b.chain.eth.CodeAt(ctx, b.at, b.block)
	if err != nil {
		return false, fmt.Errorf("look for the key network's board: %w", err)
	}
	return len(code) > 0, nil
}

// Governor reads who may start sessions.
func (b *Board) Governor(ctx context.Context) (common.Address, error) {
	return readBoard(ctx, b, "governor", b.abi.PackGovernor(), b.abi.UnpackGovernor)
}

// Active reads which epoch's members hold the key; zero if there is none.
func (b *Board) Active(ctx context.Context) (uint64, error) {
	return readBoard(ctx, b, "active epoch", b.abi.PackActiveEpoch(), b.abi.UnpackActiveEpoch)
}

// Latest reads which epoch was started last; zero if there is none.
func (b *Board) Latest(ctx context.Context) (uint64, error) {
	return readBoard(ctx, b, "latest epoch", b.abi.PackLatestEpoch(), b.abi.UnpackLatestEpoch)
}

// GroupKey reads the key network's public key in the 256 bytes of EIP-2537; it is empty until there is one.
func (b *Board) GroupKey(ctx context.Context) ([]byte, error) {
	return readBoard(ctx, b, "group key", b.abi.PackGroupKey(), b.abi.UnpackGroupKey)
}

// Epoch reads one epoch and its members.
func (b *Board) Epoch(ctx context.Context, epoch uint64) (Epoch, error) {
	r, err := readBoard(ctx, b, "epoch", b.abi.PackEpochOf(epoch), b.abi.UnpackEpochOf)
	if err != nil {
		return Epoch{}, err
	}
	members, err := readBoard(ctx, b, "members", b.abi.PackMembersOf(epoch), b.abi.UnpackMembersOf)
	if err != nil {
		return Epoch{}, err
	}
	e := Epoch{Number: epoch, SessionID: r.SessionId, Transcript: r.Transcript, Commitments: r.Commitments,
		StartBlock: r.StartBlock, Previous: r.Previous, PhaseBlocks: r.PhaseBlocks, Threshold: r.Threshold}
	for _, m := range members {
		e.Members = append(e.Members, Member{m.Account, m.Signer, m.EncryptionKey})
	}
	return e, nil
}

// Phase reads where an epoch stands in the block whose state is read.
func (b *Board) Phase(ctx context.Context, epoch uint64) (Phase, error) {
	phase, err := readBoard(ctx, b, "phase", b.abi.PackPhaseOf(epoch), b.abi.UnpackPhaseOf)
	return Phase(phase), err
}

func readBoard[T any](ctx context.Context, b *Board, what string, call []byte, unpack func([]byte) (T, error)) (T, error) {
	value, err := bind.Call(b.contract, at(ctx, b.block), call, unpack)
	if err != nil {
		return value, fmt.Errorf("read %s of key network: %w", what, err)
	}
	return value, nil
}
