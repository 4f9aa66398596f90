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
	"slices"

	"github.com/klauspost/compress/zstd"

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
	Go       string          `json:"go"`      // toolchain of the agent
	Pinned   bool            `json:"pinned"`  // packages are those of pins.lock
	Packages []packageFile   `json:"packages"`
	Files    map[string]file `json:"files"`
	Contents map[string]file `json:"contents"` // of the initrd
}

// packageFile is one package of the distribution.
type packageFile struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Suite   string `json:"suite"`
	file
}

// file is one file of the base, of its initrd, or that it was made of.
type file struct {
	Digest string `json:"digest"`
	Size   int64  `json:"size"`
}

func describe(b []byte) file {
	sum := sha256.Sum256(b)
	return file{Digest: "sha256:" + hex.EncodeToString(sum[:]), Size: int64(len(b))}
}

// assemble builds the agent in the directory work and puts everything together.
func assemble(in inputs, work string) (base, error) {
	kernel, release, err := in.kernel()
	if err != nil {
		return base{}, err
	}
	firmware, err := in.firmware()
	if err != nil {
		return base{}, err
	}
	agent, toolchain, err := buildProgram(work, agentPackage)
	if err != nil {
		return base{}, err
	}
	gateway, _, err := buildProgram(work, gatewayPackage)
	if err != nil {
		return base{}, err
	}
	entries, err := contents(in, agent)
	if err != nil {
		return base{}, err
	}
	b := base{files: map[string][]byte{"kernel": kernel, "firmware": firmware}, about: about{
		Version: 1, Kernel: release, Runtime: runtimePackage + " " + in.version(runtimePackage), Go: toolchain, Pinned: in.pinned,
		Files: map[string]file{}, Contents: map[string]file{},
	}}
	if b.files["initrd"], err = initrd.Pack(entries); err != nil {
		return base{}, err
	}
	network := networkContents(gateway)
	more, err := initrd.Pack(network)
	if err != nil {
		return base{}, err
	}
	b.files["initrd-network"] = slices.Concat(b.files["initrd"], more) // the kernel unpacks one after the other
	if b.files["firmware.zst"], err = compress(firmware); err != nil {
		return base{}, err
	}
	b.describe(in, slices.Concat(entries, network))
	return b, nil
}

func (b *base) describe(in inputs, entries []initrd.Entry) {
	for _, p := range in.packages {
		digest := "sha256:" + hex.EncodeToString(p.digest[:])
		b.about.Packages = append(b.about.Packages, packageFile{p.name, p.version, p.suite, file{digest, p.size}})
	}
	for name, content := range b.files {
		b.about.Files[name] = describe(content)
	}
	for _, e := range entries {
		if e.Mode.IsRegular() {
			b.about.Contents[e.Name] = describe(e.Data)
		}
	}
}

// networkContents is what the initrd of an enclave with a network has besides. Others do not have it at all.
func networkContents(gateway []byte) []initrd.Entry {
	return []initrd.Entry{{Name: "gateway", Mode: fs.ModeDir | 0o755}, {Name: "gateway/gateway", Mode: 0o555, Data: gateway}}
}

// compress makes one Zstandard frame, for registries. What it makes depends on the version of the module in go.mod alone.
func compress(content []byte) ([]byte, error) {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer w.Close()
	return w.EncodeAll(content, nil), nil
}

// contents lists the initrd: the agent, the container runtime, the modules of a kernel that has some in
// the order of their names, and empty directories to mount on. There is no shell and no other program.
func contents(in inputs, agent []byte) ([]initrd.Entry, error) {
	entries := []initrd.Entry{{Name: "init", Mode: 0o500, Data: agent}}
	for _, dir := range []string{"dev", "proc", "sys", "run", "tmp"} {
		entries = append(entries, initrd.Entry{Name: dir, Mode: fs.ModeDir | 0o755})
	}
	runtime, err := in.runtime()
	if err != nil {
		return nil, err
	}
	if err := checkStatic(runtime); err != nil {
		return nil, err
	}
	entries = append(entries, initrd.Entry{Name: "runtime", Mode: 0o500, Data: runtime})
	if in.variant == small {
		return entries, nil
	}
	for folder, names := range map[string][]string{"modules": requiredModules(), "modules-tdx": tdxModules(), "modules-scratch": scratchModules()} {
		modules, err := modulesFor(in.trees[kernelInput], names)
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
