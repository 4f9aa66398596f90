// SPDX-License-Identifier: Apache-2.0

package simulation

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/crosscheck"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/verify"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/epoch/epochtest"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/keyholder/keyname"
	"github.com/escrin/escrin/keyholder/release"
	"github.com/escrin/escrin/keyholder/transact"
)

const (
	chainID   = 31337
	blockTime = 12 // seconds
)

// enclave is a machine with the workload in it, and evidence of that. Those of
// equal requesters are clones.
type enclave struct {
	number     byte
	requester  transact.Account
	channel    []byte // private
	evidence   []byte
	binding    attest.Binding
	authentic  claims.Claims
	sameSigner byte // number of the first enclave with this requester
}

// lab makes enclaves of one measurement. Their evidence is verified by both
// verifiers, once: verification takes longer than all else in a schedule.
type lab struct {
	platform *simulator.Platform
	check    *crosscheck.Verifier
	policy   appraise.Policy
	now      time.Time
	root     [32]byte
	enclaves []*enclave
	claims   map[[32]byte]claims.Claims // by evidence's digest
}

// bound is the key network that evidence is bound to: each schedule makes another key, and evidence is made
// once for all of them. That holders refuse evidence of other networks is tested in release and server.
var bound = word("the key network of a schedule")

func word(name string) [32]byte { return abi.Keccak([]byte(name)) }

// boardOf is where the simulated network comes together.
func boardOf() keyholder.Board {
	return keyholder.Board{ChainID: chainID, KeyNetwork: address("board")}
}

func address(name string) [20]byte { w := word(name); return [20]byte(w[12:]) }

// theLab is made once: all schedules have the same enclaves.
var theLab = sync.OnceValues(newLab)

// sameRequester says which enclaves have the requester of an earlier one.
var sameRequester = map[byte]byte{3: 0, 4: 1}

const enclaveCount = 6

func newLab() (*lab, error) {
	dir, err := os.MkdirTemp("", "simulation")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	l := &lab{now: time.Now(), claims: map[[32]byte]claims.Claims{}}
	if l.platform, err = simulator.Open(dir); err != nil {
		return nil, err
	}
	roots, err := verify.ParseRoots(l.platform.RootPEM())
	if err != nil {
		return nil, err
	}
	l.check = crosscheck.New(roots)
	text := strings.Replace(string(simulator.Policy()), `"minTcbEvaluation": 18`, `"minTcbEvaluation": 1`, 1)
	if l.policy, err = appraise.ParsePolicy([]byte(text)); err != nil {
		return nil, err
	}
	if l.root, err = attest.Root([]attest.Measurement{measured}); err != nil {
		return nil, err
	}
	for i := range byte(enclaveCount) {
		e, err := l.start(i)
		if err != nil {
			return nil, fmt.Errorf("start enclave %d: %w", i, err)
		}
		l.enclaves = append(l.enclaves, e)
	}
	return l, nil
}

var measured = attest.Measurement{
	TEE: attest.TDX, Shape: attest.Shape{VCPUs: 1, MemoryMiB: 1024},
	Registers: attest.Registers{MRTD: attest.Register{1}, RTMR0: attest.Register{2}, RTMR1: attest.Register{3}, RTMR2: attest.Register{4}},
}

func (l *lab) start(number byte) (*enclave, error) {
	e := &enclave{number: number, sameSigner: number}
	if first, ok := sameRequester[number]; ok {
		e.sameSigner = first
	}
	var err error
	if e.requester, err = transact.ParseAccount(append(make([]byte, 31), e.sameSigner+1)); err != nil {
		return nil, err
	}
	channel := word(fmt.Sprint("channel ", number))
	e.channel = channel[:]
	public, err := envelope.PublicKey(e.channel)
	if err != nil {
		return nil, err
	}
	e.binding = attest.Binding{
		ChainID: chainID, Registry: address("registry"), IdentityID: word("identity"), Requester: e.requester.Address(),
		ChannelKeyHash: attest.HashChannelKey(public), Duration: 600, BaseBlockHash: epochtest.NewChain(0).Hash(0),
		MeasurementRoot: l.root, ConfigDigest: word("config"), GroupKeyDigest: bound,
	}
	evidence := attest.Evidence{TEE: attest.TDX, Shape: measured.Shape, Binding: e.binding, ChannelKey: public}
	evidence.Signed, evidence.Collateral, err = l.platform.Start(measured.Registers).Quote(e.binding.ReportData())
	if err != nil {
		return nil, err
	}
	if evidence.Proof, err = attest.Proof([]attest.Measurement{measured}, measured.Shape, measured.TEE); err != nil {
		return nil, err
	}
	if e.authentic, err = l.check.Verify(evidence, l.now); err != nil {
		return nil, err
	}
	l.claims[e.binding.Digest()] = e.authentic
	evidence.Collateral = []byte("verified") // what is read 100,000 times has to be short
	e.evidence, err = evidence.Marshal()
	return e, err
}

// authentic remembers what the verifiers said.
func (l *lab) authentic(e attest.Evidence, _ time.Time) (claims.Claims, error) {
	known, ok := l.claims[e.Binding.Digest()]
	if !ok || string(known.Evidence().Signed) != string(e.Signed) {
		return claims.Claims{}, errors.New("no such enclave was started")
	}
	return known, nil
}

// batch is the id of a batch of tasks.
func batch(number byte) [32]byte {
	id := word(fmt.Sprint("task ", number))
	id[31] = 0
	return id
}

// terms are those of all batches: without end.
func terms() keyholder.Terms {
	return keyholder.Terms(abi.Words{}.
		Address(address("submitter")).Bytes32(word("identity")).Bytes32(word("input")).Uint64(1 << 60).Uint64(1).Uint64(8).
		Address([20]byte{}).Uint64(5).Address(address("submitter")).Address([20]byte{}).Uint64(0))
}

// nameOf is the key of a batch.
func (l *lab) nameOf(task byte) keyname.Name {
	return keyname.ForTask(chainID, address("registry"), word("identity"), batch(task), l.root)
}

func (l *lab) taskPolicy() release.Policy {
	return release.Policy{Kind: release.ByMeasurements, Subject: l.root, MaxDuration: 3600}
}
