// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"encoding/binary"
)

// guid is an EFI GUID in its wire form: the first three groups little-endian.
type guid [16]byte

// globalVariable is the namespace of the variables that the UEFI specification
// defines (8be4df61-93ca-11d2-aa0d-00e098032b8c).
func globalVariable() guid {
	return guid{0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11, 0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c}
}

// imageSecurity is the namespace of the signature databases
// (d719b2cb-3d3a-4596-a3bc-dad00e67656f).
func imageSecurity() guid {
	return guid{0xcb, 0xb2, 0x19, 0xd7, 0x3a, 0x3d, 0x96, 0x45, 0xa3, 0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f}
}

// firmwareVolume is the volume that holds the firmware's drivers and
// applications (7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1).
func firmwareVolume() guid {
	return guid{0xc9, 0xbd, 0xb8, 0x7c, 0xeb, 0xf8, 0x34, 0x4f, 0xaa, 0xea, 0x3e, 0xe4, 0xaf, 0x65, 0x16, 0xa1}
}

// uiApp is the setup application in it (462caa21-7614-4503-836e-8ab6f4662331).
func uiApp() guid {
	return guid{0x21, 0xaa, 0x2c, 0x46, 0x14, 0x76, 0x03, 0x45, 0x83, 0x6e, 0x8a, 0xb6, 0xf4, 0x66, 0x23, 0x31}
}

// separator is the content of an EV_SEPARATOR event.
func separator() []byte { return make([]byte, 4) }

// emptyVariable is the event of a variable that does not exist, as a
// UEFI_VARIABLE_DATA: namespace, length of the name in characters, length of the
// value, name.
func emptyVariable(namespace guid, name string) []byte {
	out := append([]byte{}, namespace[:]...)
	out = binary.LittleEndian.AppendUint64(out, uint64(len(name)))
	out = binary.LittleEndian.AppendUint64(out, 0)
	return append(out, utf16le(name)...)
}

// bootOption is the one boot option that exists when a kernel is booted
// directly: the firmware's setup application, as an EFI_LOAD_OPTION.
func bootOption() []byte {
	const attributes = 0x109 // active, hidden, application
	volume, app := firmwareVolume(), uiApp()
	path := append([]byte{4, 7, 20, 0}, volume[:]...)              // media, firmware volume
	path = append(path, append([]byte{4, 6, 20, 0}, app[:]...)...) // media, file in it
	path = append(path, 0x7f, 0xff, 4, 0)                          // end
	out := binary.LittleEndian.AppendUint32(nil, attributes)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(path)))
	out = append(out, utf16z("UiApp")...)
	return append(out, path...)
}

// utf16le encodes ASCII text.
func utf16le(ascii string) []byte {
	out := make([]byte, 0, 2*len(ascii)+2)
	for i := range len(ascii) {
		out = append(out, ascii[i], 0)
	}
	return out
}

// utf16z is utf16le with a NUL behind it.
func utf16z(ascii string) []byte { return append(utf16le(ascii), 0, 0) }
