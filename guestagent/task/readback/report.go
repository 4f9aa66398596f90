// SPDX-License-Identifier: Apache-2.0

package readback

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/escrin/escrin/guestagent/task"
)

const (
	wordSize    = 32
	resultWords = 3 // of each result in a report
)

// ParseReport reads what task.Report.Encode writes of 1 to task.MaxCount results, and nothing else.
func ParseReport(report []byte) (attempt uint32, results []task.Result, err error) {
	n := len(report)/(resultWords*wordSize) - 1
	if len(report) < task.MinReport || len(report) > task.MaxReport || len(report) != (3+resultWords*n)*wordSize {
		return 0, nil, fmt.Errorf("parse report: %d bytes are no report of 1 to %d results", len(report), task.MaxCount)
	}
	attempt = uint32(number(report, 0))
	for i := range n {
		at := 3 + resultWords*i
		results = append(results, task.Result{ExitStatus: uint32(number(report, at)), OutputDigest: word(report, at+1), PublicOutput: word(report, at+2)})
	}
	if !bytes.Equal(task.Report{Attempt: attempt, Results: results}.Encode(), report) {
		return 0, nil, errors.New("parse report: not the encoding of an attempt and results")
	}
	return attempt, results, nil
}

// RecordedDigest is what the hub's record has of results that it accepted: their digest with its last byte cleared.
func RecordedDigest(results []task.Result) [32]byte {
	digest := task.ResultsDigest(results)
	digest[31] = 0
	return digest
}

func word(encoded []byte, i int) [32]byte { return [32]byte(encoded[wordSize*i:]) }

func number(encoded []byte, i int) uint64 { return binary.BigEndian.Uint64(encoded[wordSize*i+24:]) }
