// SPDX-License-Identifier: Apache-2.0

package matrix

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/opencontainers/runtime-spec/specs-go"

	"github.com/escrin/escrin/scripts/images/fixture"
)

// host runs images with other people's tools: umoci unpacks them and writes the runtime configuration, runc runs them.
type host struct {
	tools   string // directory of the unpacked tools
	bundles string // directory of unpacked images, kept from one run to the next
}

// newHost finds the tools and the cache where scripts/setup.sh has put them.
func newHost(t *testing.T) host {
	t.Helper()
	cache := os.Getenv("ESCRIN_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(user, "escrin")
	}
	return host{tools: filepath.Join(cache, "tools"), bundles: filepath.Join(cache, "images", "bundles")}
}

// run runs the image on this machine and returns what it left.
func (h host) run(t *testing.T, layout string) outcome {
	t.Helper()
	unpacked := h.unpack(t, layout)
	bundle := t.TempDir()
	for _, dir := range []string{"upper", "work", "rootfs", "input", "output", "state"} {
		if err := os.Mkdir(filepath.Join(bundle, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	writeConfig(t, unpacked, bundle)
	// The image stays as it is: the container writes to an overlay that goes with its mount namespace.
	const script = `chmod --reference="$1/rootfs" "$2/upper" && chown --reference="$1/rootfs" "$2/upper" &&
		mount -t overlay overlay -o "lowerdir=$1/rootfs,upperdir=$2/upper,workdir=$2/work" "$2/rootfs" &&
		exec "$3" --root "$2/state" --rootless=true run --no-pivot --bundle "$2" "matrix-$4" </dev/null`
	return execute(t, exec.Command("unshare", privileges("--mount", "--propagation", "private",
		"sh", "-c", script, "sh", unpacked, bundle, filepath.Join(h.tools, "runc/root/usr/sbin/runc"), filepath.Base(bundle)+fmt.Sprint(os.Getpid()))...))
}

// privileges prefixes unshare's arguments with what makes root of somebody who is not.
func privileges(args ...string) []string {
	if os.Geteuid() == 0 {
		return args
	}
	return append([]string{"--user", "--map-root-user", "--map-auto"}, args...)
}

// unpack returns the image as a runtime bundle, whose files nobody may change.
func (h host) unpack(t *testing.T, layout string) string {
	t.Helper()
	bundle := filepath.Join(h.bundles, filepath.Base(layout))
	if _, err := os.Stat(bundle); err == nil {
		return bundle
	}
	if err := os.MkdirAll(h.bundles, 0o755); err != nil {
		t.Fatal(err)
	}
	partial, err := os.MkdirTemp(h.bundles, ".partial-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(partial)
	made := filepath.Join(partial, "bundle")
	umoci := exec.Command("unshare", privileges("--mount", "--", filepath.Join(h.tools, "umoci/root/usr/bin/umoci"),
		"unpack", "--image", layout+":"+fixture.Tag, made)...)
	if said, err := umoci.CombinedOutput(); err != nil {
		t.Fatalf("umoci: %v\n%s\nscripts/setup.sh unpacks umoci", err, said)
	}
	if err := os.Rename(made, bundle); err != nil {
		t.Fatal(err)
	}
	return bundle
}

// writeConfig takes umoci's configuration for the image and gives the container what Docker would: volumes that begin
// with what the image has there, Docker's capabilities, a hosts file; what a guest gives on top, a name and directories
// for input and output; and neither a terminal nor limits, which this machine may not grant.
func writeConfig(t *testing.T, unpacked, bundle string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(unpacked, "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spec specs.Spec
	if err := json.Unmarshal(text, &spec); err != nil {
		t.Fatal(err)
	}
	spec.Root = &specs.Root{Path: filepath.Join(bundle, "rootfs")}
	spec.Hostname = "enclave"
	spec.Process.Terminal, spec.Process.NoNewPrivileges, spec.Process.Rlimits = false, false, nil
	spec.Process.Capabilities = dockerCapabilities(spec.Process.User.UID)
	spec.Process.Env = slices.DeleteFunc(spec.Process.Env, func(e string) bool { return e == "TERM=xterm" })
	spec.Linux.Resources = nil
	spec.Mounts = slices.DeleteFunc(spec.Mounts, func(m specs.Mount) bool {
		return m.Type == "cgroup" || m.Type == "tmpfs" && !strings.HasPrefix(m.Destination, "/dev")
	})
	for name, content := range map[string]string{
		"etc/hosts": "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\tenclave\n", "etc/hostname": "enclave\n", "etc/resolv.conf": "",
	} {
		file := filepath.Join(bundle, filepath.Base(name))
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		spec.Mounts = append(spec.Mounts, bind(file, "/"+name))
	}
	for _, dir := range []string{"input", "output"} {
		spec.Mounts = append(spec.Mounts, bind(filepath.Join(bundle, dir), "/"+dir))
	}
	if text, err = json.Marshal(spec); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bundle, "config.json"), text, 0o644); err != nil {
		t.Fatal(err)
	}
}

func bind(source, destination string) specs.Mount {
	return specs.Mount{Destination: destination, Type: "bind", Source: source, Options: []string{"bind", "rw"}}
}

// dockerCapabilities are those of a container that is given none by name.
func dockerCapabilities(uid uint32) *specs.LinuxCapabilities {
	caps := []string{"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID",
		"CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE"}
	if uid != 0 {
		return &specs.LinuxCapabilities{Bounding: caps}
	}
	return &specs.LinuxCapabilities{Bounding: caps, Permitted: caps, Effective: caps}
}
