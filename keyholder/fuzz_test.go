// SPDX-License-Identifier: Apache-2.0

package keyholder_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/keyname"
)

// FuzzDecoders: whatever a decoder of the wire accepts, it writes in a form that it reads the same.
func FuzzDecoders(f *testing.F) {
	network := testNetwork()
	name := keyname.ForOmni(1, [20]byte{1}, [32]byte{2}, [32]byte{}, 3)
	for _, v := range []any{
		network, keyholder.KeynetReply{Index: 1, Ready: true, Network: &network},
		keyholder.CertificateRequest{Epoch: 1, Evidence: []byte{1}}, keyholder.CertificateReply{Epoch: 1, Index: 1},
		keyholder.ReleaseReply{Epoch: 1, Index: 1, Sealed: []byte{1}}, keyholder.Proof{Name: &name}, keyholder.Error{Code: keyholder.CodeBusy},
	} {
		b, err := json.Marshal(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		reread[keyholder.Network](t, b)
		reread[keyholder.CertificateRequest](t, b)
		reread[keyholder.CertificateReply](t, b)
		reread[keyholder.ReleaseReply](t, b)
		reread[keyholder.Proof](t, b)
		reread[keyholder.Error](t, b)
	})
}

func reread[T any](t *testing.T, b []byte) {
	var first, second T
	if json.Unmarshal(b, &first) != nil {
		return
	}
	again, err := json.Marshal(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(again, &second); err != nil || !reflect.DeepEqual(first, second) {
		t.Fatalf("%T changes on the way: %v\n%s\n%s", first, err, b, again)
	}
}
