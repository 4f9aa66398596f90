// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"os"
	"path/filepath"
	"testing"
)

func TestNamesAreWrittenWhereTheImageHasNone(t *testing.T) {
	for image, make := range map[string]func(root string) error{
		"nothing":         func(string) error { return nil },
		"empty directory": func(root string) error { return os.Mkdir(root+"/etc", 0o755) },
		"empty files": func(root string) error {
			return writeAll(root, map[string]string{"etc/hosts": "", "etc/hostname": ""})
		},
	} {
		root, over := t.TempDir(), t.TempDir()
		if err := make(root); err != nil {
			t.Fatal(err)
		}
		if err := writeNames(root, over); err != nil {
			t.Fatalf("%s: %v", image, err)
		}
		for name, want := range names() {
			if got, err := os.ReadFile(over + name); err != nil || string(got) != want {
				t.Errorf("%s: %s is %q, %v", image, name, got, err)
			}
		}
	}
}

// TestIMG07NamesGoNowhereElse: what the image has stays, and no link of it leads the agent.
func TestIMG07NamesGoNowhereElse(t *testing.T) {
	for image, make := range map[string]func(root, outside string) error{
		"own files": func(root, _ string) error {
			return writeAll(root, map[string]string{"etc/hosts": "own", "etc/hostname": "own"})
		},
		"links": func(root, outside string) error {
			for _, name := range []string{"hosts", "hostname"} {
				if err := os.MkdirAll(root+"/etc", 0o755); err != nil {
					return err
				}
				if err := os.Symlink(outside+"/"+name, root+"/etc/"+name); err != nil {
					return err
				}
			}
			return nil
		},
		"linked directory": func(root, outside string) error { return os.Symlink(outside, root+"/etc") },
		"no directory":     func(root, _ string) error { return os.WriteFile(root+"/etc", nil, 0o600) },
	} {
		root, over, outside := t.TempDir(), t.TempDir(), t.TempDir()
		if err := make(root, outside); err != nil {
			t.Fatal(err)
		}
		if err := writeNames(root, over); err != nil {
			t.Errorf("%s: %v", image, err)
		}
		if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
			t.Errorf("%s: %v was written outside, %v", image, entries, err)
		}
		for name := range names() {
			if _, err := os.Lstat(over + name); err == nil {
				t.Errorf("%s: the image's %s was replaced", image, name)
			}
		}
	}
}

func writeAll(root string, files map[string]string) error {
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
