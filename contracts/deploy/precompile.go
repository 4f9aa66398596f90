// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/cloudflare/circl/ecc/bls12381"
	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"
)

// Precompile is a precompiled contract that some contract needs, by its address.
type Precompile uint16

// The precompiles that are asked for known answers (CT-01).
const (
	ModExp     Precompile = 0x05
	G1Add      Precompile = 0x0b
	Pairing    Precompile = 0x0f
	MapToG1    Precompile = 0x10
	P256Verify Precompile = 0x100
)

func blsPrecompiles() []Precompile { return []Precompile{ModExp, G1Add, Pairing, MapToG1} }

// Precompiles are all that some contract may need.
func Precompiles() []Precompile { return append(blsPrecompiles(), P256Verify) }

// String is the address, the name, and the document that defines it.
func (p Precompile) String() string {
	names := map[Precompile]string{
		ModExp: "MODEXP (EIP-198)", G1Add: "BLS12_G1ADD (EIP-2537)", Pairing: "BLS12_PAIRING_CHECK (EIP-2537)",
		MapToG1: "BLS12_MAP_FP_TO_G1 (EIP-2537)", P256Verify: "P256VERIFY (EIP-7951)",
	}
	return fmt.Sprintf("0x%02x %s", uint16(p), names[p])
}

// MissingPrecompiles asks a chain's precompiles for known answers, and returns those that give none or another.
func MissingPrecompiles(ctx context.Context, client *ethclient.Client, asked []Precompile) (missing []Precompile, err error) {
	for _, p := range asked {
		for _, known := range p.knownAnswers() {
			right, err := gives(ctx, client, p, known)
			if err != nil {
				return nil, fmt.Errorf("ask precompile %s: %w", p, err)
			}
			if !right {
				missing = append(missing, p)
				break
			}
		}
	}
	return missing, nil
}

// gives tells whether a precompile answers as it should. A node's refusal is an answer; silence is an error.
func gives(ctx context.Context, client *ethclient.Client, p Precompile, known answer) (bool, error) {
	to := common.BytesToAddress([]byte{byte(p >> 8), byte(p)})
	got, err := client.CallContract(ctx, ethereum.CallMsg{To: &to, Data: known.input}, nil)
	if _, refused := errors.AsType[rpc.Error](err); refused {
		return false, nil
	}
	return bytes.Equal(got, known.output), err
}

// answer is what a precompile gives for an input.
type answer struct{ input, output []byte }

func (p Precompile) knownAnswers() []answer {
	one, zero := common.LeftPadBytes([]byte{1}, 32), make([]byte, 32)
	switch p {
	case ModExp: // 3 ^ 2 mod 7
		return []answer{{join(one, one, one, []byte{3, 2, 7}), []byte{2}}}
	case G1Add:
		var two bls12381.G1
		two.Add(bls12381.G1Generator(), bls12381.G1Generator())
		g := encodeG1(bls12381.G1Generator())
		return []answer{{join(g, g), encodeG1(&two)}}
	case Pairing: // e(G1, G2) e(-G1, G2) = 1, and e(G1, G2) is not
		negated := bls12381.G1Generator()
		negated.Neg()
		g, n, g2 := encodeG1(bls12381.G1Generator()), encodeG1(negated), encodeG2(bls12381.G2Generator())
		return []answer{{join(g, g2, n, g2), one}, {join(g, g2), zero}}
	case MapToG1: // the first vector of EIP-2537
		return []answer{{
			common.FromHex("0000000000000000000000000000000014406e5bfb9209256a3820879a29ac2f62d6aca82324bf3ae2aa7d3c54792043bd8c791fccdb080c1a52dc68b8b69350"),
			common.FromHex("000000000000000000000000000000000d7721bcdb7ce1047557776eb2659a444166dc6dd55c7ca6e240e21ae9aa18f529f04ac31d861b54faf3307692545db7" +
				"00000000000000000000000000000000108286acbdf4384f67659a8abe89e712a504cb3ce1cba07a716869025d60d499a00d1da8cdc92958918c222ea93d87f0"),
		}}
	case P256Verify: // the first vector of EIP-7951, and it with another digest
		valid := common.FromHex("4cee90eb86eaa050036147a12d49004b6b9c72bd725d39d4785011fe190f0b4da73bd4903f0ce3b639bbbf6e8e80d16931ff4bcf5993d58468e8fb19086e8cac" +
			"36dbcd03009df8c59286b162af3bd7fcc0450c9aa81be5d10d312af6c66b1d604aebd3099c618202fcfe16ae7770b0c49ab5eadf74b754204a3bb6060e44eff37618b065f9832de4ca6ca971a7a1adc826d0f7c00181a5fb2ddf79ae00b4e10e")
		other := bytes.Clone(valid)
		other[31] ^= 1
		return []answer{{valid, one}, {other, nil}}
	}
	return []answer{{}} // none is known: with no input, nothing
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
