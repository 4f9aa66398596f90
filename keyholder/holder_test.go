// SPDX-License-Identifier: Apache-2.0

package keyholder

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestHolderReply(t *testing.T) {
	t.Parallel()
	for _, want := range []HolderReply{
		{Account: [20]byte{1}, Signer: [20]byte{2}, Next: []byte{3}, Running: [][]byte{{4}, {5}}},
		{Account: [20]byte{1}, Signer: [20]byte{2}, Running: [][]byte{}},
	} {
		b, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got HolderReply
		if err := json.Unmarshal(b, &got); err != nil || got.Account != want.Account || got.Signer != want.Signer ||
			!bytes.Equal(got.Next, want.Next) || len(got.Running) != len(want.Running) {
			t.Errorf("%s: %+v, %v", b, got, err)
		}
	}
	var r HolderReply
	for _, text := range []string{``, `{"account":"0x01"}`, `{"x":1}`, `[]`} {
		if r.UnmarshalJSON([]byte(text)) == nil {
			t.Errorf("%s: accepted", text)
		}
	}
}

func TestCompletionReply(t *testing.T) {
	t.Parallel()
	want := CompletionReply{Epoch: 7, Index: 2, Digest: [32]byte{1}, Signature: [48]byte{2}}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got CompletionReply
	if err := json.Unmarshal(b, &got); err != nil || got != want {
		t.Fatalf("%s: %+v, %v", b, got, err)
	}
	for _, without := range []CompletionReply{{Index: 2}, {Epoch: 7}} {
		b, err := json.Marshal(without)
		if err != nil || got.UnmarshalJSON(b) == nil {
			t.Errorf("%s: accepted, %v", b, err)
		}
	}
}
