// SPDX-License-Identifier: Apache-2.0

package simulator_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/predict"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/simulator/teeclient"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/verify"
)

func open(t testing.TB, dir string) *simulator.Platform {
	t.Helper()
	p, err := simulator.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func check(t testing.TB, rootPEM, quote, collateral []byte) {
	t.Helper()
	roots, err := verify.ParseRoots(rootPEM)
	if err != nil {
		t.Fatal(err)
	}
	e := attest.Evidence{TEE: attest.TDX, Signed: quote, Collateral: collateral}
	if _, err := verify.Verify(e, roots, time.Now()); err != nil {
		t.Fatal(err)
	}
}

// The root survives a restart, and with it the evidence of before.
func TestRootSurvivesRestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tee")
	before := open(t, dir)
	quote, collateral, err := before.Start(attest.Registers{}).Quote([64]byte{})
	if err != nil {
		t.Fatal(err)
	}
	after := open(t, dir)
	if !bytes.Equal(before.RootPEM(), after.RootPEM()) {
		t.Fatal("another root after restart")
	}
	check(t, after.RootPEM(), quote, collateral)
	info, err := os.Stat(filepath.Join(dir, "root.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("root key: %v, %v", info, err)
	}
	if bytes.Equal(open(t, t.TempDir()).RootPEM(), after.RootPEM()) {
		t.Error("two directories have one root")
	}
}

func TestOpenRefusesBrokenState(t *testing.T) {
	for name, breakIt := range map[string]func(dir string) error{
		"no certificate": func(dir string) error { return os.Remove(filepath.Join(dir, "root.pem")) },
		"key is no key":  func(dir string) error { return os.WriteFile(filepath.Join(dir, "root.key"), []byte("x"), 0o600) },
		"another's certificate": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "root.pem"), open(t, t.TempDir()).RootPEM(), 0o600)
		},
	} {
		dir := t.TempDir()
		open(t, dir)
		if err := breakIt(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := simulator.Open(dir); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

// serve starts a service and returns a client and the platform behind it.
func serve(t *testing.T) (*teeclient.Client, *simulator.Platform) {
	t.Helper()
	p := open(t, t.TempDir())
	socket := filepath.Join(t.TempDir(), "tee.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- simulator.Serve(ctx, listener, simulator.Machines{TDX: p, SNP: openSNP(t, kds.Genoa)}) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return teeclient.NewClient(socket), p
}

// guestInputs returns the firmware and the kernel that scripts/setup.sh unpacks.
func guestInputs(t *testing.T) (firmware, kernel string) {
	t.Helper()
	cache := os.Getenv("ESCRIN_CACHE")
	if cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(dir, "escrin")
	}
	kernels, _ := filepath.Glob(filepath.Join(cache, "guest-inputs/kernel/root/boot/vmlinuz-*"))
	if len(kernels) == 0 {
		t.Fatalf("no kernel under %s: run scripts/setup.sh", cache)
	}
	return filepath.Join(cache, "guest-inputs/ovmf/root/usr/share/ovmf/OVMF.fd"), kernels[0]
}

func launchRequest(t *testing.T) teeclient.LaunchRequest {
	t.Helper()
	firmware, kernel := guestInputs(t)
	initrd := filepath.Join(t.TempDir(), "initrd")
	if err := os.WriteFile(initrd, []byte("initrd"), 0o600); err != nil {
		t.Fatal(err)
	}
	return teeclient.LaunchRequest{
		TEE: attest.TDX, Firmware: firmware, Kernel: kernel, Initrd: initrd, Cmdline: "console=ttyS0",
		Shape: attest.Shape{VCPUs: 1, MemoryMiB: 1024}, QEMU: "10.0.2",
	}
}

func TestServiceLaunchesAndQuotes(t *testing.T) {
	client, p := serve(t)
	td, err := client.Launch(t.Context(), launchRequest(t))
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			quote, collateral, err := client.Quote(t.Context(), td, [64]byte{7})
			if err != nil {
				t.Error(err)
				return
			}
			check(t, p.RootPEM(), quote, collateral)
		})
	}
	wait.Wait()
}

func TestServiceLaunchesSNPGuests(t *testing.T) {
	client, _ := serve(t)
	firmware, err := filepath.Abs("../predict/testdata/snp/ovmf_AmdSev_suffix.bin")
	if err != nil {
		t.Fatal(err)
	}
	r := launchRequest(t)
	r.TEE, r.Firmware, r.Kernel = attest.SNP, firmware, r.Initrd
	guest, err := client.Launch(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	raw, collateral, err := client.Quote(t.Context(), guest, [64]byte{9})
	if err != nil {
		t.Fatal(err)
	}
	want, err := predict.SNP(predict.SNPLaunch{
		Firmware: read(t, r.Firmware), Kernel: read(t, r.Kernel), Initrd: read(t, r.Initrd), Cmdline: r.Cmdline, VCPUs: r.Shape.VCPUs,
		Machine: predict.SNPMachine{VMM: predict.QEMU, CPU: predict.EPYCGenoa, Features: predict.FeaturesSNP},
	})
	if err != nil {
		t.Fatal(err)
	}
	report, err := snp.Parse(raw)
	if err != nil || report.Measurement != want || report.ReportData != [64]byte{9} {
		t.Errorf("report is %+v, %v", report, err)
	}
	if _, err := kds.ParseBundle(collateral); err != nil {
		t.Error(err)
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestServiceRefuses(t *testing.T) {
	client, _ := serve(t)
	for name, c := range map[string]struct {
		change func(*teeclient.LaunchRequest)
		says   string
	}{
		"relative path":       {func(r *teeclient.LaunchRequest) { r.Kernel = "vmlinuz" }, "absolute"},
		"no such file":        {func(r *teeclient.LaunchRequest) { r.Initrd += ".gone" }, "no such file"},
		"unknown shape":       {func(r *teeclient.LaunchRequest) { r.Shape.VCPUs = 100000 }, "100000 vCPU"},
		"unknown QEMU":        {func(r *teeclient.LaunchRequest) { r.QEMU = "11.0.1" }, "11.0.1"},
		"no TEE":              {func(r *teeclient.LaunchRequest) { r.TEE = 0 }, "TEE"},
		"no firmware for SNP": {func(r *teeclient.LaunchRequest) { r.TEE = attest.SNP }, "kernel hashes"},
	} {
		r := launchRequest(t)
		c.change(&r)
		if _, err := client.Launch(t.Context(), r); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
	if _, _, err := client.Quote(t.Context(), "no such TD", [64]byte{}); err == nil {
		t.Error("quoted a TD that was not launched")
	}
}

func TestClientOfNoService(t *testing.T) {
	client := teeclient.NewClient(filepath.Join(t.TempDir(), "none"))
	if _, err := client.Launch(t.Context(), teeclient.LaunchRequest{TEE: attest.TDX}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
}
