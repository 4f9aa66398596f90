// SPDX-License-Identifier: Apache-2.0

// Package readback reads what came of a task: the report that the chain has, and the archive that the guest sealed. A guest
// writes both (package task), and reads neither.
package readback

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/escrin/escrin/guestagent/task"
)

// Names in the archive, as guestagent/task/SPEC.md has them.
const (
	stdoutName = "stdout"
	stderrName = "stderr"
	filesDir   = "output/"
)

// Output is what a workload produced, as its submitter reads it.
type Output struct {
	Stdout []byte
	Stderr []byte
	Files  []OutputFile // in the archive's order: a directory before what it holds
}

// OutputFile is one file or directory below the workload's output directory.
type OutputFile struct {
	Name       string // clean, relative, slash-separated
	Dir        bool
	Executable bool
	Data       []byte
}

// ReadOutput reads an archive of at most limit bytes. It refuses names that leave the output directory,
// entries that are neither files nor directories, files with more in them than the archive (sparse ones can be of any size),
// and any order but that of WriteOutput.
func ReadOutput(r io.Reader, limit int64) (Output, error) {
	var out Output
	archive := tar.NewReader(io.LimitReader(r, limit))
	for i, left := 0, limit; ; i++ {
		h, err := archive.Next()
		if err == io.EOF && i >= 2 {
			return out, nil
		}
		if err == nil && i > task.MaxOutputEntries+1 {
			err = fmt.Errorf("more than %d files and directories", task.MaxOutputEntries)
		}
		if err == nil {
			if left -= h.Size; left < 0 {
				err = fmt.Errorf("more than %d bytes", limit)
			}
		}
		if err == nil {
			err = out.add(i, h, archive)
		}
		if err != nil {
			return Output{}, fmt.Errorf("read output: %w", err)
		}
	}
}

func (o *Output) add(i int, h *tar.Header, r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if i < 2 {
		want, dst := stdoutName, &o.Stdout
		if i == 1 {
			want, dst = stderrName, &o.Stderr
		}
		if h.Name != want || h.Typeflag != tar.TypeReg {
			return fmt.Errorf("entry %d is not %s", i, want)
		}
		*dst = data
		return nil
	}
	file, err := outputFile(h, data)
	if err != nil {
		return err
	}
	if n := len(o.Files); n > 0 && !walkLess(o.Files[n-1].Name, file.Name) {
		return errors.New("files are not in order, or one is there twice")
	}
	o.Files = append(o.Files, file)
	return nil
}

func outputFile(h *tar.Header, data []byte) (OutputFile, error) {
	name, ok := strings.CutPrefix(h.Name, filesDir)
	dir := h.Typeflag == tar.TypeDir
	if dir {
		name = strings.TrimSuffix(name, "/")
	}
	if !ok || !fs.ValidPath(name) || name == "." || len(name) > task.MaxOutputName || strings.ContainsRune(name, 0) {
		return OutputFile{}, fmt.Errorf("name %q is not below output/", h.Name)
	}
	if !dir && h.Typeflag != tar.TypeReg {
		return OutputFile{}, fmt.Errorf("%s is neither a file nor a directory", name)
	}
	return OutputFile{Name: name, Dir: dir, Executable: !dir && h.Mode&0o111 != 0, Data: data}, nil
}

// walkLess says whether a directory walk meets a before b: the order of fs.WalkDir, which compares
// element by element.
func walkLess(a, b string) bool {
	as, bs := strings.Split(path.Clean(a), "/"), strings.Split(path.Clean(b), "/")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return as[i] < bs[i]
		}
	}
	return len(as) < len(bs)
}
