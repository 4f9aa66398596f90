// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
)

// Every error of the contracts has its sentence, and no sentence is about an error that there is not.
func TestEveryRevertHasASentence(t *testing.T) {
	known := map[string]bool{}
	for _, meta := range chain.Metadata() {
		contract, err := meta.ParseABI()
		if err != nil {
			t.Fatal(err)
		}
		for name := range contract.Errors {
			known[name] = true
			if chain.Meanings()[name] == "" {
				t.Errorf("%s has no sentence", name)
			}
		}
	}
	for name := range chain.Meanings() {
		if !known[name] {
			t.Errorf("no contract has an error %s", name)
		}
	}
}

func TestFamiliesAreWrittenAsTheyAreRead(t *testing.T) {
	for text, want := range map[string]chain.Family{
		"tdx": chain.AllTDX, "snp": chain.AllSNP,
		"tdx:50806f000000": {1, 0x50, 0x80, 0x6f},
		"tdx:00A06F000000": {1, 0, 0xa0, 0x6f},
		"snp:Milan":        {2, 'M', 'i', 'l', 'a', 'n'},
		"snp:genoa":        {2, 'G', 'e', 'n', 'o', 'a'},
	} {
		got, err := chain.ParseFamily(text)
		if err != nil || got != want {
			t.Errorf("%s is %x, %v", text, got, err)
		}
		if again, err := chain.ParseFamily(got.String()); err != nil || again != got {
			t.Errorf("%s is written as %s", text, got)
		}
	}
	for _, text := range []string{"", "sgx", "TDX", "tdx:", "tdx:50806f0000", "tdx:50806f00000000", "tdx:xx806f000000", "tdx:000000000000", "snp:", "snp:Rome", "snp:Milan ", "tdx:50806f000000:"} {
		if got, err := chain.ParseFamily(text); err == nil {
			t.Errorf("%q was read as %s", text, got)
		}
	}
}

func TestFloorsAreWrittenAsTheyAreRead(t *testing.T) {
	for _, c := range []struct {
		tee  attest.TEE
		text string
		want uint64
	}{
		{attest.TDX, "2024-11-13", 1731456000},
		{attest.TDX, "2024-11-13T01:02:03Z", 1731459723},
		{attest.SNP, "bootloader=4,tee=0,snp=24,microcode=220,fmc=0", 0x040018dc00000000},
		{attest.SNP, "bootloader=0,tee=0,snp=0,microcode=1,fmc=0", chain.AnySNP},
	} {
		got, err := chain.ParseFloor(c.tee, c.text)
		if err != nil || got != c.want || chain.FormatFloor(c.tee, got) != c.text {
			t.Errorf("%s is %#x, written %s: %v", c.text, got, chain.FormatFloor(c.tee, got), err)
		}
	}
	if got, err := chain.ParseSNPFloor("snp=24"); err != nil || got != 24<<40 {
		t.Errorf("%#x, %v", got, err)
	}
	for tee, texts := range map[attest.TEE][]string{
		attest.TDX: {"", "0", "1970-01-01", "1969-12-31", "2024-13-01", "13.11.2024", "snp=24"},
		attest.SNP: {"", "0", "snp", "snp=", "snp=-1", "snp=256", "snp=24,snp=24", "snp=0", "ucode=3", "snp=24,", "SNP=24", "2024-11-13"},
	} {
		for _, text := range texts {
			if got, err := chain.ParseFloor(tee, text); err == nil {
				t.Errorf("%q was read as %#x", text, got)
			}
		}
	}
}

// AT-18: one transaction denies a family, and only the owner can take it back.
func TestAT18DenialOfAFamily(t *testing.T) {
	n := chaintest.New(t)
	p := n.Chain.Platforms(n.At.Platforms)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	family := chain.Family([]byte{1, 0x90, 0xc0, 0x6f, 0, 0, 0}) // of chaintest.Platform
	wantAllowed := func(want bool) {
		t.Helper()
		got, err := p.Allows(t.Context(), chaintest.Platform())
		must(err)
		if got != want {
			t.Fatalf("allowed: %v", got)
		}
	}
	_, err := p.SetRule(t.Context(), n.Accounts[0], chain.AllTDX, chain.Rule{Access: chain.Allowed})
	must(err)
	wantAllowed(true)
	_, err = p.Deny(t.Context(), n.Accounts[1], family)
	if !chain.IsRevert(err, "Unauthorized") {
		t.Fatal(err)
	}
	_, err = p.Deny(t.Context(), n.Accounts[0], family)
	must(err)
	wantAllowed(false)
	rules, err := p.Rules(t.Context())
	must(err)
	want := []chain.FamilyRule{{chain.AllTDX, chain.Rule{Access: chain.Allowed}}, {family, chain.Rule{Access: chain.Denied}}, {Family: chain.AllSNP}}
	if len(rules) != 3 || rules[0] != want[0] || rules[1] != want[1] || rules[2] != want[2] {
		t.Fatalf("rules are %v", rules)
	}
	_, err = p.RaiseFloor(t.Context(), n.Accounts[0], chain.AllSNP, chain.AnySNP)
	must(err)
	_, err = p.RaiseFloor(t.Context(), n.Accounts[0], chain.AllSNP, 0xff)
	if !chain.IsRevert(err, "FloorLowered") {
		t.Fatal(err)
	}
	_, err = p.SetRule(t.Context(), n.Accounts[1], family, chain.Rule{Access: chain.Allowed})
	if !chain.IsRevert(err, "OwnableUnauthorizedAccount") {
		t.Fatal(err)
	}
	owner, err := p.Owner(t.Context())
	must(err)
	guardian, err := p.IsGuardian(t.Context(), n.Accounts[0].Address())
	must(err)
	epoch, err := p.Epoch(t.Context())
	must(err)
	if owner != n.Accounts[0].Address() || guardian || epoch != 3 {
		t.Fatalf("owner %s, guardian %v, epoch %d", owner, guardian, epoch)
	}
}
