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
	"rootfstype=ramfs " + // of the initrd: the runtime trusts its own program there, and does not run from a copy
	"cryptomgr.notests=1" // half a second under emulation

// wipesFreed is for the enclaves that do several tasks in a boot: what the kernel had in memory for one of them is overwritten when
// it is freed, and not only when it is handed out again. The kernel overwrites all memory once at its start then.
const wipesFreed = " init_on_free=1"

// keyConfig introduces the one variable argument.
const keyConfig = "escrin.config="

// firmwareSuffix is what OVMF appends to the command line of a kernel that it starts with an initrd.
const firmwareSuffix = " initrd=initrd"

// Location says where the measured config is: its SHA-256, its first 4096-byte block on the disk, and
// its size in bytes; and whether the kernel wipes memory that is freed, as that config wants (Tasks.WipeFreed).
type Location struct {
	Digest       [32]byte
	OffsetBlocks uint64
	Size         int
	WipesFreed   bool
}

// CommandLine returns the exact kernel command line of an enclave whose measured config is there.
func (l Location) CommandLine() string {
	arguments := constantArguments
	if l.WipesFreed {
		arguments += wipesFreed
	}
	return fmt.Sprintf("%s %s%s,%d,%d", arguments, keyConfig, hex.EncodeToString(l.Digest[:]), l.OffsetBlocks, l.Size)
}

// ParseCommandLine accepts what CommandLine returns, with or without the suffix that the firmware
// appends, and nothing else: it renders what it read and compares.
func ParseCommandLine(line string) (Location, error) {
	line = strings.TrimSuffix(line, firmwareSuffix)
	variable, ok := strings.CutPrefix(line, constantArguments)
	variable, wipes := strings.CutPrefix(variable, wipesFreed)
	value, named := strings.CutPrefix(variable, " "+keyConfig)
	if !ok || !named {
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
	loc.WipesFreed = wipes
	if loc.CommandLine() != line {
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
