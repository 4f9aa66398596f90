// SPDX-License-Identifier: Apache-2.0

package config

const blocksPerMiB = 1 << 20 / BlockSize

// Slice is a part of the scratch disk that has a file system of its own, so that nobody fills what is another's.
type Slice struct {
	Container int    // its index
	Volume    int    // its index, or -1 for what is written to the root
	Offset    uint64 // in blocks, of what can be written
	Blocks    uint64
}

// ScratchSlices are the parts of the scratch disk, in their order; none if there is no such disk.
func (c Config) ScratchSlices() []Slice {
	if c.Bounds.ScratchMedium != ScratchDisk {
		return nil
	}
	var slices []Slice
	end := uint64(0)
	add := func(container, volume int, mib uint32) {
		blocks := uint64(mib) * blocksPerMiB
		slices = append(slices, Slice{container, volume, end, blocks})
		end += blocks
	}
	for i, container := range c.Containers {
		if !container.ReadOnlyRoot {
			add(i, -1, c.Bounds.ScratchMiB)
		}
		for j, v := range container.Volumes {
			if home, at := c.Home(i, j); v.Disk && home == i && at == j {
				add(i, j, v.SizeMiB)
			}
		}
	}
	return slices
}

// ScratchBlocks is how many blocks the scratch disk has; 0 if there is none.
func (c Config) ScratchBlocks() (blocks uint64) {
	for _, s := range c.ScratchSlices() {
		blocks += s.Blocks
	}
	return blocks
}

// ScratchTagsMiB is the RAM that the guest keeps for the tags of the scratch disk's blocks, 16 bytes each.
func (c Config) ScratchTagsMiB() uint64 {
	const perMiB = 1 << 20 / 16
	return (c.ScratchBlocks() + perMiB - 1) / perMiB
}

// ScratchOffset is the first block of the scratch disk on the machine's disk: the first one behind the measured config.
func (l Location) ScratchOffset() uint64 {
	return l.OffsetBlocks + (uint64(l.Size)+BlockSize-1)/BlockSize
}
