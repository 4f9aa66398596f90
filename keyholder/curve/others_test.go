// SPDX-License-Identifier: Apache-2.0

package curve

import (
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/c2sp/wycheproof"
	gnark "github.com/consensys/gnark-crypto/ecc/bls12-381"
)

// KR-07: go-ethereum's failure vectors of EIP-2537: one of the points is refused, or the size is not theirs.
func TestKR07FailureVectorsOfGoEthereum(t *testing.T) {
	t.Parallel()
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/ethereum/go-ethereum").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(strings.TrimSpace(string(module)), "core/vm/testdata/precompiles")
	// The sizes of what an input repeats; 32 is a scalar.
	for file, layout := range map[string][]int{
		"G1Add": {128, 128}, "G1Mul": {128, 32}, "G1MultiExp": {128, 32},
		"G2Add": {256, 256}, "G2Mul": {256, 32}, "G2MultiExp": {256, 32}, "Pairing": {128, 256},
	} {
		raw, err := os.ReadFile(filepath.Join(dir, "fail-bls"+file+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var cases []struct{ Input, Name string }
		if err := json.Unmarshal(raw, &cases); err != nil || len(cases) < 6 {
			t.Fatalf("%s: %d cases, %v", file, len(cases), err)
		}
		for _, c := range cases {
			if accepts(unhex(t, c.Input), layout) {
				t.Errorf("%s: accepted", c.Name)
			}
		}
	}
}

// accepts reports whether an input is a repetition of layout with valid points.
func accepts(input []byte, layout []int) bool {
	if len(input) == 0 {
		return false
	}
	for len(input) > 0 {
		for _, size := range layout {
			if len(input) < size {
				return false
			}
			var err error
			switch size {
			case G1EIP2537Size:
				_, err = G1FromEIP2537(input[:size])
			case G2EIP2537Size:
				_, err = G2FromEIP2537(input[:size])
			}
			if err != nil {
				return false
			}
			input = input[size:]
		}
	}
	return true
}

// wycheproofFile is what we read of Wycheproof's files on BLS signatures.
type wycheproofFile struct {
	TestGroups []struct {
		Ciphersuite string
		PublicKey   struct{ PK string }
		Tests       []struct {
			TCID                      int
			Comment, Msg, Sig, Result string
			PubKeys, Messages         []string // of aggregates
		}
	}
}

// KR-07: Wycheproof's signatures have keys in G1 and signatures in G2, the other way round than ours; our decoders and
// the pairing judge them as it says.
func TestKR07Wycheproof(t *testing.T) {
	t.Parallel()
	judged := 0
	for _, file := range []string{"bls_sig_g2_basic_verify_test.json", "bls_sig_g2_pop_verify_test.json", "bls_sig_g2_aggregate_verify_test.json"} {
		raw, err := fs.ReadFile(wycheproof.TestVectors, file)
		if err != nil {
			t.Fatal(err)
		}
		var f wycheproofFile
		if err := json.Unmarshal(raw, &f); err != nil {
			t.Fatal(err)
		}
		for _, g := range f.TestGroups {
			for _, c := range g.Tests {
				judged++
				if c.PubKeys == nil {
					c.PubKeys, c.Messages = []string{g.PublicKey.PK}, []string{c.Msg}
				}
				if got := mirrored(t, c.PubKeys, c.Messages, c.Sig, g.Ciphersuite); got != (c.Result == "valid") {
					t.Errorf("%s %d, %s: valid is %v", file, c.TCID, c.Comment, got)
				}
			}
		}
	}
	if judged < 133 {
		t.Fatalf("only %d cases", judged)
	}
}

// mirrored verifies a signature in G2, or a sum of such, under keys in G1, one for each message.
func mirrored(t *testing.T, keys, messages []string, signature, suite string) bool {
	t.Helper()
	bytes := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	sig, err := G2FromBytes(bytes(signature))
	if err != nil || len(keys) != len(messages) {
		return false
	}
	_, _, g1, _ := gnark.Generators()
	g1.Neg(&g1)
	left, right := []gnark.G1Affine{g1}, []gnark.G2Affine{sig.p}
	for i := range keys {
		pk, err := G1FromBytes(bytes(keys[i]))
		if err != nil {
			return false
		}
		h, err := gnark.HashToG2(bytes(messages[i]), []byte(suite))
		if err != nil {
			t.Fatal(err)
		}
		left, right = append(left, pk.p), append(right, h)
	}
	ok, err := gnark.PairingCheck(left, right)
	return err == nil && ok
}

// Compressed points are decoded as gnark-crypto decodes them: on any bytes, and on each root.
func TestG2FromBytesAgreesWithGnark(t *testing.T) {
	t.Parallel()
	good := newScalar(t).Public().Bytes()
	accepted := 0
	same := func(b []byte) {
		got, err := G2FromBytes(b)
		var want gnark.G2Affine
		_, refused := want.SetBytes(b)
		if (err == nil) != (refused == nil && b[0]&0x80 != 0 && !want.IsInfinity()) || err == nil && !got.p.Equal(&want) {
			t.Fatalf("%x: %v, gnark-crypto says %v", b, err, refused)
		}
		if err == nil {
			accepted++
		}
	}
	for range 100 {
		b := newScalar(t).Public().Bytes()
		for _, flags := range []byte{0, 0x20, 0x40, 0x60, 0x80, 0xa0, 0xc0, 0xe0} {
			b[0] = b[0]&0x1f | flags
			same(b[:])
		}
	}
	for i := range 8 * len(good) {
		b := good
		b[i/8] ^= 1 << (i % 8)
		same(b[:])
	}
	if accepted < 200 {
		t.Errorf("%d points", accepted)
	}
}

// Roots are roots, and what has none has none; also in the base field, and of zero.
func TestSquareRoot(t *testing.T) {
	t.Parallel()
	var values []gnark.E2
	for i := range 200 {
		var v gnark.E2
		if _, err := v.SetRandom(); err != nil {
			t.Fatal(err)
		}
		switch i % 4 {
		case 1:
			v.A0.SetZero()
		case 2:
			v.A1.SetZero()
		}
		values = append(values, v, *new(gnark.E2).Square(&v))
	}
	for _, v := range append(values, gnark.E2{}) {
		root, ok := squareRoot(v)
		if ok != (v.Legendre() != -1) {
			t.Errorf("%v has a root: %v", v, ok)
		}
		if ok && !root.Square(&root).Equal(&v) {
			t.Errorf("root of %v is none", v)
		}
	}
}
