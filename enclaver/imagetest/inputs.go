// SPDX-License-Identifier: Apache-2.0

package imagetest

import (
	"fmt"
	"os"
	"path/filepath"
)

// guestInputs is where scripts/setup.sh unpacks kernel and firmware.
func guestInputs() (string, error) {
	if dir := os.Getenv("ESCRIN_CACHE"); dir != "" {
		return filepath.Join(dir, "guest-inputs"), nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "escrin", "guest-inputs"), nil
}

// readOne reads the one file that matches the pattern.
func readOne(pattern string) ([]byte, error) {
	matches, err := filepath.Glob(pattern)
	if err != nil {
		return nil, err
	}
	if len(matches) != 1 {
		return nil, fmt.Errorf("%d files match %s: run scripts/setup.sh, which downloads the guest's kernel and firmware", len(matches), pattern)
	}
	return os.ReadFile(matches[0])
}
