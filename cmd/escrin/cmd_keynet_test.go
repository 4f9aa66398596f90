// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/jobs/keynet"
	"github.com/escrin/escrin/jobs/keynet/keynettest"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// TestKeynetScripts runs the transcripts of the key network's commands, each against a chain of its own with a board
// without epochs: $RPC, $BOARD, and the network file $ESCRIN_NETWORK.
func TestKeynetScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "keynet"),
		Setup: func(env *testscript.Env) error {
			t := env.T().(testing.TB)
			r := keynettest.New(t, chaintest.New(t))
			env.Values["run"] = r
			env.Setenv("RPC", r.URL)
			env.Setenv("BOARD", r.At.KeyNetwork.Hex())
			env.Setenv("GOVERNOR", r.Accounts[0].Address().Hex())
			env.Setenv("ESCRIN_NETWORK", filepath.Join(env.WorkDir, "network.json"))
			if err := saveBoard(env, r); err != nil {
				return err
			}
			return alone(env)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"entries": writeEntries, "epoch": runEpoch, "lie": writeLie},
	})
}

// saveBoard writes a network file of which the key network's part is not true yet.
func saveBoard(env *testscript.Env, r *keynettest.Run) error {
	return network.Save(env.Getenv("ESCRIN_NETWORK"), network.Network{
		Chain:      network.Chain{ID: r.Contracts().ChainID, HTTP: r.URL, WS: "ws://127.0.0.1:1"},
		Contracts:  network.Contracts(r.At),
		Accounts:   fundedAccounts(env.T().(testing.TB)),
		Registry:   "localhost:1",
		KeyNetwork: keyNetwork(r.At.KeyNetwork, r.GroupKey),
		Jobs:       "http://127.0.0.1:1",
		TEE:        network.TEE{Socket: "/none", Roots: "/none", Policy: "/none"},
	})
}

// writeEntries writes a FILE with the entries of members of some NUMBERS; their signers have nothing.
func writeEntries(ts *testscript.TestScript, _ bool, args []string) {
	var entries []keynet.Entry
	for _, arg := range args[1:] {
		n, err := strconv.ParseUint(arg, 10, 8)
		ts.Check(err)
		entries = append(entries, keynet.Entry{Account: common.Address{byte(n)}, Signer: common.Address{byte(n), 0xff},
			EncryptionKey: crypto.Keccak256Hash([]byte(args[0] + arg)), URL: "http://127.0.0.1:1"})
	}
	raw, err := json.Marshal(entries)
	ts.Check(err)
	if len(entries) == 1 {
		raw, err = json.Marshal(entries[0])
		ts.Check(err)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), raw, 0o600))
}

// writeLie writes a FILE with the proof that member 2 of epoch 1 signed a share that it made up.
func writeLie(ts *testscript.TestScript, _ bool, args []string) {
	r := ts.Value("run").(*keynettest.Run)
	accounts, err := devchain.Accounts(3)
	ts.Check(err)
	s := keyholder.Statement{Board: keyholder.Board{ChainID: devchain.ChainID, KeyNetwork: r.At.KeyNetwork}, Path: keyholder.PathCertificate, Epoch: 1, Index: 2, Share: curve.HashToG1(curve.DSTCertificate, nil).Bytes()}
	digest := s.Digest()
	signature, err := crypto.Sign(digest[:], accounts[2].Key)
	ts.Check(err)
	signature[64] += 27
	raw, err := json.Marshal(keyholder.Proof{Statement: s, Signature: [65]byte(signature)})
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), raw, 0o600))
}

// runEpoch goes through an epoch of accounts 1 to 3: `good`, with a member who `deviates`, or with a `forged` certificate.
func runEpoch(ts *testscript.TestScript, _ bool, args []string) {
	r := ts.Value("run").(*keynettest.Run)
	switch args[0] {
	case "good":
		r.Succeed(2, 1, 2, 3)
	case "deviates":
		e := r.Start(2, 1, 2, 3)
		e.Deal(keynettest.Tamper{2: func(m []byte) []byte { return append(slices.Clone(m), 0) }, 3: nil})
		e.Complain(nil)
		e.Justify(nil)
		e.Evaluate()
		e.Certify(keynettest.Tamper{3: keynettest.Silence})
	case "forged":
		forge(r)
	default:
		ts.Fatalf("no epoch is called %s", args[0])
	}
}

// forge certifies a key that one person knows: all members are in on it.
func forge(r *keynettest.Run) {
	e := r.Start(2, 1, 2, 3)
	e.Deal(nil)
	e.Reach(chain.Certification)
	secret := curve.ScalarFromIndex(7)
	key := secret.Public().EIP2537()
	digest := e.DigestOf(crypto.Keccak256Hash(key[:]), [32]byte{1})
	e.Confirm(digest, nil)
	signature := curve.HashToG1(curve.DSTCompletion, digest[:]).Mul(secret).EIP2537()
	_, err := r.Board.Certify(r.T.Context(), r.Accounts[0], e.Number, key[:], [32]byte{1}, signature[:])
	r.Must(err)
}
