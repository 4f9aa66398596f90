// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"errors"
	"io/fs"
	"os"
	"path"

	"github.com/escrin/escrin/guestagent/workload"
)

// names are the files by which programs find localhost and themselves. Whoever runs a container provides them, so that
// images rarely have them.
func names() map[string]string {
	host := workload.Hostname
	return map[string]string{
		"etc/hostname": host + "\n",
		"etc/hosts":    "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\t" + host + "\n",
	}
}

// writeNames writes each of the files that the root file system does not have, or has only as an empty file, which is
// what is left where a builder mounted its own. Anything else is the image's choice, and stays.
func writeNames(rootPath string) error {
	root, err := os.OpenRoot(rootPath)
	if err != nil {
		return err
	}
	defer root.Close()
	for name, text := range names() {
		if !lacks(root, name) {
			continue
		}
		if err := root.Mkdir(path.Dir(name), 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := root.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// lacks says whether there is nothing by this name, or nothing in it. A directory on the way that is a symbolic link, or
// no directory, is the image's choice as well.
func lacks(root *os.Root, name string) bool {
	dir, err := root.Lstat(path.Dir(name))
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	if err != nil || !dir.IsDir() {
		return false
	}
	file, err := root.Lstat(name)
	return errors.Is(err, fs.ErrNotExist) || err == nil && file.Mode().IsRegular() && file.Size() == 0
}
