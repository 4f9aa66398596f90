// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/escrin/escrin/keyholder/curve"
)

// record draws a session in which one dealer answers a complaint, and writes it with what is refused.
func record(t *testing.T, path string, handOn bool) {
	t.Helper()
	r := newRun(t, 3, 2, nil, nil)
	comment := "A key is made by three members, two of whom can use it. Dealer 2 sealed a wrong value to member 3, who complained."
	if handOn {
		r.deal(t)
		o, shares := r.finish(t)
		r = newRun(t, 4, 3, r.previous(o), shares)
		comment = "A key is handed on from three members to four. Dealer 2 sealed a wrong value to member 3, who complained."
	}
	r.deal(t)
	r.reseal(t, 2, 3, curve.ScalarFromIndex(7))
	r.complain(t)
	r.justify(t)
	v := vector{Comment: comment, SessionID: r.session.ID[:], Epoch: r.session.Epoch, Threshold: r.session.Threshold,
		Dealings: texts(r.board.Dealings), Complaints: texts(r.board.Complaints), Justifications: texts(r.board.Justifications)}
	for i, m := range r.session.Members {
		v.Keys, v.DecryptionKeys = append(v.Keys, m.EncryptionKey[:]), append(v.DecryptionKeys, r.private[i])
	}
	if p := r.session.Previous; p != nil {
		group := p.GroupKey.Bytes()
		v.Previous = &previousVector{Threshold: p.Threshold, GroupKey: group[:]}
		for _, share := range p.PublicShares {
			b := share.Bytes()
			v.Previous.PublicShares = append(v.Previous.PublicShares, b[:])
		}
	}
	v.Outcome = encodeOutcome(r.finish(t))
	for _, c := range r.rejections() {
		changed := v.run(t)
		changed.post(c)
		o, _ := Evaluate(changed.session, changed.board)
		c.Qualified, c.Faults = o.Qualified, faultNames(o.Faults)
		v.Refused = append(v.Refused, c)
	}
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(b, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func texts(in map[uint32][]byte) map[uint32]text {
	out := map[uint32]text{}
	for index, b := range in {
		out[index] = b
	}
	return out
}

// rejections has one change of the board for each way to be refused.
func (r *run) rejections() []rejectionVector {
	identity := append([]byte{0x40}, make([]byte, curve.G2RawSize-1)...)
	generator := curve.G2Generator().Raw()
	last := (r.session.Threshold - 1) * curve.G2RawSize
	end := r.session.publicSize()
	good := r.board.Justifications[2]
	of := func(name string, phase uint8, index uint32, offset int, b []byte) rejectionVector {
		return rejectionVector{Name: name, Phase: phase, Index: index, Offset: offset, Bytes: b}
	}
	return []rejectionVector{
		of("dealing of an index that deals not", Dealing, 9, -1, []byte{1}),
		of("dealing of another size", Dealing, 1, -1, []byte{1}),
		of("leading commitment is the identity", Dealing, 1, last, identity),
		of("commitment is outside the subgroup", Dealing, 1, last, torsion()),
		of("commitment is off the curve", Dealing, 1, last+curve.G2RawSize-1, []byte{r.board.Dealings[1][last+curve.G2RawSize-1] ^ 1}),
		of("commitment has a flag", Dealing, 1, last, []byte{r.board.Dealings[1][last] | 0x80}),
		of("coordinate is not below the modulus", Dealing, 1, last, bytes.Repeat([]byte{0x1f}, 48)),
		of("constant term is another point", Dealing, 1, 0, generator[:]),
		of("leading commitment is another point", Dealing, 1, last, generator[:]),
		of("proof's point is another", Dealing, 1, end-curve.G2RawSize, generator[:]),
		of("proof's response is another", Dealing, 1, end, bytes.Repeat([]byte{1}, 32)),
		of("proof's response is zero", Dealing, 1, end, make([]byte, 32)),
		of("proof's response is not below the order", Dealing, 1, end, bytes.Repeat([]byte{0xff}, 32)),
		of("zeros in the place of a sub-share", Dealing, 1, end+curve.ScalarSize+sealedSize, make([]byte, sealedSize)),
		of("complaint of no member", Complaints, 9, -1, []byte{1}),
		of("complaint is empty", Complaints, 3, -1, nil),
		of("complaint names no dealer", Complaints, 3, -1, []byte{4}),
		of("complaint names one twice", Complaints, 3, -1, []byte{2, 2}),
		of("complaint is too broad", Complaints, 3, -1, []byte{1, 2}),
		of("justification for another member", Justifications, 2, 0, []byte{1}),
		of("justification with another value", Justifications, 2, 1, bytes.Repeat([]byte{1}, 32)),
		of("justification is longer", Justifications, 2, -1, append(bytes.Clone(good), 0)),
		of("justification that nobody asked for", Justifications, 1, -1, good),
	}
}
