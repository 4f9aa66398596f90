// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/escrin/escrin/guestagent/hostlink"
)

// OpenLink opens the virtio-serial port of the host link.
func (Machine) OpenLink() (io.ReadWriteCloser, error) { return openPort(hostlink.PortName) }

// openPort opens the virtio-serial port of a name.
func openPort(wanted string) (*os.File, error) {
	const class = "/sys/class/virtio-ports/"
	ports, err := os.ReadDir(class)
	if err != nil {
		return nil, err
	}
	for _, port := range ports {
		name, err := os.ReadFile(class + port.Name() + "/name")
		if err == nil && strings.TrimSpace(string(name)) == wanted {
			return os.OpenFile("/dev/"+port.Name(), os.O_RDWR, 0)
		}
	}
	return nil, fmt.Errorf("find port: none has the name %s", wanted)
}
