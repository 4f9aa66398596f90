// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"fmt"
	"os"
	"strconv"
)

const cgroupPath = "/sys/fs/cgroup"

// limitGroup makes a control group and says how much memory, in bytes, and how many tasks all in it may have together.
func limitGroup(group string, memory int64, tasks int) error {
	if err := os.WriteFile(cgroupPath+"/cgroup.subtree_control", []byte("+memory +pids"), 0); err != nil {
		return fmt.Errorf("limit %s: %w", group, err)
	}
	if err := os.MkdirAll(group, 0o755); err != nil {
		return err
	}
	for file, value := range map[string]int64{"memory.max": memory, "pids.max": int64(tasks)} {
		if err := os.WriteFile(group+"/"+file, []byte(strconv.FormatInt(value, 10)), 0); err != nil {
			return fmt.Errorf("limit %s: %w", group, err)
		}
	}
	return nil
}
