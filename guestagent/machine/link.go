// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/escrin/escrin/guestagent/hostlink"
)

// OpenLink opens the virtio-serial port of the host link.
func (Machine) OpenLink() (io.ReadWriteCloser, error) {
	names, err := filepath.Glob("/sys/class/virtio-ports/*/name")
	if err != nil {
		return nil, err
	}
	for _, path := range names {
		name, err := os.ReadFile(path)
		if err == nil && strings.TrimSpace(string(name)) == hostlink.PortName {
			return os.OpenFile("/dev/"+filepath.Base(filepath.Dir(path)), os.O_RDWR, 0)
		}
	}
	return nil, fmt.Errorf("find host link: no port named %s", hostlink.PortName)
}
