// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// requiredModules are what a guest cannot do without: its disk, its checks, its file systems.
func requiredModules() []string {
	return []string{"virtio_blk", "sha256-ssse3", "dm-verity", "erofs", "overlay"}
}

// tdxModules make quotes available where the machine is a TDX guest.
func tdxModules() []string { return []string{"tdx-guest"} }

// scratchModules encrypt and authenticate the scratch disk of a guest that has one.
func scratchModules() []string {
	return []string{"aesni-intel", "xts", "dm-crypt", "dm-integrity", "brd"}
}

const moduleSuffix = ".ko.xz"

// module is one kernel module as the distribution signed it, unpacked: the kernel of an emulated machine
// unpacks more slowly than it reads.
type module struct {
	name   string // canonical
	object []byte
}

// loadOrder returns the named modules and all that they depend on, dependencies first.
func loadOrder(kernel tree, names []string) ([]module, error) {
	paths := modulePaths(kernel)
	var order []module
	var visit func(name string) error
	visit = func(name string) error {
		m := module{name: canonical(name)}
		if slices.ContainsFunc(order, func(o module) bool { return o.name == m.name }) {
			return nil
		}
		file, ok := paths[m.name]
		if !ok {
			return fmt.Errorf("the kernel's package has no module %s", name)
		}
		var err error
		if m.object, err = unxz(kernel.files[file]); err != nil {
			return fmt.Errorf("unpack module %s: %w", name, err)
		}
		needs, err := dependencies(m.object)
		if err != nil {
			return fmt.Errorf("read module %s: %w", name, err)
		}
		for _, need := range needs {
			if err := visit(need); err != nil {
				return err
			}
		}
		order = append(order, m)
		return nil
	}
	for _, name := range names {
		if err := visit(name); err != nil {
			return nil, err
		}
	}
	return order, nil
}

// modulesFor is loadOrder without what is loaded in any case.
func modulesFor(kernel tree, names []string) ([]module, error) {
	required, err := loadOrder(kernel, requiredModules())
	if err != nil || slices.Equal(names, requiredModules()) {
		return required, err
	}
	all, err := loadOrder(kernel, slices.Concat(requiredModules(), names))
	if err != nil {
		return nil, err
	}
	return all[len(required):], nil
}

// modulePaths maps the canonical names of all modules to their files.
func modulePaths(kernel tree) map[string]string {
	paths := map[string]string{}
	for file := range kernel.files {
		if name, ok := strings.CutSuffix(path.Base(file), moduleSuffix); ok {
			paths[canonical(name)] = file
		}
	}
	return paths
}

// canonical makes - and _ alike, as the kernel does.
func canonical(name string) string { return strings.ReplaceAll(name, "-", "_") }

// dependencies reads "depends=" of the module's .modinfo section.
func dependencies(object []byte) ([]string, error) {
	file, err := elf.NewFile(bytes.NewReader(object))
	if err != nil {
		return nil, err
	}
	section := file.Section(".modinfo")
	if section == nil {
		return nil, errors.New("no .modinfo section")
	}
	info, err := section.Data()
	if err != nil {
		return nil, err
	}
	for _, field := range strings.Split(string(info), "\x00") {
		if list, ok := strings.CutPrefix(field, "depends="); ok && list != "" {
			return strings.Split(list, ","), nil
		}
	}
	return nil, nil
}
