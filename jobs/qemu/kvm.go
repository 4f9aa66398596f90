// SPDX-License-Identifier: Apache-2.0

package qemu

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/escrin/escrin/jobs/durable"
)

// trialLimit is how long a trial boot may take; with a working KVM it takes about two seconds.
const trialLimit = 10 * time.Second

// trialCmdline boots a kernel without a root: it runs through all of its start and then panics, which reboots.
const trialCmdline = "console=ttyS0 panic=-1"

// trialProof is what such a kernel says at the end.
const trialProof = "VFS: Unable to mount root fs"

// verdict is what one trial boot showed, kept in a file so that it is made once per start of the host.
type verdict struct {
	Release string `json:"release"` // of QEMU
	BootID  string `json:"bootId"`  // of the host
	Works   bool   `json:"works"`
	Reason  string `json:"reason"`
}

// ChooseAccelerator returns KVM where a trial boot of the machine's own firmware and kernel proves that it works,
// else TCG, and the reason. That a KVM device is there proves nothing: it may open, make a machine, and then hang.
// The verdict is kept in cacheDir until the host restarts or QEMU changes; a cache that cannot be used costs a
// trial, nothing else.
func (b Binary) ChooseAccelerator(ctx context.Context, m Machine, cacheDir string) (Accelerator, string) {
	if _, err := os.Stat("/dev/kvm"); err != nil {
		return TCG, "no /dev/kvm"
	}
	cache := filepath.Join(cacheDir, "kvm.json")
	v, ok := readVerdict(cache, b.release)
	if !ok {
		v = b.tryKVM(ctx, m)
		if ctx.Err() != nil {
			return TCG, "trial boot was interrupted"
		}
		writeVerdict(cache, v)
	}
	if v.Works {
		return KVM, v.Reason
	}
	return TCG, v.Reason
}

// tryKVM boots the machine's kernel under KVM, without disk and initrd, and waits for its last words.
func (b Binary) tryKVM(ctx context.Context, m Machine) verdict {
	m.Accelerator, m.Cmdline, m.Disk, m.Initrd = KVM, trialCmdline, "", ""
	v := verdict{Release: b.release, BootID: bootID()}
	heard := &listener{found: make(chan struct{})}
	p, err := b.Start(m, heard)
	if err != nil {
		v.Reason = "KVM: " + err.Error()
		return v
	}
	defer p.Stop()
	ctx, cancel := context.WithTimeout(ctx, trialLimit)
	defer cancel()
	select {
	case <-heard.found:
		v.Works, v.Reason = true, "a trial boot under KVM worked"
	case <-p.Done():
		v.Reason = fmt.Sprintf("a trial boot under KVM ended early: %v", p.Wait())
	case <-ctx.Done():
		v.Reason = fmt.Sprintf("a trial boot under KVM did not finish within %s", trialLimit)
	}
	return v
}

// listener looks for trialProof in what is written to it.
type listener struct {
	said  []byte
	found chan struct{}
	done  bool
}

func (l *listener) Write(b []byte) (int, error) {
	l.said = append(l.said, b...)
	if !l.done && bytes.Contains(l.said, []byte(trialProof)) {
		l.done = true
		close(l.found)
	}
	l.said = l.said[max(0, len(l.said)-len(trialProof)):]
	return len(b), nil
}

func bootID() string {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

func readVerdict(path, release string) (verdict, bool) {
	raw, err := os.ReadFile(path)
	var v verdict
	if err != nil || json.Unmarshal(raw, &v) != nil {
		return verdict{}, false
	}
	id := bootID()
	return v, id != "" && v.BootID == id && v.Release == release
}

// writeVerdict keeps a verdict if it can.
func writeVerdict(path string, v verdict) {
	raw, err := json.Marshal(v)
	if err != nil {
		return
	}
	if os.MkdirAll(filepath.Dir(path), 0o700) == nil {
		_ = durable.WriteFile(path, raw, 0o600) // without it the next start makes another trial
	}
}
