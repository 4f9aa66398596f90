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
func (Machine) OpenLink() (io.ReadWriteCloser, error) { return openPort(hostlink.PortName) }

// openPort opens the virtio-serial port of a name.
func openPort(wanted string) (*os.File, error) {
	names, err := filepath.Glob("/sys/class/virtio-ports/*/name")
	if err != nil {
		return nil, err
	}
	for _, path := range names {
		name, err := os.ReadFile(path)
		if err == nil && strings.TrimSpace(string(name)) == wanted {
			return os.OpenFile("/dev/"+filepath.Base(filepath.Dir(path)), os.O_RDWR, 0)
		}
	}
	return nil, fmt.Errorf("find port: none has the name %s", wanted)
}
