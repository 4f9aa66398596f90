// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/imagetest"
)

const shop = `
services:
  client:
    image: ./images:client
    depends_on: [server]
    volumes: [shelf:/shelf:ro]
  server:
    image: ./images:server
    user: "0"
    stop_signal: RTMIN
    volumes: [shelf:/srv]
volumes:
  shelf:
`

// TestRunOfACompositionTalksOverLoopback boots a server and a client, which are two images that know nothing of escrin, from a
// compose file to the exit status.
func TestRunOfACompositionTalksOverLoopback(t *testing.T) {
	base := realGuestBase(t)
	server, err := imagetest.Busybox(`trap 'echo closed; exit 0' 34; cat /input/name; echo goods >/srv/goods; busybox httpd -p 127.0.0.1:8080 -h /srv; while :; do busybox sleep 0.1; done`)
	if err != nil {
		t.Fatal(err)
	}
	client, err := imagetest.Busybox(`cat; until busybox wget -q -O - http://server:8080/goods; do busybox sleep 0.1; done; cat /shelf/goods; touch /shelf/x || cat /shelf/goods >/output/bought; exit 7`)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	dir := t.TempDir()
	t.Chdir(dir)
	imagetest.Layout(filepath.Join(dir, "images"), map[string]v1.Image{"server": server, "client": client})
	for name, text := range map[string]string{"compose.yaml": shop, "name": "alice\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	escrin(t, 0, "enclave", "--compose", "compose.yaml", "-t", "localhost:5000/shop", "--guest-base", base)
	if got, want := escrin(t, 7, "run", "localhost:5000/shop", "--input", "name", "-o", "out"), "alice\ngoods\ngoods\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if bought, err := os.ReadFile("out/output/bought"); err != nil || string(bought) != "goods\n" {
		t.Errorf("output %q, %v", bought, err)
	}
	said, err := os.ReadFile("out/stderr")
	for _, line := range []string{"server: cat: can't open '/input/name'", "server: closed\n"} {
		if err != nil || !strings.Contains(string(said), line) {
			t.Errorf("nobody said %q: %q, %v", line, said, err)
		}
	}
}
