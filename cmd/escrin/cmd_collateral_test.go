// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/endorse"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/verify"
)

// TestCollateralScripts runs the transcripts of the collateral commands against simulated vendors: $VENDORS is where they are,
// $STRANGERS a service of other vendors, $OLD one that is months behind. quote.bin, report.bin, roots.pem and a cache that has the report's
// certificates (amd) are there. No network file is.
func TestCollateralScripts(t *testing.T) {
	v := newVendors(t)
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "collateral"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("VENDORS", v.url)
			env.Setenv("STRANGERS", v.strangers)
			env.Setenv("OLD", v.old)
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, "cache"))
			return errors.Join(alone(env), v.write(env.WorkDir))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"mode": mode},
	})
}

// vendors are both vendors, simulated, and a machine of each.
type vendors struct {
	url, strangers, old  string
	roots, quote, report []byte
	warm                 string // a cache
}

func newVendors(t *testing.T) *vendors {
	t.Helper()
	intel, err := simulator.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	amd, err := simulator.OpenSNP(t.TempDir(), kds.Turin)
	if err != nil {
		t.Fatal(err)
	}
	v := &vendors{roots: append(intel.RootPEM(), amd.RootPEM()...), warm: t.TempDir()}
	if v.quote, _, err = intel.Start(attest.Registers{}).Quote([64]byte{1}); err != nil {
		t.Fatal(err)
	}
	if v.report, _, err = amd.Start(attest.Register{}).Report([64]byte{1}); err != nil {
		t.Fatal(err)
	}
	services := func(p *simulator.Platform) *simulator.Services {
		return simulator.NewServices([]*simulator.Platform{p}, []*simulator.SNPPlatform{amd})
	}
	stranger, err := simulator.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	old := services(intel)
	old.Break(simulator.Fault{Age: 20 * 24 * time.Hour})
	for at, s := range map[*string]*simulator.Services{&v.url: services(intel), &v.strangers: services(stranger), &v.old: old} {
		server := httptest.NewServer(s)
		t.Cleanup(server.Close)
		*at = server.URL
	}
	v.warmUp(t)
	return v
}

// hasty does not wait.
type hasty struct{ endorse.SystemClock }

func (hasty) Wait(ctx context.Context, d time.Duration) error {
	if d < 30*time.Second {
		return ctx.Err()
	}
	<-ctx.Done()
	return ctx.Err()
}

// warmUp gets AMD's certificates without the pauses that its service wants.
func (v *vendors) warmUp(t *testing.T) {
	t.Helper()
	roots, err := verify.ParseRoots(v.roots)
	if err != nil {
		t.Fatal(err)
	}
	f, err := endorse.New(endorse.Config{
		Roots: roots, URLs: endorse.URLs{Intel: v.url, IntelRootCRL: v.url, AMD: v.url}, Directory: v.warm,
		Transport: http.DefaultTransport, Clock: hasty{}, Jitter: endorse.RandomJitter,
	})
	if err != nil {
		t.Fatal(err)
	}
	report, err := snp.Parse(v.report)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.SNP(t.Context(), report, nil); err != nil {
		t.Fatal(err)
	}
}

func (v *vendors) write(dir string) error {
	write := func(name string, data []byte) error { return os.WriteFile(filepath.Join(dir, name), data, 0o600) }
	return errors.Join(
		write("quote.bin", v.quote), write("quote.hex", []byte(hex.EncodeToString(v.quote)+"\n")), write("report.bin", v.report), write("roots.pem", v.roots),
		os.CopyFS(filepath.Join(dir, "amd"), os.DirFS(v.warm)), os.Chmod(filepath.Join(dir, "amd"), 0o700),
	)
}

// The service of one is the vendors' service to another, and ends when it is told to.
func TestCollateralIsServedToOthers(t *testing.T) {
	v, dir := newVendors(t), t.TempDir()
	if err := v.write(dir); err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	said, stderr := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		root := newRootCommand()
		root.SetArgs([]string{"collateral", "serve", "--listen", "127.0.0.1:0", "--cache", filepath.Join(dir, "served"),
			"--roots", filepath.Join(dir, "roots.pem"), "--intel-url", v.url, "--amd-url", v.url})
		root.SetErr(stderr)
		ended <- root.ExecuteContext(ctx)
		stderr.Close()
	}()
	var address string
	lines := bufio.NewScanner(said)
	for address == "" && lines.Scan() {
		if _, after, ok := strings.Cut(lines.Text(), "serving collateral on "); ok {
			address = strings.Trim(after, `"`)
		}
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	bundle := filepath.Join(dir, "bundle")
	var out bytes.Buffer
	status := run([]string{"collateral", "fetch", "--quote", filepath.Join(dir, "quote.bin"), "-o", bundle, "--roots", filepath.Join(dir, "roots.pem"),
		"--cache", filepath.Join(dir, "mine"), "--intel-url", address + "/"}, nil, &out, &out)
	if status != exitOK {
		t.Fatalf("status %d: %s", status, &out)
	}
	if raw, err := os.ReadFile(bundle); err != nil {
		t.Error(err)
	} else if s, err := endorse.Summarise(raw); err != nil || s.TEE != attest.TDX {
		t.Errorf("%+v, %v", s, err)
	}
	interrupt()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	if _, err := http.Get(address); err == nil {
		t.Error("is still there")
	}
}
