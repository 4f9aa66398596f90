// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
)

// Memory of a q35 machine: it all lies below 4 GiB, or, from 2816 MiB on, 2 GiB
// of it do and the rest lies above.
const (
	splitFrom = 2816 << 20
	splitLow  = 2 << 30
	highStart = 4 << 30
)

// splitMemory returns how many bytes of a memory lie below and above 4 GiB.
func splitMemory(memory uint64) (low, high uint64) {
	if memory >= splitFrom {
		return splitLow, memory - splitLow
	}
	return memory, 0
}

// resource is what a range of memory is, as a type of resource descriptor.
type resource uint32

const (
	accepted   resource = 0 // added by the VMM before launch
	unaccepted resource = 7
)

// handoff returns the TD HOB list as it is measured: what QEMU tells the firmware
// about memory, without the entry that ends the list.
func (fw firmware) handoff(memory uint64) ([]byte, error) {
	low, high := splitMemory(memory)
	var list []byte
	at := uint64(0)
	for _, s := range fw.added() {
		if s.address < at || s.address+s.size > low {
			return nil, fmt.Errorf("memory of %d bytes does not hold the firmware's sections", memory)
		}
		if s.address > at {
			list = appendResource(list, unaccepted, at, s.address-at)
		}
		list = appendResource(list, accepted, s.address, s.size)
		at = s.address + s.size
	}
	if low > at {
		list = appendResource(list, unaccepted, at, low-at)
	}
	if high > 0 {
		list = appendResource(list, unaccepted, highStart, high)
	}
	return append(fw.handoffHeader(len(list)), list...), nil
}

// added returns the sections that the VMM adds to memory (not those in the
// firmware's own address range), by address.
func (fw firmware) added() []section {
	var out []section
	for _, s := range fw {
		if s.kind == handoffBlock || s.kind == temporaryMemory {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b section) int { return cmp.Compare(a.address, b.address) })
	return out
}

// handoffHeader is the first entry of the list (EFI_HOB_HANDOFF_INFO_TABLE). Of
// its addresses only that of the list's end is set, which lies behind the entry
// that ends it.
func (fw firmware) handoffHeader(rest int) []byte {
	const size, end = 56, 8
	out := make([]byte, size)
	binary.LittleEndian.PutUint16(out[0:], 1) // type
	binary.LittleEndian.PutUint16(out[2:], size)
	binary.LittleEndian.PutUint32(out[8:], 9) // version
	binary.LittleEndian.PutUint64(out[48:], fw.find(handoffBlock).address+size+uint64(rest)+end)
	return out
}

// appendResource appends one EFI_HOB_RESOURCE_DESCRIPTOR without an owner.
func appendResource(list []byte, kind resource, start, length uint64) []byte {
	const size = 48
	const attributes = 7 // present, initialised, tested
	out := make([]byte, size)
	binary.LittleEndian.PutUint16(out[0:], 3) // type
	binary.LittleEndian.PutUint16(out[2:], size)
	binary.LittleEndian.PutUint32(out[24:], uint32(kind))
	binary.LittleEndian.PutUint32(out[28:], attributes)
	binary.LittleEndian.PutUint64(out[32:], start)
	binary.LittleEndian.PutUint64(out[40:], length)
	return append(list, out...)
}
