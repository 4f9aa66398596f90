// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/escrin/escrin/jobs/api"
)

const stranger = "0x00000000000000000000000000000000000000000000000000000000000000ee"

// TestBadInputIsRefusedWithAdvice: what a user can get wrong on a running network, and what each error tells them to do.
func TestBadInputIsRefusedWithAdvice(t *testing.T) {
	n := start(t)
	p := n.prepare(shell(t), "shell")
	input := n.write("in.txt", "x")

	t.Run("wrong identity", func(t *testing.T) {
		n.refuse(1, []string{"identity", "hint:"}, "job", "submit", "--identity", stranger, "--input", input)
	})
	t.Run("input too large", func(t *testing.T) {
		large := filepath.Join(t.TempDir(), "large")
		f, err := os.Create(large)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Truncate(33 << 20); err != nil {
			t.Fatal(err)
		}
		f.Close()
		n.refuse(1, []string{"MiB"}, "job", "submit", "--identity", p.identity, "--input", large)
	})
	t.Run("unfunded account", func(t *testing.T) {
		key := n.write("key", "0x00000000000000000000000000000000000000000000000000000000deadbeef\n")
		n.refuse(1, []string{"no funds", "hint:"}, "job", "submit", "--identity", p.identity, "--input", input, "--account", key)
	})
	t.Run("enclave that was not pushed", func(t *testing.T) {
		n.refuse(1, []string{"hint:"}, "identity", "create", "--enclave", n.file().Registry+"/nothing")
	})
	t.Run("unknown task", func(t *testing.T) {
		n.refuse(1, []string{"task"}, "job", "status", stranger)
	})
}

// TestKeyholdersDown: with one of three keyholders down a task is done; with two down it waits and says so, and it
// goes on by itself when one returns.
func TestKeyholdersDown(t *testing.T) {
	n := start(t)
	p := n.prepare(shell(t), "shell")

	n.kill("keyholder-1")
	p.accepted(p.submit("echo one down"))

	n.kill("keyholder-2")
	task := p.submit("echo two down")
	n.until("the task says that it waits for keyholders", func() bool {
		return strings.Contains(n.task(task).Message, "keyholder")
	})
	if state := n.task(task).State; state.Final() {
		t.Fatalf("with two keyholders down the task is %s", state)
	}
	n.run("dev", "up") // starts what is missing, with its old state
	p.accepted(task)
	p.run("job", "verify", task)
}

// TestServiceKilledInMidTask: the job service dies with -9 while a guest runs; started again, the task ends, once (KR-20).
func TestServiceKilledInMidTask(t *testing.T) {
	n := start(t)
	p := n.prepare(shell(t), "shell")
	task := p.submit("sleep 3; echo survived")
	n.until("the task is claimed", func() bool { return n.task(task).State == api.StateClaimed })
	n.kill("serve")
	n.run("dev", "up")
	done := p.accepted(task)
	if done.Result.ExitStatus != 0 || done.Attempt < 2 {
		t.Errorf("attempt %d, exit status %d: want a second attempt and 0", done.Attempt, done.Result.ExitStatus)
	}
	if out := p.run("job", "result", task); !strings.Contains(out, "survived") {
		t.Errorf("result: %q", out)
	}
	p.run("job", "verify", task)
}

// TestTamperedRegistry (REG-01): a blob of the enclave is altered in the registry; the task says so and is done once the blob is
// whole again.
func TestTamperedRegistry(t *testing.T) {
	n := start(t)
	p := n.prepare(shell(t), "shell")
	blob := n.largestBlob()
	whole, err := os.ReadFile(blob)
	if err != nil {
		t.Fatal(err)
	}
	altered := append([]byte{}, whole...)
	altered[len(altered)/2] ^= 1
	if err := os.WriteFile(blob, altered, 0o600); err != nil {
		t.Fatal(err)
	}
	task := p.submit("echo whole")
	n.until("the task says that a blob is not what its digest says", func() bool {
		return strings.Contains(n.task(task).Message, "digest")
	})
	if err := os.WriteFile(blob, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	p.accepted(task)
}

func (n *network) largestBlob() string {
	n.t.Helper()
	var largest string
	var size int64
	root := filepath.Join(n.dir, "state/escrin/dev")
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(path, "registry") {
			return err
		}
		if info, err := d.Info(); err == nil && info.Size() > size {
			largest, size = path, info.Size()
		}
		return nil
	})
	if err != nil || largest == "" {
		n.t.Fatalf("find the registry's blobs under %s: %v", root, err)
	}
	return largest
}
