// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"debug/elf"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/escrin/escrin/imagebuild/initrd"
)

const (
	runtimePackage = "crun"
	runtimeProgram = "usr/bin/crun"
	libraryFolder  = "usr/lib/x86_64-linux-gnu"
)

// containerRuntime returns the container runtime as /runtime of the initrd, with the loader and the libraries that
// it names and that those name, each where the loader looks for it.
func containerRuntime(t tree) ([]initrd.Entry, error) {
	program, err := t.read(runtimeProgram)
	if err != nil {
		return nil, err
	}
	loader, err := interpreter(program)
	if err != nil {
		return nil, err
	}
	entries := []initrd.Entry{{Name: "runtime", Mode: 0o500, Data: program}}
	content, err := t.read(path.Join(libraryFolder, path.Base(loader)))
	if err != nil {
		return nil, err
	}
	entries = append(entries, initrd.Entry{Name: strings.TrimPrefix(loader, "/"), Mode: 0o500, Data: content})
	names, err := libraries(t, program)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if name == path.Base(loader) {
			continue
		}
		content, err := t.read(path.Join(libraryFolder, name))
		if err != nil {
			return nil, err
		}
		entries = append(entries, initrd.Entry{Name: path.Join("lib", name), Mode: 0o400, Data: content})
	}
	return entries, nil
}

// interpreter is the path of the loader that a program asks for.
func interpreter(program []byte) (string, error) {
	file, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		return "", err
	}
	section := file.Section(".interp")
	if section == nil {
		return "", fmt.Errorf("%s names no loader", runtimeProgram)
	}
	name, err := section.Data()
	return strings.TrimRight(string(name), "\x00"), err
}

// libraries are the names of all libraries that a program needs, sorted.
func libraries(t tree, program []byte) ([]string, error) {
	var all []string
	for todo := [][]byte{program}; len(todo) > 0; todo = todo[1:] {
		file, err := elf.NewFile(bytes.NewReader(todo[0]))
		if err != nil {
			return nil, err
		}
		names, err := file.ImportedLibraries()
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if slices.Contains(all, name) {
				continue
			}
			content, err := t.read(path.Join(libraryFolder, name))
			if err != nil {
				return nil, err
			}
			all, todo = append(all, name), append(todo, content)
		}
	}
	slices.Sort(all)
	return all, nil
}
