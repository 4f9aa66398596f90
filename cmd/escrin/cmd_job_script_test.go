// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/jobs/blob"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// TestJobScripts runs the transcripts of what dev, identity and job commands say without any network.
func TestJobScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   filepath.Join("testdata", "job"),
		Setup: func(env *testscript.Env) error { return alone(env) },
		Cmds:  map[string]func(*testscript.TestScript, bool, []string){"sparse": sparse, "mode": mode},
	})
}

// TestChainScripts runs the transcripts against a chain in this process, with a blob store and a registry, but with no
// job service that would do the tasks. $IDENTITY has a policy, $BARE has none. $GUEST_BASE and `image` are as in
// TestEnclaveScripts.
func TestChainScripts(t *testing.T) {
	w := newChainWorld(t)
	base := t.TempDir()
	if err := imagetest.GuestBase(base); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "chain"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("ESCRIN_NETWORK", w.file)
			env.Setenv("IDENTITY", w.identity.Hex())
			env.Setenv("BARE", w.bare.Hex())
			env.Setenv("REGISTRY", w.network.Registry)
			env.Setenv("GUEST_BASE", base)
			env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "data"))
			return alone(env)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"sparse": sparse, "mode": mode, "image": writeImage},
	})
}

// alone keeps a script away from the user's own state.
func alone(env *testscript.Env) error {
	home := filepath.Join(env.WorkDir, "home")
	env.Setenv("HOME", home)
	env.Setenv("XDG_STATE_HOME", filepath.Join(home, "state"))
	env.Setenv("STRANGER", "0x00000000000000000000000000000000000000000000000000000000000000ee")
	return os.Mkdir(home, 0o700)
}

// sparse makes a FILE of SIZE bytes that takes no room.
func sparse(ts *testscript.TestScript, _ bool, args []string) {
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(f.Truncate(size))
	ts.Check(f.Close())
}

// mode checks the permissions of every file that matches a PATTERN, of which there must be one at least.
func mode(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.ParseUint(args[0], 8, 32)
	ts.Check(err)
	matches, err := filepath.Glob(ts.MkAbs(args[1]))
	ts.Check(err)
	if len(matches) == 0 {
		ts.Fatalf("nothing matches %s", args[1])
	}
	for _, path := range matches {
		info, err := os.Stat(path)
		ts.Check(err)
		if info.Mode().Perm() != os.FileMode(want) {
			ts.Fatalf("%s has mode %v, want %s", path, info.Mode(), args[0])
		}
	}
}

// chainWorld is a network without anybody who does its tasks.
type chainWorld struct {
	network  network.Network
	file     string
	identity common.Hash // with a policy
	bare     common.Hash // without
}

func newChainWorld(t *testing.T) chainWorld {
	t.Helper()
	n := chaintest.New(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	platform, err := simulator.Open(filepath.Join(dir, "tdx"))
	must(err)
	roots, policy := filepath.Join(dir, "roots.pem"), filepath.Join(dir, "policy.json")
	must(os.WriteFile(roots, platform.RootPEM(), 0o600))
	must(os.WriteFile(policy, simulator.Policy(), 0o600))
	w := chainWorld{file: filepath.Join(dir, "network.json")}
	w.identity, _, err = n.Chain.CreateIdentity(t.Context(), n.Accounts[0])
	must(err)
	_, err = n.Chain.SetPolicy(t.Context(), n.Accounts[0], w.identity, chain.Measured(common.Hash{7}, 600,
		"localhost:5000/auction:latest@sha256:"+common.Hash{8}.Hex()[2:]))
	must(err)
	w.bare, _, err = n.Chain.CreateIdentity(t.Context(), n.Accounts[0])
	must(err)
	w.network = network.Network{
		Chain:      network.Chain{ID: n.Contracts().ChainID, HTTP: n.URL, WS: "ws://127.0.0.1:1"},
		Contracts:  network.Contracts(n.At),
		Accounts:   fundedAccounts(t),
		Registry:   startRegistry(t),
		KeyNetwork: keyNetwork(n.At.KeyNetwork, n.GroupKey),
		Jobs:       startStore(t),
		TEE:        network.TEE{Socket: filepath.Join(dir, "tee.sock"), Roots: roots, Policy: policy},
	}
	must(network.Save(w.file, w.network))
	return w
}

func fundedAccounts(t testing.TB) []network.Account {
	t.Helper()
	accounts, err := devchain.Accounts(2)
	if err != nil {
		t.Fatal(err)
	}
	var list []network.Account
	for _, a := range accounts {
		list = append(list, network.Account{Address: crypto.PubkeyToAddress(a.Key.PublicKey),
			PrivateKey: "0x" + common.Bytes2Hex(crypto.FromECDSA(a.Key))})
	}
	return list
}

func keyNetwork(board common.Address, group [96]byte) keyholder.Network {
	share := func(i uint32) [96]byte { return curve.ScalarFromIndex(i).Public().Bytes() }
	return keyholder.Network{Board: keyholder.Board{ChainID: devchain.ChainID, KeyNetwork: board}, Epoch: 1, Threshold: 2, GroupKey: group, Holders: []keyholder.Holder{
		{Index: 1, URL: "http://127.0.0.1:1", PublicShare: share(1)}, {Index: 2, URL: "http://127.0.0.1:2", PublicShare: share(2)},
	}}
}

func startRegistry(t *testing.T) string {
	t.Helper()
	host, stop := imagetest.StartRegistry()
	t.Cleanup(stop)
	return host
}

// startStore serves a job service's blobs, and nothing else of it.
func startStore(t *testing.T) string {
	t.Helper()
	store, err := blob.OpenStore(t.TempDir(), blob.DefaultMaxBytes)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	store.Register(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// Wrong calls end with 2 and everything else that fails with 1, so that scripts can tell them apart.
func TestJobExitStatus(t *testing.T) {
	t.Setenv("ESCRIN_NETWORK", filepath.Join(t.TempDir(), "none.json"))
	task := "0x" + common.Hash{1}.Hex()[2:]
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{"job", "submit"}, exitUsage},
		{[]string{"job", "submit", "--identity", "0x12"}, exitUsage},
		{[]string{"job", "submit", "--identity", task, "--input", "UPPER"}, exitUsage},
		{[]string{"job", "submit", "--identity", task}, exitError},
		{[]string{"job", "status"}, exitUsage},
		{[]string{"job", "status", "nonsense"}, exitUsage},
		{[]string{"job", "status", task}, exitError},
		{[]string{"job", "verify", task, task}, exitUsage},
		{[]string{"job", "dance"}, exitUsage},
		{[]string{"identity", "create"}, exitUsage},
		{[]string{"identity", "show", task}, exitError},
		{[]string{"dev", "up", "--ports", "many"}, exitUsage},
		{[]string{"connect", "nowhere"}, exitUsage},
		{[]string{"connect", "nowhere:0"}, exitUsage},
		{[]string{"connect", "nowhere:https"}, exitUsage},
		{[]string{"connect", "nowhere:65536"}, exitUsage},
		{[]string{"connect", ":443"}, exitUsage},
		{[]string{"job"}, exitOK},
		{[]string{"dev", "--help"}, exitOK},
	} {
		var out, errs bytes.Buffer
		if got := run(c.args, nil, &out, &errs); got != c.want {
			t.Errorf("escrin %v: exit %d, want %d\n%s", c.args, got, c.want, errs.String())
		}
	}
}
