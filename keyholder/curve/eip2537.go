// SPDX-License-Identifier: Apache-2.0

package curve

const (
	fieldSize  = 48 // bytes of a base field element
	paddedSize = 64 // the same in EIP-2537, with 16 leading zero bytes
)

// EIP2537 returns the 128-byte encoding of EVM precompiles: x then y.
func (g G1) EIP2537() (out [G1EIP2537Size]byte) {
	if g.valid() {
		raw := g.p.RawBytes()
		pad(out[:], raw[:], []int{0, 1})
	}
	return out
}

// EIP2537 returns the 256-byte encoding of EVM precompiles: x.c0, x.c1, y.c0,
// y.c1. (The compressed and uncompressed forms put c1 first.)
func (g G2) EIP2537() (out [G2EIP2537Size]byte) {
	if g.valid() {
		raw := g.p.RawBytes()
		pad(out[:], raw[:], []int{1, 0, 3, 2})
	}
	return out
}

// G1FromEIP2537 decodes the 128-byte form.
func G1FromEIP2537(b []byte) (G1, error) {
	raw, err := unpad(b, []int{0, 1})
	if err != nil {
		return G1{}, err
	}
	return g1FromBytes(raw)
}

// G2FromEIP2537 decodes the 256-byte form.
func G2FromEIP2537(b []byte) (G2, error) {
	raw, err := unpad(b, []int{1, 0, 3, 2})
	if err != nil {
		return G2{}, err
	}
	return g2FromBytes(raw)
}

// pad writes field elements of raw to dst: element i of dst is element order[i].
func pad(dst, raw []byte, order []int) {
	for i, from := range order {
		copy(dst[i*paddedSize+paddedSize-fieldSize:], raw[from*fieldSize:(from+1)*fieldSize])
	}
}

// unpad reverses pad. The top three bits of a field element are always zero, so
// that what comes out cannot carry the flags of another encoding.
func unpad(b []byte, order []int) ([]byte, error) {
	if len(b) != len(order)*paddedSize {
		return nil, ErrPoint
	}
	raw := make([]byte, len(order)*fieldSize)
	for i, to := range order {
		element := b[i*paddedSize : (i+1)*paddedSize]
		for _, v := range element[:paddedSize-fieldSize] {
			if v != 0 {
				return nil, ErrPoint
			}
		}
		value := element[paddedSize-fieldSize:]
		if value[0]&0xe0 != 0 {
			return nil, ErrPoint
		}
		copy(raw[to*fieldSize:], value)
	}
	return raw, nil
}
