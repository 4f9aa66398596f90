// SPDX-License-Identifier: Apache-2.0

package attest_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest"
)

// hexBytes is a 0x-prefixed byte string in a vector.
type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(strings.TrimPrefix(string(text), "0x"))
	return err
}

type bindingVector struct {
	ChainID         uint64   `json:"chainId,string"`
	Registry        hexBytes `json:"registry"`
	IdentityID      hexBytes `json:"identityId"`
	Requester       hexBytes `json:"requester"`
	ChannelKeyHash  hexBytes `json:"channelKeyHash"`
	Duration        uint64   `json:"duration,string"`
	BaseBlock       uint64   `json:"baseBlock,string"`
	BaseBlockHash   hexBytes `json:"baseBlockHash"`
	MeasurementRoot hexBytes `json:"measurementRoot"`
	ConfigDigest    hexBytes `json:"configDigest"`
	GroupKeyDigest  hexBytes `json:"groupKeyDigest"`
}

func (v bindingVector) binding() attest.Binding {
	return attest.Binding{
		ChainID: v.ChainID, Registry: [20]byte(v.Registry), IdentityID: [32]byte(v.IdentityID),
		Requester: [20]byte(v.Requester), ChannelKeyHash: [32]byte(v.ChannelKeyHash), Duration: v.Duration,
		BaseBlock: v.BaseBlock, BaseBlockHash: [32]byte(v.BaseBlockHash),
		MeasurementRoot: [32]byte(v.MeasurementRoot), ConfigDigest: [32]byte(v.ConfigDigest), GroupKeyDigest: [32]byte(v.GroupKeyDigest),
	}
}

type measurementVector struct {
	Kind      uint8           `json:"tee"`
	VCPUs     uint32          `json:"vcpus"`
	MemoryMiB uint32          `json:"memoryMiB"`
	MRTD      attest.Register `json:"mrtd"`
	RTMR0     attest.Register `json:"rtmr0"`
	RTMR1     attest.Register `json:"rtmr1"`
	RTMR2     attest.Register `json:"rtmr2"`
	Digest    attest.Register `json:"launchDigest"`
	Leaf      hexBytes        `json:"leaf"`
	Proof     []hexBytes      `json:"proof"`
}

func (v measurementVector) measurement() attest.Measurement {
	return attest.Measurement{
		TEE: attest.TEE(v.Kind), Shape: attest.Shape{VCPUs: v.VCPUs, MemoryMiB: v.MemoryMiB},
		Registers: attest.Registers{MRTD: v.MRTD, RTMR0: v.RTMR0, RTMR1: v.RTMR1, RTMR2: v.RTMR2}, LaunchDigest: v.Digest,
	}
}

type evidenceVector struct {
	Name       string        `json:"name"`
	TEE        uint8         `json:"tee"`
	VCPUs      uint32        `json:"vcpus"`
	MemoryMiB  uint32        `json:"memoryMiB"`
	Proof      []hexBytes    `json:"proof"`
	Binding    bindingVector `json:"binding"`
	ChannelKey hexBytes      `json:"channelKey"`
	Signed     hexBytes      `json:"signed"`
	EventLog   hexBytes      `json:"eventLog"`
	Collateral hexBytes      `json:"collateral"`
	Encoded    hexBytes      `json:"encoded"`
	Digest     hexBytes      `json:"digest"`
}

func (v evidenceVector) evidence() attest.Evidence {
	return attest.Evidence{
		TEE: attest.TEE(v.TEE), Shape: attest.Shape{VCPUs: v.VCPUs, MemoryMiB: v.MemoryMiB},
		Proof: nodes(v.Proof), Binding: v.Binding.binding(),
		ChannelKey: v.ChannelKey, Signed: v.Signed, EventLog: v.EventLog, Collateral: v.Collateral,
	}
}

func nodes(in []hexBytes) [][32]byte {
	out := make([][32]byte, len(in))
	for i := range in {
		out[i] = [32]byte(in[i])
	}
	return out
}

func readVectors[V any](t testing.TB, name string) (v V) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

func TestBindingVectors(t *testing.T) {
	v := readVectors[struct {
		Tag   hexBytes
		Cases []struct {
			Name       string
			Digest     hexBytes
			ReportData hexBytes
			bindingVector
		}
	}](t, "binding.json")
	if tag := attest.BindingTag(); !bytes.Equal(tag[:], v.Tag) {
		t.Errorf("tag is %x", tag)
	}
	seen := map[[32]byte]string{}
	for _, c := range v.Cases {
		digest, data := c.binding().Digest(), c.binding().ReportData()
		if !bytes.Equal(digest[:], c.Digest) || !bytes.Equal(data[:], c.ReportData) {
			t.Errorf("%s: digest is %x", c.Name, digest)
		}
		if other, ok := seen[digest]; ok {
			t.Errorf("AT-02: %s and %s have one digest", c.Name, other)
		}
		seen[digest] = c.Name
	}
	if len(seen) < 14 {
		t.Errorf("only %d cases", len(seen))
	}
}

func TestMeasurementVectors(t *testing.T) {
	v := readVectors[struct {
		Trees []struct {
			Name         string
			Root         hexBytes
			Measurements []measurementVector
		}
	}](t, "measurement.json")
	for _, tree := range v.Trees {
		var ms []attest.Measurement
		for _, m := range tree.Measurements {
			ms = append(ms, m.measurement())
		}
		root, err := attest.Root(ms)
		if err != nil || !bytes.Equal(root[:], tree.Root) {
			t.Errorf("%s: root is %x, %v", tree.Name, root, err)
		}
		for i, m := range tree.Measurements {
			leaf := ms[i].Leaf()
			if !bytes.Equal(leaf[:], m.Leaf) {
				t.Errorf("%s: leaf %d is %x", tree.Name, i, leaf)
			}
			proof, err := attest.Proof(ms, ms[i].Shape, ms[i].TEE)
			if err != nil || len(proof) != len(m.Proof) || !attest.VerifyProof(root, leaf, proof) {
				t.Errorf("%s: proof %d is %x, %v", tree.Name, i, proof, err)
			}
			if !attest.VerifyProof(root, leaf, nodes(m.Proof)) {
				t.Errorf("%s: proof %d of the vector does not verify", tree.Name, i)
			}
		}
	}
}

func TestEvidenceVectors(t *testing.T) {
	v := readVectors[struct {
		Valid   []evidenceVector
		Invalid []struct {
			Name    string
			Encoded hexBytes
		}
	}](t, "evidence.json")
	for _, c := range v.Valid {
		encoded, err := c.evidence().Marshal()
		if err != nil || !bytes.Equal(encoded, c.Encoded) {
			t.Errorf("%s: encoding differs: %v", c.Name, err)
		}
		parsed, err := attest.ParseEvidence(c.Encoded)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if digest := parsed.Digest(); !bytes.Equal(digest[:], c.Digest) {
			t.Errorf("%s: digest is %x", c.Name, digest)
		}
	}
	for _, c := range v.Invalid {
		if _, err := attest.ParseEvidence(c.Encoded); err == nil {
			t.Errorf("%s: accepted", c.Name)
		}
	}
}
