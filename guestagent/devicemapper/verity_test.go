// SPDX-License-Identifier: Apache-2.0

package devicemapper

import (
	"encoding/binary"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestStructuresHaveTheKernelsSizes: include/uapi/linux/dm-ioctl.h on 64 bits.
func TestStructuresHaveTheKernelsSizes(t *testing.T) {
	if n := len(inMemory(new(unix.DmIoctl))); n != 312 {
		t.Errorf("struct dm_ioctl has %d bytes", n)
	}
	if n := len(inMemory(new(unix.DmTargetSpec))); n != 40 {
		t.Errorf("struct dm_target_spec has %d bytes", n)
	}
}

// TestMB11TableHoldsEveryParameter: nothing is left for a superblock to say, and neither corruption nor an
// I/O error reaches a reader.
func TestMB11TableHoldsEveryParameter(t *testing.T) {
	v := Verity{Disk: "/dev/vda", DataBlocks: 10, HashOffsetBlocks: 12, Salt: [32]byte{1}, RootHash: [32]byte{2}}
	want := "1 /dev/vda /dev/vda 4096 4096 10 12 sha256 02" + strings.Repeat("00", 31) + " 01" + strings.Repeat("00", 31) + " 2 panic_on_corruption panic_on_error"
	if got := v.target("/dev/vda").parameters; got != want {
		t.Errorf("table %q", got)
	}
	encoded := v.target("/dev/vda").encode()
	if len(encoded)%8 != 0 || binary.NativeEndian.Uint64(encoded[8:]) != 80 || string(encoded[24:31]) != "verity\x00" {
		t.Errorf("target % x", encoded[:40])
	}
}

// TestMB13TablesHoldEveryParameter: no header says how a scratch disk is encrypted or authenticated, nor with which key.
func TestMB13TablesHoldEveryParameter(t *testing.T) {
	want := "aes-xts-plain64 0102 0 /dev/vda 800 1 sector_size:4096"
	if got := cipher("/dev/vda", 100, 50, []byte{1, 2}); got.parameters != want || got.blocks != 50 {
		t.Errorf("%+v", got)
	}
	want = "/dev/dm-1 0 16 D 4 internal_hash:hmac(sha256):0304 block_size:4096 journal_sectors:512 meta_device:/dev/ram0"
	if got := integrity("/dev/dm-1", "/dev/ram0", 40, []byte{3, 4}); got.parameters != want || got.blocks != 40 {
		t.Errorf("%+v", got)
	}
	if got := linear("/dev/dm-2", 7, 3); got.parameters != "/dev/dm-2 56" || got.blocks != 3 {
		t.Errorf("%+v", got)
	}
}

func TestANamelessDeviceIsRefused(t *testing.T) {
	if _, err := command(-1, unix.DM_DEV_CREATE, header("", 0), nil); err == nil {
		t.Error("an empty name was accepted")
	}
}
