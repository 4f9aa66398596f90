// SPDX-License-Identifier: Apache-2.0

package eventlog

import "encoding/binary"

// Table is the ACPI table CCEL (UEFI specification 2.10, §38.4.3; ACPI 6.5,
// §5.2.34), which says where in the guest's memory its log is.
type Table struct {
	Kind    byte   // of confidential computing: 2 is TDX
	Subkind byte   // 0
	Size    uint64 // of the memory that holds the log, in bytes
	Address uint64 // of that memory
}

// TableTDX is the kind of a TDX guest's table.
const TableTDX = 2

// ParseTable reads the 56 bytes of the table of a TDX guest. Checksum, revision
// and reserved bytes must be right; a log of more than MaxSize bytes is refused.
func ParseTable(raw []byte) (Table, error) {
	const size = 56
	if len(raw) != size || string(raw[:4]) != "CCEL" || binary.LittleEndian.Uint32(raw[4:]) != size || raw[8] != 1 {
		return Table{}, fail(CodeTable, "not a table CCEL of revision 1: %d bytes", len(raw))
	}
	var sum byte
	for _, b := range raw {
		sum += b
	}
	if sum != 0 || !zero(raw[38:40]) {
		return Table{}, fail(CodeTable, "checksum or reserved bytes are wrong")
	}
	t := Table{Kind: raw[36], Subkind: raw[37], Size: binary.LittleEndian.Uint64(raw[40:]), Address: binary.LittleEndian.Uint64(raw[48:])}
	if t.Kind != TableTDX || t.Subkind != 0 || t.Size == 0 || t.Size > MaxSize || t.Address == 0 || t.Address+t.Size < t.Address {
		return Table{}, fail(CodeTable, "kind %d.%d, %d bytes at %#x", t.Kind, t.Subkind, t.Size, t.Address)
	}
	return t, nil
}

// Contains says whether raw can be what the table names: whole, or without padding.
func (t Table) Contains(raw []byte) bool { return uint64(len(raw)) <= t.Size }
