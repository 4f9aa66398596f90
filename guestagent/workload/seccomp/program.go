// SPDX-License-Identifier: Apache-2.0

package seccomp

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// instruction is struct sock_filter of include/uapi/linux/filter.h. A jump goes on so many instructions later where its
// comparison holds, or does not.
type instruction struct {
	code      uint16
	hold, not uint8
	value     uint32
}

// program is a list of instructions, each way through which ends in a return.
type program []instruction

// The instructions that filters need.
const (
	loadWord  = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	mask      = unix.BPF_ALU | unix.BPF_AND | unix.BPF_K
	jumpEqual = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	jumpFrom  = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
	answer    = unix.BPF_RET | unix.BPF_K
)

// Offsets in struct seccomp_data. Of an argument, the lower half is compared: the kernel reads no more of flags and families.
const (
	offsetNumber   = 0
	offsetArch     = 4
	offsetArgument = 16 // the first; each has 8 bytes
)

func load(offset uint32) instruction { return instruction{code: loadWord, value: offset} }

func argument(n uint32) instruction { return load(offsetArgument + 8*n) }

func allow() program { return program{{code: answer, value: unix.SECCOMP_RET_ALLOW}} }

func kill() program { return program{{code: answer, value: unix.SECCOMP_RET_KILL_PROCESS}} }

func refuse(why unix.Errno) program {
	return program{{code: answer, value: unix.SECCOMP_RET_ERRNO | uint32(why)}}
}

// clone is allowed unless it makes a namespace.
func clone() program {
	return program{argument(0), {code: mask, value: newNamespace}, {jumpEqual, 0, 1, 0}, allow()[0], refuse(unix.ENOSYS)[0]}
}

// socket is allowed of local and IP addresses, and of netlink to learn of interfaces: its other protocols are doors to the rest
// of the kernel.
func socket() program {
	return program{
		argument(0),
		{jumpEqual, 6, 0, unix.AF_UNIX}, {jumpEqual, 5, 0, unix.AF_INET}, {jumpEqual, 4, 0, unix.AF_INET6},
		{jumpEqual, 0, 4, unix.AF_NETLINK},
		argument(2), {jumpEqual, 1, 0, unix.NETLINK_ROUTE},
		refuse(unix.EPROTONOSUPPORT)[0],
		allow()[0],
		refuse(unix.EAFNOSUPPORT)[0],
	}
}

// choose finds the span of the number that was loaded, by halves.
func choose(list []span) program {
	if len(list) == 1 {
		return list[0].do
	}
	half := len(list) / 2
	low, high := choose(list[:half]), choose(list[half:])
	return append(append(program{{jumpFrom, uint8(len(low)), 0, list[half].from}}, low...), high...)
}

func (p program) encode() []byte {
	var out []byte
	for _, i := range p {
		out = binary.LittleEndian.AppendUint16(out, i.code)
		out = append(out, i.hold, i.not)
		out = binary.LittleEndian.AppendUint32(out, i.value)
	}
	return out
}
