// SPDX-License-Identifier: Apache-2.0

package sources

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/jobs/audit"
)

const word = 32 // bytes of an ABI word

var errCalldata = errors.New("its arguments are not in the form that the contract takes")

// arguments decodes calldata of a method of the contract.
func arguments(contract abi.ABI, method string, data []byte) ([]interface{}, error) {
	m, ok := contract.Methods[method]
	if !ok || len(data) < 4 || !bytes.Equal(data[:4], m.ID) {
		return nil, fmt.Errorf("it is not a call of %s", method)
	}
	values, err := m.Inputs.Unpack(data[4:])
	if err != nil {
		return nil, errCalldata
	}
	return values, nil
}

// decodePermit reads the arguments of acquireIdentity.
func decodePermit(data []byte) (audit.Permit, error) {
	abi := bindings.NewCertificatePermitter().GetABI()
	values, err := arguments(abi, "acquireIdentity", data)
	if err != nil {
		return audit.Permit{}, err
	}
	identity, ok1 := values[0].([32]byte)
	requester, ok2 := values[1].(common.Address)
	duration, ok3 := values[2].(uint64)
	terms, ok4 := values[3].([]byte)
	certificate, ok5 := values[4].([]byte)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || len(terms) != 5*word {
		return audit.Permit{}, errCalldata
	}
	return audit.Permit{
		Identity: identity, Requester: requester, Duration: duration, Certificate: certificate,
		BaseBlock:     binary.BigEndian.Uint64(terms[word-8:]),
		BaseBlockHash: nth(terms, 1), MeasurementRoot: nth(terms, 2), ConfigDigest: nth(terms, 3), EvidenceDigest: nth(terms, 4),
	}, nil
}

// decodeResult reads the arguments of acceptTaskResults: the result of one task and its signature.
func decodeResult(data []byte, taskID [32]byte) (task.Result, []byte, error) {
	values, err := arguments(bindings.NewTaskHub().GetABI(), "acceptTaskResults", data)
	if err != nil {
		return task.Result{}, nil, err
	}
	ids, ok1 := values[0].([]*big.Int)
	proof, ok2 := values[1].([]byte)
	report, ok3 := values[2].([]byte)
	if !ok1 || !ok2 || !ok3 {
		return task.Result{}, nil, errCalldata
	}
	signatures, err := decodeProof(proof)
	if err != nil || len(signatures) != len(ids) {
		return task.Result{}, nil, errCalldata
	}
	for i := range ids {
		if common.BigToHash(ids[i]) == taskID {
			result, err := decodeReport(report, i, len(ids))
			return result, signatures[i], err
		}
	}
	return task.Result{}, nil, errors.New("it does not name the task")
}

// decodeProof reads abi.encode(bytes[]).
func decodeProof(proof []byte) ([][]byte, error) {
	list, err := abi.NewType("bytes[]", "", nil)
	if err != nil {
		return nil, err
	}
	values, err := abi.Arguments{{Type: list}}.Unpack(proof)
	if err != nil || len(values) != 1 {
		return nil, errCalldata
	}
	signatures, ok := values[0].([][]byte)
	if !ok {
		return nil, errCalldata
	}
	return signatures, nil
}

// decodeReport reads entry i of n of abi.encode(TaskResult[]): an offset, a length, and six words for each.
func decodeReport(report []byte, i, n int) (task.Result, error) {
	if len(report) != (2+6*n)*word || !isNumber(nth(report, 0), word) || !isNumber(nth(report, 1), uint64(n)) {
		return task.Result{}, errCalldata
	}
	entry := report[(2+6*i)*word:]
	attempt, status, runner := nth(entry, 1), nth(entry, 2), nth(entry, 5)
	return task.Result{TaskID: nth(entry, 0), Attempt: binary.BigEndian.Uint32(attempt[28:]),
		ExitStatus: binary.BigEndian.Uint32(status[28:]), InputDigest: nth(entry, 3), OutputDigest: nth(entry, 4), Runner: [20]byte(runner[12:])}, nil
}

func nth(words []byte, i int) [word]byte { return [word]byte(words[i*word : (i+1)*word]) }

func isNumber(w [word]byte, n uint64) bool {
	return common.Hash(w) == common.BigToHash(new(big.Int).SetUint64(n))
}
