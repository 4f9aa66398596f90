// SPDX-License-Identifier: Apache-2.0

// Package deploy puts the contracts on a chain, at addresses that are known before they are there.
package deploy

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/escrin/escrin/contracts/bindings"
)

// DefaultClaimWindow is how long a claim lasts unless Terms say otherwise.
const DefaultClaimWindow = 10 * time.Minute

// Addresses are those of one deployment.
type Addresses struct {
	Registry  common.Address
	TaskHub   common.Address
	Permitter common.Address
}

// Terms are what a deployment fixes for good. The zero value has no claim window and is refused.
type Terms struct {
	ClaimWindow time.Duration // whole seconds, at least one
	ClaimBond   *big.Int      // wei; nil is zero
}

// Predict returns the addresses of a deployment whose first transaction has nonce startNonce.
func Predict(deployer common.Address, startNonce uint64) Addresses {
	return Addresses{
		Registry:  crypto.CreateAddress(deployer, startNonce),
		TaskHub:   crypto.CreateAddress(deployer, startNonce+1),
		Permitter: crypto.CreateAddress(deployer, startNonce+2),
	}
}

// Deploy deploys with DefaultClaimWindow and no bond; see Terms.Deploy.
func Deploy(ctx context.Context, client *ethclient.Client, key *ecdsa.PrivateKey, chainID uint64, groupKey [96]byte) (Addresses, error) {
	return Terms{ClaimWindow: DefaultClaimWindow}.Deploy(ctx, client, key, chainID, groupKey)
}

// Deploy sends the three deployments, registry, task hub and permitter, with consecutive nonces of key's account, and
// waits until their code is there. The group key is the key network's: a point of G2, compressed.
func (t Terms) Deploy(ctx context.Context, client *ethclient.Client, key *ecdsa.PrivateKey, chainID uint64, groupKey [96]byte) (Addresses, error) {
	if t.ClaimWindow < time.Second {
		return Addresses{}, errors.New("cannot deploy: the claim window is shorter than a second")
	}
	point, err := encodeGroupKey(groupKey)
	if err != nil {
		return Addresses{}, fmt.Errorf("read group key: %w", err)
	}
	deployer := crypto.PubkeyToAddress(key.PublicKey)
	nonce, err := client.PendingNonceAt(ctx, deployer)
	if err != nil {
		return Addresses{}, fmt.Errorf("read nonce of %s: %w", deployer, err)
	}
	at := Predict(deployer, nonce)
	opts := bind.NewKeyedTransactor(key, new(big.Int).SetUint64(chainID))
	for i, step := range t.steps(at, point) {
		opts.Nonce = new(big.Int).SetUint64(nonce + uint64(i))
		if err := create(ctx, client, opts, step); err != nil {
			return Addresses{}, fmt.Errorf("deploy %s: %w", step.name, err)
		}
	}
	return at, nil
}

type step struct {
	name    string
	at      common.Address
	code    string
	creator []byte // encoded constructor arguments
}

func (t Terms) steps(at Addresses, groupKey []byte) []step {
	bond := t.ClaimBond
	if bond == nil {
		bond = new(big.Int)
	}
	window := uint64(t.ClaimWindow / time.Second)
	return []step{
		{"IdentityRegistry", at.Registry, bindings.IdentityRegistryMetaData.Bin, nil},
		{"TaskHub", at.TaskHub, bindings.TaskHubMetaData.Bin,
			bindings.NewTaskHub().PackConstructor(at.Registry, window, bond)},
		{"CertificatePermitter", at.Permitter, bindings.CertificatePermitterMetaData.Bin,
			bindings.NewCertificatePermitter().PackConstructor(at.Registry, groupKey)},
	}
}

func create(ctx context.Context, client *ethclient.Client, opts *bind.TransactOpts, s step) error {
	opts.Context = ctx
	at, tx, err := bind.DeployContract(opts, common.FromHex(s.code), client, s.creator)
	if err != nil {
		return err
	}
	if at != s.at {
		return fmt.Errorf("it would be at %s and not at the predicted %s", at, s.at)
	}
	return waitForCode(ctx, client, tx.Hash(), at)
}
