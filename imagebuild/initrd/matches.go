// SPDX-License-Identifier: Apache-2.0

package initrd

import "slices"

// Lengths in a block of LZ4 (LZ4 Block Format Description, "Compressed block format").
const (
	leastMatch = 4  // bytes that a match repeats at least
	nibble     = 15 // of a token: more bytes of the length follow
)

// shortestMatch is the number of bytes that are worth a match: whoever unpacks takes as long for one of four bytes as for dozens that are
// written out, and four of five have less than this. It makes an initrd a third larger, and more than halves the instructions that unpack it.
const shortestMatch = 10

// withoutShortMatches writes a block of plain again, with the shorter matches written out. The block is a compressor's: it is right.
func withoutShortMatches(block, plain []byte) []byte {
	var out []byte
	at, from := 0, 0 // where the next bytes of plain are, and those that are not written yet
	for len(block) > 0 {
		token := block[0]
		literals, rest := length(token>>4, block[1:])
		at, block = at+literals, rest[literals:]
		if len(block) == 0 {
			break // a block ends with literals
		}
		match, rest := length(token&nibble, block[2:])
		match += leastMatch
		if match >= shortestMatch {
			out = appendSequence(out, plain[from:at], block[:2], match)
			from = at + match
		}
		at, block = at+match, rest
	}
	return appendSequence(out, plain[from:], nil, leastMatch)
}

// length is one that begins in a token, and what stands behind it.
func length(begun byte, rest []byte) (int, []byte) {
	n := int(begun)
	for more := begun == nibble; more; rest = rest[1:] {
		n += int(rest[0])
		more = rest[0] == 255
	}
	return n, rest
}

// appendSequence writes literals, and the match behind them if it has an offset.
func appendSequence(out, literals, offset []byte, match int) []byte {
	match -= leastMatch
	out = append(out, byte(min(len(literals), nibble)<<4|min(match, nibble)))
	out = append(appendLength(out, len(literals)), literals...)
	out = append(out, offset...)
	return appendLength(out, match)
}

// appendLength writes what of a length is not in the token.
func appendLength(out []byte, n int) []byte {
	if n < nibble {
		return out
	}
	n -= nibble
	out = append(out, slices.Repeat([]byte{255}, n/255)...)
	return append(out, byte(n%255))
}
