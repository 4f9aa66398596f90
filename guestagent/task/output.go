// SPDX-License-Identifier: Apache-2.0

package task

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
)

const (
	// MaxOutputEntries is the largest number of files and directories of an output.
	MaxOutputEntries = 10_000
	// MaxOutput is the largest archive in bytes: sealed it has less than 32 MiB, which every store takes.
	MaxOutput = 31 << 20
	// MaxOutputName is the longest name of an output's file in bytes, below output/.
	MaxOutputName = 1024

	stdoutName = "stdout"
	stderrName = "stderr"
	filesDir   = "output/"
)

// UnfitError says that a workload left more than an output may hold, or a name that is not UTF-8.
type UnfitError struct{ Reason string }

// Error implements error.
func (e *UnfitError) Error() string { return "/output does not fit: " + e.Reason }

// WriteOutput writes the archive of an output: stdout, stderr, then the regular files and directories of
// files (nil for none) below output/, sorted by name, with times, owners and modes that say nothing. Links,
// devices and sockets are left out. The same output gives the same bytes. It writes at most MaxOutput bytes
// whatever size a file claims to have, and returns an *UnfitError if there is more.
func WriteOutput(w io.Writer, stdout, stderr []byte, files fs.FS) error {
	out := archive{&bounded{w: w, left: MaxOutput}}
	err := out.entry(tarFile, stdoutName, 0o644, int64(len(stdout)), bytes.NewReader(stdout))
	if err == nil {
		err = out.entry(tarFile, stderrName, 0o644, int64(len(stderr)), bytes.NewReader(stderr))
	}
	if err == nil && files != nil {
		err = writeFiles(out, files)
	}
	if err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return out.close()
}

func writeFiles(out archive, files fs.FS) error {
	entries := 0
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		entries++
		switch {
		case entries > MaxOutputEntries:
			return &UnfitError{fmt.Sprintf("more than %d files and directories", MaxOutputEntries)}
		case len(name) > MaxOutputName:
			return &UnfitError{fmt.Sprintf("a name of more than %d bytes", MaxOutputName)}
		case !fs.ValidPath(name):
			return &UnfitError{fmt.Sprintf("the name %q is not UTF-8", name)}
		}
		return writeFile(out, files, name, d)
	})
}

// bounded passes on as many bytes as are left.
type bounded struct {
	w    io.Writer
	left int
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	if len(p) > b.left {
		return 0, &UnfitError{fmt.Sprintf("more than %d MiB with stdout, stderr and names", MaxOutput>>20)}
	}
	b.left -= len(p)
	return b.w.Write(p)
}

func writeFile(out archive, files fs.FS, name string, d fs.DirEntry) error {
	switch {
	case d.IsDir():
		return out.entry(tarDir, filesDir+name+"/", 0o755, 0, nil)
	case !d.Type().IsRegular():
		return nil
	}
	file, err := files.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	mode := uint32(0o644)
	if info.Mode()&0o111 != 0 {
		mode = 0o755
	}
	return out.entry(tarFile, filesDir+name, mode, info.Size(), file)
}
