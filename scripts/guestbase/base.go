// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/escrin/escrin/imagebuild/initrd"
)

// base is a guest base in memory.
type base struct {
	files map[string][]byte // by name in the output directory
	about about
}

// about is base.json.
type about struct {
	Version  int             `json:"version"`
	Kernel   string          `json:"kernel"`  // release
	Runtime  string          `json:"runtime"` // container runtime and version
	Go       string          `json:"go"`      // compiler of agent and runtime
	Files    map[string]file `json:"files"`
	Contents map[string]file `json:"contents"` // of the initrd
}

// file is one file of the base or of its initrd.
type file struct {
	Digest string `json:"digest"`
	Size   int    `json:"size"`
}

func describe(b []byte) file {
	sum := sha256.Sum256(b)
	return file{Digest: "sha256:" + hex.EncodeToString(sum[:]), Size: len(b)}
}

func assemble(in inputs, cache, work string) (base, error) {
	entries, err := contents(in, cache, work)
	if err != nil {
		return base{}, err
	}
	b := base{files: map[string][]byte{}, about: about{
		Version: 1, Kernel: in.release, Runtime: "runc " + runtimeVersion, Go: runtime.Version(),
		Files: map[string]file{}, Contents: map[string]file{},
	}}
	var archive bytes.Buffer
	if err := initrd.Write(&archive, entries); err != nil {
		return base{}, err
	}
	b.files["initrd"] = archive.Bytes()
	for name, path := range map[string]string{"kernel": in.kernel, "firmware": in.firmware} {
		if b.files[name], err = os.ReadFile(path); err != nil {
			return base{}, fmt.Errorf("read %s: %w", name, err)
		}
	}
	for name, content := range b.files {
		b.about.Files[name] = describe(content)
	}
	for _, e := range entries {
		if e.Mode.IsRegular() {
			b.about.Contents[e.Name] = describe(e.Data)
		}
	}
	return b, nil
}

// contents lists the initrd: the agent, the container runtime, the modules in the order of their
// names, and empty directories to mount on. There is no shell and no other program.
func contents(in inputs, cache, work string) ([]initrd.Entry, error) {
	agent, err := buildAgent(work)
	if err != nil {
		return nil, err
	}
	runtime, err := buildRuntime(in, cache, work)
	if err != nil {
		return nil, err
	}
	entries := []initrd.Entry{
		{Name: "init", Mode: 0o500, Data: agent},
		{Name: "runtime", Mode: 0o500, Data: runtime},
	}
	for _, dir := range []string{"dev", "proc", "sys", "run", "tmp"} {
		entries = append(entries, initrd.Entry{Name: dir, Mode: fs.ModeDir | 0o755})
	}
	for folder, names := range map[string][]string{"modules": requiredModules(), "modules-tdx": tdxModules()} {
		modules, err := loadOrder(in.modules, names)
		if err != nil {
			return nil, err
		}
		for i, m := range modules {
			name := fmt.Sprintf("%s/%02d-%s.ko", folder, i, m.name)
			entries = append(entries, initrd.Entry{Name: name, Mode: 0o400, Data: m.object})
		}
	}
	return entries, nil
}

// write makes dir hold exactly b; files that already do are not touched.
func (b base) write(dir string) error {
	document, err := json.MarshalIndent(b.about, "", "  ")
	if err != nil {
		return err
	}
	b.files["base.json"] = append(document, '\n')
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, content := range b.files {
		path := filepath.Join(dir, name)
		if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content) {
			continue
		}
		if err := replaceFile(path, content); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
	}
	return nil
}

// replaceFile never leaves half a file behind.
func replaceFile(path string, content []byte) error {
	tmp := path + ".new"
	if err := os.WriteFile(tmp, content, 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}
