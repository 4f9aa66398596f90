// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

// ErrNoIdentity says that an identity does not exist, or was destroyed.
var ErrNoIdentity = errors.New("no such identity")

// Identity is who governs an identity and who grants its permits.
type Identity struct {
	ID         common.Hash
	Registrant common.Address
	Permitter  common.Address
}

// CreateIdentity creates an identity that from governs, with this deployment's permitter.
func (c *Chain) CreateIdentity(ctx context.Context, from *Account) (common.Hash, Receipt, error) {
	var name [32]byte
	if _, err := rand.Read(name[:]); err != nil {
		return common.Hash{}, Receipt{}, fmt.Errorf("name identity: %w", err)
	}
	call := c.registryABI.PackCreateIdentity(c.contracts.Permitter, name[:])
	receipt, err := c.send(ctx, from, c.contracts.Registry, nil, call)
	if err != nil {
		return common.Hash{}, receipt, fmt.Errorf("create identity: %w", err)
	}
	return c.identityID(from.address, name[:]), receipt, nil
}

// identityID computes what IdentityRegistry.createIdentity makes of a registrant and its own name for an identity.
func (c *Chain) identityID(registrant common.Address, name []byte) common.Hash {
	return crypto.Keccak256Hash(
		word(new(big.Int).SetUint64(c.contracts.ChainID).Bytes()), word(c.contracts.Registry[:]), word(registrant[:]),
		crypto.Keccak256(name),
	)
}

func word(b []byte) []byte { return common.LeftPadBytes(b, 32) }

// Identity reads an identity; ErrNoIdentity if there is none.
func (c *Chain) Identity(ctx context.Context, id common.Hash) (Identity, error) {
	registrant, err := bind.Call(c.registry, at(ctx, nil), c.registryABI.PackGetRegistrant(id), c.registryABI.UnpackGetRegistrant)
	if err != nil {
		return Identity{}, fmt.Errorf("read registrant: %w", err)
	}
	permitter, err := bind.Call(c.registry, at(ctx, nil), c.registryABI.PackGetPermitter(id), c.registryABI.UnpackGetPermitter)
	if err != nil {
		return Identity{}, fmt.Errorf("read permitter: %w", err)
	}
	if permitter == (common.Address{}) {
		return Identity{}, fmt.Errorf("identity %s: %w", id, ErrNoIdentity)
	}
	return Identity{ID: id, Registrant: registrant.Current, Permitter: permitter}, nil
}

// Identities lists all identities of this deployment's permitter that exist, oldest first.
func (c *Chain) Identities(ctx context.Context) ([]Identity, error) {
	logs, err := c.logs(ctx, c.contracts.Registry, Range{}, c.topic("IdentityCreated"))
	if err != nil {
		return nil, fmt.Errorf("list identities: %w", err)
	}
	var identities []Identity
	for i := range logs {
		created, err := c.registryABI.UnpackIdentityCreatedEvent(&logs[i])
		if err != nil {
			return nil, fmt.Errorf("list identities: %w", err)
		}
		identity, err := c.Identity(ctx, created.Id)
		if errors.Is(err, ErrNoIdentity) {
			continue
		}
		if err != nil {
			return nil, err
		}
		identities = append(identities, identity)
	}
	return identities, nil
}

// Permit returns when holder's permit of an identity ends, in seconds since the epoch; zero if it has none.
func (c *Chain) Permit(ctx context.Context, holder common.Address, identity common.Hash) (uint64, error) {
	return c.permit(at(ctx, nil), holder, identity)
}

func (c *Chain) permit(when *bind.CallOpts, holder common.Address, identity common.Hash) (uint64, error) {
	permit, err := bind.Call(c.registry, when, c.registryABI.PackReadPermit(holder, identity), c.registryABI.UnpackReadPermit)
	if err != nil {
		return 0, fmt.Errorf("read permit: %w", err)
	}
	return permit.Expiry, nil
}

// Acquisition is a request for a permit.
type Acquisition struct {
	Identity      common.Hash
	Requester     common.Address
	Duration      uint64 // seconds
	Context       []byte // of the certificate, 192 bytes
	Authorization []byte // the certificate's signature, 128 bytes
	Release       []byte // where the policy names an author: its release, 96 bytes (enclaver/release); else empty
}

// AcquireIdentity presents a certificate and returns when the permit ends, in seconds since the epoch. Anyone may pay.
func (c *Chain) AcquireIdentity(ctx context.Context, from *Account, a Acquisition) (uint64, Receipt, error) {
	terms, err := bind.Call(c.permitter, at(ctx, nil), c.permitterABI.PackTermsOf(a.Identity), c.permitterABI.UnpackTermsOf)
	if err != nil {
		return 0, Receipt{}, fmt.Errorf("read policy: %w", err)
	}
	// The policy's terms, which the contract compares with their digest: cheaper than its reading them.
	certified := bytes.Join([][]byte{a.Context, word(terms.Bytes()), a.Release}, nil)
	call := c.permitterABI.PackAcquireIdentity(a.Identity, a.Requester, a.Duration, certified, a.Authorization)
	receipt, err := c.send(ctx, from, c.contracts.Permitter, nil, call)
	if err != nil {
		return 0, receipt, fmt.Errorf("acquire identity: %w", err)
	}
	expiry, found := c.granted(receipt.logs, a.Identity, a.Requester)
	if !found {
		return 0, receipt, errors.New("acquire identity: the transaction has no PermitGranted event")
	}
	return expiry, receipt, nil
}

// granted finds the permit that a transaction gave, and returns when it ends.
func (c *Chain) granted(logs []*types.Log, identity common.Hash, holder common.Address) (expiry uint64, found bool) {
	for _, log := range logs {
		if log.Address != c.contracts.Registry {
			continue
		}
		e, err := c.registryABI.UnpackPermitGrantedEvent(log)
		if err == nil && e.Id == identity && e.Holder == holder {
			return e.Expiry, true
		}
	}
	return 0, false
}
