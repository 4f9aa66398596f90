// SPDX-License-Identifier: Apache-2.0

package devicemapper

import (
	"encoding/binary"
	"strings"
	"testing"
)

// TestStructuresHaveTheKernelsSizes: include/uapi/linux/dm-ioctl.h on 64 bits.
func TestStructuresHaveTheKernelsSizes(t *testing.T) {
	if n := binary.Size(ioctlHeader{}); n != 312 {
		t.Errorf("struct dm_ioctl has %d bytes", n)
	}
	if n := binary.Size(targetSpec{}); n != 40 {
		t.Errorf("struct dm_target_spec has %d bytes", n)
	}
}

// TestMB11TableHoldsEveryParameter: nothing is left for a superblock to say, and neither corruption nor an
// I/O error reaches a reader.
func TestMB11TableHoldsEveryParameter(t *testing.T) {
	v := Verity{Disk: "/dev/vda", DataBlocks: 10, HashOffsetBlocks: 12, Salt: [32]byte{1}, RootHash: [32]byte{2}}
	want := "1 /dev/vda /dev/vda 4096 4096 10 12 sha256 02" + strings.Repeat("00", 31) + " 01" + strings.Repeat("00", 31) + " 2 panic_on_corruption panic_on_error"
	if got := v.table(); got != want {
		t.Errorf("table %q", got)
	}
	target := v.target()
	if len(target)%8 != 0 || binary.NativeEndian.Uint64(target[8:]) != 80 || string(target[24:31]) != "verity\x00" {
		t.Errorf("target % x", target[:40])
	}
}

func TestANamelessDeviceIsRefused(t *testing.T) {
	if _, err := command(nil, cmdCreate, header("", 0), nil); err == nil {
		t.Error("an empty name was accepted")
	}
}
