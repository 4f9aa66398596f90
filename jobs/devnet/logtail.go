// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"bytes"
	"io"
	"os"
	"strings"
)

// tailBytes bounds how much of a log's end is read.
const tailBytes = 16 << 10

// lastLines returns at most n last lines of a log file, control characters replaced: a log is not trusted
// with the user's terminal. It is empty if the file cannot be read.
func lastLines(path string, n int) []string {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	if size, err := f.Seek(0, io.SeekEnd); err == nil {
		f.Seek(max(0, size-tailBytes), io.SeekStart)
	}
	b, err := io.ReadAll(io.LimitReader(f, tailBytes))
	if err != nil {
		return nil
	}
	lines := strings.Split(string(bytes.TrimSpace(b)), "\n")
	lines = lines[max(0, len(lines)-n):]
	for i, line := range lines {
		lines[i] = printable(line)
	}
	return lines
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' || r == 0x7f {
			return '·'
		}
		return r
	}, s)
}
