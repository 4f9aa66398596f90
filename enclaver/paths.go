// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"fmt"
	"os"
	"path/filepath"
)

// DefaultStoreDir is $XDG_DATA_HOME/escrin/store, by default ~/.local/share/escrin/store.
func DefaultStoreDir() (string, error) {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "escrin", "store"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find store: %w", err)
	}
	return filepath.Join(home, ".local", "share", "escrin", "store"), nil
}

// DefaultGuestBase is the folder "guest-base" beside the executable.
func DefaultGuestBase() (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find guest base: %w", err)
	}
	if real, err := filepath.EvalSymlinks(program); err == nil {
		program = real
	}
	return filepath.Join(filepath.Dir(program), "guest-base"), nil
}
