// SPDX-License-Identifier: Apache-2.0

package deploy_test

import (
	"bytes"
	"math/big"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"pgregory.net/rapid"

	"github.com/escrin/escrin/contracts/deploy"
)

// TestTermsThatAreNone covers keys that are none, amounts that are none, and the zero value.
func TestTermsThatAreNone(t *testing.T) {
	key, _ := vectorKey(t)
	notOnCurve, infinity := key, [96]byte{0: 0xc0}
	notOnCurve[95] ^= 1
	root := simulatedRoot(t)
	forged := bytes.Clone(root)
	forged[len(forged)-1] ^= 1 // of the signature
	for name, terms := range map[string]deploy.Terms{
		"zero":             {},
		"half a second":    {ClaimWindow: 500 * time.Millisecond},
		"no whole seconds": {ClaimWindow: 1500 * time.Millisecond},
		"negative window":  {ClaimWindow: -time.Minute},
		"negative bond":    {ClaimWindow: time.Minute, ClaimBond: big.NewInt(-1)},
		"huge bond":        {ClaimWindow: time.Minute, ClaimBond: new(big.Int).Lsh(big.NewInt(1), 256)},
		"infinity":         {ClaimWindow: time.Minute, GroupKey: infinity},
		"no certificate":   {ClaimWindow: time.Minute, TDXRoot: []byte("root")},
		"cut certificate":  {ClaimWindow: time.Minute, TDXRoot: root[:len(root)-1]},
		"forged root":      {ClaimWindow: time.Minute, TDXRoot: forged},
		"not a point":      {ClaimWindow: time.Minute, GroupKey: notOnCurve},
	} {
		if at, err := deploy.Predict(terms); err == nil {
			t.Errorf("%s: predicted %v", name, at)
		}
	}
}

// TestWhatAddressesDependOn: registry and hub are known before the group key is, and the board, on which it is made.
func TestWhatAddressesDependOn(t *testing.T) {
	key, _ := vectorKey(t)
	base := deploy.Terms{ClaimWindow: time.Minute}
	before := predict(t, base)
	if before.Permitter != (common.Address{}) {
		t.Errorf("a permitter without a key: %s", before.Permitter)
	}
	with := base
	with.GroupKey = key
	after := predict(t, with)
	if after.Registry != before.Registry || after.TaskHub != before.TaskHub || after.Permitter == (common.Address{}) {
		t.Errorf("before %v, after %v", before, after)
	}
	zeroBond := with
	zeroBond.ClaimBond = new(big.Int)
	if predict(t, zeroBond) != after {
		t.Error("no bond is not a bond of zero")
	}
	rapid.Check(t, func(r *rapid.T) {
		other := with
		other.ClaimWindow = time.Duration(rapid.IntRange(1, 1e6).Draw(r, "seconds")) * time.Second
		other.ClaimBond = big.NewInt(rapid.Int64Range(0, 1e18).Draw(r, "wei"))
		at := predict(t, other)
		same := other.ClaimWindow == with.ClaimWindow && other.ClaimBond.Sign() == 0
		if at.Registry != after.Registry || at.Permitter != after.Permitter || (at.TaskHub == after.TaskHub) != same {
			r.Fatalf("%v at %v", other, at)
		}
	})
	elsewhere := with
	elsewhere.Instance = "another"
	if at := predict(t, elsewhere); at.Registry == after.Registry || at.TaskHub == after.TaskHub || at.Permitter == after.Permitter {
		t.Errorf("another instance shares addresses: %v", at)
	}
}

// TestWhatTermsLackIsTold: contracts without their terms have no address, nor have those that build on them.
func TestWhatTermsLackIsTold(t *testing.T) {
	contracts, err := deploy.Terms{ClaimWindow: time.Minute}.Contracts()
	if err != nil {
		t.Fatal(err)
	}
	want := map[deploy.Name]string{
		deploy.CertificatePermitter: deploy.GroupKey, deploy.PlatformRegistry: deploy.Governor, deploy.KeyNetwork: deploy.Governor,
		deploy.TdxCertificates: deploy.TDXRoot, deploy.TdxCollateral: deploy.TDXRoot, deploy.TdxPermitter: deploy.TDXRoot,
	}
	for _, c := range contracts {
		if c.Lacks != want[c.Name] || (c.Address == common.Address{}) != (c.Lacks != "") {
			t.Errorf("%s lacks %q and is at %s", c.Name, c.Lacks, c.Address)
		}
	}
	whole, err := whole(t).Contracts()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range whole {
		if c.Lacks != "" || c.About == "" {
			t.Errorf("%s lacks %q, is about %q", c.Name, c.Lacks, c.About)
		}
	}
}
