// SPDX-License-Identifier: Apache-2.0

package keyholder_test

import (
	"bytes"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/internal/abi"
)

var update = flag.Bool("update", false, "rewrite the vectors in testdata")

// certificateVector is the shape of testdata/certificate.json. Hex is 0x-prefixed.
type certificateVector struct {
	Comment          string             `json:"comment"`
	DST              string             `json:"dst"`
	Threshold        int                `json:"threshold"`
	Holders          int                `json:"holders"`
	GroupKey         string             `json:"groupKey"`
	GroupKeyEIP2537  string             `json:"groupKeyEip2537"`
	Certificates     []certificateEntry `json:"certificates"`
	GeneratorEIP2537 string             `json:"g2GeneratorEip2537"`
	Verification     string             `json:"verification"`
}

type certificateEntry struct {
	ChainID          uint64 `json:"chainId"`
	Permitter        string `json:"permitter"`
	Registry         string `json:"registry"`
	IdentityID       string `json:"identityId"`
	Requester        string `json:"requester"`
	Duration         uint64 `json:"duration"`
	BaseBlock        uint64 `json:"baseBlock"`
	BaseBlockHash    string `json:"baseBlockHash"`
	MeasurementRoot  string `json:"measurementRoot"`
	ConfigDigest     string `json:"configDigest"`
	EvidenceDigest   string `json:"evidenceDigest"`
	Platform         string `json:"platform"`
	Author           string `json:"author"`
	Digest           string `json:"digest"`
	PointEIP2537     string `json:"pointEip2537"`
	Signature        string `json:"signature"`
	SignatureEIP2537 string `json:"signatureEip2537"`
}

func TestCertificateVectors(t *testing.T) {
	t.Parallel()
	want := certificateVectors(t)
	path := filepath.Join("testdata", "certificate.json")
	encoded, err := json.MarshalIndent(want, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	encoded = append(encoded, '\n')
	if *update {
		if err := os.WriteFile(path, encoded, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, encoded) {
		t.Fatalf("%s differs from what this code makes; run with -update if that is meant", path)
	}
}

// certificateVectors signs two certificates by two different pairs of three
// holders whose polynomial is fixed.
func certificateVectors(t *testing.T) certificateVector {
	t.Helper()
	coefficients := []curve.Scalar{fixedScalar(0), fixedScalar(1)}
	group := coefficients[0].Public()
	g2, groupKey := curve.G2Generator().EIP2537(), group.Bytes()
	groupEIP := group.EIP2537()
	v := certificateVector{
		Comment:   "made by TestCertificateVectors; each signature combines two of three shares",
		DST:       string(curve.DSTCertificate),
		Threshold: 2, Holders: 3,
		GroupKey: hexOf(groupKey[:]), GroupKeyEIP2537: hexOf(groupEIP[:]),
		GeneratorEIP2537: hexOf(g2[:]),
		Verification:     "e(signature, g2) == e(point, groupKey)",
	}
	for i, signers := range [][]uint32{{1, 3}, {2, 3}} {
		v.Certificates = append(v.Certificates, signVector(t, coefficients, group, uint64(i), signers))
	}
	return v
}

func signVector(t *testing.T, coefficients []curve.Scalar, group curve.G2, n uint64, signers []uint32) certificateEntry {
	t.Helper()
	c := vectorCertificate(n)
	point := c.Point()
	var partials []curve.Partial
	for _, index := range signers {
		share := coefficients[0].Add(coefficients[1].Mul(curve.ScalarFromIndex(index)))
		partials = append(partials, curve.Partial{Index: index, Point: point.Mul(share)})
	}
	signature, err := curve.Combine(partials)
	if err != nil {
		t.Fatal(err)
	}
	if !curve.Verify(signature, point, group) {
		t.Fatal("combined signature does not verify")
	}
	digest, compressed := c.Digest(), signature.Bytes()
	pointEIP, signatureEIP := point.EIP2537(), signature.EIP2537()
	return certificateEntry{
		ChainID: c.ChainID, Permitter: hexOf(c.Permitter[:]), Registry: hexOf(c.Registry[:]),
		IdentityID: hexOf(c.IdentityID[:]), Requester: hexOf(c.Requester[:]), Duration: c.Duration,
		BaseBlock: c.BaseBlock, BaseBlockHash: hexOf(c.BaseBlockHash[:]),
		MeasurementRoot: hexOf(c.MeasurementRoot[:]), ConfigDigest: hexOf(c.ConfigDigest[:]),
		EvidenceDigest: hexOf(c.EvidenceDigest[:]), Platform: hexOf(c.Platform[:]), Author: hexOf(c.Author[:]), Digest: hexOf(digest[:]),
		PointEIP2537: hexOf(pointEIP[:]), Signature: hexOf(compressed[:]), SignatureEIP2537: hexOf(signatureEIP[:]),
	}
}

func vectorCertificate(n uint64) keyholder.Certificate {
	word := func(name string) [32]byte { return abi.Keccak(fmt.Appendf(nil, "vector %s %d", name, n)) }
	address := func(name string) [20]byte { w := word(name); return [20]byte(w[12:]) }
	// A TDX platform whose level is of August 2024, evaluation 18; an SNP platform with boot loader 4, TEE 1, SNP 24,
	// microcode 220, and a guest of SVN 3 with an ID block.
	findings := []keyholder.Findings{
		{Platform: [32]byte{0: 1, 1: 1, 2: 0x90, 3: 0xc0, 4: 0x6f, 12: 0x66, 13: 0xbd, 14: 0x02, 15: 0x80, 23: 18}},
		{Platform: [32]byte{0: 2, 1: 1, 2: 'G', 3: 'e', 4: 'n', 5: 'o', 6: 'a', 8: 4, 9: 1, 10: 24, 11: 220, 31: 3}, Author: word("author")},
	}
	return keyholder.Certificate{
		Findings: findings[n], ChainID: 31337, Permitter: address("permitter"), Registry: address("registry"),
		IdentityID: word("identity"), Requester: address("requester"), Duration: 3600 + n,
		BaseBlock: 41 + n, BaseBlockHash: word("block"), MeasurementRoot: word("root"),
		ConfigDigest: word("config"), EvidenceDigest: word("evidence"),
	}
}

func fixedScalar(n int) curve.Scalar {
	return curve.ScalarFromWide(sha512.Sum512(fmt.Appendf(nil, "escrin test coefficient %d", n)))
}

func hexOf(b []byte) string { return "0x" + hex.EncodeToString(b) }
