// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/guestagent/trialhost"
	"github.com/escrin/escrin/imagebuild/initrd"
	"github.com/escrin/escrin/jobs/qemu"
)

// runtimes compares container runtimes in the agent's hands: how much of the initrd they take with their libraries, and how long it is in the
// guest from their start to the workload's first output. The kernel is Debian's, since runc does not run without BPF; it gets no filter of
// system calls, which is in crun's own form.
func (b *bench) runtimes() error {
	w, err := b.newBooting()
	if err != nil {
		return err
	}
	base := filepath.Join(w.debian, "initrd")
	own, err := b.contentOf("runtime")
	if err != nil {
		return err
	}
	all := []runtimeUnderTest{{name: "own", ram: base, size: own}}
	for _, name := range []string{"crun", "runc"} {
		files, err := programWithLibraries(b.tool("runtimes/root"), name)
		if err != nil {
			return fmt.Errorf("%w (run scripts/setup.sh)", err)
		}
		r := runtimeUnderTest{name: name}
		if r.ram, r.size, err = b.initrdWithFiles(base, "runtime."+name, files); err != nil {
			return err
		}
		all = append(all, r)
	}
	for range repetitions { // side by side, since machines have their moods
		for i := range all {
			if err := w.startOnce(&all[i]); err != nil {
				return fmt.Errorf("%s: %w", all[i].name, err)
			}
		}
	}
	for _, r := range all {
		count("runtime.size_"+r.name, r.size, own, "the guest's own")
		seconds("runtime.start_"+r.name, r.start, all[0].start, "the guest's own")
	}
	return nil
}

// runtimeUnderTest is a container runtime in an initrd.
type runtimeUnderTest struct {
	name  string
	ram   string        // path of the initrd
	size  int64         // in bytes, with its libraries
	start time.Duration // the least so far, by the guest's clock, from its start to the first output; 0 if there is none
}

// programWithLibraries lists what a dynamic program needs below a root directory, as an initrd is to have it: itself as the runtime.
func programWithLibraries(root, name string) ([]initrd.Entry, error) {
	const libraries = "usr/lib/x86_64-linux-gnu"
	loader := initrd.Entry{Name: "lib64/ld-linux-x86-64.so.2", Mode: 0o500}
	entries := []initrd.Entry{{Name: "runtime", Mode: 0o500}, loader}
	paths := []string{filepath.Join(root, "usr/bin", name), filepath.Join(root, libraries, filepath.Base(loader.Name))}
	if _, err := os.Stat(paths[0]); err != nil {
		paths[0] = filepath.Join(root, "usr/sbin", name)
	}
	for i := 0; i < len(entries); i++ {
		var err error
		if entries[i].Data, err = os.ReadFile(paths[i]); err != nil {
			return nil, err
		}
		wanted, err := imported(paths[i])
		if err != nil {
			return nil, err
		}
		for _, library := range wanted {
			entry := initrd.Entry{Name: libraries + "/" + library, Mode: 0o400}
			if library != filepath.Base(loader.Name) && !slices.ContainsFunc(entries, func(e initrd.Entry) bool { return e.Name == entry.Name }) {
				entries, paths = append(entries, entry), append(paths, filepath.Join(root, entry.Name))
			}
		}
	}
	return entries, nil
}

func imported(path string) ([]string, error) {
	file, err := elf.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return file.ImportedLibraries()
}

// initrdWithFiles is an initrd with these files besides, or in the place of its own. Their size is returned.
func (b *bench) initrdWithFiles(base, name string, files []initrd.Entry) (path string, size int64, err error) {
	archive, err := os.ReadFile(base)
	if err != nil {
		return "", 0, err
	}
	more, err := initrd.Pack(files)
	if err != nil {
		return "", 0, err
	}
	for _, f := range files {
		size += int64(len(f.Data))
	}
	path = filepath.Join(b.dir, name+".initrd")
	return path, size, os.WriteFile(path, slices.Concat(archive, more), 0o600)
}

// startOnce boots a guest that has the runtime.
func (w *booting) startOnce(r *runtimeUnderTest) error {
	m := w.machine(w.small)
	m.Kernel, m.Initrd = filepath.Join(w.debian, "kernel"), r.ram
	took, err := w.fromStartToOutput(m)
	if err == nil && (r.start == 0 || took < r.start) {
		r.start = took
	}
	return err
}

// fromStartToOutput is the time, by the guest's clock, from the start of the runtime to the workload's first output.
func (w *booting) fromStartToOutput(m qemu.Machine) (time.Duration, error) {
	at := map[hostlink.Step]time.Duration{} // hostend reports steps one after the other, and has ended when it is read
	said := newWord(firstOutput)
	host, err := trialhost.New(nil, trialhost.Streams{Stdout: said, Stderr: said}, func(r hostlink.StepReport) {
		at[r.Step] = time.Duration(r.Milliseconds) * time.Millisecond
	})
	if err != nil {
		return 0, err
	}
	_, err = w.runGuest(w.qemu, m, func(ctx context.Context, p *qemu.Process) error { return hostend.ServeTrial(ctx, p.Link(), host) })
	begun, ended := at[hostlink.StepWorkload], at[hostlink.StepOutputFirst]
	if err == nil && (begun == 0 || ended <= begun) {
		err = errors.New("the guest did not say when the workload started and spoke")
	}
	if err == nil {
		ctx, cancel := context.WithTimeout(w.ctx, time.Second)
		defer cancel()
		err = said.await(ctx)
	}
	return ended - begun, err
}
