// SPDX-License-Identifier: Apache-2.0

package erofs

// window is how many blocks inodes are put into at a time. More would pack a little tighter, and spread what is read
// together.
const window = 32

// packer puts inodes into blocks: each into that one of the last blocks which has the least room that suffices, the
// first of them if there are several, or else at the start of a new block.
type packer struct {
	blocks uint64      // opened so far
	used   [window]int // bytes of the last blocks, block i at i modulo window
}

// place returns where the next length bytes go, in slots from the start of the first block.
func (p *packer) place(length int) uint64 {
	best := p.blocks
	for block := p.blocks - min(p.blocks, window); block < p.blocks; block++ {
		used := p.used[block%window]
		if used+length <= BlockSize && (best == p.blocks || used > p.used[best%window]) {
			best = block
		}
	}
	if best == p.blocks {
		p.used[best%window] = 0
		p.blocks++
	}
	used := &p.used[best%window]
	slot := (best*BlockSize + uint64(*used)) / slotSize
	*used += align(length, slotSize)
	return slot
}
