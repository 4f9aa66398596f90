// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"crypto/rand"
	"testing"
)

// BenchmarkMember is the work of one of 50 members when a key is made.
func BenchmarkMember(b *testing.B) {
	r := newRun(b, 50, 26, nil, nil)
	r.deal(b)
	for b.Loop() {
		message, err := r.polynomials[0].Deal(rand.Reader, r.session, 1, r.keys)
		if err != nil {
			b.Fatal(err)
		}
		r.board.Dealings[1] = message
		var posts []Post
		for i := range r.session.Members {
			posts = append(posts, Post{Dealing, uint32(i) + 1, r.board.Dealings[uint32(i)+1]})
		}
		Transcript(r.session.ID, posts)
		reading, err := Read(r.session, r.board.Dealings)
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := reading.Complain(1, r.private[0]); err != nil {
			b.Fatal(err)
		}
		o, err := reading.Evaluate(nil, nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := reading.Share(nil, o, 1, r.private[0]); err != nil {
			b.Fatal(err)
		}
	}
}
