// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// DefaultClaimWindow is how long a claim lasts unless Terms say otherwise.
const DefaultClaimWindow = 10 * time.Minute

// SaltLabel is what the salt of every address is the Keccak-256 of. It changes with the deployment's version.
const SaltLabel = "escrin.contracts.v1"

// Terms are what a deployment fixes for good. The zero value has no claim window and is refused.
type Terms struct {
	ClaimWindow time.Duration  // whole seconds, at least one
	ClaimBond   *big.Int       // wei; nil is zero
	GroupKey    [96]byte       // the key network's: a point of G2, compressed; zero if it is not known (yet)
	Governor    common.Address // who may loosen the platform registry, and start sessions of the key network: a timelock or a multisig; zero if there is none
	TDXRoot     []byte         // the root certificate of TDX platforms, in DER: Intel's, or a simulation's; empty if there is none
	Instance    string         // empty for the deployment that everybody on a chain shares; anything else names another
}

// What Contract.Lacks says of terms without one.
const (
	GroupKey = "the group key"
	Governor = "a governor"
	TDXRoot  = "a TDX root certificate"
)

// Contract is one contract of a deployment.
type Contract struct {
	Name     Name
	About    string         // its purpose, a few words
	Lacks    string         // what the terms lack that its constructor needs; then it has no address
	Address  common.Address // where it is, or will be
	InitCode []byte         // creation code with the constructor's arguments
	Needs    []Precompile   // without which it cannot work
	After    []Name         // contracts that must be there before it
}

// Addresses are those of contracts that every network has. Zero are those that the terms do not suffice for.
type Addresses struct {
	Registry   common.Address
	Permitter  common.Address
	TaskHub    common.Address
	Platforms  common.Address
	KeyNetwork common.Address
	Anchors    common.Address
}

// Predict returns where a deployment is, or will be, on any chain. Without a group key it has no permitter, without a
// governor neither platform registry nor key network; the other addresses do not depend on them.
func Predict(t Terms) (Addresses, error) {
	contracts, err := t.Contracts()
	if err != nil {
		return Addresses{}, err
	}
	at := func(name Name) common.Address {
		i := slices.IndexFunc(contracts, func(c Contract) bool { return c.Name == name })
		return contracts[i].Address
	}
	return Addresses{Registry: at(IdentityRegistry), TaskHub: at(TaskHub), Permitter: at(CertificatePermitter),
		Platforms: at(PlatformRegistry), KeyNetwork: at(KeyNetwork), Anchors: at(Anchors)}, nil
}

// Salt is that of every address of the deployment.
func (t Terms) Salt() common.Hash {
	if t.Instance == "" {
		return crypto.Keccak256Hash([]byte(SaltLabel))
	}
	return crypto.Keccak256Hash([]byte(SaltLabel + "/" + t.Instance))
}

// Contracts are all that a deployment has, in the order in which they are deployed.
func (t Terms) Contracts() ([]Contract, error) {
	if err := t.validate(); err != nil {
		return nil, err
	}
	salt, at, lacking := t.Salt(), map[Name]common.Address{}, map[Name]string{}
	var list []Contract
	for _, row := range rows() {
		a := arguments{Terms: t, at: at, lacking: lacking}
		encoded, err := row.arguments(&a)
		if err != nil {
			return nil, fmt.Errorf("encode arguments of %s: %w", row.name, err)
		}
		c := Contract{Name: row.name, About: row.about, Lacks: a.lacks, Needs: row.needs, After: a.used}
		if c.Lacks != "" {
			lacking[c.Name] = c.Lacks
		} else {
			c.InitCode = append(common.FromHex(row.code), encoded...)
			c.Address = crypto.CreateAddress2(ProxyAddress(), salt, crypto.Keccak256(c.InitCode))
			at[c.Name] = c.Address
		}
		list = append(list, c)
	}
	return list, nil
}

func (t Terms) validate() error {
	switch {
	case t.ClaimWindow < time.Second || t.ClaimWindow%time.Second != 0:
		return fmt.Errorf("the claim window is %v: want whole seconds, one at least", t.ClaimWindow)
	case t.ClaimBond != nil && (t.ClaimBond.Sign() < 0 || t.ClaimBond.BitLen() > 256):
		return errors.New("the claim bond is no amount of wei")
	}
	if t.GroupKey != [96]byte{} {
		if _, err := encodeGroupKey(t.GroupKey); err != nil {
			return fmt.Errorf("read group key: %w", err)
		}
	}
	if len(t.TDXRoot) > 0 {
		_, err := parseTDXRoot(t.TDXRoot)
		return err
	}
	return nil
}

// arguments is what a constructor's arguments are made of. It notes what was used, and what was not there.
type arguments struct {
	Terms
	at      map[Name]common.Address
	lacking map[Name]string // why a contract above is not in at
	used    []Name
	lacks   string
}

// address is that of a contract above in the table.
func (a *arguments) address(name Name) common.Address {
	address, known := a.at[name]
	if !known && a.lacks == "" {
		a.lacks = a.lacking[name]
	}
	a.used = append(a.used, name)
	return address
}

// groupKey is the point in the 256 bytes of EIP-2537.
func (a *arguments) groupKey() ([]byte, error) {
	if a.GroupKey == [96]byte{} {
		if a.lacks == "" {
			a.lacks = GroupKey
		}
		return nil, nil
	}
	return encodeGroupKey(a.GroupKey)
}

func (a *arguments) governor() common.Address {
	if a.Governor == (common.Address{}) {
		a.lacks = Governor
	}
	return a.Governor
}

func (a *arguments) claimWindow() uint64 { return uint64(a.ClaimWindow / time.Second) }

func (a *arguments) claimBond() *big.Int {
	if a.ClaimBond == nil {
		return new(big.Int)
	}
	return a.ClaimBond
}
