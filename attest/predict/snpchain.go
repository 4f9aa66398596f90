// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"

	"github.com/escrin/escrin/attest"
)

// snpPage is a type of page of SNP_LAUNCH_UPDATE (AMD, "SEV Secure Nested Paging
// Firmware ABI Specification", PAGE_INFO).
type snpPage byte

const (
	pageNormal     snpPage = 1
	pageProcessor  snpPage = 2 // VMSA
	pageZero       snpPage = 3
	pageUnmeasured snpPage = 4
	pageSecrets    snpPage = 5
	pageCPUID      snpPage = 6
)

// snpChain is the launch digest so far.
type snpChain attest.Register

// extend adds one page as the security processor does: content is the SHA-384 of
// the page, or zero where the page's content is not measured.
func (c *snpChain) extend(kind snpPage, address uint64, content attest.Register) {
	const size = 112
	info := make([]byte, 0, size)
	info = append(info, c[:]...)
	info = append(info, content[:]...)
	info = binary.LittleEndian.AppendUint16(info, size)
	info = append(info, byte(kind), 0 /* not for a migration agent */, 0, 0, 0 /* permissions of VMPL 3, 2, 1 */, 0)
	info = binary.LittleEndian.AppendUint64(info, address)
	*c = sha512.Sum384(info)
}

// extendAll adds whole pages with their content.
func (c *snpChain) extendAll(address uint64, data []byte) {
	for at := 0; at < len(data); at += pageSize {
		c.extend(pageNormal, address+uint64(at), sha512.Sum384(data[at:at+pageSize]))
	}
}

// extendProcessor adds the state in which one processor starts.
func (c *snpChain) extendProcessor(page attest.Register) {
	const everyProcessor = 0xfffffffff000 // the address that the security processor takes for all of them
	c.extend(pageProcessor, everyProcessor, page)
}

// extendSection adds a range of memory that the firmware names.
func (c *snpChain) extendSection(s snpSection, vmm VMM, hashes []byte) {
	kind := pageZero
	switch s.kind {
	case snpMemory:
		if vmm == GCE {
			kind = pageUnmeasured
		}
	case snpSecrets:
		kind = pageSecrets
	case snpCPUID:
		kind = pageCPUID
	case snpKernelHashes:
		if hashes != nil {
			c.extendAll(s.address, hashes)
			return
		}
	}
	for at := uint64(0); at < s.size; at += pageSize {
		c.extend(kind, s.address+at, attest.Register{})
	}
}

// kernelHashes are what the firmware checks the kernel that it is handed against.
type kernelHashes struct{ cmdline, initrd, kernel [sha256.Size]byte }

// hashTableSize is that of the table of three hashes in bytes, padded to 16.
const hashTableSize = 176

// page returns the table of hashes, as QEMU writes it, at an offset in a page
// that is zero otherwise.
func (h kernelHashes) page(offset int) []byte {
	const head, entry = 18, 50
	table := make([]byte, 0, hashTableSize)
	// 9438d606-4f22-4cc9-b479-a793d411fd21
	table = append(table, 0x06, 0xd6, 0x38, 0x94, 0x22, 0x4f, 0xc9, 0x4c, 0xb4, 0x79, 0xa7, 0x93, 0xd4, 0x11, 0xfd, 0x21)
	table = binary.LittleEndian.AppendUint16(table, head+3*entry)
	for _, e := range []struct {
		id  guid
		sum [sha256.Size]byte
	}{
		// 97d02dd8-bd20-4c94-aa78-e7714d36ab2a
		{guid{0xd8, 0x2d, 0xd0, 0x97, 0x20, 0xbd, 0x94, 0x4c, 0xaa, 0x78, 0xe7, 0x71, 0x4d, 0x36, 0xab, 0x2a}, h.cmdline},
		// 44baf731-3a2f-4bd7-9af1-41e29169781d
		{guid{0x31, 0xf7, 0xba, 0x44, 0x2f, 0x3a, 0xd7, 0x4b, 0x9a, 0xf1, 0x41, 0xe2, 0x91, 0x69, 0x78, 0x1d}, h.initrd},
		// 4de79437-abd2-427f-b835-d5b172d2045b
		{guid{0x37, 0x94, 0xe7, 0x4d, 0xd2, 0xab, 0x7f, 0x42, 0xb8, 0x35, 0xd5, 0xb1, 0x72, 0xd2, 0x04, 0x5b}, h.kernel},
	} {
		table = append(table, e.id[:]...)
		table = binary.LittleEndian.AppendUint16(table, entry)
		table = append(table, e.sum[:]...)
	}
	page := make([]byte, pageSize)
	copy(page[offset:], table)
	return page
}
