// SPDX-License-Identifier: Apache-2.0

package task

// ExitInputsRejected is the exit status of a task whose inputs cannot be opened: a fault of the
// submitter, which no other attempt would mend. Its output digest is zero and no output is stored.
const ExitInputsRejected = 256

// ExitOutputUnfit is the exit status of a task whose workload left an output that WriteOutput or PublicOutput does
// not take: a fault of the workload, which would repeat it. Standard output and standard error are delivered, and
// the latter's last line says what was wrong and how the workload ended.
const ExitOutputUnfit = 257

// Result is what a guest says of one task. The workload's exit status is 0…255 (128 + n where signal n ended it), or
// ExitInputsRejected, or ExitOutputUnfit.
type Result struct {
	ExitStatus   uint32
	OutputDigest [32]byte // SHA-256 of the sealed output
	PublicOutput [32]byte // what PublicOutput returned
}

// Report is what a guest reports on chain about one attempt at a batch: a result for each task, in order.
type Report struct {
	TaskID      [32]byte // of the batch
	TermsDigest [32]byte
	Attempt     uint32
	Results     []Result
}

const (
	// MinReport and MaxReport are the sizes in bytes of encoded reports of one result and of MaxCount.
	MinReport = (3 + resultWords) * wordSize
	MaxReport = (3 + resultWords*MaxCount) * wordSize

	resultWords = 3
)

// Encode returns abi.encode(uint32 attempt, TaskResult[] results), as TaskHub.acceptTaskResults takes it.
func (r Report) Encode() []byte {
	words := [][32]byte{number(uint64(r.Attempt)), number(2 * wordSize), number(uint64(len(r.Results)))}
	for _, result := range r.Results {
		words = append(words, result.words()...)
	}
	return join(words...)
}

func (r Result) words() [][32]byte {
	return [][32]byte{number(uint64(r.ExitStatus)), r.OutputDigest, r.PublicOutput}
}

// OutputAAD returns what the sealed output is bound to: keccak256(abi.encode(uint256 taskId, uint32 attempt)).
func OutputAAD(taskID [32]byte, attempt uint32) [32]byte {
	return hashWords(taskID, number(uint64(attempt)))
}
