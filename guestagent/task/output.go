// SPDX-License-Identifier: Apache-2.0

package task

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"
)

const (
	// MaxOutputEntries is the largest number of files and directories of an output.
	MaxOutputEntries = 10_000
	// MaxOutputName is the longest name of an output's file in bytes, below output/.
	MaxOutputName = 1024

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

// WriteOutput writes the archive of an output: stdout, stderr, then the regular files and directories of
// files below output/, sorted by name, with times, owners and modes that say nothing. Links, devices and
// sockets are left out. The same output gives the same bytes.
func WriteOutput(w io.Writer, stdout, stderr []byte, files fs.FS) error {
	archive := tar.NewWriter(w)
	for _, stream := range []struct {
		name string
		data []byte
	}{{stdoutName, stdout}, {stderrName, stderr}} {
		if err := writeEntry(archive, stream.name, 0o644, int64(len(stream.data)), bytes.NewReader(stream.data)); err != nil {
			return fmt.Errorf("write output: %w", err)
		}
	}
	entries := 0
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		if entries++; entries > MaxOutputEntries || len(name) > MaxOutputName {
			return fmt.Errorf("more than %d entries, or a name of more than %d bytes", MaxOutputEntries, MaxOutputName)
		}
		return writeFile(archive, files, name, d)
	})
	if err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return archive.Close()
}

func writeFile(archive *tar.Writer, files fs.FS, name string, d fs.DirEntry) error {
	switch {
	case d.IsDir():
		return writeEntry(archive, filesDir+name+"/", 0o755, 0, nil)
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
	mode := int64(0o644)
	if info.Mode()&0o111 != 0 {
		mode = 0o755
	}
	return writeEntry(archive, filesDir+name, mode, info.Size(), file)
}

func writeEntry(archive *tar.Writer, name string, mode, size int64, data io.Reader) error {
	h := &tar.Header{Name: name, Mode: mode, Size: size, Typeflag: tar.TypeReg, ModTime: time.Unix(0, 0), Format: tar.FormatPAX}
	if data == nil {
		h.Typeflag = tar.TypeDir
	}
	if err := archive.WriteHeader(h); err != nil || data == nil {
		return err
	}
	_, err := io.CopyN(archive, data, size)
	return err
}

// ReadOutput reads an archive of at most limit bytes. It refuses names that leave the output directory,
// entries that are neither files nor directories, and any order but that of WriteOutput.
func ReadOutput(r io.Reader, limit int64) (Output, error) {
	var out Output
	archive := tar.NewReader(io.LimitReader(r, limit))
	for i := 0; ; i++ {
		h, err := archive.Next()
		if err == io.EOF && i >= 2 {
			return out, nil
		}
		if err == nil && i > MaxOutputEntries+2 {
			err = fmt.Errorf("more than %d entries", MaxOutputEntries)
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
	if !ok || !fs.ValidPath(name) || name == "." || len(name) > MaxOutputName || strings.ContainsRune(name, 0) {
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
