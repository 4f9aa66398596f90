// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/escrin/escrin/keyholder/curve"
)

var update = flag.Bool("update", false, "rewrite the vectors in testdata")

// vector is one file of testdata: a session, what was posted and what follows.
type vector struct {
	Comment        string            `json:"comment"`
	SessionID      text              `json:"sessionId"`
	Epoch          uint64            `json:"epoch"`
	Threshold      int               `json:"threshold"`
	Keys           []text            `json:"encryptionKeys"` // keccak of them, by member
	DecryptionKeys []text            `json:"decryptionKeys"`
	Previous       *previousVector   `json:"previous,omitempty"`
	Dealings       map[uint32]text   `json:"dealings"`
	Complaints     map[uint32]text   `json:"complaints"`
	Justifications map[uint32]text   `json:"justifications"`
	Outcome        outcomeVector     `json:"outcome"`
	Refused        []rejectionVector `json:"refused"`
}

type previousVector struct {
	Threshold    int    `json:"threshold"`
	GroupKey     text   `json:"groupKey"`
	PublicShares []text `json:"publicShares"`
}

type outcomeVector struct {
	GroupKey         text     `json:"groupKey"`
	PublicShares     []text   `json:"publicShares"`
	Shares           []text   `json:"shares"`
	Qualified        []uint32 `json:"qualified"`
	GroupKeyDigest   text     `json:"groupKeyDigest"`
	CommitmentDigest text     `json:"commitments"`
}

// rejectionVector replaces bytes of one message, and says who is named for it.
type rejectionVector struct {
	Name      string   `json:"name"`
	Phase     uint8    `json:"phase"`
	Index     uint32   `json:"index"`
	Offset    int      `json:"offset"` // -1: the whole message
	Bytes     text     `json:"bytes"`
	Qualified []uint32 `json:"qualified"`
	Faults    []string `json:"faults"`
}

// text is hex without a prefix.
type text []byte

func (x text) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(x)), nil }

func (x *text) UnmarshalText(b []byte) (err error) {
	*x, err = hex.DecodeString(string(b))
	return err
}

// encodeOutcome is what a vector says of an outcome.
func encodeOutcome(o Outcome, shares []curve.Scalar) outcomeVector {
	group, key, commitments := o.GroupKey.Bytes(), o.GroupKeyDigest(), o.CommitmentsDigest()
	v := outcomeVector{GroupKey: group[:], Qualified: o.Qualified, GroupKeyDigest: key[:], CommitmentDigest: commitments[:]}
	for i, share := range o.PublicShares {
		public, secret := share.Bytes(), shares[i].Bytes()
		v.PublicShares, v.Shares = append(v.PublicShares, public[:]), append(v.Shares, secret[:])
	}
	return v
}

func (v vector) run(t *testing.T) *run {
	t.Helper()
	r := &run{session: Session{ID: [32]byte(v.SessionID), Epoch: v.Epoch, Threshold: v.Threshold}}
	for i, digest := range v.Keys {
		r.session.Members = append(r.session.Members, Member{[20]byte{byte(i) + 1}, [20]byte{byte(i) + 1}, [32]byte(digest)})
		r.private = append(r.private, v.DecryptionKeys[i])
	}
	if v.Previous != nil {
		p := &Previous{Epoch: v.Epoch - 1, Threshold: v.Previous.Threshold}
		var err error
		if p.GroupKey, err = curve.G2FromBytes(v.Previous.GroupKey); err != nil {
			t.Fatal(err)
		}
		for _, b := range v.Previous.PublicShares {
			share, err := curve.G2FromBytes(b)
			if err != nil {
				t.Fatal(err)
			}
			p.PublicShares = append(p.PublicShares, share)
		}
		r.session.Previous = p
	}
	r.board = Board{messages(v.Dealings), messages(v.Complaints), messages(v.Justifications)}
	return r
}

func messages(in map[uint32]text) map[uint32][]byte {
	out := map[uint32][]byte{}
	for index, b := range in {
		out[index] = bytes.Clone(b)
	}
	return out
}

// post changes the board as a rejection says.
func (r *run) post(c rejectionVector) {
	phase := map[uint8]map[uint32][]byte{Dealing: r.board.Dealings, Complaints: r.board.Complaints, Justifications: r.board.Justifications}[c.Phase]
	if c.Offset < 0 {
		phase[c.Index] = c.Bytes
		return
	}
	copy(phase[c.Index][c.Offset:], c.Bytes)
}

func faultNames(faults []Fault) []string {
	out := []string{}
	for _, f := range faults {
		out = append(out, f.String())
	}
	return out
}

func TestVectors(t *testing.T) {
	for _, name := range []string{"make.json", "handon.json"} {
		path := filepath.Join("testdata", name)
		if *update {
			record(t, path, name == "handon.json")
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var v vector
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		o, shares := v.run(t).finish(t)
		got, _ := json.Marshal(encodeOutcome(o, shares))
		want, _ := json.Marshal(v.Outcome)
		if !bytes.Equal(got, want) || len(o.Faults) != 0 {
			t.Fatalf("%s: got %s, %v", name, got, o.Faults)
		}
		for _, c := range v.Refused {
			r := v.run(t)
			r.post(c)
			o, err := Evaluate(r.session, r.board)
			if err != nil && !errors.Is(err, ErrTooFew) || !slices.Equal(faultNames(o.Faults), c.Faults) || !slices.Equal(o.Qualified, c.Qualified) {
				t.Errorf("%s, %s: %v, qualified %v, %v", name, c.Name, o.Faults, o.Qualified, err)
			}
		}
	}
}
