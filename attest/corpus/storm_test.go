// SPDX-License-Identifier: Apache-2.0

package corpus_test

import (
	"bytes"
	"encoding/binary"
	"flag"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/corpus"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/tdx"
)

// mutations is how many altered inputs TestAT09Storm parses.
var mutations = flag.Int("mutations", 400_000, "how many altered quotes, reports and bundles to parse")

// parser reads an input whole, and returns its encoding again, or false.
type parser func(raw []byte) (again []byte, ok bool)

// target is an input and its parser.
type target struct {
	raw   []byte
	parse parser
}

func parseQuote(raw []byte) ([]byte, bool) {
	q, err := tdx.ParseQuote(raw)
	if err != nil {
		return nil, false
	}
	return q.Marshal(), true
}

func parseReport(raw []byte) ([]byte, bool) {
	r, err := snp.Parse(raw)
	if err != nil {
		return nil, false
	}
	return r.Marshal(), true
}

func parseIntel(raw []byte) ([]byte, bool) {
	b, err := collateral.ParseBundle(raw)
	if err != nil {
		return nil, false
	}
	again, err := b.Marshal()
	return again, err == nil
}

func parseAMD(raw []byte) ([]byte, bool) {
	b, err := kds.ParseBundle(raw)
	if err != nil {
		return nil, false
	}
	again, err := b.Marshal()
	return again, err == nil
}

// targets are all distinct inputs of the corpus.
func targets(t *testing.T) (all []target) {
	t.Helper()
	judge, seen := corpus.NewJudge(os.DirFS("testdata")), map[string]bool{}
	add := func(raw []byte, p parser) {
		if !seen[string(raw)] {
			seen[string(raw)] = true
			all = append(all, target{raw, p})
		}
	}
	for _, c := range read(t) {
		e, err := judge.Evidence(c)
		if err != nil {
			t.Fatal(err)
		}
		if c.TEE == attest.TDX {
			add(e.Signed, parseQuote)
			add(e.Collateral, parseIntel)
		} else {
			add(e.Signed, parseReport)
			add(e.Collateral, parseAMD)
		}
	}
	return all
}

// alter changes an input in one to four ways.
func alter(r *rand.Rand, raw, other []byte) []byte {
	numbers := [...]uint32{0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff}
	for range 1 + r.IntN(4) {
		if len(raw) < 8 {
			return append(raw, byte(r.Uint32()))
		}
		at, n := r.IntN(len(raw)-4), numbers[r.IntN(len(numbers))]
		switch r.IntN(8) {
		case 0:
			raw[at] ^= 1 << r.IntN(8)
		case 1:
			raw[at] = byte(n)
		case 2:
			binary.LittleEndian.PutUint16(raw[at:], uint16(n))
		case 3:
			binary.LittleEndian.PutUint32(raw[at:], n)
		case 4:
			binary.BigEndian.PutUint32(raw[at:], n)
		case 5:
			raw = raw[:at]
		case 6:
			raw = append(raw, other[:min(len(other), 1+r.IntN(64))]...)
		case 7:
			copy(raw[at:], other[min(at, len(other)):][:min(len(other)-min(at, len(other)), 1+r.IntN(64))])
		}
	}
	return raw
}

// AT-09: whatever is done to evidence, parsers neither panic nor read two inputs
// as one. This is no fuzzing by coverage, for which there are fuzz targets, but
// starts from every flaw there is, and is quick.
func TestAT09Storm(t *testing.T) {
	all := targets(t)
	var workers sync.WaitGroup
	for w := range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			r := rand.New(rand.NewPCG(9, uint64(w)))
			var buffer []byte
			for range *mutations / runtime.GOMAXPROCS(0) {
				x := all[r.IntN(len(all))]
				buffer = alter(r, append(buffer[:0], x.raw...), all[r.IntN(len(all))].raw)
				if again, ok := x.parse(buffer); ok && !bytes.Equal(again, buffer) {
					t.Errorf("read as something else: %x", buffer)
					return
				}
			}
		})
	}
	workers.Wait()
}
