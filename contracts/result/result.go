// SPDX-License-Identifier: Apache-2.0

// Package result is the report of a finished task as the TaskHub contract takes it: EIP-712 digests to sign, and the
// ABI encodings of report and proof. It needs no Ethereum client, so that a guest can link it.
package result

import (
	"encoding/binary"

	"golang.org/x/crypto/sha3"
)

// Types are the EIP-712 types of a result and of the domain, as the contract spells them.
const (
	Type       = "TaskResult(uint256 taskId,uint32 attempt,uint32 exitStatus,bytes32 inputDigest,bytes32 outputDigest,address runner)"
	DomainType = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)

// SignatureSize is the length of a signature: r, s, v; v is 27 or 28.
const SignatureSize = 65

// Result is what an enclave says about one attempt of one task.
type Result struct {
	TaskID       [32]byte
	Attempt      uint32
	ExitStatus   uint32 // 0 to 255; 256 if the inputs could not be opened, 257 if the output did not fit
	InputDigest  [32]byte
	OutputDigest [32]byte
	Runner       [20]byte // gets the fee
}

// Digest is what the attempt's requester signs: EIP-712 typed data of the domain ("escrin TaskHub", "1", chain, hub).
func (r Result) Digest(chainID uint64, hub [20]byte) [32]byte {
	domain := keccak(words(
		keccak([]byte(DomainType)), keccak([]byte("escrin TaskHub")), keccak([]byte("1")),
		number(chainID), leftPad(hub[:]),
	))
	structHash := keccak(append(word(keccak([]byte(Type))), r.encode()...))
	return keccak([]byte{0x19, 0x01}, domain[:], structHash[:])
}

// Report is abi.encode(TaskResult[]) of the results.
func Report(results ...Result) []byte {
	out := words(number(32), number(uint64(len(results))))
	for _, r := range results {
		out = append(out, r.encode()...)
	}
	return out
}

// Proof is abi.encode(bytes[]) of the results' signatures, in the results' order.
func Proof(signatures ...[SignatureSize]byte) []byte {
	const size = 32 + 96 // length, and 65 bytes padded
	out := words(number(32), number(uint64(len(signatures))))
	for i := range signatures {
		out = append(out, word(number(uint64(32*len(signatures)+size*i)))...)
	}
	for _, signature := range signatures {
		out = append(out, word(number(SignatureSize))...)
		out = append(out, signature[:]...)
		out = append(out, make([]byte, 96-SignatureSize)...)
	}
	return out
}

func (r Result) encode() []byte {
	return words(r.TaskID, number(uint64(r.Attempt)), number(uint64(r.ExitStatus)), r.InputDigest, r.OutputDigest,
		leftPad(r.Runner[:]))
}

func number(n uint64) (w [32]byte) {
	binary.BigEndian.PutUint64(w[24:], n)
	return w
}

func leftPad(b []byte) (w [32]byte) {
	copy(w[32-len(b):], b)
	return w
}

func word(w [32]byte) []byte { return w[:] }

func words(ws ...[32]byte) []byte {
	out := make([]byte, 0, 32*len(ws))
	for _, w := range ws {
		out = append(out, w[:]...)
	}
	return out
}

func keccak(parts ...[]byte) (digest [32]byte) {
	h := sha3.NewLegacyKeccak256()
	for _, part := range parts {
		h.Write(part)
	}
	h.Sum(digest[:0])
	return digest
}
