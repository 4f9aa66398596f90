// SPDX-License-Identifier: Apache-2.0

package describe

import (
	"cmp"
	"fmt"
)

// bit is a named part of a word: one bit, or several that belong together.
type bit struct {
	mask       uint64
	name       string
	set, unset string // what it means that a bit of it is set, and that none is
	value      string // of several bits that are a number; else empty
}

// bits adds a word, each of its named parts, and what is set besides.
func (s *Section) bits(name string, word uint64, width int, meaning string, named []bit) {
	s.add(name, fmt.Sprintf("0x%0*x", width/4, word), meaning)
	var known uint64
	for _, b := range named {
		known |= b.mask
		value, words := "clear", b.unset
		if word&b.mask != 0 {
			value, words = "set", b.set
		}
		s.add(name+"."+b.name, cmp.Or(b.value, value), words)
	}
	if rest := word &^ known; rest != 0 {
		s.add(name+".unknown", fmt.Sprintf("%#x", rest), "bits that are reserved, or that this program does not know")
	}
}

// tdAttributes are the bits of TD_ATTRIBUTES (Intel, "TDX module ABI
// specification", ATTRIBUTES).
func tdAttributes() []bit {
	return []bit{
		{mask: 1 << 0, name: "DEBUG", set: "the host can debug the guest: read and change it", unset: "the host cannot debug the guest"},
		{mask: 1 << 4, name: "HGS_PLUS_PROF", set: "the host may profile the guest's hardware threads; not to be trusted", unset: "no HGS+ profiling"},
		{mask: 1 << 5, name: "PERF_PROF", set: "the host may count the guest's performance events; not to be trusted", unset: "no performance profiling by the host"},
		{mask: 1 << 6, name: "PMT_PROF", set: "the host may read the guest's core telemetry; not to be trusted", unset: "no telemetry profiling by the host"},
		{mask: 1 << 16, name: "ICSSD", set: "inter-core coherency side-channel defences are on", unset: "no inter-core coherency side-channel defences"},
		{mask: 1 << 27, name: "LASS", set: "the guest may use linear address space separation", unset: "no linear address space separation"},
		{mask: 1 << 28, name: "SEPT_VE_DISABLE", set: "touching memory that the host took away stops the guest", unset: "touching memory that the host took away raises an exception in the guest, with which a host can attack it"},
		{mask: 1 << 29, name: "MIGRATABLE", set: "a service TD can move the guest to another platform", unset: "the guest stays on its platform"},
		{mask: 1 << 30, name: "PKS", set: "the guest may use supervisor protection keys", unset: "no supervisor protection keys"},
		{mask: 1 << 31, name: "KL", set: "the guest may use key locker", unset: "no key locker"},
		{mask: 1 << 62, name: "TPA", set: "the guest is a TDX provisioning agent", unset: "not a provisioning agent"},
		{mask: 1 << 63, name: "PERFMON", set: "the guest may use performance counters", unset: "no performance counters in the guest"},
	}
}

// xfam are the bits of XFAM, which are those of XCR0 and IA32_XSS.
func xfam() []bit {
	feature := func(at int, name, words string) bit {
		return bit{mask: 1 << at, name: name, set: words, unset: "not for the guest"}
	}
	avx512 := bit{mask: 7 << 5, name: "AVX512", set: "AVX-512 registers", unset: "not for the guest"}
	cet := bit{mask: 3 << 11, name: "CET", set: "control-flow enforcement", unset: "not for the guest"}
	amx := bit{mask: 3 << 17, name: "AMX", set: "matrix tiles", unset: "not for the guest"}
	return []bit{
		feature(0, "X87", "x87 registers; always"), feature(1, "SSE", "SSE registers; always"), feature(2, "AVX", "AVX registers"), avx512,
		feature(8, "PT", "processor trace"), feature(9, "PKRU", "user protection keys"), feature(10, "PASID", "process address space ids"), cet,
		feature(13, "HDC", "hardware duty cycling"), feature(14, "UINTR", "user interrupts"), feature(15, "LBR", "last branch records"),
		feature(16, "HWP", "hardware performance states"), amx, feature(19, "APX", "extended general registers"),
	}
}

// sgxAttributes are the bits of an SGX enclave's ATTRIBUTES.FLAGS.
func sgxAttributes() []bit {
	return []bit{
		{mask: 1 << 0, name: "INIT", set: "initialised", unset: "not initialised"},
		{mask: 1 << 1, name: "DEBUG", set: "the enclave can be debugged", unset: "the enclave cannot be debugged"},
		{mask: 1 << 2, name: "MODE64BIT", set: "64-bit", unset: "32-bit"},
		{mask: 1 << 4, name: "PROVISION_KEY", set: "has the provisioning key, as Intel's own enclaves may", unset: "has no provisioning key"},
		{mask: 1 << 5, name: "EINITTOKEN_KEY", set: "has the launch key", unset: "has no launch key"},
		{mask: 1 << 7, name: "KSS", set: "key separation and sharing", unset: "no key separation and sharing"},
	}
}

// snpPolicy are the bits of a guest policy above the ABI version.
func snpPolicy() []bit {
	return []bit{
		{mask: 1 << 16, name: "SMT", set: "may run where two threads share a core", unset: "runs only where no two threads share a core"},
		{mask: 1 << 17, name: "RESERVED_ONE", set: "as the specification demands", unset: "the specification demands that it is set"},
		{mask: 1 << 18, name: "MIGRATE_MA", set: "a migration agent may be associated", unset: "no migration agent"},
		{mask: 1 << 19, name: "DEBUG", set: "the host may debug the guest: read and change it", unset: "the host cannot debug the guest"},
		{mask: 1 << 20, name: "SINGLE_SOCKET", set: "runs on one socket only", unset: "may run on several sockets"},
		{mask: 1 << 21, name: "CXL_ALLOW", set: "memory may be on CXL devices", unset: "no memory on CXL devices"},
		{mask: 1 << 22, name: "MEM_AES_256_XTS", set: "memory is encrypted with AES-256-XTS", unset: "memory encryption may be AES-128"},
		{mask: 1 << 23, name: "RAPL_DIS", set: "power measurement must be off", unset: "power measurement may be on"},
		{mask: 1 << 24, name: "CIPHERTEXT_HIDING_DRAM", set: "ciphertext in DRAM must be hidden from the host", unset: "the host may read ciphertext"},
		{mask: 1 << 25, name: "PAGE_SWAP_DISABLE", set: "the host may not move or swap pages", unset: "the host may move and swap pages"},
	}
}

// snpPlatform are the bits of PLATFORM_INFO.
func snpPlatform() []bit {
	return []bit{
		{mask: 1 << 0, name: "SMT_EN", set: "two threads share a core", unset: "one thread on each core"},
		{mask: 1 << 1, name: "TSME_EN", set: "all memory is encrypted, that of the host too", unset: "no encryption of the host's memory"},
		{mask: 1 << 2, name: "ECC_EN", set: "memory corrects errors", unset: "memory does not correct errors"},
		{mask: 1 << 3, name: "RAPL_DIS", set: "power measurement is off", unset: "power measurement is on"},
		{mask: 1 << 4, name: "CIPHERTEXT_HIDING_DRAM_EN", set: "ciphertext in DRAM is hidden from the host", unset: "the host can read ciphertext"},
		{mask: 1 << 5, name: "ALIAS_CHECK_COMPLETE", set: "the firmware found no two addresses for one memory cell since the last reset", unset: "aliases of memory have not been looked for, or were found"},
		{mask: 1 << 7, name: "TIO_EN", set: "trusted I/O is on", unset: "no trusted I/O"},
	}
}
