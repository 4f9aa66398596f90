// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// lies is what a hostile host's escrin has that ours has not: in place of a blob it gives what the folder $ESCRIN_LIES has under the
// blob's digest. What keyholders say of an anchor it notes as heard-INDEX, and where there is say-INDEX it says that in their place.
const lies = `package runner

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/escrin/escrin/jobs/blob"
	"github.com/escrin/escrin/keyholder"
)

func (at *attempt) lie(ctx context.Context, d blob.Digest) ([]byte, error) {
	if b, err := os.ReadFile(filepath.Join(os.Getenv("ESCRIN_LIES"), fmt.Sprintf("%x", d[:]))); err == nil {
		return b, nil
	}
	return at.runner.blob(ctx, d, at.assignment.TaskID)
}

func repeated(index uint32, path string, status int, reply []byte, err error) (int, []byte, error) {
	folder := os.Getenv("ESCRIN_LIES")
	if path != keyholder.PathState || err != nil {
		return status, reply, err
	}
	if old, err := os.ReadFile(filepath.Join(folder, fmt.Sprint("say-", index))); err == nil {
		return 200, old, nil
	}
	return status, reply, os.WriteFile(filepath.Join(folder, fmt.Sprint("heard-", index)), reply, 0o600)
}
`

// hostile replaces the network's job service with that of a host that lies, and returns the folder of its lies.
func (n *network) hostile() (folder string) {
	n.t.Helper()
	honest := n.programs
	n.programs, folder = buildHostile(n.t, honest), n.t.TempDir()
	n.env = append(n.env, "ESCRIN_LIES="+folder)
	n.restart("serve")
	return folder
}

// read returns what a file has.
func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// tell puts lies into the folder of a hostile host.
func tell(t *testing.T, folder string, lies map[string][]byte) {
	t.Helper()
	for name, content := range lies {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// heard is what keyholders said last to guests of a hostile host, as lies to tell.
func heard(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	said := map[string][]byte{}
	for index := range 3 {
		if reply, err := os.ReadFile(filepath.Join(folder, fmt.Sprint("heard-", index+1))); err == nil {
			said[fmt.Sprint("say-", index+1)] = reply
		}
	}
	if len(said) < 2 {
		t.Fatalf("%d keyholders were asked", len(said))
	}
	return said
}

// restart ends a process of the network the hard way, and starts it anew.
func (n *network) restart(name string) {
	n.t.Helper()
	n.kill(name)
	n.run("dev", "up")
}

// buildHostile builds escrin with the lies in it, beside the other programs.
func buildHostile(t *testing.T, honest string) (programs string) {
	t.Helper()
	programs = t.TempDir()
	for _, name := range []string{"escrin-devnet", "escrin-keyholder", "guest-base"} {
		if err := os.Symlink(filepath.Join(honest, name), filepath.Join(programs, name)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir, overlay := t.TempDir(), map[string]string{}
	put := func(name, text string) {
		path := filepath.Join(dir, filepath.Base(name))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		overlay[filepath.Join(root, name)] = path
	}
	put("jobs/runner/lies.go", lies)
	for name, change := range map[string][2]string{
		"jobs/runner/link.go":    {"b, err := at.runner.blob(ctx, blob.Digest(digest), at.assignment.TaskID)", "b, err := at.lie(ctx, blob.Digest(digest))"},
		"jobs/runner/onchain.go": {"b, err := at.runner.blob(ctx, blob.Digest(digest), at.assignment.TaskID)", "b, err := at.lie(ctx, blob.Digest(digest))"},
		"jobs/runner/relay.go":   {"return r.send(ctx, e, index, path, body)", "status, reply, err := r.send(ctx, e, index, path, body)\n\treturn repeated(index, path, status, reply, err)"},
	} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || strings.Count(string(text), change[0]) != 1 {
			t.Fatalf("%s: want %q once, %v", name, change[0], err)
		}
		put(name, strings.Replace(string(text), change[0], change[1], 1))
	}
	list, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	put("overlay.json", string(list))
	cmd := exec.Command("go", "build", "-overlay", filepath.Join(dir, "overlay.json"), "-ldflags=-s -w", "-o", filepath.Join(programs, "escrin"), "../cmd/escrin")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-trimpath")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return programs
}
