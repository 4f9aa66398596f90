// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
)

// description is devnet.json.
type description struct {
	Chain     chainDescription     `json:"chain"`
	Accounts  []accountDescription `json:"accounts"`
	Registry  string               `json:"registry"`  // as references name it
	TEESocket string               `json:"teeSocket"` // absolute path
	Roots     string               `json:"roots"`     // absolute path of a PEM file: the simulated vendors' root certificates
	Policy    string               `json:"policy"`    // absolute path of a policy file that accepts the simulated machines
}

type chainDescription struct {
	ID   uint64 `json:"id"`
	HTTP string `json:"http"`
	WS   string `json:"ws"`
}

type accountDescription struct {
	Address    string `json:"address"`
	PrivateKey string `json:"privateKey"`
}

// describe writes the root certificates, a policy and then devnet.json, whole or not at all.
func describe(dir string, o options, l listeners, accounts []devchain.Account, m simulator.Machines) error {
	socket, err := filepath.Abs(o.teeSocket)
	if err != nil {
		return err
	}
	roots, policy := filepath.Join(dir, "roots.pem"), filepath.Join(dir, "policy.json")
	if err := errors.Join(replaceFile(roots, rootsOf(m)), replaceFile(policy, simulator.Policy())); err != nil {
		return fmt.Errorf("write roots and policy: %w", err)
	}
	_, port, err := net.SplitHostPort(l.registry.Addr().String())
	if err != nil {
		return err
	}
	d := description{
		Chain: chainDescription{
			ID: devchain.ChainID, HTTP: "http://" + l.http.Addr().String(), WS: "ws://" + l.ws.Addr().String(),
		},
		Registry: "localhost:" + port, TEESocket: socket, Roots: roots, Policy: policy,
	}
	for _, account := range accounts {
		d.Accounts = append(d.Accounts, accountDescription{
			Address: account.Address.Hex(), PrivateKey: hexutil.Encode(crypto.FromECDSA(account.Key)),
		})
	}
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	if err := replaceFile(filepath.Join(dir, "devnet.json"), append(text, '\n')); err != nil {
		return fmt.Errorf("write devnet.json: %w", err)
	}
	return nil
}

// rootsOf are the root certificates of the machines that there are.
func rootsOf(m simulator.Machines) []byte {
	roots := m.TDX.RootPEM()
	if m.SNP != nil {
		roots = append(roots, m.SNP.RootPEM()...)
	}
	return roots
}

// replaceFile puts content at path: readers see the old file or the new one.
func replaceFile(path string, content []byte) error {
	next := path + ".next"
	if err := os.WriteFile(next, content, 0o600); err != nil {
		return err
	}
	return os.Rename(next, path)
}
