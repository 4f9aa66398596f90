// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/jobs/network"
)

// maxSocketPath is what sockaddr_un(7) leaves for a path, in bytes, without its NUL.
const maxSocketPath = 107

// open makes an absolute path of dir (empty: [network.DefaultDir]), creates it and locks it. The lock ends with
// release, or with the process.
func open(dir string) (d directory, release func(), err error) {
	d, err = resolve(dir)
	if err != nil {
		return "", nil, err
	}
	if socket := d.path("tee.sock"); len(socket) > maxSocketPath {
		return "", nil, fmt.Errorf("cannot use %s: the path of a unix socket in it would be longer than %d bytes", d, maxSocketPath)
	}
	if err := os.MkdirAll(d.path("logs"), 0o700); err != nil {
		return "", nil, fmt.Errorf("create state directory: %w", err)
	}
	lock, err := os.OpenFile(d.path("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", nil, fmt.Errorf("lock state directory: %w", err)
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		lock.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return "", nil, fmt.Errorf("cannot work on %s: another `escrin dev` command does", d)
		}
		return "", nil, fmt.Errorf("lock state directory: %w", err)
	}
	return d, func() { lock.Close() }, nil
}

func resolve(dir string) (directory, error) {
	if dir == "" {
		var err error
		if dir, err = network.DefaultDir(); err != nil {
			return "", err
		}
	}
	abs, err := filepath.Abs(dir)
	return directory(abs), err
}

// readProcesses returns what was recorded, in the order of start.
func (d directory) readProcesses() ([]Process, error) {
	b, err := os.ReadFile(d.path("processes.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Process
	if err := json.Unmarshal(b, &list); err != nil {
		return nil, fmt.Errorf("read %s: %w", d.path("processes.json"), err)
	}
	return list, nil
}

func (d directory) writeProcesses(list []Process) error {
	return d.writeJSON("processes.json", list, 0o600)
}

// NetworkFile is the path of the network file of the dev network in dir (empty: the default directory).
func NetworkFile(dir string) (string, error) {
	d, err := resolve(dir)
	return d.path("network.json"), err
}
