// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// enclaves measures `escrin enclave` as a whole: cold, unchanged, after a change, and what memory it takes.
func (b *bench) enclaves() error {
	for _, f := range []struct{ figure, fixture string }{
		{"enclave.vs_limit", "large-gzip"}, {"enclave.vs_limit_python", "python-300mb"},
	} {
		blobs, err := b.layerBlobs(f.fixture)
		if err != nil {
			return err
		}
		err = versus(f.figure,
			contender{name: "escrin enclave", prepare: b.emptyStore, run: func() error { return b.enclaveOf(f.fixture, b.store()) }},
			contender{name: "inflating and hashing the layers of " + f.fixture, run: func() error { return inflateAll(blobs) }})
		if err != nil {
			return err
		}
	}
	if err := b.rebuilds(); err != nil {
		return err
	}
	for _, f := range []struct{ figure, fixture string }{
		{"enclave.peak_300mb", "python-300mb"}, {"enclave.peak_2gb", "two-gb"},
	} {
		if err := b.emptyStore(); err != nil {
			return err
		}
		peak, err := b.peak(f.fixture)
		if err != nil {
			return err
		}
		figure(f.figure, peak/1e6, "MB")
	}
	return b.emptyStore()
}

func (b *bench) store() string { return filepath.Join(b.dir, "store") }

func (b *bench) emptyStore() error { return os.RemoveAll(b.store()) }

// enclaveOf runs the command on a fixture.
func (b *bench) enclaveOf(fixture, store string) error {
	dir, err := b.fixture(fixture)
	if err != nil {
		return err
	}
	_, err = b.escrin("enclave", "oci:"+dir+":latest", "-t", "localhost/"+fixture, "--store", store)
	return err
}

// rebuilds measures the command on an image that has not changed, and on one whose top layer has.
func (b *bench) rebuilds() error {
	if err := b.emptyStore(); err != nil {
		return err
	}
	if err := b.enclaveOf("large-gzip", b.store()); err != nil {
		return err
	}
	changed := filepath.Join(b.dir, "store.changed")
	took, err := compare(
		contender{name: "unchanged", run: func() error { return b.enclaveOf("large-gzip", b.store()) }},
		contender{name: "changed", prepare: func() error { return b.copyStore(changed) }, run: func() error {
			return b.enclaveOf("large-gzip-changed", changed)
		}})
	if err != nil {
		return err
	}
	figure("enclave.unchanged", took[0].Seconds(), "s")
	seconds("enclave.rebuild_top", took[1], b.plainPeer, "mkfs.erofs --tar=f + veritysetup of the plain layer")
	return os.RemoveAll(changed)
}

// copyStore makes a copy of the store that shares its files, none of which is ever written again.
func (b *bench) copyStore(to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if out, err := exec.CommandContext(b.ctx, "cp", "-al", b.store(), to).CombinedOutput(); err != nil {
		return fmt.Errorf("copy store: %w\n%s", err, out)
	}
	return nil
}

// peak is the most resident memory, in bytes, that the command takes on a fixture.
func (b *bench) peak(fixture string) (float64, error) {
	dir, err := b.fixture(fixture)
	if err != nil {
		return 0, err
	}
	cmd := b.command("bin/escrin", "enclave", "oci:"+dir+":latest", "-t", "localhost/"+fixture, "--store", b.store())
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("escrin enclave: %w\n%s", err, stderr.String())
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, fmt.Errorf("no resource usage")
	}
	return float64(usage.Maxrss) * 1024, nil
}
