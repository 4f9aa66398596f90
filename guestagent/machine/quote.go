// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

const reports = "/sys/kernel/config/tsm/report"

// Quote asks the confidential machine itself for a TDX quote over reportData (the kernel's
// Documentation/ABI/testing/configfs-tsm). It returns nil where the machine is not a TDX guest.
func (Machine) Quote(reportData [64]byte) ([]byte, error) {
	if _, err := os.Stat("/sys/kernel/config"); err != nil {
		return nil, nil
	}
	if err := unix.Mount("configfs", "/sys/kernel/config", "configfs", quietFlags, ""); err != nil && !errors.Is(err, unix.EBUSY) {
		return nil, fmt.Errorf("mount configfs: %w", err)
	}
	return readReport(reports, reportData)
}

// readReport makes an entry of its own, for a workload may ask several times at once, writes the report data, and reads provider and quote.
func readReport(in string, reportData [64]byte) ([]byte, error) {
	entry, err := os.MkdirTemp(in, "escrin")
	if errors.Is(err, unix.ENXIO) || errors.Is(err, unix.ENOENT) { // no hardware registered itself, or none can
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("make report: %w", err)
	}
	defer os.Remove(entry)
	if err := os.WriteFile(entry+"/inblob", reportData[:], 0); err != nil {
		return nil, fmt.Errorf("write report data: %w", err)
	}
	provider, err := os.ReadFile(entry + "/provider")
	if err != nil {
		return nil, fmt.Errorf("read provider: %w", err)
	}
	if strings.TrimSpace(string(provider)) != "tdx_guest" {
		return nil, nil
	}
	return os.ReadFile(entry + "/outblob")
}
