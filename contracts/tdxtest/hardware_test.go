// SPDX-License-Identifier: Apache-2.0

package tdxtest_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/vm/runtime"
	"github.com/google/go-tdx-guest/testing/testdata"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/contracts/tdxtest"
)

// TestGenuineCertificates shows the reader of certificates those of hardware: it must read them as package collateral
// does. The quotes are those that google/go-tdx-guest publishes.
func TestGenuineCertificates(t *testing.T) {
	text, err := os.ReadFile("../../attest/verify/testdata/intel-sgx-root-ca.pem")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	root, err := tdxtest.ParseAuthority(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	config := newWorld(t, true)
	_, address, _, err := runtime.Create(append(compile(t, "src/tdx/TdxCertificates.sol")["TdxCertificates"], root.Encode()...), config)
	if err != nil {
		t.Fatal(err)
	}
	google, err := os.ReadFile("../../attest/tdx/testdata/cos-113-tdx-quote.dat")
	if err != nil {
		t.Fatal(err)
	}
	for name, quote := range map[string][]byte{
		"Sapphire Rapids, version 4": testdata.RawQuote, "version 5": testdata.RawQuoteV5, "Google's": google,
	} {
		pck, ca := chainOf(quote)
		if pck == nil {
			t.Fatalf("%s: no certificates", name)
		}
		config.Time = uint64(pck.NotBefore.AddDate(0, 1, 0).Unix())
		compareReading(t, name, config, address, root, pck, ca)
	}
}

// chainOf returns the first two certificates in a quote, if it has any.
func chainOf(quote []byte) (pck, ca *x509.Certificate) {
	start := bytes.Index(quote, []byte("-----BEGIN"))
	if start < 0 {
		return nil, nil
	}
	first, rest := pem.Decode(quote[start:])
	second, _ := pem.Decode(rest)
	if first == nil || second == nil {
		return nil, nil
	}
	pck, err := x509.ParseCertificate(first.Bytes)
	if err != nil {
		return nil, nil
	}
	if ca, err = x509.ParseCertificate(second.Bytes); err != nil {
		return nil, nil
	}
	return pck, ca
}

// compareReading shows the contract the certificates, and compares what it reads with what package collateral does.
func compareReading(t *testing.T, name string, config *runtime.Config, address common.Address, root tdxtest.Authority, pck, ca *x509.Certificate) {
	t.Helper()
	if answer, _, err := runtime.Call(address, call("addAuthority(bytes)", dynamic(ca.Raw)), config); err != nil {
		t.Errorf("%s: platform CA: %v, %x", name, err, answer)
		return
	}
	authority, err := tdxtest.ParseAuthority(ca.Raw)
	if err != nil {
		t.Fatal(err)
	}
	authority.NotAfter = min(authority.NotAfter, root.NotAfter)
	arguments := []any{dynamic(pck.Raw)}
	for encoded := authority.Encode(); len(encoded) > 0; encoded = encoded[32:] {
		arguments = append(arguments, encoded[:32])
	}
	answer, _, err := runtime.Call(address, call("readPlatform(bytes,(bytes32,bytes32,bytes32,bytes20,bytes32,uint64))", arguments...), config)
	if err != nil {
		t.Errorf("%s: PCK certificate: %v, %x", name, err, answer)
		return
	}
	want, err := collateral.ParsePlatform(pck)
	if err != nil {
		t.Fatal(err)
	}
	about, err := tdxtest.EncodePlatform(pck.Raw, authority)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(answer[64:80], want.PPID[:]) || !bytes.Equal(answer[96:], about) {
		t.Errorf("%s: read as %x, want PPID %x and %x", name, answer, want.PPID, about)
	}
}
