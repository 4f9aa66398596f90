// SPDX-License-Identifier: Apache-2.0

// Package chaintest gives tests a chain in their own process with the contracts on it, and a key network whose secret
// they hold. Only tests link it.
package chaintest

import (
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/cloudflare/circl/ecc/bls12381"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/deploy"
)

// The domains of certificates and of completions.
const (
	certificateDST = "ESCRIN-V1-CERTIFICATE-BLS12381G1_XMD:SHA-256_SSWU_RO_"
	completionDST  = "ESCRIN-V1-COMPLETION-BLS12381G1_XMD:SHA-256_SSWU_RO_"
)

// Network is a chain with escrin's contracts and ten funded accounts. Nobody but the test uses it.
type Network struct {
	URL      string // JSON-RPC over HTTP
	At       deploy.Addresses
	Accounts []*chain.Account // the first deployed the contracts
	Chain    *chain.Chain
	Node     *devchain.Chain // which makes the blocks
	GroupKey [96]byte

	secret bls12381.Scalar
}

// ClaimWindow is that of the network's task hub.
const ClaimWindow = 30 * time.Second

// New starts a network that ends with the test.
func New(t testing.TB) *Network {
	t.Helper()
	accounts, err := devchain.Accounts(10)
	if err != nil {
		t.Fatal(err)
	}
	n := &Network{}
	n.Node, n.URL = start(t, devchain.Config{Funded: accounts})
	for _, account := range accounts {
		n.Accounts = append(n.Accounts, chain.NewAccount(account.Key))
	}
	n.makeKey()
	client, err := ethclient.DialContext(t.Context(), n.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	terms := deploy.Terms{ClaimWindow: ClaimWindow, GroupKey: n.GroupKey, Governor: accounts[0].Address}
	if n.At, _, err = terms.Deploy(t.Context(), client, accounts[0].Key, devchain.ChainID); err != nil {
		t.Fatal(err)
	}
	n.Chain, err = chain.Open(t.Context(), n.URL, n.Contracts())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Chain.Close)
	return n
}

// Contracts is what chain.Open needs.
func (n *Network) Contracts() chain.Contracts {
	return chain.Contracts{
		ChainID: devchain.ChainID, Registry: n.At.Registry, Permitter: n.At.Permitter, TaskHub: n.At.TaskHub,
	}
}

// StartChain starts a chain that ends with the test, without contracts, and returns its URL. Directory, chain id,
// period and lead are filled in.
func StartChain(t testing.TB, config devchain.Config) string {
	t.Helper()
	_, url := start(t, config)
	return url
}

func start(t testing.TB, config devchain.Config) (c *devchain.Chain, url string) {
	t.Helper()
	config.Dir, config.ChainID, config.Period, config.Lead = t.TempDir(), devchain.ChainID, time.Second, time.Hour
	c, err := devchain.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- c.ServeHTTP(l) }()
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return c, "http://" + l.Addr().String()
}

// makeKey makes the key network's key: always the same, so that gas is too.
func (n *Network) makeKey() {
	n.secret.SetBytes(crypto.Keccak256([]byte("chaintest")))
	var public bls12381.G2
	public.ScalarMult(&n.secret, bls12381.G2Generator())
	copy(n.GroupKey[:], public.BytesCompressed())
}

// Certify signs 32 bytes as the key network would sign a certificate, into the 128 bytes of EIP-2537.
func (n *Network) Certify(digest [32]byte) []byte { return n.sign(digest, certificateDST) }

// Complete signs 32 bytes as the key network would sign the completion of a session, into the 128 bytes of EIP-2537.
func (n *Network) Complete(digest [32]byte) []byte { return n.sign(digest, completionDST) }

func (n *Network) sign(digest [32]byte, dst string) []byte {
	var point bls12381.G1
	point.Hash(digest[:], []byte(dst))
	point.ScalarMult(&n.secret, &point)
	return EncodeG1(&point)
}

// GroupKeyOnChain is the group key in the 256 bytes of EIP-2537.
func (n *Network) GroupKeyOnChain() []byte {
	var public bls12381.G2
	public.ScalarMult(&n.secret, bls12381.G2Generator())
	raw := public.Bytes() // x.c1, x.c0, y.c1, y.c0, 48 bytes each
	encoded := make([]byte, 256)
	for i, place := range []int{1, 0, 3, 2} {
		copy(encoded[64*place+16:64*place+64], raw[48*i:48*i+48])
	}
	return encoded
}

// EncodeG1 is a point in the 128 bytes of EIP-2537.
func EncodeG1(point *bls12381.G1) []byte {
	raw := point.Bytes() // x, y, 48 bytes each
	encoded := make([]byte, 128)
	copy(encoded[16:64], raw[:48])
	copy(encoded[80:], raw[48:])
	return encoded
}

// Platform is the word, in certificates, of a TDX platform that is up to date.
func Platform() [32]byte {
	return [32]byte{0: 1, 1: 1, 2: 0x90, 3: 0xc0, 4: 0x6f, 12: 0x66, 13: 0xbd, 14: 0x02, 15: 0x80, 23: 18}
}

// Ether is an amount in wei.
func Ether(n int64) *big.Int { return new(big.Int).Mul(big.NewInt(n), big.NewInt(1e18)) }
