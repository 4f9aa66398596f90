// SPDX-License-Identifier: Apache-2.0

package board

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/internal/abi"
)

// Where the contract keeps what (contracts/src/KeyNetwork.sol).
const (
	slotEpochNumbers = 0
	slotGroupKey     = 1
	slotEpochs       = 9
	slotMembers      = 10
	slotPosts        = 12

	groupKeySlots = 8
	epochSlots    = 4
	memberSlots   = 3

	maxMembers = 128
)

var errLayout = errors.New("storage is not that of a KeyNetwork")

// slot is the place of a value in the contract's storage.
type slot [32]byte

func numbered(n uint64) (s slot) {
	binary.BigEndian.PutUint64(s[24:], n)
	return s
}

// at returns the place of a mapping's value.
func (s slot) at(key uint64) slot { return abi.Words{}.Uint64(key).Bytes32(s).Keccak() }

// run returns n places, of which s is the first.
func (s slot) run(n int) [][32]byte {
	out := make([][32]byte, n)
	for i := range out {
		out[i] = s
		for j := len(s) - 1; ; j-- { // add one
			s[j]++
			if s[j] != 0 || j == 0 {
				break
			}
		}
	}
	return out
}

func epochPlace(e uint64) [][32]byte { return numbered(slotEpochs).at(e).run(epochSlots) }
func groupKeyPlace() [][32]byte      { return numbered(slotGroupKey).run(groupKeySlots) }
func epochNumbersPlace() [32]byte    { return numbered(slotEpochNumbers) }
func membersPlace(e uint64, n int) [][32]byte {
	var places [][32]byte
	for i := range n {
		places = append(places, numbered(slotMembers).at(e).at(uint64(i)+1).run(memberSlots)...)
	}
	return places
}

// postPlace is where the digest of what a member posted in a phase is.
func postPlace(e uint64, p epoch.Phase, index uint32) [32]byte {
	return numbered(slotPosts).at(e).at(uint64(p)).at(uint64(index))
}

// packed are unsigned integers that share a word, the first in its lowest bytes.
// They are read off one after the other.
type packed [32]byte

// take returns the lowest size bytes (1 to 8) and removes them.
func (p *packed) take(size int) (n uint64) {
	for i := range size {
		n |= uint64(p[31-i]) << (8 * i)
	}
	copy(p[size:], p[:32-size])
	clear(p[:size])
	return n
}

// end reports an error unless nothing is left.
func (p *packed) end() error {
	if *p != (packed{}) {
		return errLayout
	}
	return nil
}

func parseEpochNumbers(word [32]byte) (active, latest uint64, err error) {
	p := packed(word)
	active, latest = p.take(8), p.take(8)
	if active > latest {
		return 0, 0, errLayout
	}
	return active, latest, p.end()
}

// parseEpoch reads an epoch without its members, and how many those are.
func parseEpoch(number uint64, words [][32]byte) (r epoch.Record, size int, err error) {
	if len(words) != epochSlots {
		return r, 0, errLayout
	}
	p := packed(words[3])
	r = epoch.Record{Epoch: number, SessionID: words[0], Transcript: words[1], Commitments: words[2]}
	r.StartBlock, r.Previous, r.PhaseBlocks = p.take(8), p.take(8), p.take(4)
	r.Threshold, size = int(p.take(1)), int(p.take(1))
	if size > maxMembers || r.StartBlock > math.MaxUint64-4*r.PhaseBlocks || (r.Previous >= number && number != 0) {
		return r, 0, errLayout
	}
	return r, size, p.end()
}

func parseMembers(words [][32]byte) ([]dkg.Member, error) {
	members := make([]dkg.Member, 0, len(words)/memberSlots)
	for ; len(words) >= memberSlots; words = words[memberSlots:] {
		account, signer := words[0], words[1]
		if [12]byte(account[:12]) != [12]byte{} || [12]byte(signer[:12]) != [12]byte{} {
			return nil, errLayout
		}
		members = append(members, dkg.Member{Account: [20]byte(account[12:]), Signer: [20]byte(signer[12:]), EncryptionKey: words[2]})
	}
	return members, nil
}
