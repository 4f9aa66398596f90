// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"errors"
	"io/fs"
	"os"

	"github.com/escrin/escrin/guestagent/workload"
)

// names are the files by which programs find localhost and themselves. Whoever runs a container provides them, so that
// images rarely have them.
func names() map[string]string {
	host := workload.Hostname
	return map[string]string{
		"/etc/hostname": host + "\n",
		"/etc/hosts":    "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\t" + host + "\n",
	}
}

// writeNames puts over an image each of the files that it does not have, or has only as an empty file, which is what is left
// where a builder mounted its own. Anything else is the image's choice, and stays.
func writeNames(image, over string) error {
	etc, err := os.Lstat(image + "/etc")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = os.Mkdir(over+"/etc", 0o755)
	case err == nil && !etc.IsDir():
		return nil // a symbolic link is the image's choice as well
	case err == nil:
		err = workload.MakeLike(over+"/etc", etc)
	}
	for name, text := range names() {
		if err == nil && lacks(image+name) {
			err = os.WriteFile(over+name, []byte(text), 0o644)
		}
	}
	return err
}

// lacks says whether there is nothing by this name, or nothing in it.
func lacks(path string) bool {
	file, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist) || err == nil && file.Mode().IsRegular() && file.Size() == 0
}
