// SPDX-License-Identifier: Apache-2.0

package attest_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/escrin/escrin/attest"
)

func drawMeasurements(t *rapid.T) []attest.Measurement {
	shapes := rapid.SliceOfNDistinct(rapid.Uint32(), 1, 20, rapid.ID[uint32]).Draw(t, "shapes")
	var ms []attest.Measurement
	for _, n := range shapes {
		m := attest.Measurement{TEE: attest.TDX, Shape: attest.Shape{VCPUs: n, MemoryMiB: n / 2}}
		copy(m.Registers.RTMR1[:], rapid.SliceOfN(rapid.Byte(), 48, 48).Draw(t, "rtmr1"))
		ms = append(ms, m)
	}
	return ms
}

func TestRootIsOfASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := drawMeasurements(t)
		root, err := attest.Root(ms)
		if err != nil {
			t.Fatal(err)
		}
		shuffled := rapid.Permutation(ms).Draw(t, "order")
		if again, err := attest.Root(shuffled); err != nil || again != root {
			t.Fatalf("root depends on the order: %v", err)
		}
	})
}

// A measurement with any register changed is under no root that it was not
// counted in, whatever proof there is.
func TestAT12ProofIsOfTheWholeMeasurement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := drawMeasurements(t)
		root, err := attest.Root(ms)
		if err != nil {
			t.Fatal(err)
		}
		m := rapid.SampledFrom(ms).Draw(t, "measurement")
		proof, err := attest.Proof(ms, m.Shape, m.TEE)
		if err != nil || !attest.VerifyProof(root, m.Leaf(), proof) {
			t.Fatalf("proof does not verify: %v", err)
		}
		at := rapid.IntRange(0, 47).Draw(t, "byte")
		changes := []func(*attest.Measurement){
			func(m *attest.Measurement) { m.TEE = attest.SNP },
			func(m *attest.Measurement) { m.TEE, m.LaunchDigest = attest.SNP, m.Registers.MRTD },
			func(m *attest.Measurement) { m.Shape.VCPUs++ },
			func(m *attest.Measurement) { m.Shape.MemoryMiB++ },
			func(m *attest.Measurement) { m.Registers.MRTD[at] ^= 1 },
			func(m *attest.Measurement) { m.Registers.RTMR0[at] ^= 1 },
			func(m *attest.Measurement) { m.Registers.RTMR1[at] ^= 1 },
			func(m *attest.Measurement) { m.Registers.RTMR2[at] ^= 1 },
		}
		for i, change := range changes {
			other := m
			change(&other)
			if attest.VerifyProof(root, other.Leaf(), proof) {
				t.Fatalf("change %d was not noticed", i)
			}
		}
	})
}

func TestRootRefuses(t *testing.T) {
	good := attest.Measurement{TEE: attest.TDX, Shape: attest.Shape{VCPUs: 1, MemoryMiB: 1024}}
	other := good
	other.Registers.MRTD[0] = 1
	for name, ms := range map[string][]attest.Measurement{
		"none":         nil,
		"zero TEE":     {{}},
		"unknown TEE":  {{TEE: 3}},
		"same twice":   {good, good},
		"shape twice":  {good, other},
		"SNP in TDX":   {{TEE: attest.TDX, LaunchDigest: attest.Register{1}}},
		"TDX in SNP":   {{TEE: attest.SNP, Registers: other.Registers}},
		"far too many": make([]attest.Measurement, attest.MaxMeasurements+1),
	} {
		if _, err := attest.Root(ms); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := attest.Proof([]attest.Measurement{good}, attest.Shape{VCPUs: 2}, attest.TDX); err == nil {
		t.Error("proved a shape that is not there")
	}
}

// An inner node is not a leaf: a proof that starts further up must not verify
// for any 128 bytes that hash to it, and one that is too long is refused.
func TestVerifyProofIsBounded(t *testing.T) {
	leaf := attest.Measurement{TEE: attest.TDX}.Leaf()
	if attest.VerifyProof(leaf, leaf, make([][32]byte, attest.MaxProof+1)) {
		t.Error("accepted a proof that is too long")
	}
	if !attest.VerifyProof(leaf, leaf, nil) {
		t.Error("refused the tree of one leaf")
	}
	if attest.VerifyProof([32]byte{}, leaf, nil) {
		t.Error("accepted the zero root")
	}
}

func TestMeasurementJSON(t *testing.T) {
	m := attest.Measurement{TEE: attest.TDX, Shape: attest.Shape{VCPUs: 1, MemoryMiB: 1024}}
	m.Registers.MRTD[0] = 0xab
	data, err := json.Marshal(m)
	if err != nil || !strings.HasPrefix(string(data), `{"tee":"tdx","shape":{"vcpus":1,"memoryMiB":1024},"registers":{"mrtd":"0xab00`) {
		t.Fatalf("%s, %v", data, err)
	}
	var back attest.Measurement
	if err := json.Unmarshal(data, &back); err != nil || back != m {
		t.Fatalf("%+v, %v", back, err)
	}
	for _, text := range []string{"", "0x", "ab", strings.Repeat("00", 49), "0x" + strings.Repeat("0", 95), "0x" + strings.Repeat("AB", 48), "0x" + strings.Repeat("zz", 48)} {
		if new(attest.Register).UnmarshalText([]byte(text)) == nil {
			t.Errorf("register %q accepted", text)
		}
	}
	for _, text := range []string{"", "TDX", "sgx"} {
		if new(attest.TEE).UnmarshalText([]byte(text)) == nil {
			t.Errorf("TEE %q accepted", text)
		}
	}
	if _, err := attest.TEE(0).MarshalText(); err == nil {
		t.Error("encoded the zero TEE")
	}
}

func TestEvidenceRefusesToEncode(t *testing.T) {
	good := evidenceSeeds(t)[0]
	for name, change := range map[string]func(*attest.Evidence){
		"zero TEE":            func(e *attest.Evidence) { e.TEE = 0 },
		"proof too long":      func(e *attest.Evidence) { e.Proof = make([][32]byte, attest.MaxProof+1) },
		"short channel key":   func(e *attest.Evidence) { e.ChannelKey = e.ChannelKey[1:] },
		"nothing signed":      func(e *attest.Evidence) { e.Signed = nil },
		"long signed part":    func(e *attest.Evidence) { e.Signed = make([]byte, attest.MaxSignedSize+1) },
		"long event log":      func(e *attest.Evidence) { e.EventLog = make([]byte, attest.MaxEventLogSize+1) },
		"no collateral":       func(e *attest.Evidence) { e.Collateral = nil },
		"too long altogether": func(e *attest.Evidence) { e.Collateral = make([]byte, attest.MaxEvidenceSize) },
	} {
		e := good
		change(&e)
		if _, err := e.Marshal(); err == nil || e.Digest() != [32]byte{} {
			t.Errorf("%s: encoded", name)
		}
	}
}

func evidenceSeeds(t testing.TB) (seeds []attest.Evidence) {
	for _, v := range readVectors[struct{ Valid []evidenceVector }](t, "evidence.json").Valid {
		seeds = append(seeds, v.evidence())
	}
	return seeds
}

// Every prefix of an envelope is refused.
func TestAT09EvidenceCutShort(t *testing.T) {
	whole, err := evidenceSeeds(t)[1].Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) {
		if _, err := attest.ParseEvidence(whole[:n]); err == nil {
			t.Fatalf("accepted the first %d bytes of %d", n, len(whole))
		}
	}
}

func FuzzParseEvidence(f *testing.F) {
	for _, e := range evidenceSeeds(f) {
		encoded, err := e.Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(encoded)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := attest.ParseEvidence(data)
		if err != nil {
			return
		}
		again, err := e.Marshal()
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("two encodings of one evidence: %v", err)
		}
		if !slices.Equal(e.ChannelKey, data[len(data)-12-len(e.Signed)-len(e.EventLog)-len(e.Collateral)-attest.ChannelKeySize:][:attest.ChannelKeySize]) {
			t.Fatal("channel key is from elsewhere")
		}
	})
}
