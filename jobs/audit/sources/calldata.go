// SPDX-License-Identifier: Apache-2.0

package sources

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/enclaver/release"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/task/readback"
	"github.com/escrin/escrin/jobs/audit"
	"github.com/escrin/escrin/keyholder"
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
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || len(terms) < 6*word {
		return audit.Permit{}, errCalldata
	}
	shown, err := releaseIn(terms[6*word:])
	if err != nil {
		return audit.Permit{}, err
	}
	return audit.Permit{
		Identity: identity, Requester: requester, Duration: duration, Certificate: certificate,
		BaseBlock:       binary.BigEndian.Uint64(terms[word-8:]),
		MeasurementRoot: nth(terms, 1), ConfigDigest: nth(terms, 2), EvidenceDigest: nth(terms, 3),
		Findings: keyholder.Findings{Platform: nth(terms, 4), Author: nth(terms, 5)}, Release: shown,
	}, nil
}

// releaseIn finds the author's release in what follows the certificate's words: nothing, the policy's terms, a release, or
// terms and a release.
func releaseIn(rest []byte) ([]byte, error) {
	switch len(rest) {
	case 0, word:
		return nil, nil
	case release.WordsSize, word + release.WordsSize:
		return rest[len(rest)-release.WordsSize:], nil
	}
	return nil, errCalldata
}

// signed is what a call of the hub brings along: terms, and a signature.
type signed struct {
	terms     task.Terms
	signature []byte
}

// decodeClaim reads the arguments of claim.
func decodeClaim(data []byte) (signed, error) {
	values, err := arguments(bindings.NewTaskHub().GetABI(), "claim", data)
	if err != nil {
		return signed{}, err
	}
	signature, ok := values[3].([]byte)
	terms, err := task.ParseTerms(data[4+word:][:task.TermsSize]) // static, so they are where they are
	if !ok || err != nil {
		return signed{}, errCalldata
	}
	return signed{terms, signature}, nil
}

// decodeReport reads the arguments of acceptTaskResults. What identifies batch and terms is left out of the report.
func decodeReport(data []byte) (signed, task.Report, error) {
	values, err := arguments(bindings.NewTaskHub().GetABI(), "acceptTaskResults", data)
	if err != nil {
		return signed{}, task.Report{}, err
	}
	proof, ok1 := values[1].([]byte)
	report, ok2 := values[2].([]byte)
	if !ok1 || !ok2 {
		return signed{}, task.Report{}, errCalldata
	}
	s, err := decodeProof(proof)
	if err != nil {
		return signed{}, task.Report{}, err
	}
	attempt, results, err := readback.ParseReport(report)
	if err != nil {
		return signed{}, task.Report{}, err
	}
	return s, task.Report{Attempt: attempt, Results: results}, nil
}

// decodeProof reads abi.encode(Terms, bytes).
func decodeProof(proof []byte) (signed, error) {
	if len(proof) < task.TermsSize {
		return signed{}, errCalldata
	}
	terms, err := task.ParseTerms(proof[:task.TermsSize])
	if err != nil {
		return signed{}, errCalldata
	}
	types := abi.Arguments{{Type: bindings.NewTaskHub().GetABI().Methods["submit"].Inputs[0].Type}, {Type: abi.Type{T: abi.BytesTy}}}
	values, err := types.Unpack(proof)
	if err != nil || len(values) != 2 {
		return signed{}, errCalldata
	}
	signature, ok := values[1].([]byte)
	if !ok {
		return signed{}, errCalldata
	}
	return signed{terms, signature}, nil
}

func nth(words []byte, i int) [word]byte { return [word]byte(words[i*word : (i+1)*word]) }
