// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/escrin/escrin/jobs/service"
)

func TestServeIsCalledWrongly(t *testing.T) {
	for name, args := range map[string][]string{
		"no directory":    {"serve"},
		"no guests":       {"serve", "--dir", "d", "--guests", "0"},
		"no blobs":        {"serve", "--dir", "d", "--max-blob", "0"},
		"no pause":        {"serve", "--dir", "d", "--poll", "0s"},
		"an argument":     {"serve", "--dir", "d", "what"},
		"unknown flag":    {"serve", "--dir", "d", "--insecure"},
		"not a number":    {"serve", "--dir", "d", "--guests", "many"},
		"not a pause":     {"serve", "--dir", "d", "--backoff", "soon"},
		"no time at all":  {"serve", "--dir", "d", "--attempt-limit", "-1s"},
		"fewer than none": {"serve", "--dir", "d", "--warm", "-1"},
		"less than now":   {"serve", "--dir", "d", "--spread", "-1s"},
		"no wait":         {"serve", "--dir", "d", "--warm-for", "0s"},
		"no failure":      {"serve", "--dir", "d", "--max-failures", "0"},
		"not a fee":       {"serve", "--dir", "d", "--min-fee", "-1"},
		"not an amount":   {"serve", "--dir", "d", "--withdraw-from", "1e18"},
		"not a token":     {"serve", "--dir", "d", "--token", "0x1234"},
		"not its least":   {"serve", "--dir", "d", "--token", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed=much"},
	} {
		var out bytes.Buffer
		if status := run(args, strings.NewReader(""), &out, &out); status != exitUsage {
			t.Errorf("%s: exit status %d: %s", name, status, &out)
		}
	}
}

func TestServeWithoutANetworkSaysWhatToDo(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	t.Setenv("ESCRIN_NETWORK", "")
	var out bytes.Buffer
	status := run([]string{"serve", "--dir", t.TempDir()}, strings.NewReader(""), &out, &out)
	if status != exitError || !strings.Contains(out.String(), "hint: ") || !strings.Contains(out.String(), "escrin dev up") {
		t.Errorf("exit status %d: %s", status, &out)
	}
}

func TestTwoServicesDoNotShareADirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	unlock, err := lockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockDir(dir); err == nil || !strings.Contains(err.Error(), "another job service") {
		t.Errorf("second lock: %v", err)
	}
	unlock()
	again, err := lockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	again()
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestServeOnATakenPortSaysSo(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	err = serveHTTP(context.Background(), taken.Addr().String(), nil, &service.Service{}, func(string) {})
	if err == nil || !strings.Contains(err.Error(), "port is taken") || hintOf(err) == "" {
		t.Errorf("error is %v, hint %q", err, hintOf(err))
	}
}
