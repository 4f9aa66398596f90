// SPDX-License-Identifier: Apache-2.0

package network

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/escrin/escrin/jobs/durable"
	"github.com/escrin/escrin/strictjson"
)

// maxFile bounds a network file, in bytes.
const maxFile = 1 << 20

// ErrNotFound says that no network file exists where one was looked for.
var ErrNotFound = errors.New("no network file found")

// Find returns the path of the network file: flag if it is not empty, else $ESCRIN_NETWORK, else
// $XDG_STATE_HOME/escrin/dev/network.json (XDG_STATE_HOME defaults to ~/.local/state). The file must exist, else
// the error is ErrNotFound with the path that was tried.
func Find(flag string) (string, error) {
	path, err := locate(flag)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("%w: %s does not exist", ErrNotFound, path)
		}
		return "", fmt.Errorf("find network file: %w", err)
	}
	return path, nil
}

func locate(flag string) (string, error) {
	if flag != "" {
		return flag, nil
	}
	if env := os.Getenv("ESCRIN_NETWORK"); env != "" {
		return env, nil
	}
	dir, err := DefaultDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "network.json"), nil
}

// DefaultDir is the directory of the development network's state: $XDG_STATE_HOME/escrin/dev, or
// ~/.local/state/escrin/dev where XDG_STATE_HOME is not set.
func DefaultDir() (string, error) {
	if state := os.Getenv("XDG_STATE_HOME"); state != "" {
		return filepath.Join(state, "escrin", "dev"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find state directory: %w", err)
	}
	return filepath.Join(home, ".local", "state", "escrin", "dev"), nil
}

// Load reads and validates a network file.
func Load(path string) (Network, error) {
	f, err := os.Open(path)
	if err != nil {
		return Network{}, fmt.Errorf("open network file: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return Network{}, fmt.Errorf("read network file: %w", err)
	}
	n, err := Parse(raw)
	if err != nil {
		return Network{}, fmt.Errorf("network file %s: %w", path, err)
	}
	return n, nil
}

// Parse decodes the bytes of a network file and validates the result. Unknown and repeated fields, trailing bytes
// and more than 1 MiB are errors.
func Parse(raw []byte) (Network, error) {
	n, err := strictjson.Decode[Network](raw, maxFile)
	if err != nil {
		return Network{}, fmt.Errorf("parse: %w", err)
	}
	if err := n.Validate(); err != nil {
		return Network{}, err
	}
	return n, nil
}

// Save validates the network and writes it to path with mode 0600 so that a reader sees the old file or the new
// one, never a part.
func Save(path string, n Network) error {
	if err := n.Validate(); err != nil {
		return fmt.Errorf("save network file: %w", err)
	}
	raw, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		return fmt.Errorf("save network file: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("save network file: %w", err)
	}
	if err := durable.WriteFile(path, append(raw, '\n'), 0o600); err != nil {
		return fmt.Errorf("save network file: %w", err)
	}
	return nil
}
