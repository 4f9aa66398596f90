// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
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
	Registry  string               `json:"registry"`          // as references name it
	TEESocket string               `json:"teeSocket"`         // absolute path
	TDXRoot   string               `json:"tdxRoot"`           // absolute path of a PEM file
	SNPRoot   string               `json:"snpRoot,omitempty"` // likewise, with --snp
	// TCBEvaluation is the TCB evaluation data number of the simulated collateral.
	TCBEvaluation uint32 `json:"tcbEvaluation"`
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

// describe writes the root certificates and then devnet.json, whole or not at all.
func describe(dir string, o options, l listeners, accounts []devchain.Account, m simulator.Machines) error {
	socket, err := filepath.Abs(o.teeSocket)
	if err != nil {
		return err
	}
	roots, err := writeRoots(dir, m)
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(l.registry.Addr().String())
	if err != nil {
		return err
	}
	d := description{
		Chain: chainDescription{
			ID: devchain.ChainID, HTTP: "http://" + l.http.Addr().String(), WS: "ws://" + l.ws.Addr().String(),
		},
		Registry: "localhost:" + port, TEESocket: socket, TDXRoot: roots.tdx, SNPRoot: roots.snp,
		TCBEvaluation: simulator.EvaluationNumber,
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

// rootFiles are the paths of the root certificates; empty without the machine.
type rootFiles struct{ tdx, snp string }

func writeRoots(dir string, m simulator.Machines) (rootFiles, error) {
	files := rootFiles{tdx: filepath.Join(dir, "tdx-root.pem")}
	if err := replaceFile(files.tdx, m.TDX.RootPEM()); err != nil {
		return rootFiles{}, fmt.Errorf("write root certificate: %w", err)
	}
	if m.SNP == nil {
		return files, nil
	}
	files.snp = filepath.Join(dir, "snp-root.pem")
	if err := replaceFile(files.snp, m.SNP.RootPEM()); err != nil {
		return rootFiles{}, fmt.Errorf("write root certificate: %w", err)
	}
	return files, nil
}

// replaceFile puts content at path: readers see the old file or the new one.
func replaceFile(path string, content []byte) error {
	next := path + ".next"
	if err := os.WriteFile(next, content, 0o600); err != nil {
		return err
	}
	return os.Rename(next, path)
}
