// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"encoding/binary"
	"errors"
)

// maxTableEntries bounds the table of GUIDs; OVMF has about ten.
const maxTableEntries = 64

// tableEntry is one entry of the table of GUIDs at the end of a firmware.
type tableEntry struct {
	id   guid
	data []byte
}

// guidTable is what a firmware tells the VMM about itself. No GUID occurs twice.
type guidTable []tableEntry

// parseTable walks the table backwards. It ends 32 bytes before the end of the
// file with a footer; each entry ends with its length and GUID.
func parseTable(image []byte) (guidTable, error) {
	footer := guid{0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45, 0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d}
	const behind, tail = 32, 2 + len(guid{})
	if len(image) < behind {
		return nil, errors.New("file is too short")
	}
	rest := image[:len(image)-behind]
	id, length, ok := lastEntry(rest)
	if !ok || id != footer {
		return nil, errors.New("no table of GUIDs")
	}
	rest = rest[len(rest)-length : len(rest)-tail]
	var table guidTable
	for len(rest) > 0 {
		id, length, ok := lastEntry(rest)
		if !ok || len(table) == maxTableEntries {
			return nil, errors.New("table of GUIDs is malformed")
		}
		if _, twice := table.find(id); twice {
			return nil, errors.New("table of GUIDs names one twice")
		}
		table = append(table, tableEntry{id, rest[len(rest)-length : len(rest)-tail]})
		rest = rest[:len(rest)-length]
	}
	return table, nil
}

// lastEntry returns the GUID and the whole length of the last entry of a table.
func lastEntry(table []byte) (id guid, length int, ok bool) {
	const tail = 2 + len(guid{})
	if len(table) < tail {
		return guid{}, 0, false
	}
	length = int(binary.LittleEndian.Uint16(table[len(table)-tail:]))
	return guid(table[len(table)-len(id):]), length, length >= tail && length <= len(table)
}

func (t guidTable) find(id guid) (data []byte, ok bool) {
	for _, e := range t {
		if e.id == id {
			return e.data, true
		}
	}
	return nil, false
}

// metadata returns the file from where the entry id, 4 bytes, points: so many
// bytes before the end of the file.
func (t guidTable) metadata(image []byte, id guid) ([]byte, error) {
	entry, ok := t.find(id)
	if !ok || len(entry) != 4 {
		return nil, errNoMetadata
	}
	fromEnd := binary.LittleEndian.Uint32(entry)
	if int(fromEnd) > len(image) {
		return nil, errors.New("metadata lies outside the file")
	}
	return image[len(image)-int(fromEnd):], nil
}

var errNoMetadata = errors.New("no such metadata")
