// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/keyholder/curve"
)

// TestContractsScripts runs the transcripts of `escrin contracts`. Each has chains of its own: $RPC, $BARE without the
// deployment proxy, $STRICT that refuses to get it, $CANCUN without BLS; $FLAKY is $RPC by way of a node that goes away
// after the first transaction. key.txt has ether on all of them and poor.txt on none; $GROUP_KEY is a key, $OTHER_KEY
// another. `networkfile` writes network.json for $RPC with the addresses that are in the files that are its arguments.
func TestContractsScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "contracts"),
		Setup: func(env *testscript.Env) error {
			accounts, err := devchain.Accounts(2)
			if err != nil {
				return err
			}
			funded := accounts[:1]
			rpc := chaintest.StartChain(t, devchain.Config{Funded: funded})
			env.Setenv("RPC", rpc)
			env.Setenv("FLAKY", flakyNode(t, rpc))
			env.Setenv("BARE", chaintest.StartChain(t, devchain.Config{Funded: funded, Bare: true, Unprotected: true}))
			env.Setenv("STRICT", chaintest.StartChain(t, devchain.Config{Funded: funded, Bare: true}))
			env.Setenv("CANCUN", chaintest.StartChain(t, devchain.Config{Funded: funded, Rules: devchain.Cancun}))
			for name, key := range map[string]uint32{"GROUP_KEY": 7, "OTHER_KEY": 8} {
				point := groupKey(key)
				env.Setenv(name, "0x"+hex.EncodeToString(point[:]))
			}
			for i, name := range []string{"key.txt", "poor.txt"} {
				text := hex.EncodeToString(crypto.FromECDSA(accounts[i].Key)) + "\n"
				if err := os.WriteFile(filepath.Join(env.WorkDir, name), []byte(text), 0o600); err != nil {
					return err
				}
			}
			return alone(env)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"networkfile": networkFile},
	})
}

func groupKey(secret uint32) [96]byte {
	return curve.ScalarFromIndex(secret).Public().Bytes()
}

// networkFile writes network.json: a network on $RPC whose contracts are those that a file of addresses names.
func networkFile(ts *testscript.TestScript, _ bool, args []string) {
	at := map[string][20]byte{}
	at["PlatformRegistry"], at["KeyNetwork"], at["Anchors"] = [20]byte{1}, [20]byte{2}, [20]byte{3}
	for _, file := range args {
		for _, match := range regexp.MustCompile(`(?m)^(\w+) +0x([0-9a-fA-F]{40})`).FindAllStringSubmatch(ts.ReadFile(file), -1) {
			raw, err := hex.DecodeString(match[2])
			ts.Check(err)
			at[match[1]] = [20]byte(raw)
		}
	}
	accounts, err := devchain.Accounts(1)
	ts.Check(err)
	ts.Check(network.Save(ts.MkAbs("network.json"), network.Network{
		Chain: network.Chain{ID: devchain.ChainID, HTTP: ts.Getenv("RPC"), WS: "ws://127.0.0.1:1"},
		Contracts: network.Contracts{Registry: at["IdentityRegistry"], Permitter: at["CertificatePermitter"], TaskHub: at["TaskHub"],
			Platforms: at["PlatformRegistry"], KeyNetwork: at["KeyNetwork"], Anchors: at["Anchors"]},
		Accounts:   []network.Account{{Address: accounts[0].Address, PrivateKey: "0x" + hex.EncodeToString(crypto.FromECDSA(accounts[0].Key))}},
		Registry:   "localhost:1",
		KeyNetwork: keyNetwork(at["KeyNetwork"], groupKey(7)),
		Jobs:       "http://127.0.0.1:1",
		TEE:        network.TEE{Socket: "/none", Roots: "/none", Policy: "/none"},
	}))
}

// flakyNode answers as the node at url does, until it has passed one transaction on.
func flakyNode(t *testing.T, url string) string {
	t.Helper()
	var sent atomic.Bool
	return betweenNode(t, url, func(_ context.Context, question []byte) bool {
		if sent.Load() {
			return false
		}
		sent.Store(bytes.Contains(question, []byte("eth_sendRawTransaction")))
		return true
	})
}

// betweenNode passes on what it may, and breaks the connection otherwise.
func betweenNode(t *testing.T, url string, may func(asker context.Context, question []byte) bool) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, err := io.ReadAll(r.Body)
		if err != nil || !may(r.Context(), question) {
			panic(http.ErrAbortHandler)
		}
		reply, err := http.Post(url, "application/json", bytes.NewReader(question))
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		defer reply.Body.Close()
		w.Header().Set("Content-Type", "application/json")
		io.Copy(w, reply.Body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestContractsOnATerminal says no, then yes and is interrupted while it waits for a block, then goes on.
func TestContractsOnATerminal(t *testing.T) {
	accounts, err := devchain.Accounts(1)
	if err != nil {
		t.Fatal(err)
	}
	rpc := chaintest.StartChain(t, devchain.Config{Funded: accounts})
	slow := betweenNode(t, rpc, func(asker context.Context, question []byte) bool {
		if bytes.Contains(question, []byte("eth_getTransactionReceipt")) {
			<-asker.Done() // no block takes anything
		}
		return true
	})
	key := filepath.Join(t.TempDir(), "key.txt")
	if err := os.WriteFile(key, []byte(hex.EncodeToString(crypto.FromECDSA(accounts[0].Key))), 0o600); err != nil {
		t.Fatal(err)
	}
	deploy := func(url, answer string, interrupt bool, status int, last string) string {
		s := newTranscript(t)
		cmd := s.start(t, "contracts", "deploy", "--rpc", url, "--account", key, "--only", "TaskHub")
		s.await(t, "Send this? [yes/no] ")
		s.typeIn(t, answer+"\r")
		if interrupt {
			s.await(t, "waiting for a block to take 0x")
			s.typeIn(t, "\x03")
		}
		s.await(t, last)
		if got := wait(t, cmd, s); got != status {
			t.Errorf("answered %s: exit status %d, want %d", answer, got, status)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.seen.String()
	}
	deploy(rpc, "no", false, exitError, "escrin: nothing was sent\r\n")
	deploy(slow, "yes", true, exitError, "escrin: interrupted\r\nhint: what was sent stays; run it again to go on")
	text := deploy(rpc, "yes", false, exitOK, "deploy TaskHub: in block")
	if !regexp.MustCompile(`IdentityRegistry +0x\w+ +is there`).MatchString(text) {
		t.Errorf("begun again:\n%s", text)
	}
}

// TestContractsOfNoChainSayWhatToName: who puts contracts on a chain of the world needs no network on this machine.
func TestContractsOfNoChainSayWhatToName(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	t.Setenv("ESCRIN_NETWORK", "")
	for _, command := range []string{"deploy", "check"} {
		var out bytes.Buffer
		status := run([]string{"contracts", command}, strings.NewReader(""), &out, &out)
		if status != exitError || !strings.Contains(out.String(), "hint: name a node of the chain with --rpc URL") {
			t.Errorf("%s: exit status %d: %s", command, status, &out)
		}
	}
}
