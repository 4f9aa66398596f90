// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/bindings"
)

// ErrNoPolicy says that an identity's permitter has no policy for it.
var ErrNoPolicy = errors.New("the identity has no policy: no enclave may act as it")

// PolicyKind says how a policy names enclaves. The zero kind names none.
type PolicyKind uint8

// The kinds of policies, as the contract numbers them.
const (
	ByMeasurements PolicyKind = iota + 1 // by the Merkle root of their measurements
	ByAuthor                             // by whoever signs their releases
	ByIDBlock                            // by the author key of SEV-SNP's ID block
)

func (k PolicyKind) String() string {
	names := [...]string{"none", "measurements", "author", "ID block"}
	if int(k) >= len(names) {
		return fmt.Sprintf("unknown (%d)", uint8(k))
	}
	return names[k]
}

// Floors below which no platform's verdict is good, so that the keyholders' policies alone judge its age: any date of a
// TDX platform's TCB level, any security versions of an SNP platform. Zero would refuse the vendor.
const (
	AnyTDX uint64 = 1
	AnySNP uint64 = 1 << 32 // microcode 1
)

// Policy is which enclaves may act as an identity, and where the present one can be had. The zero Policy names none.
type Policy struct {
	Kind            PolicyKind
	MeasurementRoot common.Hash    // ByMeasurements
	Author          common.Address // ByAuthor: who signs EnclaveRelease
	AuthorKey       common.Hash    // ByIDBlock: Keccak-256 of SNP's AUTHOR_KEY_DIGEST
	MinVersion      uint64         // ByAuthor, ByIDBlock: of the release, of the guest
	MaxDuration     uint64         // seconds that a permit lasts at most
	TDXFloor        uint64         // oldest date of the TCB level, seconds since the epoch; zero refuses TDX
	SNPFloor        uint64         // least security versions, a byte each (contracts/SPEC.md); zero refuses SNP
	Locator         string
}

// Measured returns the policy that names one enclave by its measurement root, on platforms of any TCB that the
// keyholders accept.
func Measured(root common.Hash, maxDuration uint64, locator string) Policy {
	return Policy{
		Kind: ByMeasurements, MeasurementRoot: root, MaxDuration: maxDuration, TDXFloor: AnyTDX, SNPFloor: AnySNP, Locator: locator,
	}
}

// ByReleases returns the policy that names whatever an author releases from a version on, on platforms of any TCB that the
// keyholders accept. The locator leads to the present release, by a tag.
func ByReleases(author common.Address, minVersion, maxDuration uint64, locator string) Policy {
	return Policy{
		Kind: ByAuthor, Author: author, MinVersion: minVersion, MaxDuration: maxDuration, TDXFloor: AnyTDX, SNPFloor: AnySNP, Locator: locator,
	}
}

func (p Policy) subject() common.Hash {
	switch p.Kind {
	case ByMeasurements:
		return p.MeasurementRoot
	case ByAuthor:
		return common.BytesToHash(p.Author[:])
	case ByIDBlock:
		return p.AuthorKey
	}
	return common.Hash{}
}

// policyOf reads a policy as the contract has it, without its locator.
func policyOf(stored bindings.IEnclavePoliciesPolicy) Policy {
	p := Policy{
		Kind: PolicyKind(stored.Kind), MinVersion: stored.MinVersion, MaxDuration: stored.MaxDuration,
		TDXFloor: stored.TdxFloor, SNPFloor: stored.SnpFloor,
	}
	switch p.Kind {
	case ByMeasurements:
		p.MeasurementRoot = stored.Subject
	case ByAuthor:
		p.Author = common.BytesToAddress(stored.Subject[:])
	case ByIDBlock:
		p.AuthorKey = stored.Subject
	}
	return p
}

// SetPolicy names the enclave that may act as an identity; from must be its registrant. If the identity has a delay, the
// first call announces the policy and the same call again, when the delay is over, makes it count.
func (c *Chain) SetPolicy(ctx context.Context, from *Account, identity common.Hash, p Policy) (Receipt, error) {
	call := c.permitterABI.PackSetPolicy(identity, bindings.IEnclavePoliciesPolicy{
		Kind: uint8(p.Kind), Subject: p.subject(), MaxDuration: p.MaxDuration,
		TdxFloor: p.TDXFloor, SnpFloor: p.SNPFloor, MinVersion: p.MinVersion,
	}, p.Locator)
	receipt, err := c.send(ctx, from, c.contracts.Permitter, nil, call)
	if err != nil {
		return receipt, fmt.Errorf("set policy: %w", err)
	}
	return receipt, nil
}

// Policy reads the policy of an identity at this deployment's permitter, its locator from the last PolicyChanged
// event, which must agree with the contract's state. ErrNoPolicy if there is none.
func (c *Chain) Policy(ctx context.Context, identity common.Hash) (Policy, error) {
	stored, err := bind.Call(c.permitter, at(ctx, nil), c.permitterABI.PackPolicyOf(identity), c.permitterABI.UnpackPolicyOf)
	if err != nil {
		return Policy{}, fmt.Errorf("read policy: %w", err)
	}
	policy := policyOf(stored)
	if policy.Kind == 0 {
		return Policy{}, fmt.Errorf("identity %s: %w", identity, ErrNoPolicy)
	}
	logs, err := c.logs(ctx, c.contracts.Permitter, Range{}, c.topic("PolicyChanged"), only(identity))
	if err != nil {
		return Policy{}, fmt.Errorf("read policy's locator: %w", err)
	}
	if len(logs) == 0 {
		return Policy{}, errors.New("read policy's locator: the node has no PolicyChanged event of it")
	}
	changed, err := c.permitterABI.UnpackPolicyChangedEvent(&logs[len(logs)-1])
	if err != nil {
		return Policy{}, fmt.Errorf("read policy's locator: %w", err)
	}
	if changed.Policy != stored {
		return Policy{}, errors.New("read policy: it changed just now; ask again")
	}
	policy.Locator = changed.Locator
	return policy, nil
}

// PermitterKey reads the group key that a CertificatePermitter goes by, in the 256 bytes of EIP-2537.
func (c *Chain) PermitterKey(ctx context.Context, permitter common.Address) ([]byte, error) {
	key, err := bind.Call(c.permitterABI.Instance(c.eth, permitter), at(ctx, nil), c.permitterABI.PackGroupKey(), c.permitterABI.UnpackGroupKey)
	if err != nil {
		return nil, fmt.Errorf("read group key of permitter %s: %w", permitter, err)
	}
	return key, nil
}
