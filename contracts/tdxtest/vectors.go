// SPDX-License-Identifier: Apache-2.0

package tdxtest

import (
	"bytes"
	"fmt"
	"strings"
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
	Requester     common.Address `json:"requester"`  // of the first permit
	Another       common.Address `json:"another"`    // of the further one
	BaseBlock     uint64         `json:"baseBlock"`
	BaseBlockHash common.Hash    `json:"baseBlockHash"`
	Duration      uint64         `json:"duration"`
	GroupKey      common.Hash    `json:"groupKeyDigest"`
	Root          hexutil.Bytes  `json:"root"`    // abi.encode(Authority)
	CA            hexutil.Bytes  `json:"ca"`      // DER
	Context       hexutil.Bytes  `json:"context"` // of both permits
	First         hexutil.Bytes  `json:"first"`   // authorizations
	Further       hexutil.Bytes  `json:"further"`
	Collateral    Collateral     `json:"collateral"`
	Recovered     Collateral     `json:"recovered"`  // after a TCB recovery: the platform is out of date
	Revoked       Collateral     `json:"revoked"`    // after the platform was revoked
	Distrusted    Collateral     `json:"distrusted"` // after the platform CA was revoked
	Flaws         Flaws          `json:"flaws"`
	Variants      Flaws          `json:"variants"` // differences that are none
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

// Flaws are differences from what is genuine, in columns, which is how forge reads lists: of the bytes from At on, Remove
// are replaced by Insert.
type Flaws struct {
	Names   []string        `json:"names"`
	Threats []string        `json:"threats"`
	Forms   []string        `json:"forms"` // what differs: "ca", "first" or "further"
	At      []int           `json:"at"`
	Remove  []int           `json:"remove"`
	Insert  []hexutil.Bytes `json:"insert"`
	Errors  []string        `json:"errors"` // the contracts' refusal
}

// add appends the difference between two strings, if there is one, and returns whether.
func (f *Flaws) add(from simulator.TDXFlaw, form string, genuine, flawed []byte) bool {
	if bytes.Equal(genuine, flawed) {
		return false
	}
	head, n := 0, min(len(genuine), len(flawed))
	for head < n && genuine[head] == flawed[head] {
		head++
	}
	tail := 0
	for tail < n-head && genuine[len(genuine)-1-tail] == flawed[len(flawed)-1-tail] {
		tail++
	}
	f.Names, f.Threats, f.Forms = append(f.Names, from.Name), append(f.Threats, from.Threat), append(f.Forms, form)
	f.At, f.Remove = append(f.At, head), append(f.Remove, len(genuine)-tail-head)
	f.Insert = append(f.Insert, flawed[head:len(flawed)-tail])
	f.Errors = append(f.Errors, refusal(form, from.Name))
	return true
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
		GroupKey: crypto.Keccak256Hash([]byte("group key")),
		Root:     w.Root.Encode(), CA: w.CA,
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
	if v.Collateral, err = w.published(); err != nil {
		return v, err
	}
	for _, f := range simulator.TDXFlaws() {
		if !f.V5 && applies(f.Name) {
			if err := v.differences(&v.Flaws, m, f); err != nil {
				return v, err
			}
		}
	}
	for _, f := range simulator.TDXVariants() {
		if err := v.differences(&v.Variants, m, f); err != nil {
			return v, err
		}
	}
	return v, v.addLater(w)
}

// addLater adds what is published after bad things happened, one after another.
func (v *Vectors) addLater(w *World) (err error) {
	vendor := w.Platform.Vendor()
	if err := w.Platform.Revoke(); err != nil {
		return err
	}
	if v.Revoked, err = w.published(); err != nil {
		return err
	}
	if err := vendor.RevokePlatformCA(); err != nil {
		return err
	}
	if v.Distrusted, err = w.published(); err != nil {
		return err
	}
	vendor.Recover()
	v.Recovered, err = w.published()
	return err
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
		GroupKeyDigest: v.GroupKey,
	}
}

// published is the present collateral.
func (w *World) published() (c Collateral, err error) {
	b, err := w.Collateral()
	if err != nil {
		return c, err
	}
	return Collateral{
		TCBSigner: b.TCBSigner, RootCRL: b.RootCRL, PlatformCRL: b.PlatformCRL,
		TCBInfo: b.TCBInfo.Document, TCBInfoSignature: b.TCBInfo.Signature[:],
		QEIdentity: b.QEIdentity.Document, QEIdentitySignature: b.QEIdentity.Signature[:],
	}, nil
}

// differences adds what a flaw changes. A flaw of collateral changes nothing here.
func (v *Vectors) differences(list *Flaws, m maker, from simulator.TDXFlaw) error {
	e, err := m.attest(from.Flaws)
	if err != nil {
		return fmt.Errorf("make %s: %w", from.Name, err)
	}
	if list.add(from, "ca", m.CA, e.CA) {
		// A CA that is accepted is of no use to a platform; if its key is no point, to none.
		if _, err := ParseAuthority(e.CA); err != nil || refusal("ca", from.Name) != "" {
			return nil
		}
	}
	list.add(from, "first", v.First, e.First)
	if len(e.Further) > 0 {
		list.add(from, "further", v.Further, e.Further)
	}
	return nil
}

// applies is whether a flaw can reach the contracts: they are given certificates in DER, and the root at construction. A
// list of platforms they have none.
func applies(name string) bool {
	return !strings.HasPrefix(name, "pem-") && !strings.HasPrefix(name, "root-") && name != "ppid-other"
}
