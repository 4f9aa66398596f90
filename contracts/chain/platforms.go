// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/bindings"
)

// Family is a family of processors as the platform registry knows it: the TEE (1 TDX, 2 SNP), then the six bytes of the
// platform word's family. With six zeros it is the TEE as a whole, whose rule holds for every family of it.
type Family [7]byte

// The TEEs as a whole.
var (
	AllTDX = Family{1}
	AllSNP = Family{2}
)

// Access is what becomes of a family of platforms.
type Access uint8

// The accesses, as the contract numbers them.
const (
	Unlisted Access = iota // refused, or left to the rule of the TEE
	Denied
	Listed // of a TEE as a whole: the families that are allowed one by one
	Allowed
)

func (a Access) String() string {
	names := [...]string{"unlisted", "denied", "listed", "allowed"}
	if int(a) >= len(names) {
		return fmt.Sprintf("unknown (%d)", uint8(a))
	}
	return names[a]
}

// Rule is what the platform registry says of a family.
type Rule struct {
	Access Access
	Floor  uint64 // the least TCB: a date (TDX), eight security versions (SNP); zero is no floor
}

// Platforms is the platform registry at one address of a chain.
type Platforms struct {
	chain    *Chain
	at       common.Address
	contract *bind.BoundContract
	abi      *bindings.PlatformRegistry
}

// Platforms returns the platform registry at an address.
func (c *Chain) Platforms(at common.Address) *Platforms {
	abi := bindings.NewPlatformRegistry()
	return &Platforms{chain: c, at: at, contract: abi.Instance(c.eth, at), abi: abi}
}

// Rule reads the rule of a family.
func (p *Platforms) Rule(ctx context.Context, of Family) (Rule, error) {
	r, err := bind.Call(p.contract, at(ctx, nil), p.abi.PackRuleOf(of), p.abi.UnpackRuleOf)
	if err != nil {
		return Rule{}, fmt.Errorf("read rule of platforms: %w", err)
	}
	return Rule{Access: Access(r.Access), Floor: r.Floor}, nil
}

// Allows reads whether the platform of a word (attest/platform) is trusted.
func (p *Platforms) Allows(ctx context.Context, word [32]byte) (bool, error) {
	allowed, err := bind.Call(p.contract, at(ctx, nil), p.abi.PackAllows(word), p.abi.UnpackAllows)
	if err != nil {
		return false, fmt.Errorf("read whether a platform is allowed: %w", err)
	}
	return allowed, nil
}

// FamilyRule is the rule of a family.
type FamilyRule struct {
	Family Family
	Rule
}

// Rules lists the rules of all families that ever had one, in the order of the families; the TEEs as a whole are always
// among them.
func (p *Platforms) Rules(ctx context.Context) ([]FamilyRule, error) {
	logs, err := p.chain.logs(ctx, p.at, Range{}, p.chain.topic("RuleChanged"))
	if err != nil {
		return nil, fmt.Errorf("list rules of platforms: %w", err)
	}
	families := []Family{AllTDX, AllSNP}
	for i := range logs {
		changed, err := p.abi.UnpackRuleChangedEvent(&logs[i])
		if err != nil {
			return nil, fmt.Errorf("list rules of platforms: %w", err)
		}
		families = append(families, changed.Family)
	}
	slices.SortFunc(families, func(a, b Family) int { return bytes.Compare(a[:], b[:]) })
	var rules []FamilyRule
	for _, family := range slices.Compact(families) {
		rule, err := p.Rule(ctx, family)
		if err != nil {
			return nil, err
		}
		rules = append(rules, FamilyRule{family, rule})
	}
	return rules, nil
}

// Owner reads who may loosen the rules; zero if nobody.
func (p *Platforms) Owner(ctx context.Context) (common.Address, error) {
	owner, err := bind.Call(p.contract, at(ctx, nil), p.abi.PackOwner(), p.abi.UnpackOwner)
	if err != nil {
		return owner, fmt.Errorf("read owner of platform registry: %w", err)
	}
	return owner, nil
}

// IsGuardian reads whether an account may deny platforms and raise floors without being the owner.
func (p *Platforms) IsGuardian(ctx context.Context, account common.Address) (bool, error) {
	guardian, err := bind.Call(p.contract, at(ctx, nil), p.abi.PackIsGuardian(account), p.abi.UnpackIsGuardian)
	if err != nil {
		return false, fmt.Errorf("read guardian of platform registry: %w", err)
	}
	return guardian, nil
}

// Epoch reads the number of changes so far.
func (p *Platforms) Epoch(ctx context.Context) (uint64, error) {
	epoch, err := bind.Call(p.contract, at(ctx, nil), p.abi.PackEpoch(), p.abi.UnpackEpoch)
	if err != nil {
		return 0, fmt.Errorf("read epoch of platform registry: %w", err)
	}
	return epoch, nil
}

// SetRule sets the rule of a family; from must be the registry's owner.
func (p *Platforms) SetRule(ctx context.Context, from *Account, of Family, r Rule) (Receipt, error) {
	call := p.abi.PackSetRule(of, bindings.IPlatformRegistryRule{Access: uint8(r.Access), Floor: r.Floor})
	return p.send(ctx, from, call, "set rule of platforms")
}

// Deny denies a family at once; from must be the registry's owner or a guardian.
func (p *Platforms) Deny(ctx context.Context, from *Account, of Family) (Receipt, error) {
	return p.send(ctx, from, p.abi.PackDeny(of), "deny platforms")
}

// RaiseFloor raises the floor of a family at once; from must be the registry's owner or a guardian.
func (p *Platforms) RaiseFloor(ctx context.Context, from *Account, of Family, floor uint64) (Receipt, error) {
	return p.send(ctx, from, p.abi.PackRaiseFloor(of, floor), "raise floor of platforms")
}

func (p *Platforms) send(ctx context.Context, from *Account, call []byte, what string) (Receipt, error) {
	receipt, err := p.chain.send(ctx, from, p.at, nil, call)
	if err != nil {
		return receipt, fmt.Errorf("%s: %w", what, err)
	}
	return receipt, nil
}
