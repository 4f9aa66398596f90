// SPDX-License-Identifier: Apache-2.0

package keyholder_test

import (
	"bytes"
	"testing"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/keyname"
)

// longRequest is a signed request with so many bytes of evidence.
func longRequest(b *testing.B, evidence int) []byte {
	b.Helper()
	inner, err := keyholder.ReleaseRequest{
		Epoch: 1, Evidence: bytes.Repeat([]byte{1, 2, 0xff}, evidence/3), Name: keyname.ForTask(1, [20]byte{2}, [32]byte{3}, [32]byte{4}, [32]byte{5}),
		Task: keyholder.TaskAttempt{ID: [32]byte{4}, Attempt: 1, Terms: keyholder.Terms{7}},
	}.MarshalJSON()
	if err != nil {
		b.Fatal(err)
	}
	body, err := keyholder.SignedRequest{Inner: inner, Nonce: [32]byte{1}, Time: 1, Signature: [65]byte{1}}.MarshalJSON()
	if err != nil {
		b.Fatal(err)
	}
	return body
}

// BenchmarkReadRequest is what a holder reads before it knows who asks.
func BenchmarkReadRequest(b *testing.B) {
	for name, evidence := range map[string]int{"3kB": 3_000, "30kB": 30_000, "250kB": 250_000} {
		body := longRequest(b, evidence)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				signed, err := keyholder.ParseSignedRequest(body)
				if err != nil {
					b.Fatal(err)
				}
				var inner keyholder.ReleaseRequest
				if err := inner.UnmarshalJSON(signed.Inner); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkWriteRequest is what a requester writes for each question.
func BenchmarkWriteRequest(b *testing.B) {
	request := keyholder.ReleaseRequest{Epoch: 1, Evidence: bytes.Repeat([]byte{1, 2, 0xff}, 10_000)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := request.MarshalJSON(); err != nil {
			b.Fatal(err)
		}
	}
}
