// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"bytes"
	"context"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/trialhost"
)

// unreadable is EILSEQ in words.
const unreadable = "Invalid or incomplete multibyte or wide character"

// onScratch is a workload that writes to the scratch disk, in its root and on a volume.
func onScratch(script string) config.Config {
	run := shellWorkload(script)
	run.Bounds.ScratchMedium, run.Bounds.ScratchMiB = config.ScratchDisk, 24
	run.Containers[0].Volumes = []config.Volume{{Path: "/data", SizeMiB: 8, Disk: true}, {Path: "/ram", SizeMiB: 2}}
	run.Containers[0].Process.User = config.User{UID: 1000, GID: 7}
	return run
}

// TestMB13ScratchDiskIsCiphertext: the workload finds what it wrote, in file systems of the sizes that are measured; the
// host finds nothing of it. A second boot finds nothing of the first (MB-14), whose disk it is given.
func TestMB13ScratchDiskIsCiphertext(t *testing.T) { onBothKernels(t, scratchDiskIsCiphertext) }

func scratchDiskIsCiphertext(t *testing.T, kernel string) {
	const canary = "CANARYcanaryCANARYcanaryCANARY-0"
	run := onScratch(`
cat /data/seed; ls /data /tmp; ls -lnd /data | tr -s " " | cut -d" " -f1,3,4
i=0; while [ $i -lt 65536 ]; do echo ` + canary + `; i=$((i+1)); done > /tmp/written || exit 1
cat /tmp/written > /data/copy; sync
dd if=/tmp/written of=/tmp/again bs=4096 && dd if=/tmp/again iflag=direct bs=4096 | wc -c
dd if=/dev/zero of=/data/full bs=1M count=9 2>&1 | grep -o "No space left"
dd if=/dev/zero of=/tmp/full bs=1M count=32 2>&1 | grep -o "No space left"
echo in memory > /ram/x && cat /ram/x
rm /tmp/full && mkdir /tmp/d && echo x > /tmp/d/x && rm -r /tmp/d && ls /tmp`)
	d := makeDisk(t, run)
	records := regexp.MustCompile(`[0-9]+\+0 records (in|out)\n`) // of dd
	for range 2 {
		var out sharedBuffer
		status, _ := trialOn(t, vm{kernel: kernel, disk: d}, nil, trialhost.Streams{Stdout: &out, Stderr: &out}, func(context.Context, *trialhost.Host) {})
		want, rest := "seed\n/data:\nseed\n\n/tmp:\ndrwxr-x--- 1000 7\n", "2162688\nNo space left\nNo space left\nin memory\nagain\nwritten\n"
		if said := records.ReplaceAllString(out.String(), ""); status != 0 || said != want+rest {
			t.Errorf("status %d, said %q", status, said)
		}
		content, err := os.ReadFile(d.path)
		check(t, err)
		scratch := content[d.scratch*config.BlockSize:]
		if bytes.Contains(scratch, []byte(canary)) || bytes.Contains(scratch, []byte("integrt")) {
			t.Error("the host reads what was written, or a header")
		}
		if bytes.Count(scratch, []byte{0}) > len(scratch)*99/100 {
			t.Error("nothing was written to the scratch disk")
		}
	}
}

// TestMB13TamperedScratchDiskCannotBeRead: the workload gets an error, and never other bytes than it wrote.
func TestMB13TamperedScratchDiskCannotBeRead(t *testing.T) {
	onBothKernels(t, tamperedScratchDiskCannotBeRead)
}

func tamperedScratchDiskCannotBeRead(t *testing.T, kernel string) {
	run := onScratch(`head -c 2000000 /dev/urandom > /tmp/x; sync; echo written; read go; dd if=/tmp/x iflag=direct of=/dev/null bs=4096 || exit 9`)
	d := makeDisk(t, run)
	stdin, keys := io.Pipe()
	out := newScreen()
	status, _ := trialOn(t, vm{kernel: kernel, disk: d}, nil, trialhost.Streams{Stdin: stdin, Stdout: out, Stderr: out}, func(ctx context.Context, _ *trialhost.Host) {
		out.await(ctx, "written\n")
		d.tamper(t)
		io.WriteString(keys, "go\n")
	})
	if status != 9 || !strings.Contains(out.String(), unreadable) {
		t.Errorf("status %d, said %q", status, out.String())
	}
}

// tamper changes a bit of each block of the scratch disk that was written, but for the first few and the last ones.
func (d disk) tamper(t *testing.T) {
	file, err := os.OpenFile(d.path, os.O_RDWR, 0)
	check(t, err)
	defer file.Close()
	content, err := io.ReadAll(file)
	check(t, err)
	zero := make([]byte, config.BlockSize)
	for at := (int(d.scratch) + 256) * config.BlockSize; at+config.BlockSize <= len(content); at += config.BlockSize {
		if block := content[at : at+config.BlockSize]; !bytes.Equal(block, zero) {
			_, err := file.WriteAt([]byte{block[99] ^ 4}, int64(at)+99)
			check(t, err)
		}
	}
}

// TestMB15OldBlocksAreNotTakenBack: the host gives back what a block was before, which the guest wrote, with all that was on the disk
// for it then. It would be data of the submitter's choosing where the kernel expects its own.
func TestMB15OldBlocksAreNotTakenBack(t *testing.T) { onBothKernels(t, oldBlocksAreNotTakenBack) }

func oldBlocksAreNotTakenBack(t *testing.T, kernel string) {
	run := onScratch(`
head -c 2097152 /dev/urandom > /tmp/a; head -c 2097152 /dev/urandom > /tmp/b; sync
dd if=/tmp/a of=/tmp/x bs=4096 oflag=direct; sync; echo one; read go
dd if=/tmp/b of=/tmp/x bs=4096 oflag=direct conv=notrunc; sync; dd if=/tmp/x iflag=direct bs=4096 | cmp - /tmp/b && echo two; read go
dd if=/tmp/x iflag=direct of=/dev/null bs=4096 || exit 9`)
	d := makeDisk(t, run)
	stdin, keys := io.Pipe()
	out := newScreen()
	status, _ := trialOn(t, vm{kernel: kernel, disk: d}, nil, trialhost.Streams{Stdin: stdin, Stdout: out, Stderr: out}, func(ctx context.Context, _ *trialhost.Host) {
		out.await(ctx, "one\n")
		old, err := os.ReadFile(d.path)
		check(t, err)
		io.WriteString(keys, "go\n")
		out.await(ctx, "two\n")
		check(t, os.WriteFile(d.path, old, 0o600))
		io.WriteString(keys, "go\n")
	})
	if status != 9 || !strings.Contains(out.String(), unreadable) {
		t.Errorf("status %d, said %q", status, out.String())
	}
}

// TestMB11DiskWithoutRoomForScratchIsRefused: how large the scratch disk is, is measured.
func TestMB11DiskWithoutRoomForScratchIsRefused(t *testing.T) {
	t.Parallel()
	d := makeDisk(t, onScratch("true"))
	check(t, os.Truncate(d.path, int64(d.scratch+1000)*config.BlockSize))
	refuse(t, vm{disk: d}, hostlink.FailDisk)
}
