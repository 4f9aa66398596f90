// SPDX-License-Identifier: Apache-2.0

// Package network describes one escrin network (its chain, contracts, registry, keyholders and job service) as
// the single JSON file that `escrin dev up` writes and every other command finds by itself.
//
// The file is read strictly: unknown and missing fields are errors, every address has its exact length, and every
// URL is an absolute http or ws URL. It holds the private keys of a development network's funded accounts, so it
// is written with mode 0600.
package network

import (
	"crypto/ecdsa"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/keyholder"
)

// Network is what a client or a job service must know of one escrin network.
type Network struct {
	Chain      Chain             `json:"chain"`
	Contracts  Contracts         `json:"contracts"`
	Accounts   []Account         `json:"accounts"`
	Registry   string            `json:"registry"` // host:port of the OCI registry, e.g. localhost:5000
	KeyNetwork keyholder.Network `json:"keyNetwork"`
	Jobs       string            `json:"jobs"` // base URL of the job service, without a trailing slash
	TEE        TEE               `json:"tee"`
	Processes  []Process         `json:"processes"`
}

// Chain is the EVM chain: its id (EIP-155) and the URLs of its JSON-RPC endpoints.
type Chain struct {
	ID   uint64 `json:"id"`
	HTTP string `json:"http"`
	WS   string `json:"ws"`
}

// Contracts are the addresses of the contracts that a network has.
type Contracts struct {
	Registry   common.Address `json:"registry"`
	Permitter  common.Address `json:"permitter"`
	TaskHub    common.Address `json:"taskHub"`
	Platforms  common.Address `json:"platforms"`  // which families of processors count
	KeyNetwork common.Address `json:"keyNetwork"` // the key network's board
	Anchors    common.Address `json:"anchors"`    // newest versions of what is kept elsewhere
}

// Account is a funded account of a development network.
type Account struct {
	Address    common.Address `json:"address"`
	PrivateKey string         `json:"privateKey"` // 0x and 64 hexadecimal digits
}

// TEE says where evidence comes from, and which a verifier of this network accepts.
type TEE struct {
	Socket string `json:"socket"` // unix socket of the simulated platforms
	Roots  string `json:"roots"`  // path of a PEM file: the vendors' root certificates
	Policy string `json:"policy"` // path of a policy file: what hardware, firmware and guests are acceptable
}

// Process is one process of a development network; StartTime is field 22 of /proc/PID/stat, which together with
// the pid names a process unambiguously.
type Process struct {
	Name      string `json:"name"`
	PID       int    `json:"pid"`
	StartTime uint64 `json:"startTime"`
	Log       string `json:"log"`
}

// maxAccounts and maxProcesses bound the lists of a network file.
const (
	maxAccounts  = 1000
	maxProcesses = 1000
)

// Key parses the account's private key and checks that it belongs to the account's address.
func (a Account) Key() (*ecdsa.PrivateKey, error) {
	digits, ok := strings.CutPrefix(a.PrivateKey, "0x")
	if !ok || len(digits) != 64 {
		return nil, fmt.Errorf("account %s: private key is not 0x and 64 hexadecimal digits", a.Address)
	}
	raw, err := hex.DecodeString(digits)
	if err != nil {
		return nil, fmt.Errorf("account %s: private key is not hexadecimal", a.Address)
	}
	key, err := crypto.ToECDSA(raw)
	if err != nil {
		return nil, fmt.Errorf("account %s: private key is not a scalar of secp256k1", a.Address)
	}
	if crypto.PubkeyToAddress(key.PublicKey) != a.Address {
		return nil, fmt.Errorf("account %s: private key belongs to another address", a.Address)
	}
	return key, nil
}

// Validate reports everything that is missing or malformed.
func (n Network) Validate() error {
	return errors.Join(
		n.Chain.validate(),
		n.Contracts.validate(),
		n.validateAccounts(),
		n.validateServices(),
		n.TEE.validate(),
		n.validateProcesses(),
	)
}

func (c Chain) validate() error {
	if c.ID == 0 {
		return errors.New("chain.id is missing")
	}
	return errors.Join(
		checkURL("chain.http", c.HTTP, "http", "https"),
		checkURL("chain.ws", c.WS, "ws", "wss"),
	)
}

func (c Contracts) validate() error {
	var errs []error
	for _, f := range []struct {
		name string
		addr common.Address
	}{{"registry", c.Registry}, {"permitter", c.Permitter}, {"taskHub", c.TaskHub}, {"platforms", c.Platforms},
		{"keyNetwork", c.KeyNetwork}, {"anchors", c.Anchors}} {
		if f.addr == (common.Address{}) {
			errs = append(errs, fmt.Errorf("contracts.%s is missing", f.name))
		}
	}
	return errors.Join(errs...)
}

func (n Network) validateAccounts() error {
	if len(n.Accounts) > maxAccounts {
		return fmt.Errorf("accounts: more than %d", maxAccounts)
	}
	var errs []error
	for i, a := range n.Accounts {
		if _, err := a.Key(); err != nil {
			errs = append(errs, fmt.Errorf("accounts[%d]: %w", i, err))
		}
	}
	return errors.Join(errs...)
}

func (n Network) validateServices() error {
	if n.Registry == "" {
		return errors.New("registry is missing")
	}
	if len(n.KeyNetwork.Holders) == 0 {
		return errors.New("keyNetwork.keyholders is empty")
	}
	if want := (keyholder.Board{ChainID: n.Chain.ID, KeyNetwork: n.Contracts.KeyNetwork}); n.KeyNetwork.Board != want {
		return fmt.Errorf("keyNetwork is that of board %x on chain %d, contracts.keyNetwork is another", n.KeyNetwork.Board.KeyNetwork, n.KeyNetwork.Board.ChainID)
	}
	errs := []error{checkURL("jobs", n.Jobs, "http", "https")}
	for i, h := range n.KeyNetwork.Holders {
		errs = append(errs, checkURL(fmt.Sprintf("keyNetwork.keyholders[%d].url", i), h.URL, "http", "https"))
	}
	return errors.Join(errs...)
}

func (t TEE) validate() error {
	switch {
	case !filepath.IsAbs(t.Socket):
		return errors.New("tee.socket is not an absolute path")
	case !filepath.IsAbs(t.Roots):
		return errors.New("tee.roots is not an absolute path")
	case !filepath.IsAbs(t.Policy):
		return errors.New("tee.policy is not an absolute path")
	}
	return nil
}

func (n Network) validateProcesses() error {
	if len(n.Processes) > maxProcesses {
		return fmt.Errorf("processes: more than %d", maxProcesses)
	}
	for i, p := range n.Processes {
		if p.Name == "" || p.PID <= 1 || p.StartTime == 0 {
			return fmt.Errorf("processes[%d]: name, pid or startTime is missing", i)
		}
	}
	return nil
}

func checkURL(field, s string, schemes ...string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || strings.HasSuffix(s, "/") {
		return fmt.Errorf("%s: %q is not an absolute URL without a trailing slash", field, s)
	}
	for _, scheme := range schemes {
		if u.Scheme == scheme {
			return nil
		}
	}
	return fmt.Errorf("%s: scheme of %q is not one of %v", field, s, schemes)
}
