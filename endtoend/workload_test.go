// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/jobs/api"
)

// said is what testdata/workload.py prints.
type said struct {
	Wallet  common.Address
	Chain   []uint64
	Ledger  json.RawMessage
	Reached []string
	Called  hexutil.Bytes
	Sent    struct {
		Hash common.Hash
		Log  hexutil.Bytes
	}
	Written bool
}

// TestMB15WorkloadOfAnIdentity runs three tasks of a program in Python. The first reads a contract, reaches what its enclave lists and
// nothing else, and fills a volume on its disk. The second has money, and makes an identity of its own by a transaction
// whose receipt it checks. Both keep a ledger; the third has a host that serves the ledger of the first.
func TestMB15WorkloadOfAnIdentity(t *testing.T) {
	address, port := greeter(t, "listed\n")
	_, canary := greeter(t, "not listed\n")
	n := start(t, "--reach", address+"/32")
	p := n.prepareAs(with(t, "python", []string{"python3", "/app/workload.py"}, map[string]string{
		"app/workload.py": "testdata/workload.py", "app/escrin_agent.py": "../clients/python/escrin_agent.py",
	}), "workload", fmt.Sprintf(`version: 1
chain: true
scratch: disk
volumes: [{path: /data, sizeMiB: 128, medium: disk}]
network: {egress: ["%s:%d", "10.255.255.1:80"]}
`, address, port))
	registry := strings.ToLower(n.file().Contracts.Registry.Hex())
	chain, err := ethclient.DialContext(t.Context(), n.file().Chain.HTTP)
	if err != nil {
		t.Fatal(err)
	}
	defer chain.Close()

	first := p.does(map[string]any{
		"entry": "one ", "write": map[string]any{"path": "/data/file", "mebibytes": 96},
		"call":  map[string]string{"to": registry, "data": hexutil.Encode(bindings.NewIdentityRegistry().PackGetPermitter(common.HexToHash(p.identity)))},
		"reach": [][2]any{{address, port}, {address, canary}, {"10.255.255.1", 80}, {"198.51.100.1", 80}, {"unlisted.example", 80}},
	})
	if string(first.Ledger) != `["", 0]` || !first.Written || first.Chain[0] != first.Chain[1] || first.Chain[0] != n.file().Chain.ID {
		t.Errorf("the first task says %+v, ledger %s", first, first.Ledger)
	}
	if common.BytesToAddress(first.Called) != n.file().Contracts.Permitter {
		t.Errorf("the permitter is %x", first.Called)
	}
	// 10.255.255.1 is listed by the enclave, and no address that the operator lets guests reach.
	if r := strings.Join(first.Reached, ", "); r != "listed\n, ConnectionRefusedError, ConnectionResetError, OSError, gaierror" {
		t.Errorf("the workload reached %q", r)
	}

	p.fund(chain, first.Wallet)
	second := p.does(map[string]any{"entry": "two", "transact": map[string]string{
		"to": registry, "data": hexutil.Encode(bindings.NewIdentityRegistry().PackCreateIdentity(n.file().Contracts.Permitter, nil))}})
	if second.Wallet != first.Wallet || string(second.Ledger) != `["one ", 1]` {
		t.Errorf("the second task says %+v, ledger %s", second, second.Ledger)
	}
	receipt, err := chain.TransactionReceipt(t.Context(), second.Sent.Hash)
	if err != nil || receipt.Status != types.ReceiptStatusSuccessful || len(receipt.Logs) != 1 || !bytes.Equal(receipt.Logs[0].Data, second.Sent.Log) {
		t.Fatalf("receipt %+v, %v; the enclave says %x", receipt, err, second.Sent.Log)
	}
	made, err := bindings.NewIdentityRegistry().UnpackIdentityCreatedEvent(receipt.Logs[0])
	if err != nil {
		t.Fatal(err)
	}
	if who := p.registrant(chain, made.Id); who != first.Wallet {
		t.Errorf("the registrant of the enclave's identity is %s, want %s", who, first.Wallet)
	}

	versions := p.objects(chain)
	tell(t, n.hostile(), map[string][]byte{versions[1].Hex()[2:]: read(t, n.blob(versions[0]))})
	if third := p.does(map[string]any{"entry": "fork"}); string(third.Ledger) != `"rollback"` {
		t.Errorf("with a host that serves the first ledger the third task says %s", third.Ledger)
	}
}

// does has a task done with what it is to do as its input, and returns what it says.
func (p prepared) does(job map[string]any) (s said) {
	p.t.Helper()
	text, err := json.Marshal(job)
	if err != nil {
		p.t.Fatal(err)
	}
	task := p.run("job", "submit", "--identity", p.identity, "--input", p.write("job.json", string(text)), "--quiet")
	done := p.accepted(task)
	dir := filepath.Join(p.t.TempDir(), "result")
	out := p.run("job", "result", task, "-o", dir)
	if done.Result.ExitStatus != 0 {
		p.t.Fatalf("exit status %d\n%s\n%s", done.Result.ExitStatus, out, p.run("job", "result", task, "--json", "-o", dir+"-again"))
	}
	p.run("job", "verify", task)
	p.inOrder(done)
	p.decode(out, &s)
	return s
}

// inOrder checks that the steps of a task's last attempt are all there, in order, with their times.
func (p prepared) inOrder(task api.Task) {
	p.t.Helper()
	last := task.Attempts[len(task.Attempts)-1]
	var names []string
	for i, s := range last.Steps {
		names = append(names, s.Name)
		if i > 0 && (s.MS < last.Steps[i-1].MS && s.Name != "boot" || s.At.Before(last.Steps[i-1].At)) {
			p.t.Errorf("step %s is at %d ms, %s before it at %d ms", s.Name, s.MS, last.Steps[i-1].Name, last.Steps[i-1].MS)
		}
	}
	const want = "enclave boot kernel agent disk keys evidence permit shares input workload sealed result poweroff"
	if got := strings.Join(names, " "); got != want && got != strings.TrimSuffix(want, " poweroff") {
		p.t.Errorf("steps %s, want %s", got, want)
	}
	for i, kind := range []string{"permit", "claim"} {
		if len(last.Txs) < 3 || last.Txs[i].Kind != kind || last.Txs[i].Block == 0 {
			p.t.Errorf("transactions %+v", last.Txs)
		}
	}
}

// fund gives an address some of the network's money.
func (p prepared) fund(chain *ethclient.Client, to common.Address) {
	p.t.Helper()
	account := p.file().Accounts[5]
	key, err := account.Key()
	if err != nil {
		p.t.Fatal(err)
	}
	id := new(big.Int).SetUint64(p.file().Chain.ID)
	tip, err := chain.SuggestGasTipCap(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	price, err := chain.SuggestGasPrice(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	tx, err := types.SignNewTx(key, types.LatestSignerForChainID(id), &types.DynamicFeeTx{
		ChainID: id, To: &to, Value: big.NewInt(1e18), Gas: 21000, GasFeeCap: price.Add(tip, price.Mul(price, big.NewInt(2))), GasTipCap: tip,
	})
	if err == nil {
		err = chain.SendTransaction(p.t.Context(), tx)
	}
	if err == nil {
		_, err = bind.WaitMined(p.t.Context(), chain, tx.Hash())
	}
	if err != nil {
		p.t.Fatalf("fund %s: %v", to, err)
	}
}

// greeter is a server of the host, at an address that is not the loopback's, that says something to everyone.
func greeter(t *testing.T, greeting string) (address string, port int) {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		if ip, _, err := net.ParseCIDR(a.String()); err == nil && ip.To4() != nil && ip.IsGlobalUnicast() {
			address = ip.String()
		}
	}
	l, err := net.Listen("tcp4", address+":0")
	if err != nil || address == "" {
		t.Fatalf("this machine has no address but the loopback's: %v", err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			io.WriteString(conn, greeting)
			conn.Close()
		}
	}()
	return address, l.Addr().(*net.TCPAddr).Port
}

// registrant is who registered an identity.
func (p prepared) registrant(chain *ethclient.Client, identity [32]byte) common.Address {
	p.t.Helper()
	registry, contract := p.file().Contracts.Registry, bindings.NewIdentityRegistry()
	raw, err := chain.CallContract(p.t.Context(), ethereum.CallMsg{To: &registry, Data: contract.PackGetRegistrant(identity)}, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	registrant, err := contract.UnpackGetRegistrant(raw)
	if err != nil {
		p.t.Fatal(err)
	}
	return registrant.Current
}

// objects are the digests of the versions that the identity's enclaves made of their one object, oldest first.
func (p prepared) objects(chain *ethclient.Client) (digests []common.Hash) {
	p.t.Helper()
	logs, err := chain.FilterLogs(p.t.Context(), ethereum.FilterQuery{Addresses: []common.Address{p.file().Contracts.Anchors}})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, log := range logs {
		if e, err := bindings.NewAnchors().UnpackAdvancedEvent(&log); err == nil && e.Identity == common.HexToHash(p.identity) {
			digests = append(digests, e.Digest)
		}
	}
	return digests
}

// TestClientsInOtherLanguagesInAGuest: two tasks of a program in TypeScript, whose enclave has no calls of the chain.
func TestClientsInOtherLanguagesInAGuest(t *testing.T) {
	n := start(t)
	p := n.prepare(with(t, "node", []string{"node", "--experimental-strip-types", "--no-warnings", "/app/workload.ts"}, map[string]string{
		"app/workload.ts": "testdata/workload.ts", "app/agent.ts": "../clients/typescript/agent.ts",
	}), "typescript")
	var address string
	for i, state := range []string{`[null,0,"conflict"]`, `["x",1,"conflict"]`} {
		task := p.submit("alpha")
		if done := p.accepted(task); done.Result.ExitStatus != 0 || done.Result.PublicOutput[31] != 7 {
			t.Errorf("result %+v", done.Result)
		}
		var s struct {
			Address                                    string
			Signature                                  int
			Unsealed, State, Inputs, Refused, Evidence json.RawMessage
			Omni                                       string
			Trial                                      bool
		}
		dir := filepath.Join(t.TempDir(), "result")
		p.decode(p.run("job", "result", task, "-o", dir), &s)
		if !common.IsHexAddress(s.Address) || i > 0 && s.Address != address {
			t.Errorf("task %d has the key of %s, the one before that of %s", i, s.Address, address)
		}
		address = s.Address
		for what, pair := range map[string][2]string{
			"state": {string(s.State), state}, "unsealed": {string(s.Unsealed), `["words","not_opened"]`}, "evidence": {string(s.Evidence), "true"},
			"inputs": {string(s.Inputs), `[["input.txt"],"alpha"]`}, "refused": {string(s.Refused), `["chain","unauthorized"]`},
			"rest": {fmt.Sprintf("%d %s %t", s.Signature, s.Omni, s.Trial), "65 secret false"}, "report": {string(read(t, filepath.Join(dir, "output", "report"))), "text"},
		} {
			if pair[0] != pair[1] {
				t.Errorf("task %d: %s: %s, want %s", i, what, pair[0], pair[1])
			}
		}
	}
}

// TestContractIsReadAndProven: a program reads who permits what under its identity, from the chain, without believing its host.
func TestContractIsReadAndProven(t *testing.T) {
	n := start(t)
	p := n.prepareAs(compiled(t, "testdata/proven", v1.Config{Entrypoint: []string{"/app"}, User: "1000:1000"}), "proven", "version: 1\nchain: true\n")
	slot := crypto.Keccak256Hash(common.FromHex(p.identity), common.BigToHash(big.NewInt(1)).Bytes()) // of IdentityRegistry's mapping of identities
	question, err := json.Marshal(map[string]string{"contract": strings.ToLower(n.file().Contracts.Registry.Hex()), "slot": slot.Hex()})
	if err != nil {
		t.Fatal(err)
	}
	task := p.submit(string(question))
	p.accepted(task)
	out := p.run("job", "result", task, "-o", filepath.Join(t.TempDir(), "result"))
	if want := strings.ToLower(n.file().Contracts.Permitter.Hex()[2:]); !strings.HasPrefix(out, "proven ") || !strings.HasSuffix(out, want) {
		t.Errorf("the program says %q, want the permitter %s", out, want)
	}
}
