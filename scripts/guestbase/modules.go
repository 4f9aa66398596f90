// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"debug/elf"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// requiredModules are what a guest cannot do without: its disk, its checks, its file systems.
func requiredModules() []string {
	return []string{"virtio_blk", "sha256-ssse3", "dm-verity", "erofs", "overlay"}
}

// teeModules make quotes available where the machine is a confidential one.
func teeModules() []string { return []string{"tdx-guest"} }

const moduleSuffix = ".ko.xz"

// module is one kernel module as the distribution signed and packed it.
type module struct {
	path    string
	content []byte
}

// loadOrder returns the named modules and all that they depend on, dependencies first.
func loadOrder(root string, names []string) ([]module, error) {
	paths, err := modulePaths(root)
	if err != nil {
		return nil, err
	}
	var order []module
	var visit func(name string) error
	visit = func(name string) error {
		path, ok := paths[canonical(name)]
		if !ok {
			return fmt.Errorf("find module %s: not in %s", name, root)
		}
		if slices.ContainsFunc(order, func(m module) bool { return m.path == path }) {
			return nil
		}
		needs, err := dependencies(path)
		if err != nil {
			return fmt.Errorf("read module %s: %w", name, err)
		}
		for _, need := range needs {
			if err := visit(need); err != nil {
				return err
			}
		}
		content, err := os.ReadFile(path)
		order = append(order, module{path, content})
		return err
	}
	for _, name := range names {
		if err := visit(name); err != nil {
			return nil, err
		}
	}
	return order, nil
}

// modulePaths maps canonical names to files below root.
func modulePaths(root string) (map[string]string, error) {
	paths := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if name, ok := strings.CutSuffix(filepath.Base(path), moduleSuffix); ok && err == nil {
			paths[canonical(name)] = path
		}
		return err
	})
	return paths, err
}

// canonical makes - and _ alike, as the kernel does.
func canonical(name string) string { return strings.ReplaceAll(name, "-", "_") }

// dependencies reads "depends=" of the module's .modinfo section.
func dependencies(path string) ([]string, error) {
	object, err := exec.Command("xz", "--decompress", "--stdout", path).Output()
	if err != nil {
		return nil, fmt.Errorf("run xz: %w", err)
	}
	file, err := elf.NewFile(bytes.NewReader(object))
	if err != nil {
		return nil, err
	}
	section := file.Section(".modinfo")
	if section == nil {
		return nil, fmt.Errorf("no .modinfo section")
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
