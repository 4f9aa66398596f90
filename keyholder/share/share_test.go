// SPDX-License-Identifier: Apache-2.0

package share_test

import (
	"testing"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/release"
	"github.com/escrin/escrin/keyholder/share"
)

func network() keyholder.Network {
	n := keyholder.Network{Board: keyholder.Board{ChainID: 1, KeyNetwork: [20]byte{1}}, Epoch: 1, Threshold: 2, GroupKey: curve.G2Generator().Bytes()}
	for i := uint32(1); i <= 3; i++ {
		n.Holders = append(n.Holders, keyholder.Holder{Index: i, PublicShare: curve.ScalarFromIndex(i + 4).Public().Bytes()})
	}
	return n
}

func TestShareMustFit(t *testing.T) {
	t.Parallel()
	secret := curve.ScalarFromIndex(5)
	if s, err := share.New(1, secret, nil, network()); err != nil || s.Index() != 1 {
		t.Fatal(err)
	}
	for _, index := range []uint32{0, 2, 4} {
		if _, err := share.New(index, secret, nil, network()); err == nil {
			t.Errorf("holder %d has the share of holder 1", index)
		}
	}
	if _, err := share.New(1, secret, nil, keyholder.Network{}); err == nil {
		t.Error("share of no network")
	}
}

// AT-14: a share acts on nothing that package release has not approved; the zero
// values, which anyone can make, are not approved.
func TestAT14NothingApproved(t *testing.T) {
	t.Parallel()
	s, err := share.New(1, curve.ScalarFromIndex(5), nil, network())
	if err != nil {
		t.Fatal(err)
	}
	for name, own := range map[string]share.Share{"share": s, "zero share": {}} {
		if _, err := own.Sign(release.Approved{}); err == nil {
			t.Errorf("%s signs nothing", name)
		}
		if _, err := own.Seal(release.Grant{}); err == nil {
			t.Errorf("%s releases nothing", name)
		}
	}
}
