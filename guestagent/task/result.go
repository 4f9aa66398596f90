// SPDX-License-Identifier: Apache-2.0

package task

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/crypto/sha3"
)

// ExitInputsRejected is the exit status of a task whose inputs cannot be opened: a fault of the
// submitter, which no other attempt would mend. Its output digest is zero and no output is stored.
const ExitInputsRejected = 256

// ExitOutputUnfit is the exit status of a task whose workload left an output that WriteOutput does not take:
// a fault of the workload, which would repeat it. Standard output and standard error are delivered, and
// the latter's last line says what was wrong and how the workload ended.
const ExitOutputUnfit = 257

// Result is what a guest reports on chain about one attempt. The workload's exit status is 0…255
// (128 + n where signal n ended it), or ExitInputsRejected, or ExitOutputUnfit.
type Result struct {
	TaskID       [32]byte
	Attempt      uint32
	ExitStatus   uint32
	InputDigest  [32]byte
	OutputDigest [32]byte // SHA-256 of the sealed output
	Runner       [20]byte // gets the fee; the host's word, for it is the host that is paid
}

// Domain is the chain and the TaskHub that a result is for.
type Domain struct {
	ChainID uint64
	TaskHub [20]byte
}

const (
	domainType = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
	resultType = "TaskResult(uint256 taskId,uint32 attempt,uint32 exitStatus,bytes32 inputDigest,bytes32 outputDigest,address runner)"
	domainName = "escrin TaskHub"
	domainVer  = "1"
)

// SigningDigest returns the EIP-712 digest that the attempt's requester signs.
func (r Result) SigningDigest(d Domain) [32]byte {
	separator := hashWords(keccak([]byte(domainType)), keccak([]byte(domainName)), keccak([]byte(domainVer)),
		number(d.ChainID), address(d.TaskHub))
	message := hashWords(append([][32]byte{keccak([]byte(resultType))}, r.words()...)...)
	return keccak([]byte{0x19, 0x01}, separator[:], message[:])
}

// ReportSize is the size in bytes of a report of one result.
const ReportSize = 8 * 32

// Report returns abi.encode(TaskResult[]) of the results, as TaskHub.acceptTaskResults takes it. A guest reports one.
func Report(results ...Result) []byte {
	words := [][32]byte{number(32), number(uint64(len(results)))}
	for _, r := range results {
		words = append(words, r.words()...)
	}
	report := make([]byte, 0, 32*len(words))
	for _, w := range words {
		report = append(report, w[:]...)
	}
	return report
}

// words are the fields as the contract's struct has them.
func (r Result) words() [][32]byte {
	return [][32]byte{r.TaskID, number(uint64(r.Attempt)), number(uint64(r.ExitStatus)), r.InputDigest, r.OutputDigest, address(r.Runner)}
}

// OutputAAD returns what the sealed output is bound to: keccak256(abi.encode(uint256 taskId, uint32 attempt)).
func OutputAAD(taskID [32]byte, attempt uint32) [32]byte {
	return hashWords(taskID, number(uint64(attempt)))
}

func hashWords(words ...[32]byte) [32]byte {
	parts := make([][]byte, len(words))
	for i := range words {
		parts[i] = words[i][:]
	}
	return keccak(parts...)
}

func keccak(parts ...[]byte) [32]byte {
	h := sha3.NewLegacyKeccak256()
	for _, p := range parts {
		h.Write(p)
	}
	return [32]byte(h.Sum(nil))
}

// number is n as a 32-byte big-endian word.
func number(n uint64) (w [32]byte) {
	binary.BigEndian.PutUint64(w[24:], n)
	return w
}

// address is a, left-padded to a word.
func address(a [20]byte) (w [32]byte) {
	copy(w[12:], a[:])
	return w
}

// ParseReport reads what Report writes of one result, and nothing else.
func ParseReport(report []byte) (Result, error) {
	if len(report) != ReportSize {
		return Result{}, fmt.Errorf("parse report: %d bytes, want %d", len(report), ReportSize)
	}
	word := func(i int) [32]byte { return [32]byte(report[32*i:]) }
	low := func(i int) uint32 { w := word(i); return binary.BigEndian.Uint32(w[28:]) }
	runner := word(7)
	r := Result{TaskID: word(2), Attempt: low(3), ExitStatus: low(4), InputDigest: word(5), OutputDigest: word(6),
		Runner: [20]byte(runner[12:])}
	if !bytes.Equal(Report(r), report) {
		return Result{}, errors.New("parse report: not the encoding of one result")
	}
	return r, nil
}
