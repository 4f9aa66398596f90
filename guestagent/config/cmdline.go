// SPDX-License-Identifier: Apache-2.0

package config

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// constantArguments is the same for every enclave. No machine shape, and nothing that a host chooses.
const constantArguments = "console=ttyS0 quiet panic=-1 oops=panic " +
	"lsm=lockdown,yama lockdown=confidentiality " + // the kernel keeps its memory from root
	"random.trust_cpu=on random.trust_bootloader=off " + // the firmware's seed is the host's
	"tsc=reliable no-kvmclock " + // time does not come from the host
	"ia32_emulation=0 vsyscall=none efi=noruntime nohibernate " + // what no workload needs
	"no_timer_check " + // a busy emulator misses the first interrupts; KVM guests do not check either
	"cryptomgr.notests=1" // half a second under emulation

// keyConfig introduces the one variable argument.
const keyConfig = "escrin.config="

// firmwareSuffix is what OVMF appends to the command line of a kernel that it starts with an initrd.
const firmwareSuffix = " initrd=initrd"

// Location says where the measured config is: its SHA-256, its first 4096-byte block on the disk, and
// its size in bytes.
type Location struct {
	Digest       [32]byte
	OffsetBlocks uint64
	Size         int
}

// CommandLine returns the exact kernel command line of an enclave whose measured config has this
// SHA-256, begins at this 4096-byte block of the disk and is size bytes long.
func CommandLine(digest [32]byte, offsetBlocks uint64, size int) string {
	return fmt.Sprintf("%s %s%s,%d,%d", constantArguments, keyConfig, hex.EncodeToString(digest[:]), offsetBlocks, size)
}

// ParseCommandLine accepts what CommandLine returns, with or without the suffix that the firmware
// appends, and nothing else: it renders what it read and compares.
func ParseCommandLine(line string) (Location, error) {
	line = strings.TrimSuffix(line, firmwareSuffix)
	value, ok := strings.CutPrefix(line, constantArguments+" "+keyConfig)
	if !ok {
		return Location{}, errors.New("parse command line: not the one this agent was built for")
	}
	fields := strings.Split(value, ",")
	if len(fields) != 3 {
		return Location{}, errors.New("parse command line: " + keyConfig + " needs three fields")
	}
	loc, err := parseLocation(fields[0], fields[1], fields[2])
	if err != nil {
		return Location{}, fmt.Errorf("parse command line: %w", err)
	}
	if CommandLine(loc.Digest, loc.OffsetBlocks, loc.Size) != line {
		return Location{}, errors.New("parse command line: not in its one spelling")
	}
	return loc, nil
}

func parseLocation(digest, offset, size string) (Location, error) {
	var loc Location
	if n, err := hex.Decode(loc.Digest[:], []byte(digest[:min(len(digest), 64)])); err != nil || n != 32 {
		return Location{}, errors.New("digest is not 64 hex digits")
	}
	var err error
	if loc.OffsetBlocks, err = strconv.ParseUint(offset, 10, 64); err != nil || loc.OffsetBlocks > maxBlocks {
		return Location{}, fmt.Errorf("offset is not in 0…%d blocks", uint64(maxBlocks))
	}
	if loc.Size, err = strconv.Atoi(size); err != nil || loc.Size < 1 || loc.Size > MaxSize {
		return Location{}, fmt.Errorf("size is not in 1…%d bytes", MaxSize)
	}
	return loc, nil
}
