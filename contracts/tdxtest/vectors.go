// SPDX-License-Identifier: Apache-2.0

package tdxtest

import (
	"bytes"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/simulator"
)

// Vectors are a genuine first and further permit, and each flaw that a quote or a certificate behind it can have.
type Vectors struct {
	Comment       string         `json:"comment"`
	Time          int64          `json:"time"` // of the block, in seconds since the epoch
	ChainID       uint64         `json:"chainId"`
	Registry      common.Address `json:"registry"`
	Registrant    common.Address `json:"registrant"` // creates the identity, without personalisation
	Requester     common.Address `json:"requester"` // of the first permit
	Another       common.Address `json:"another"`   // of the further one
	BaseBlock     uint64         `json:"baseBlock"`
	BaseBlockHash common.Hash    `json:"baseBlockHash"`
	Duration      uint64         `json:"duration"`
	Root          hexutil.Bytes  `json:"root"`    // abi.encode(Authority)
	CA            hexutil.Bytes  `json:"ca"`      // DER
	Context       hexutil.Bytes  `json:"context"` // of both permits
	First         hexutil.Bytes  `json:"first"`   // authorizations
	Further       hexutil.Bytes  `json:"further"`
	Collateral    Collateral     `json:"collateral"`
	Flaws         []Flaw         `json:"flaws"`
	Variants      []Flaw         `json:"variants"` // differences that are none
}

// Collateral is what the vendor publishes.
type Collateral struct {
	TCBSigner           hexutil.Bytes `json:"tcbSigner"`
	RootCRL             hexutil.Bytes `json:"rootCrl"`
	PlatformCRL         hexutil.Bytes `json:"platformCrl"`
	TCBInfo             hexutil.Bytes `json:"tcbInfo"`
	TCBInfoSignature    hexutil.Bytes `json:"tcbInfoSignature"`
	QEIdentity          hexutil.Bytes `json:"qeIdentity"`
	QEIdentitySignature hexutil.Bytes `json:"qeIdentitySignature"`
}

// Flaw is a difference from what is genuine: of the bytes from At on, Remove are replaced.
type Flaw struct {
	Name   string        `json:"name"`
	Threat string        `json:"threat,omitempty"`
	Form   string        `json:"form"` // what differs: "ca", "first" or "further"
	At     int           `json:"at"`
	Remove int           `json:"remove"`
	Insert hexutil.Bytes `json:"insert"`
	Error  string        `json:"error"` // the contracts' refusal
}

// newFlaw returns the difference between two strings, and whether there is one.
func newFlaw(form string, genuine, flawed []byte) (f Flaw, differs bool) {
	if bytes.Equal(genuine, flawed) {
		return f, false
	}
	n := min(len(genuine), len(flawed))
	for f.At < n && genuine[f.At] == flawed[f.At] {
		f.At++
	}
	end := 0
	for end < n-f.At && genuine[len(genuine)-1-end] == flawed[len(flawed)-1-end] {
		end++
	}
	f.Form, f.Remove, f.Insert = form, len(genuine)-end-f.At, flawed[f.At:len(flawed)-end]
	return f, true
}

// Now is the time of the vectors.
func Now() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// MakeVectors makes them, always the same, with keys in dir.
func MakeVectors(dir string) (v Vectors, err error) {
	w, err := NewWorld(dir, Now())
	if err != nil {
		return v, err
	}
	v = Vectors{
		Comment: "Written by contracts/tdxtest: go test ./contracts/tdxtest -update",
		Time:    Now().Unix() + 60, ChainID: 1057,
		Registry:   common.HexToAddress("0x1057000000000000000000000000000000000001"),
		Registrant: common.HexToAddress("0x1057000000000000000000000000000000000002"),
		Requester:  common.HexToAddress("0x1057000000000000000000000000000000000003"),
		Another:    common.HexToAddress("0x1057000000000000000000000000000000000004"),
		BaseBlock:  1000, BaseBlockHash: crypto.Keccak256Hash([]byte("block 1000")), Duration: 3600,
		Root: w.Root.Encode(), CA: w.CA,
	}
	m := maker{World: w}
	if m.request, err = w.Request(v.binding(v.Requester)); err != nil {
		return v, err
	}
	if m.another, err = w.Request(v.binding(v.Another)); err != nil {
		return v, err
	}
	v.Context = m.request.Context()
	e, err := m.attest(simulator.Flaws{})
	if err != nil {
		return v, err
	}
	v.First, v.Further = e.First, e.Further
	if err := v.addCollateral(w); err != nil {
		return v, err
	}
	for _, f := range simulator.TDXFlaws() {
		if !f.V5 && applies(f.Name) {
			if v.Flaws, err = v.differences(v.Flaws, m, f); err != nil {
				return v, err
			}
		}
	}
	for _, f := range simulator.TDXVariants() {
		if v.Variants, err = v.differences(v.Variants, m, f); err != nil {
			return v, err
		}
	}
	return v, nil
}

// maker makes both permits.
type maker struct {
	*World
	request, another Request
}

func (m maker) attest(f simulator.Flaws) (Evidence, error) {
	e, err := m.Attest(m.request, f)
	if err != nil {
		return e, err
	}
	another, err := m.Attest(m.another, f)
	e.Further = another.Further
	return e, err
}

func (v *Vectors) binding(requester common.Address) attest.Binding {
	identity := crypto.Keccak256Hash(words(number(v.ChainID), v.Registry[:], v.Registrant[:], crypto.Keccak256()))
	return attest.Binding{
		ChainID: v.ChainID, Registry: v.Registry, IdentityID: identity, Requester: requester,
		ChannelKeyHash: crypto.Keccak256Hash([]byte("channel key")), Duration: v.Duration,
		BaseBlock: v.BaseBlock, BaseBlockHash: v.BaseBlockHash, ConfigDigest: crypto.Keccak256Hash([]byte("config")),
	}
}

func (v *Vectors) addCollateral(w *World) error {
	b, err := w.Collateral()
	if err != nil {
		return err
	}
	v.Collateral = Collateral{
		TCBSigner: b.TCBSigner, RootCRL: b.RootCRL, PlatformCRL: b.PlatformCRL,
		TCBInfo: b.TCBInfo.Document, TCBInfoSignature: b.TCBInfo.Signature[:],
		QEIdentity: b.QEIdentity.Document, QEIdentitySignature: b.QEIdentity.Signature[:],
	}
	return nil
}

// differences adds what a flaw changes. A flaw of collateral changes nothing here.
func (v *Vectors) differences(list []Flaw, m maker, from simulator.TDXFlaw) ([]Flaw, error) {
	e, err := m.attest(from.Flaws)
	if err != nil {
		return nil, fmt.Errorf("make %s: %w", from.Name, err)
	}
	ca, differs := newFlaw("ca", m.CA, e.CA)
	if differs {
		ca.Name, ca.Threat = from.Name, from.Threat
		return append(list, ca), nil
	}
	for _, form := range []struct {
		name            string
		genuine, flawed []byte
	}{{"first", v.First, e.First}, {"further", v.Further, e.Further}} {
		f, differs := newFlaw(form.name, form.genuine, form.flawed)
		if !differs || len(form.flawed) == 0 {
			continue
		}
		f.Name, f.Threat = from.Name, from.Threat
		list = append(list, f)
	}
	return list, nil
}

// applies is whether a flaw can reach the contracts: they are given certificates in DER, and the root at construction.
func applies(name string) bool {
	for _, prefix := range []string{"pem-", "root-"} {
		if len(name) > len(prefix) && name[:len(prefix)] == prefix {
			return false
		}
	}
	return true
}
