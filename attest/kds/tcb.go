// SPDX-License-Identifier: Apache-2.0

package kds

import (
	"fmt"

	"github.com/escrin/escrin/attest/snp"
)

// TCB is the security version of every part of a platform's firmware.
type TCB struct {
	Bootloader uint8
	TEE        uint8 // operating system of the secure processor
	SNP        uint8
	Microcode  uint8
	FMC        uint8 // first mutable code; zero before Turin, which have none
}

// layout gives the byte of a TCB word, from the lowest, that each part has, and
// the mask of all of them.
type layout struct {
	bootloader, tee, snp, microcode int
	fmc                             int // -1 if there is none
	mask                            uint64
}

func layoutOf(p Product) (layout, error) {
	switch p {
	case Milan, Genoa:
		return layout{bootloader: 0, tee: 1, snp: 6, microcode: 7, fmc: -1, mask: 0xffff_0000_0000_ffff}, nil
	case Turin:
		return layout{fmc: 0, bootloader: 1, tee: 2, snp: 3, microcode: 7, mask: 0xff00_0000_ffff_ffff}, nil
	}
	return layout{}, fmt.Errorf("product %q is unknown", string(p))
}

// SplitTCB takes the TCB word of a report apart. A reserved byte that is not
// zero is an error.
func SplitTCB(p Product, word snp.TCBVersion) (TCB, error) {
	l, err := layoutOf(p)
	if err != nil {
		return TCB{}, fmt.Errorf("split TCB: %w", err)
	}
	if uint64(word)&^l.mask != 0 {
		return TCB{}, fmt.Errorf("split TCB: %#016x has reserved bytes that are not zero", uint64(word))
	}
	part := func(n int) uint8 { return uint8(word >> (8 * n)) }
	t := TCB{Bootloader: part(l.bootloader), TEE: part(l.tee), SNP: part(l.snp), Microcode: part(l.microcode)}
	if l.fmc >= 0 {
		t.FMC = part(l.fmc)
	}
	return t, nil
}

// JoinTCB is the inverse of [SplitTCB]. A part that the product does not have is
// an error.
func JoinTCB(p Product, t TCB) (snp.TCBVersion, error) {
	l, err := layoutOf(p)
	if err != nil {
		return 0, fmt.Errorf("join TCB: %w", err)
	}
	if l.fmc < 0 && t.FMC != 0 {
		return 0, fmt.Errorf("join TCB: %s has no FMC", p)
	}
	at := func(n int, part uint8) snp.TCBVersion { return snp.TCBVersion(part) << (8 * max(n, 0)) }
	return at(l.bootloader, t.Bootloader) | at(l.tee, t.TEE) | at(l.snp, t.SNP) | at(l.microcode, t.Microcode) | at(l.fmc, t.FMC), nil
}

// Below names the parts of t that are lower than those of floor, in words.
func (t TCB) Below(floor TCB) []string {
	var below []string
	for _, part := range []struct {
		name        string
		have, floor uint8
	}{
		{"bootloader", t.Bootloader, floor.Bootloader},
		{"TEE", t.TEE, floor.TEE},
		{"SNP", t.SNP, floor.SNP},
		{"microcode", t.Microcode, floor.Microcode},
		{"FMC", t.FMC, floor.FMC},
	} {
		if part.have < part.floor {
			below = append(below, part.name)
		}
	}
	return below
}
