// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAG14AnOutputIsNotWrittenThroughALink: what a workload puts where the agent is about to write is replaced, and leads nowhere.
func TestAG14AnOutputIsNotWrittenThroughALink(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, target := range map[string]string{
		"absolute": outside, "relative": "../" + filepath.Base(filepath.Dir(outside)) + "/secret", "itself": "itself", "above": "..", "descriptor": "/proc/self/fd/0",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if err := putOutput(dir, name, []byte("output")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil || !info.Mode().IsRegular() {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if err := os.Link(outside, filepath.Join(dir, "hard")); err != nil {
		t.Fatal(err)
	}
	if err := putOutput(dir, "hard", []byte("output")); err != nil {
		t.Error(err)
	}
	if content, err := os.ReadFile(outside); err != nil || string(content) != "kept" {
		t.Errorf("outside is %q, %v", content, err)
	}
	for _, name := range []string{"../escaped", "a/b", "..", "."} {
		if err := putOutput(dir, name, []byte("output")); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "directory"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := putOutput(dir, "directory", []byte("output")); err == nil {
		t.Error("a directory was replaced")
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".escrin-*")); err != nil || len(left) > 0 {
		t.Errorf("%q are left", left)
	}
}
