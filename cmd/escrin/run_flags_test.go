// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"strings"
	"syscall"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/workload"
)

func TestRunBootsMeasuredMachinesOnly(t *testing.T) {
	small, large := attest.Shape{VCPUs: 1, MemoryMiB: 1024}, attest.Shape{VCPUs: 2, MemoryMiB: 2048}
	boot := enclaver.Boot{Measurements: []attest.Measurement{{Shape: small}, {Shape: large}}}
	for flags, want := range map[[2]uint32]attest.Shape{
		{0, 0}: small, {1024, 0}: small, {2048, 0}: large, {0, 2}: large, {2048, 2}: large, {2048, 1}: {}, {512, 0}: {}, {0, 4}: {},
	} {
		m, err := enclaveRun{memory: flags[0], vcpus: flags[1]}.machine(boot)
		if m.Shape != want || (err == nil) != (want != attest.Shape{}) {
			t.Errorf("%v: %v, %v", flags, m.Shape, err)
		}
		if err != nil && hintOf(err) != "it is measured for 1 vCPU, 1024 MiB; 2 vCPU, 2048 MiB" {
			t.Errorf("hint %q", hintOf(err))
		}
	}
}

func TestRunWantsEverySecret(t *testing.T) {
	c := config.Config{Containers: []config.Container{{Secrets: []config.Secret{{Name: "key"}, {Name: "password"}}}}}
	if _, err := plainInputs(c, map[string][]byte{"key": nil, "bid": nil}); err == nil || !strings.Contains(hintOf(err), "--input password=FILE") {
		t.Errorf("%v", err)
	}
	if n, err := plainInputs(c, map[string][]byte{"key": nil, "password": nil, "bid": nil}); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
}

func TestSignalsMeanWhatTheImageSays(t *testing.T) {
	for _, c := range []struct {
		received syscall.Signal
		stop     string
		want     string
	}{
		{syscall.SIGINT, "SIGQUIT", "SIGINT"}, {syscall.SIGTERM, "SIGQUIT", "SIGQUIT"}, {syscall.SIGTERM, "SIGTERM", "SIGTERM"}, {syscall.SIGTERM, "SIGRTMIN+3", "SIGTERM"},
	} {
		if got := (&session{stopSignal: c.stop}).meaning(c.received); got != c.want {
			t.Errorf("%v of %s is %s", c.received, c.stop, got)
		}
	}
}

func TestWhatIsKeptOfOutputIsBounded(t *testing.T) {
	var seen bytes.Buffer
	k := &kept{to: &seen}
	for range 3 {
		if _, err := k.Write(make([]byte, workload.MaxStream/2+1)); err != nil {
			t.Fatal(err)
		}
	}
	if len(k.kept) != workload.MaxStream || seen.Len() != 3*(workload.MaxStream/2+1) {
		t.Errorf("kept %d of %d bytes", len(k.kept), seen.Len())
	}
}
