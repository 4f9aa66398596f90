// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/escrin/escrin/enclaver/source/daemontest"
)

const (
	imageName  = "docker.io/library/escrin-keyholder:test"
	imageState = "/var/lib/escrin-keyholder"
	imageUser  = 65532

	dockersOwn = 125 // status of `docker run` where docker fails, and not what it runs
)

// The image that `make keyholder-image` makes, in docker: a holder goes on in a container with the directory that it had,
// is healthy there, serves beside one that is none, and ends in good order when it is told to.
func TestHolderInAContainer(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("THE IMAGE IS NOT RUN: only root can start containers of other users")
	}
	e := newEngine(t)
	w := newWorld(t)
	b, c := w.network.holders[1], w.network.holders[2]
	first := w.claimed(1)
	key := first.mustRelease()
	c.stop()

	c.startIn(e, w.network.roots, w.network.policy)
	c.await(`"ready"`)
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		if got := get(t, c.url+path); string(got) != want {
			t.Errorf("%s: %q", path, got)
		}
	}
	b.kill()
	if again := first.mustRelease(); !again.Equal(key) {
		t.Error("another key")
	}
	second := w.claimed(2)
	second.mustRelease()
	c.stop()

	c.start() // on the machine itself again: nothing is forgotten
	c.await(`"ready"`)
	if status := second.ask(t, 3); status != 200 {
		t.Errorf("asked again: %d", status)
	}
}

// engine is a docker daemon that has the image.
type engine struct{ client, host string }

// newEngine skips the test where docker itself says that it can start no container.
func newEngine(t *testing.T) engine {
	t.Helper()
	host, err := daemontest.DockerAsRoot(t)
	if err != nil {
		t.Skipf("THE IMAGE IS NOT RUN: this machine lets nobody start containers: %v", err)
	}
	e := engine{daemontest.DockerClient(t), host}
	dir := t.TempDir()
	binary, layout := filepath.Join(dir, "escrin-keyholder"), filepath.Join(dir, "layout")
	run(t, "env", "CGO_ENABLED=0", "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, ".")
	run(t, "go", "run", "../../scripts/keyholderimage", "-binary", binary, "-o", layout)
	run(t, "skopeo", "--insecure-policy", "copy", "--dest-daemon-host", e.host, "oci:"+layout, "docker-daemon:"+imageName)
	out, err := exec.CommandContext(t.Context(), e.client, "--host", e.host, "run", "--rm", "--network", "host", imageName).CombinedOutput()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() == dockersOwn:
		t.Skipf("THE IMAGE IS NOT RUN: this machine lets nobody start containers: %s", out)
	case err != nil || !strings.Contains(string(out), "Commands:"):
		t.Fatalf("%v: %s", err, out)
	}
	return e
}

// startIn runs the holder in a container, with its directory and the files of the network as they are.
func (h *holder) startIn(e engine, files ...string) {
	h.t.Helper()
	must(h.t, filepath.WalkDir(h.dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, imageUser, imageUser)
	}))
	args := []string{"--host", e.host, "run", "--rm", "--network", "host", "--read-only", "--cap-drop", "ALL",
		"--security-opt", "no-new-privileges", "--volume", h.dir + ":" + imageState}
	for _, path := range files {
		args = append(args, "--volume", path+":"+path+":ro")
	}
	args = append(args, imageName, "run", "--dir", imageState,
		"--config", filepath.Join(imageState, filepath.Base(h.config)), "--passphrase-file", filepath.Join(imageState, filepath.Base(h.passphrase())))
	h.cmd = exec.Command(e.client, args...)
	h.launch()
}
