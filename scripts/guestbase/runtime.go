// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
)

const runtimePackage = "crun"

// checkStatic says whether a program is position-independent, names no loader and no library, and has neither a stack
// that can be executed nor relocations that stay writable.
func checkStatic(program []byte) error {
	file, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		return fmt.Errorf("read the container runtime: %w", err)
	}
	if file.Type != elf.ET_DYN {
		return errors.New("the container runtime is not position-independent")
	}
	names, err := file.ImportedLibraries()
	if err != nil || len(names) > 0 {
		return errors.Join(fmt.Errorf("the container runtime wants the libraries %v", names), err)
	}
	relocations, stack := false, false
	for _, segment := range file.Progs {
		switch segment.Type {
		case elf.PT_INTERP:
			return errors.New("the container runtime names a loader")
		case elf.PT_GNU_RELRO:
			relocations = true
		case elf.PT_GNU_STACK:
			stack = segment.Flags&elf.PF_X == 0
		}
	}
	if !relocations || !stack {
		return errors.New("the container runtime is not hardened as it is to be")
	}
	return nil
}
