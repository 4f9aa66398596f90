// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
)

// stat holds what proc_pid_stat(5) says about a process, as far as it is needed.
type stat struct {
	state     byte   // field 3: R, S, D, Z, …
	startTime uint64 // field 22, in clock ticks since boot
}

func readStat(pid int) (stat, error) {
	if pid <= 0 {
		return stat{}, fmt.Errorf("cannot look up process %d: not a process number", pid)
	}
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, err
	}
	return parseStat(b)
}

// parseStat reads one line of /proc/PID/stat. The second field is the program's name in parentheses, which may
// itself hold spaces and parentheses: the last ')' ends it.
func parseStat(line []byte) (stat, error) {
	end := bytes.LastIndexByte(line, ')')
	fields := bytes.Fields(line[end+1:])
	if end < 0 || len(fields) < 20 || len(fields[0]) != 1 {
		return stat{}, errors.New("read process state: not in the form of proc_pid_stat(5)")
	}
	ticks, err := strconv.ParseUint(string(fields[19]), 10, 64)
	if err != nil {
		return stat{}, fmt.Errorf("read process start time: %w", err)
	}
	return stat{state: fields[0][0], startTime: ticks}, nil
}
