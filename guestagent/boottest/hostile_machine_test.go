// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/guestagent/hostlink"
)

// blank is a file of this size, with a text at its beginning.
func blank(t *testing.T, name, text string, size int64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	check(t, os.WriteFile(path, []byte(text), 0o600))
	check(t, os.Truncate(path, size))
	return path
}

// unexpected are devices that no runner has a reason to attach: each is looked for by its number.
func unexpected(t *testing.T) (args []string, ids []string) {
	t.Helper()
	image := blank(t, "nvme", "\xe2\xe1\xf5\xe0", 4<<20) // what EROFS begins with
	iso := blank(t, "iso", "cidata", 4<<20)
	shared := t.TempDir()
	for _, d := range []struct{ id, arguments string }{
		{"pci v00008086d0000100E", "-netdev user,id=n0,restrict=on -device e1000,netdev=n0"},
		{"pci v000010ECd00008139", "-netdev user,id=n1,restrict=on -device rtl8139,netdev=n1"},
		{"virtio d00000001v", "-netdev user,id=n2,restrict=on -device virtio-net-pci,netdev=n2"},
		{"virtio d00000004v", "-device virtio-rng-pci"},
		{"virtio d00000005v", "-device virtio-balloon-pci"},
		{"virtio d00000008v", "-device virtio-scsi-pci,id=scsi -drive if=none,id=iso,format=raw,readonly=on,file=" + iso + " -device scsi-cd,drive=iso,bus=scsi.0"},
		{"virtio d00000009v", "-fsdev local,id=host,security_model=none,path=" + shared + " -device virtio-9p-pci,fsdev=host,mount_tag=/work"},
		{"virtio d00000012v", "-device virtio-keyboard-pci"},
		{"virtio d00000010v", "-device virtio-gpu-pci"},
		{"pci v00001B36d00000010", "-drive if=none,id=nvme,format=raw,file=" + image + " -device nvme,drive=nvme,serial=x"},
		{"pci v00001234d000011E8", "-device edu"},
		{"pci v00001B36d00000005", "-device pci-testdev"},
		{"pci v00001AF4d00001110", "-object memory-backend-ram,id=shared,size=1M -device ivshmem-plain,memdev=shared"},
		{"pci v00008086d000025AB", "-device i6300esb"},
		{"pci v00008086d00002668", "-device intel-hda"},
		{"pci v00001B36d0000000D", "-device qemu-xhci"},
		{"pci v00001033d00000194", "-device nec-usb-xhci"},
		{"pci v00001B36d00000007", "-device sdhci-pci"},
		{"pci v00001B36d00000011", "-device pvpanic-pci"},
		{"pci v000015ADd00000710", ""},
	} {
		if d.arguments == "" {
			continue
		}
		args, ids = append(args, strings.Fields(d.arguments)...), append(ids, d.id)
	}
	return args, ids
}

// TestMB18UnexpectedDevicesHaveNoDriver boots the base with its own modules and looks at who drives what.
func TestMB18UnexpectedDevicesHaveNoDriver(t *testing.T) {
	t.Parallel()
	args, ids := unexpected(t)
	said := bare(t, vm{extra: args, cmdline: controlLine + " probe.devices"})
	found := sections(t, said)["devices"]
	for _, id := range ids {
		if !slices.ContainsFunc(keys(found), func(k string) bool {
			return strings.HasPrefix(strings.Replace(k, " pci:", " ", 1), id) || strings.HasPrefix(strings.Replace(k, " virtio:", " ", 1), id)
		}) {
			t.Errorf("device %s is not there:\n%s", id, said)
		}
	}
	allowed := map[string]bool{"-": true, "virtio-pci": true, "virtio_blk": true, "virtio_console": true, "virtio_rproc_serial": true, "pcieport": true, "lpc_ich": true,
		"virtio_net": true} // which nobody takes up: a workload's network needs no card
	for device, driver := range found {
		if !allowed[driver] {
			t.Errorf("%s is driven by %s", device, driver)
		}
	}
}

func keys[V any](m map[string]V) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	return all
}

// TestMB02MB12HostsInventionsAreIgnored: with all that a host can attach beside the one disk, the workload sees what it
// sees without, and what could be written is not.
func TestMB02MB12HostsInventionsAreIgnored(t *testing.T) {
	t.Parallel()
	args, _ := unexpected(t)
	disk := blank(t, "ide\nhda", "\xe2\xe1\xf5\xe0", 1<<20)
	args = append(args,
		"-smbios", "type=1,manufacturer=cloud,product=cloud,serial=ds=nocloud;s=http://10.0.2.2/,uuid=00000000-0000-0000-0000-000000000001",
		"-smbios", "type=11,value=io.systemd.credential:escrin=1,value=io.systemd.stub.kernel-cmdline-extra=rdinit=/runtime",
		"-smbios", "type=3,asset=cmdline:escrin.config=0",
		"-fw_cfg", "name=opt/io.systemd.credentials/escrin,string=1", "-fw_cfg", "name=opt/escrin/config,string={}",
		"-drive", "if=none,id=ide,format=raw,file="+disk, "-device", "ide-hd,drive=ide",
	)
	before := sum(t, disk)
	run := shellWorkload(`ls /dev /sys/class/net /sys/class/drm /sys/class/nvme /sys/class/sound /sys/class/scsi_host /sys/class/dmi/id 2>/dev/null; cat /proc/mounts | grep -c -E "9p|iso9660|virtiofs|nvme|ext"; env; grep -c . /proc/self/mounts >&2`)
	_, out := finish(t, vm{disk: makeDisk(t, run), extra: args, vcpus: 3, memory: 1031})
	for _, word := range []string{"vdb", "nvme", "sda", "sr0", "card0", "cloud", "eth0", "escrin=", "credential", "controlC0", "host0"} {
		if strings.Contains(string(out.Stdout), word) {
			t.Errorf("the workload sees %s:\n%s", word, out.Stdout)
		}
	}
	if sum(t, disk) != before {
		t.Error("MB-16: the guest wrote to a disk of the host")
	}
}

func sum(t *testing.T, path string) [32]byte {
	t.Helper()
	content, err := os.ReadFile(path)
	check(t, err)
	return sha256.Sum256(content)
}

// TestMB21WrongClocksEndBeforeAPermit: a guest whose host lies about the time by more than the keyholders allow has no permit, and
// ends at their first word.
func TestMB21WrongClocksEndBeforeAPermit(t *testing.T) {
	t.Parallel()
	for _, year := range []string{"1999", "2099"} {
		t.Run(year, func(t *testing.T) {
			t.Parallel()
			h := newHost(t)
			console := boot(t, h, vm{disk: makeDisk(t, shellWorkload("echo ran")), extra: []string{"-rtc", "base=" + year + "-06-01T00:00:00"}})
			heard := h.Heard()
			if heard.Evidence == nil || heard.Failure != hostlink.FailPermit || heard.Permit.Claim != nil || heard.Result != nil {
				t.Errorf("%+v", heard)
			}
			if !strings.Contains(string(console), "stale_request") { // there are no secrets yet
				t.Errorf("console:\n%s", console)
			}
		})
	}
}

// TestMB21TimeIsTheProcessors: a machine whose processor has no steady count of time is refused, for any other is the host's.
func TestMB21TimeIsTheProcessors(t *testing.T) {
	t.Parallel()
	refuse(t, vm{disk: makeDisk(t, shellWorkload("true")), cpu: "max,-tsc"}, hostlink.FailSetup)
}

// TestMB11DisksThatAreNotTheMeasuredOne are refused, or end the machine when the workload reads them.
func TestMB11DisksThatAreNotTheMeasuredOne(t *testing.T) {
	t.Parallel()
	d := makeDisk(t, shellWorkload("cat /big /bin/busybox > /dev/null; echo survived"))
	content, err := os.ReadFile(d.path)
	check(t, err)
	hashes := int(d.cfg.Containers[0].Disk.HashOffsetBlocks) * 4096
	file := bytes.Index(content, []byte("escrin!\nescrin!\n"))
	for name, change := range map[string]func([]byte) []byte{
		"swapped": func([]byte) []byte {
			other, _ := os.ReadFile(makeDisk(t, shellWorkload("echo other")).path)
			return other
		},
		"shrunk by its config": func(b []byte) []byte { return b[:len(b)-4096] },
		"first block":          func(b []byte) []byte { b[1024] ^= 1; return b },
		"root of the tree":     func(b []byte) []byte { b[hashes] ^= 0x80; return b },
		"a thousand bits": func(b []byte) []byte {
			for i := range 1000 {
				b[file+i*1031] ^= 1 << (i % 8)
			}
			return b
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			other := d
			other.path = filepath.Join(t.TempDir(), "disk")
			check(t, os.WriteFile(other.path, change(slices.Clone(content)), 0o600))
			h := newHost(t)
			console := boot(t, h, vm{disk: other})
			heard := h.Heard()
			if heard.Result != nil {
				t.Errorf("there is a result: %+v\n%s", heard, console)
			}
			if name == "a thousand bits" {
				endsInWorkload(t, h)
			} else if heard.Evidence != nil {
				t.Errorf("the guest went on to keys: %+v", heard)
			}
		})
	}
}

// TestMB11WhatFollowsTheDiskIsNotRead: a disk that grew is the same disk.
func TestMB11WhatFollowsTheDiskIsNotRead(t *testing.T) {
	t.Parallel()
	d := makeDisk(t, shellWorkload("echo same"))
	file, err := os.OpenFile(d.path, os.O_APPEND|os.O_WRONLY, 0)
	check(t, err)
	_, err = file.Write(bytes.Repeat([]byte("superblock verity LUKS\xba\xbe"), 4096))
	check(t, err)
	check(t, file.Close())
	if _, out := finish(t, vm{disk: d}); string(out.Stdout) != "same\n" {
		t.Errorf("stdout %q", out.Stdout)
	}
}

// TestAG13HostWithoutMannersEndsTheGuest: bytes that are no frame, and streams that the guest did not ask for, end the machine.
func TestAG13HostWithoutMannersEndsTheGuest(t *testing.T) {
	t.Parallel()
	for name, speak := range map[string]func(net.Conn){
		"garbage":    func(c net.Conn) { _, _ = c.Write(bytes.Repeat([]byte("HTTP/1.1 200 OK\r\n"), 1000)) },
		"hanging up": func(c net.Conn) {},
		"streams": func(c net.Conn) { // guestagent/mux/SPEC.md: open, of the sender's, by number
			for i := range 20000 {
				if _, err := c.Write([]byte{2, 0, byte(i >> 8), byte(i), 0, 0, 0, 0}); err != nil {
					return
				}
			}
		},
		"hellos": func(c net.Conn) { _, _ = c.Write(bytes.Repeat([]byte{1, 0, 0, 0, 0, 0, 0, 1}, 20000)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			console := bootWith(t, vm{disk: makeDisk(t, shellWorkload("echo ran"))}, func(_ context.Context, conn net.Conn) error {
				if _, err := conn.Read(make([]byte, 1)); err != nil { // the guest is there
					return err
				}
				speak(conn)
				return conn.Close()
			})
			if strings.Contains(string(console), "ran") || strings.Contains(string(console), "panic") {
				t.Errorf("console:\n%s", console)
			}
		})
	}
}

// bare boots the probe as PID 1 in front of the base's own initrd: of two archives the later one's /init is executed (MB-04).
func bare(t *testing.T, m vm) string {
	t.Helper()
	base, err := guestBases[orDefault(m.kernel, smallKernel)]()
	check(t, err)
	own, err := os.ReadFile(filepath.Join(base, "initrd"))
	check(t, err)
	path := filepath.Join(t.TempDir(), "initrd")
	check(t, os.WriteFile(path, behind(own, probeArchive(t)), 0o600))
	m.disk, m.initrd, m.cmdline = disk{path: path}, path, orDefault(m.cmdline, controlLine)
	return string(bootWith(t, m, func(_ context.Context, conn net.Conn) error {
		_, err := io.Copy(io.Discard, conn)
		return err
	}))
}

// behind appends an archive to a compressed one, where the kernel looks for it: at a multiple of four bytes.
func behind(own, more []byte) []byte {
	return slices.Concat(own, make([]byte, -len(own)&3), more)
}
