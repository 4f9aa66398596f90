// SPDX-License-Identifier: Apache-2.0

package eventlog

import (
	"bytes"
	"crypto/sha1" // logs of TPMs have such digests; no decision rests on them
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
)

// Type is what an event is about, by its number in TCG's profile.
type Type uint32

// The types with a rule of their own.
const (
	NoAction            Type = 0x00000003 // extends nothing
	Separator           Type = 0x00000004 // ends what the firmware measures
	Action              Type = 0x00000005
	EventTag            Type = 0x00000006
	CRTMVersion         Type = 0x00000008
	PlatformConfigFlags Type = 0x0000000a
	IPL                 Type = 0x0000000d
	NonHostInfo         Type = 0x00000011
	OmitBootDevice      Type = 0x00000012
	VariableConfig      Type = 0x80000001
	VariableBoot        Type = 0x80000002
	BootApplication     Type = 0x80000003
	GPT                 Type = 0x80000006
	EFIAction           Type = 0x80000007
	FirmwareBlob2       Type = 0x8000000a
	HandoffTables2      Type = 0x8000000b
	VariableBoot2       Type = 0x8000000c
	VariableAuthority   Type = 0x800000e0
)

// Covered returns the part of the event's data that its digests are of. Nothing
// else in an event may be taken for a fact: where ok is false the data is a mere
// description, and of a boot variable the value is covered and not its name. An
// error says that the data was altered. The type itself is never covered: it says
// only how the data is to be checked.
func (e Event) Covered() (data []byte, ok bool, err error) {
	candidates, err := e.candidates()
	if err != nil || len(candidates) == 0 {
		return nil, false, err
	}
	for _, c := range candidates {
		if e.covers(c) {
			return c, true, nil
		}
	}
	return nil, false, fail(CodeData, "%v: digest is not that of the data", e.Type)
}

// candidates returns what may have been measured of the data, by type. None: it
// is not in the log.
func (e Event) candidates() ([][]byte, error) {
	switch e.Type {
	case Separator, Action, CRTMVersion, NonHostInfo, OmitBootDevice, GPT, EFIAction:
		return [][]byte{e.Data}, nil
	case VariableConfig, VariableBoot2:
		_, err := variableValue(e.Data)
		return [][]byte{e.Data}, err
	case VariableBoot: // newer firmware measures the value, older the whole
		value, err := variableValue(e.Data)
		return [][]byte{value, e.Data}, err
	case VariableAuthority: // older boot loaders measure one byte less than they log
		return [][]byte{e.Data, e.Data[:max(len(e.Data)-1, 0)]}, nil
	}
	return nil, nil
}

// variableHead is how much is in front of a variable's name, in bytes.
const variableHead = 32

// variableValue returns the value in a UEFI_VARIABLE_DATA: namespace, length of
// the name in characters, length of the value, name, value.
func variableValue(data []byte) ([]byte, error) {
	if len(data) < variableHead {
		return nil, fail(CodeMalformedData, "variable of %d bytes", len(data))
	}
	name, value := binary.LittleEndian.Uint64(data[16:]), binary.LittleEndian.Uint64(data[24:])
	rest := uint64(len(data) - variableHead)
	if name > rest/2 || value != rest-2*name {
		return nil, fail(CodeMalformedData, "variable with a name of %d and a value of %d in %d bytes", name, value, rest)
	}
	return data[variableHead+2*name:], nil
}

// covers says whether each digest of e is that of data.
func (e Event) covers(data []byte) bool {
	for _, d := range e.Digests {
		if !bytes.Equal(d.Value, d.Algorithm.sum(data)) {
			return false
		}
	}
	return len(e.Digests) > 0
}

func (a Algorithm) sum(data []byte) []byte {
	switch a {
	case SHA1:
		sum := sha1.Sum(data)
		return sum[:]
	case SHA256:
		sum := sha256.Sum256(data)
		return sum[:]
	case SHA384:
		sum := sha512.Sum384(data)
		return sum[:]
	case SHA512:
		sum := sha512.Sum512(data)
		return sum[:]
	}
	return nil
}

// String returns TCG's name of the type.
func (t Type) String() string {
	for _, n := range []struct {
		t    Type
		name string
	}{
		{0x00000000, "EV_PREBOOT_CERT"}, {0x00000001, "EV_POST_CODE"}, {NoAction, "EV_NO_ACTION"}, {Separator, "EV_SEPARATOR"},
		{Action, "EV_ACTION"}, {EventTag, "EV_EVENT_TAG"}, {0x00000007, "EV_S_CRTM_CONTENTS"}, {CRTMVersion, "EV_S_CRTM_VERSION"},
		{0x00000009, "EV_CPU_MICROCODE"}, {PlatformConfigFlags, "EV_PLATFORM_CONFIG_FLAGS"}, {0x0000000b, "EV_TABLE_OF_DEVICES"},
		{0x0000000c, "EV_COMPACT_HASH"}, {IPL, "EV_IPL"}, {NonHostInfo, "EV_NONHOST_INFO"}, {OmitBootDevice, "EV_OMIT_BOOT_DEVICE_EVENTS"},
		{VariableConfig, "EV_EFI_VARIABLE_DRIVER_CONFIG"}, {VariableBoot, "EV_EFI_VARIABLE_BOOT"},
		{BootApplication, "EV_EFI_BOOT_SERVICES_APPLICATION"}, {0x80000004, "EV_EFI_BOOT_SERVICES_DRIVER"},
		{0x80000005, "EV_EFI_RUNTIME_SERVICES_DRIVER"}, {GPT, "EV_EFI_GPT_EVENT"}, {EFIAction, "EV_EFI_ACTION"},
		{0x80000008, "EV_EFI_PLATFORM_FIRMWARE_BLOB"}, {0x80000009, "EV_EFI_HANDOFF_TABLES"}, {FirmwareBlob2, "EV_EFI_PLATFORM_FIRMWARE_BLOB2"},
		{HandoffTables2, "EV_EFI_HANDOFF_TABLES2"}, {VariableBoot2, "EV_EFI_VARIABLE_BOOT2"}, {VariableAuthority, "EV_EFI_VARIABLE_AUTHORITY"},
	} {
		if n.t == t {
			return n.name
		}
	}
	return fmt.Sprintf("event type %#x", uint32(t))
}
