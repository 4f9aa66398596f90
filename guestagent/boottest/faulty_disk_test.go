// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hosttest"
)

func TestMB11OtherConfigIsRefused(t *testing.T) {
	t.Parallel()
	d := makeDisk(t, shellWorkload("true"))
	replaceOnDisk(t, d, "GREETING=hello", "GREETING=hellp")
	refuse(t, vm{disk: d}, hostlink.FailDisk)
}

// TestMB11ReadErrorStopsTheMachine has the host answer reads of a file that the workload reads with an I/O error. A workload that
// saw it could be led to another branch, and its result would be signed.
func TestMB11ReadErrorStopsTheMachine(t *testing.T) {
	t.Parallel()
	d := makeDisk(t, shellWorkload("if cat /big > /dev/null; then echo survived; else echo led astray; fi"))
	content, err := os.ReadFile(d.path)
	check(t, err)
	const sector, blockSectors = 512, 8
	first := bytes.Index(content, []byte("escrin!\nescrin!\n"))/sector + 100*blockSectors
	var faults strings.Builder
	for s := first; s < first+blockSectors; s++ {
		fmt.Fprintf(&faults, "[inject-error]\nevent = \"read_aio\"\nerrno = \"5\"\nsector = \"%d\"\nonce = \"off\"\n\n", s)
	}
	rules := filepath.Join(t.TempDir(), "faults")
	check(t, os.WriteFile(rules, []byte(faults.String()), 0o600))
	d.path = "blkdebug:" + rules + ":" + d.path
	h := newHost(t)
	silent(t, h, boot(t, h, vm{disk: d}))
	endsInWorkload(t, h)
}

// endsInWorkload requires that the machine got as far as the workload, and ended without a word.
func endsInWorkload(t *testing.T, h *hosttest.Host) {
	t.Helper()
	heard := h.Heard()
	if last := heard.Steps[len(heard.Steps)-1].Step; last != hostlink.StepWorkload && last != hostlink.StepOutputFirst {
		t.Errorf("the last step is %s", last)
	}
	if heard.Result != nil || heard.Failure != "" {
		t.Errorf("the guest reported failure %q, result %+v", heard.Failure, heard.Result)
	}
}

// replaceOnDisk changes the first occurrence of a text on the disk.
func replaceOnDisk(t *testing.T, d disk, from, to string) {
	t.Helper()
	content, err := os.ReadFile(d.path)
	check(t, err)
	at := bytes.Index(content, []byte(from))
	if at < 0 {
		t.Fatalf("%q is not on the disk", from)
	}
	copy(content[at:], to)
	check(t, os.WriteFile(d.path, content, 0o600))
}
