// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"encoding/binary"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/bindings"
)

// Name is a contract's in Solidity.
type Name string

// The contracts of a deployment.
const (
	IdentityRegistry     Name = "IdentityRegistry"
	TaskHub              Name = "TaskHub"
	TaskScheduler        Name = "TaskScheduler"
	CertificatePermitter Name = "CertificatePermitter"
	PlatformRegistry     Name = "PlatformRegistry"
	KeyNetwork           Name = "KeyNetwork"
	AnyOf                Name = "AnyOf"
	AllOf                Name = "AllOf"
	KOfN                 Name = "KOfN"
	Multisig             Name = "Multisig"
	Timelock             Name = "Timelock"
	AllowList            Name = "AllowList"
	TokenVote            Name = "TokenVote"
	TdxCertificates      Name = "TdxCertificates"
	TdxCollateral        Name = "TdxCollateral"
	TdxPermitter         Name = "TdxPermitter"
	Anchors              Name = "Anchors"
)

// multisigLimit is how long a permit that Multisig grants may last, in seconds: 30 days.
const multisigLimit = 30 * 24 * 60 * 60

// row is one contract: what it is, and how it is made. Constructors must not ask who calls them: the proxy does.
type row struct {
	name      Name
	about     string
	code      string // creation code, in hex
	needs     []Precompile
	arguments func(*arguments) ([]byte, error) // of the constructor, encoded
}

// rows is the table of contracts. A row may use the addresses of rows above it.
func rows() []row {
	bls, p256 := blsPrecompiles(), []Precompile{P256Verify}
	return []row{
		{IdentityRegistry, "identities and their permits", bindings.IdentityRegistryCode, nil, none},
		{TaskHub, "tasks, escrow and bonds", bindings.TaskHubCode, nil, taskHub},
		{TaskScheduler, "periodic and triggered tasks", bindings.TaskSchedulerCode, nil, addresses(TaskHub)},
		{CertificatePermitter, "permits for certificates of the key network", bindings.CertificatePermitterCode, bls, certificatePermitter},
		{PlatformRegistry, "which platforms count", bindings.PlatformRegistryCode, nil, governed},
		{KeyNetwork, "who holds the keys", bindings.KeyNetworkCode, bls, governed},
		{AnyOf, "permits that any of several grants", bindings.AnyOfCode, nil, addresses(IdentityRegistry)},
		{AllOf, "permits that all of several grant", bindings.AllOfCode, nil, addresses(IdentityRegistry)},
		{KOfN, "permits that enough of several grant", bindings.KOfNCode, nil, addresses(IdentityRegistry)},
		{Multisig, "permits that people sign", bindings.MultisigCode, nil, multisig},
		{Timelock, "permits that wait", bindings.TimelockCode, nil, addresses(IdentityRegistry)},
		{AllowList, "permits for who is on a list", bindings.AllowListCode, nil, addresses(IdentityRegistry)},
		{TokenVote, "permits that holders of a token vote for", bindings.TokenVoteCode, nil, addresses(IdentityRegistry)},
		{TdxCertificates, "certificates of TDX platforms", bindings.TdxCertificatesCode, p256, tdxCertificates},
		{TdxCollateral, "what Intel publishes", bindings.TdxCollateralCode, p256, tdxCollateral},
		{TdxPermitter, "permits for TDX quotes", bindings.TdxPermitterCode, p256, tdxPermitter},
		{Anchors, "newest versions of what is kept elsewhere", bindings.AnchorsCode, nil, addresses(IdentityRegistry)},
	}
}

// Names are all contracts', in the order in which they are deployed.
func Names() []Name {
	var names []Name
	for _, row := range rows() {
		names = append(names, row.name)
	}
	return names
}

func none(*arguments) ([]byte, error) { return nil, nil }

// addresses are arguments that are nothing but addresses of contracts.
func addresses(names ...Name) func(*arguments) ([]byte, error) {
	return func(a *arguments) ([]byte, error) {
		var encoded []byte
		for _, name := range names {
			encoded = append(encoded, words(a.address(name).Bytes())...)
		}
		return encoded, nil
	}
}

func taskHub(a *arguments) ([]byte, error) {
	return bindings.NewTaskHub().PackConstructor(a.address(IdentityRegistry), a.claimWindow(), a.claimBond()), nil
}

func certificatePermitter(a *arguments) ([]byte, error) {
	registry := a.address(IdentityRegistry)
	key, err := a.groupKey()
	return bindings.NewCertificatePermitter().PackConstructor(registry, key), err
}

func tdxPermitter(a *arguments) ([]byte, error) {
	used, err := addresses(IdentityRegistry, TdxCertificates, TdxCollateral, PlatformRegistry)(a)
	if err != nil {
		return nil, err
	}
	key, err := a.groupKey()
	return append(used, crypto.Keccak256(key)...), err
}

func governed(a *arguments) ([]byte, error) {
	return words(a.governor().Bytes()), nil
}

func multisig(a *arguments) ([]byte, error) {
	return words(a.address(IdentityRegistry).Bytes(), binary.BigEndian.AppendUint64(nil, multisigLimit)), nil
}

// words are the 32-byte words of abi.encode that hold integers and addresses: big-endian, zeros on the left.
func words(values ...[]byte) (encoded []byte) {
	for _, value := range values {
		encoded = append(encoded, common.LeftPadBytes(value, 32)...)
	}
	return encoded
}
