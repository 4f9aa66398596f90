// SPDX-License-Identifier: Apache-2.0

// Package daemontest starts real daemons for tests: Debian's containerd and docker as scripts/setup.sh unpacks them. Each
// is alone with its sockets and state in a folder of the test's, sees an empty /etc and /run, needs no privileges unless
// it is to start containers, and ends with the test. Only tests import it.
package daemontest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long a daemon may take to answer or to end.
const patience = 2 * time.Minute

// Containerd starts containerd and returns the path of its socket.
func Containerd(t testing.TB) string {
	dir := shortDir(t)
	socket, config := filepath.Join(dir, "containerd.sock"), filepath.Join(dir, "config.toml")
	text := fmt.Sprintf(`version = 2
root = %q
state = %q
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = %q
[ttrpc]
  address = %q
`, filepath.Join(dir, "root"), filepath.Join(dir, "state"), socket, socket+".ttrpc")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := start(t, asRootOfItsOwn(), socket, tool(t, "containerd", "usr/bin/containerd"), "--config", config); err != nil {
		t.Fatal(err)
	}
	return socket
}

// Docker starts dockerd and returns its address, as DOCKER_HOST wants it.
func Docker(t testing.TB) string {
	host, err := docker(t, asRootOfItsOwn(), "--containerd", Containerd(t))
	if err != nil {
		t.Fatal(err)
	}
	return host
}

// DockerAsRoot is Docker with all of root's rights, which starts containers of any user. The error is of a machine that lets
// no daemon do so, where root is not all-powerful. It starts its containerd itself: who makes containers must see its mounts.
func DockerAsRoot(t testing.TB) (host string, err error) {
	return docker(t, syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS})
}

// DockerClient returns the path of docker's command.
func DockerClient(t testing.TB) string { return tool(t, "docker", "usr/bin/docker") }

func docker(t testing.TB, as syscall.SysProcAttr, args ...string) (host string, err error) {
	dir := shortDir(t)
	socket := filepath.Join(dir, "docker.sock")
	err = start(t, as, socket, tool(t, "docker", "usr/sbin/dockerd"), append(args, "--host", "unix://"+socket,
		"--data-root", filepath.Join(dir, "data"), "--exec-root", filepath.Join(dir, "exec"), "--pidfile", filepath.Join(dir, "pid"),
		"--storage-driver", "vfs", "--bridge", "none", "--iptables=false", "--ip6tables=false")...)
	return "unix://" + socket, err
}

func tool(t testing.TB, name, program string) string {
	cache := os.Getenv("ESCRIN_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(user, "escrin")
	}
	path := filepath.Join(cache, "tools", name, "root", program)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s is missing: run scripts/setup.sh, which unpacks it: %v", name, err)
	}
	return path
}

// shortDir is a temporary directory with a name short enough for a socket in it.
func shortDir(t testing.TB) string {
	dir, err := os.MkdirTemp("", "escrin-daemon-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// asRootOfItsOwn are a user namespace, of which the daemon is root, and a mount namespace.
func asRootOfItsOwn() syscall.SysProcAttr {
	return syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
}

// start runs a daemon in namespaces of its own until the test ends, and returns when it listens.
func start(t testing.TB, as syscall.SysProcAttr, socket, program string, args ...string) error {
	t.Helper()
	const alone = `mount --make-rprivate / && mount -t tmpfs none /run && mount -t tmpfs none /etc && exec "$@"`
	cmd := exec.Command("/bin/sh", append([]string{"-c", alone, "sh", program}, args...)...)
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(tool(t, "runc", "usr/sbin/runc"))+":"+
		filepath.Dir(tool(t, "docker", "usr/bin/docker"))+":/usr/sbin:/usr/bin:/sbin:/bin")
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.SysProcAttr = &as
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", filepath.Base(program), err)
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(patience):
			cmd.Process.Kill()
			<-ended
		}
	})
	if !listens(socket, ended) {
		cmd.Process.Kill()
		<-ended
		return fmt.Errorf("%s does not listen:\n%s", filepath.Base(program), strings.TrimSpace(log.String()))
	}
	return nil
}

// listens waits until somebody listens at the socket, or the daemon has ended.
func listens(socket string, ended <-chan struct{}) bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		if conn, err := net.Dial("unix", socket); err == nil {
			conn.Close()
			return true
		}
		select {
		case <-again.C:
		case <-ended:
			return false
		case <-ctx.Done():
			return false
		}
	}
}
