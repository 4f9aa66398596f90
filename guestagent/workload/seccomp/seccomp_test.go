// SPDX-License-Identifier: Apache-2.0

package seccomp

import (
	"encoding/base64"
	"encoding/binary"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

var update = flag.Bool("update", false, "write the file filter anew")

// numbers are those of golang.org/x/sys.
func numbers(t *testing.T) map[string]uint32 {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "golang.org/x/sys/unix").Output()
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "zsysnum_linux_amd64.go"))
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]uint32{}
	for _, m := range regexp.MustCompile(`SYS_(\w+)\s+= (\d+)`).FindAllStringSubmatch(string(table), -1) {
		number, err := strconv.ParseUint(m[2], 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		list[strings.ToLower(m[1])] = uint32(number)
	}
	return list
}

// TestAG05TheGuestHasThisFilter: what the agent gives the kernel is what the lists make.
func TestAG05TheGuestHasThisFilter(t *testing.T) {
	filter, err := Filter(numbers(t))
	if err != nil {
		t.Fatal(err)
	}
	text := base64.StdEncoding.EncodeToString(filter)
	if *update {
		if err := os.WriteFile("filter", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile("filter"); err != nil || string(have) != text {
		t.Errorf("the file filter is another, %v: go test ./guestagent/workload/seccomp -update", err)
	}
	if strings.HasSuffix(text, "=") {
		t.Error("the runtime reads no padding")
	}
}

// called is what the kernel does with a call, as its own interpreter would find out.
func called(t *testing.T, filter []byte, arch, number uint32, arguments ...uint64) uint32 {
	t.Helper()
	data := binary.LittleEndian.AppendUint32(nil, number)
	data = binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint32(data, arch), 0)
	for n := range 6 {
		var value uint64
		if n < len(arguments) {
			value = arguments[n]
		}
		data = binary.LittleEndian.AppendUint64(data, value)
	}
	var have uint32
	for at := 0; ; at++ {
		code, hold, not, value := binary.LittleEndian.Uint16(filter[8*at:]), int(filter[8*at+2]), int(filter[8*at+3]), binary.LittleEndian.Uint32(filter[8*at+4:])
		jump := func(holds bool) {
			if holds {
				at += hold
			} else {
				at += not
			}
		}
		switch code {
		case loadWord:
			have = binary.LittleEndian.Uint32(data[value:])
		case mask:
			have &= value
		case jumpEqual:
			jump(have == value)
		case jumpFrom:
			jump(have >= value)
		case answer:
			return value
		default:
			t.Fatalf("instruction %#x", code)
		}
	}
}

func errno(e unix.Errno) uint32 { return unix.SECCOMP_RET_ERRNO | uint32(e) }

// TestAG05EachCallIsAnsweredByItsList tries each number there could be, by each ABI.
func TestAG05EachCallIsAnsweredByItsList(t *testing.T) {
	known := numbers(t)
	filter, err := Filter(known)
	if err != nil {
		t.Fatal(err)
	}
	names := map[uint32]string{}
	for name, number := range known {
		names[number] = name
	}
	allowed, refused := strings.Fields(Allowed), strings.Fields(Refused)
	for number := range uint32(2000) {
		want := errno(unix.ENOSYS)
		switch name := names[number]; {
		case slices.Contains(allowed, name), name == "clone":
			want = unix.SECCOMP_RET_ALLOW
		case slices.Contains(refused, name):
			want = errno(unix.EPERM)
		case name == "socket":
			want = errno(unix.EAFNOSUPPORT)
		}
		if got := called(t, filter, unix.AUDIT_ARCH_X86_64, number); got != want {
			t.Errorf("%d (%s): %#x, want %#x", number, names[number], got, want)
		}
		for _, other := range []struct{ arch, number uint32 }{{unix.AUDIT_ARCH_I386, number}, {unix.AUDIT_ARCH_X86_64, callsByX32 | number}, {0, number}, {unix.AUDIT_ARCH_X86_64, ^number}} {
			if got := called(t, filter, other.arch, other.number); got != unix.SECCOMP_RET_KILL_PROCESS {
				t.Errorf("%d by ABI %#x: %#x", other.number, other.arch, got)
			}
		}
	}
}

// TestAG04ArgumentsAreComparedAsTheKernelDoes: the upper 32 bits of flags and families mean nothing to it.
func TestAG04ArgumentsAreComparedAsTheKernelDoes(t *testing.T) {
	known := numbers(t)
	filter, err := Filter(known)
	if err != nil {
		t.Fatal(err)
	}
	const upper = 1 << 40
	for _, c := range []struct {
		call      string
		arguments []uint64
		want      uint32
	}{
		{"clone", []uint64{unix.CLONE_VM | unix.CLONE_THREAD}, unix.SECCOMP_RET_ALLOW},
		{"clone", []uint64{unix.CLONE_VM | unix.CLONE_NEWUSER}, errno(unix.ENOSYS)},
		{"clone", []uint64{upper | unix.CLONE_NEWNET}, errno(unix.ENOSYS)},
		{"socket", []uint64{unix.AF_UNIX}, unix.SECCOMP_RET_ALLOW},
		{"socket", []uint64{upper | unix.AF_INET, 1, 99}, unix.SECCOMP_RET_ALLOW},
		{"socket", []uint64{unix.AF_INET6}, unix.SECCOMP_RET_ALLOW},
		{"socket", []uint64{unix.AF_NETLINK, 3, unix.NETLINK_ROUTE}, unix.SECCOMP_RET_ALLOW},
		{"socket", []uint64{unix.AF_NETLINK, 3, upper | unix.NETLINK_AUDIT}, errno(unix.EPROTONOSUPPORT)},
		{"socket", []uint64{upper | unix.AF_VSOCK}, errno(unix.EAFNOSUPPORT)},
		{"socket", []uint64{unix.AF_PACKET}, errno(unix.EAFNOSUPPORT)},
		{"socket", []uint64{unix.AF_ALG}, errno(unix.EAFNOSUPPORT)},
	} {
		if got := called(t, filter, unix.AUDIT_ARCH_X86_64, known[c.call], c.arguments...); got != c.want {
			t.Errorf("%s %v: %#x, want %#x", c.call, c.arguments, got, c.want)
		}
	}
}

// TestAG05NoWayIn: these stay out of the lists.
func TestAG05NoWayIn(t *testing.T) {
	for _, name := range []string{"bpf", "clone3", "io_uring_setup", "keyctl", "modify_ldt", "mount", "perf_event_open", "ptrace", "setns", "unshare", "userfaultfd"} {
		if slices.Contains(strings.Fields(Allowed), name) {
			t.Errorf("%s is allowed", name)
		}
	}
	if _, err := Filter(map[string]uint32{"accept": 1, "accept4": 1}); err == nil {
		t.Error("two calls have one number")
	}
}
