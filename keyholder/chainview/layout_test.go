// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/keyholder/release"
	"github.com/escrin/escrin/keyholder/stateproof"
)

// The slots that are read are those that the compiler gives to the contracts' variables.
func TestSlotsAreTheCompilers(t *testing.T) {
	t.Parallel()
	want := map[string]map[string]int{
		"IdentityRegistry":     {"_identities": registryIdentities, "_permits": registryPermits},
		"CertificatePermitter": {"_policies": permitterPolicies},
		"TdxPermitter":         {"_policies": permitterPolicies},
		"PlatformRegistry":     {"_rules": platformRules},
		"TaskHub":              {"_batches": hubBatches},
		"Anchors":              {"_announced": announcedAnchors, "_advanced": advancedAnchors},
	}
	arguments := []string{"../../contracts/layout.mjs"}
	for contract := range want {
		arguments = append(arguments, contract)
	}
	compiler := exec.Command("node", arguments...)
	compiler.Stderr = os.Stderr
	output, err := compiler.Output()
	if err != nil {
		t.Fatalf("lay contracts out: %v; is contracts/node_modules there (npm ci in contracts)?", err)
	}
	var layouts map[string]map[string]int
	if err := json.Unmarshal(output, &layouts); err != nil {
		t.Fatal(err)
	}
	for contract, variables := range want {
		for variable, slot := range variables {
			if got, ok := layouts[contract][variable]; !ok || got != slot {
				t.Errorf("%s.%s is at slot %d, not %d", contract, variable, got, slot)
			}
		}
	}
}

// deployed is a chain with the contracts, asked for what they would answer with other storage.
type deployed struct {
	*chaintest.Network
	t      *testing.T
	client *rpc.Client
	r      *rand.Rand
}

func newDeployed(t *testing.T) *deployed {
	t.Helper()
	n := chaintest.New(t)
	client, err := rpc.DialContext(t.Context(), n.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return &deployed{n, t, client, rand.New(rand.NewPCG(6, 3))}
}

func (d *deployed) word() (w [32]byte) {
	for i := range w {
		w[i] = byte(d.r.Uint32())
	}
	return w
}

func (d *deployed) address() [20]byte {
	w := d.word()
	return [20]byte(w[:20])
}

// storage is words in the slots of one contract.
type storage map[common.Hash]common.Hash

// ask calls a getter of a contract whose storage has these words.
func (d *deployed) ask(of common.Address, in map[common.Address]storage, signature string, args abi.Words) *abi.Reader {
	d.t.Helper()
	overrides := map[common.Address]any{}
	for contract, words := range in {
		overrides[contract] = map[string]any{"stateDiff": words}
	}
	call := map[string]any{"to": of, "data": hexutil.Bytes(abi.Call(signature, args))}
	var out hexutil.Bytes
	if err := d.client.CallContext(d.t.Context(), &out, "eth_call", call, "latest", overrides); err != nil {
		d.t.Fatalf("%s: %v", signature, err)
	}
	return abi.NewReader(out)
}

// state is one in which the same words were proven.
func (d *deployed) state(in map[common.Address]storage) *State {
	v := &View{config: Config{Registry: d.At.Registry, TaskHub: d.At.TaskHub, Platforms: d.At.Platforms, Anchors: d.At.Anchors}, remembered: newRemembered()}
	b := v.newBlock(stateproof.Header{}, nil)
	for contract, words := range in {
		root := [32]byte{1, 31: byte(len(b.accounts))}
		b.accounts[contract] = stateproof.Account{StorageRoot: root, CodeHash: [32]byte{1}}
		for key, value := range words {
			b.remembered.keep([32]byte{}, contract, root, [][32]byte{key}, [][32]byte{value})
		}
	}
	return &State{v, b}
}

// What is made of storage is what the contracts make of it, whatever is in it: permits and permitters.
func TestPermitsAreReadAsTheRegistryReadsThem(t *testing.T) {
	t.Parallel()
	d := newDeployed(t)
	for i := range 150 {
		identity, holder := d.word(), d.address()
		owner, permit := d.word(), d.word()
		if i%2 == 0 {
			copy(permit[20:24], owner[8:12]) // of this epoch
		}
		in := map[common.Address]storage{d.At.Registry: {identitySlot(identity): owner, permitSlot(holder, identity): permit}}
		s := d.state(in)
		want := d.ask(d.At.Registry, in, "readPermit(address,bytes32)", abi.Words{}.Address(holder).Bytes32(identity)).Uint64(64)
		if got, err := s.PermitExpiry(t.Context(), holder, identity); err != nil || got != want || (want != 0) != (i%2 == 0) {
			t.Fatalf("permit ends at %d, %v, want %d", got, err, want)
		}
		permitter := d.ask(d.At.Registry, in, "getPermitter(bytes32)", abi.Words{}.Bytes32(identity)).Address()
		if got, err := s.Permitter(t.Context(), identity); err != nil || got != permitter {
			t.Fatalf("permitter is %x, %v, want %x", got, err, permitter)
		}
	}
}

func TestPoliciesAreReadAsThePermitterReadsThem(t *testing.T) {
	t.Parallel()
	d := newDeployed(t)
	for range 150 {
		identity, subject, terms := d.word(), d.word(), d.word()
		terms[0] %= 4
		slots := policySlots(identity)
		digest := abi.Words{}.Bytes32(terms).Bytes32(subject).Keccak()
		in := map[common.Address]storage{d.At.Permitter: {slots[0]: digest, slots[1]: subject, slots[2]: terms}}
		r := d.ask(d.At.Permitter, in, "policyOf(bytes32)", abi.Words{}.Bytes32(identity))
		want := release.Policy{Kind: release.PolicyKind(r.Uint64(8)), Subject: r.Bytes32(), MaxDuration: r.Uint64(64)}
		if got, err := d.state(in).Policy(t.Context(), d.At.Permitter, identity); err != nil || got != want {
			t.Fatalf("policy is %+v, %v, want %+v", got, err, want)
		}
		if got := d.ask(d.At.Permitter, in, "policyDigestOf(bytes32)", abi.Words{}.Bytes32(identity)).Bytes32(); got != digest {
			t.Fatalf("digest is %x", got)
		}
	}
}

func TestPlatformsAreJudgedAsTheRegistryJudgesThem(t *testing.T) {
	t.Parallel()
	d := newDeployed(t)
	allowed := 0
	for range 600 {
		platform := d.word()
		platform[0], platform[1] = byte(d.r.IntN(4)), byte(d.r.IntN(6))
		slots := ruleSlots(platform)
		if d.r.IntN(8) == 0 {
			clear(platform[2:8]) // the family is the TEE's own rule
			slots = ruleSlots(platform)
		}
		in := map[common.Address]storage{d.At.Platforms: {slots[0]: d.rule(platform), slots[1]: d.rule(platform)}}
		want := d.ask(d.At.Platforms, in, "allows(bytes32)", abi.Words{}.Bytes32(platform)).Uint64(1) == 1
		if got, err := d.state(in).PlatformAllowed(t.Context(), platform); err != nil || got != want {
			t.Fatalf("platform %x by %x: %t, %v, want %t", platform, in, got, err, want)
		}
		if want {
			allowed++
		}
	}
	if allowed < 20 {
		t.Errorf("%d of them were allowed: too few to tell", allowed)
	}
}

// rule is a random rule whose floor is near what a platform has, in each byte.
func (d *deployed) rule(platform [32]byte) (w [32]byte) {
	w = d.word()
	w[31] = byte(d.r.IntN(4))
	for i := range 8 {
		w[23+i] = platform[8+i]
		if d.r.IntN(12) == 0 {
			w[23+i] += byte(d.r.IntN(3)) - 1
		}
	}
	return w
}

func TestAnchorsAreReadAsTheContractReadsThem(t *testing.T) {
	t.Parallel()
	d := newDeployed(t)
	for i := range 100 {
		name := keyholder.AnchorName{IdentityID: d.word(), Name: d.word(), Set: keyholder.AnchorSet(1 + i%2)}
		getter := map[keyholder.AnchorSet]string{keyholder.Announced: "announced", keyholder.Advanced: "advanced"}[name.Set]
		slots := anchorSlots(name)
		in := map[common.Address]storage{d.At.Anchors: {slots[0]: d.word(), slots[1]: d.word()}}
		r := d.ask(d.At.Anchors, in, getter+"(bytes32,bytes32)", abi.Words{}.Bytes32(name.IdentityID).Bytes32(name.Name))
		want := keyholder.Anchor{Contract: d.At.Anchors, Version: r.Uint64(64), Digest: r.Bytes32()}
		if got, err := d.state(in).Anchor(t.Context(), name); err != nil || got != want {
			t.Fatalf("anchor is %+v, %v, want %+v", got, err, want)
		}
	}
}

func TestTasksAreReadAsTheHubReadsThem(t *testing.T) {
	t.Parallel()
	d := newDeployed(t)
	for range 150 {
		id, head, digest, requester := d.word(), d.word(), d.word(), d.word()
		head[31] = byte(d.r.IntN(6))
		clear(requester[:12])
		slots := batchSlots(id)
		in := map[common.Address]storage{d.At.TaskHub: {slots[0]: head, slots[1]: digest, slots[2]: requester}}
		r := d.ask(d.At.TaskHub, in, "recordOf(uint256)", abi.Words{}.Bytes32(id))
		want := release.Task{State: uint8(r.Uint64(8)), Attempt: uint32(r.Uint64(32))}
		r.Skip(1) // runner
		want.ClaimExpiry, want.Requester, want.Digest = r.Uint64(64), r.Address(), r.Bytes32()
		if got, err := d.state(in).Task(t.Context(), id); err != nil || got != want {
			t.Fatalf("task is %+v, %v, want %+v", got, err, want)
		}
	}
}
