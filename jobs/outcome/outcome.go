// SPDX-License-Identifier: Apache-2.0

// Package outcome opens the sealed output of a task: a tar of what the workload printed (stdout, stderr) and of
// the files that it left in /output. The enclave that made it is attested, its program need not be friendly: every
// name is checked before a file is written, and nothing is written outside of one directory.
package outcome

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/keyholder/envelope"
)

const (
	// MaxSize is the largest output in bytes, sealed or not.
	MaxSize = 64 << 20
	// MaxFiles is the largest number of files and directories of an output.
	MaxFiles = 10000
)

// ErrKey says that the output is not sealed to the key that was given, for this task and attempt, or was changed.
var ErrKey = errors.New("the output does not open with this key")

// Output is what a workload left.
type Output struct {
	Stdout []byte
	Stderr []byte
	Files  []File // under output/, in the order of the tar
}

// File is a regular file; Name is slash-separated and relative to the workload's /output.
type File struct {
	Name string
	Mode fs.FileMode // permission bits only
	Data []byte
}

// Open unseals an output with the private key of its recipient (32 bytes). Task and attempt are bound to it.
func Open(sealed, privateKey []byte, taskID [32]byte, attempt uint32) (Output, error) {
	aad := task.OutputAAD(taskID, attempt)
	plain, err := envelope.OpenWithRecipientKey(bytes.NewReader(sealed), privateKey, aad[:])
	if err != nil {
		return Output{}, ErrKey
	}
	raw, err := io.ReadAll(io.LimitReader(plain, MaxSize+1))
	if err != nil {
		return Output{}, ErrKey
	}
	if len(raw) > MaxSize {
		return Output{}, fmt.Errorf("read output: more than %d bytes", MaxSize)
	}
	return Parse(raw)
}

// Parse reads the tar. Entries other than stdout, stderr and regular files or directories below output/ are
// errors, and so are names that repeat or lead elsewhere.
func Parse(raw []byte) (Output, error) {
	var out Output
	seen := map[string]bool{}
	for r := tar.NewReader(bytes.NewReader(raw)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return Output{}, fmt.Errorf("read output: %w", err)
		}
		name := strings.TrimSuffix(h.Name, "/")
		if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") || seen[name] || len(seen) == MaxFiles {
			return Output{}, fmt.Errorf("read output: cannot accept an entry named %q", h.Name)
		}
		seen[name] = true
		if err := out.add(h, name, r); err != nil {
			return Output{}, err
		}
	}
}

func (out *Output) add(h *tar.Header, name string, content io.Reader) error {
	below, isOutput := strings.CutPrefix(name, "output/")
	switch {
	case h.Typeflag == tar.TypeDir && (isOutput || name == "output"):
		return nil
	case h.Typeflag != tar.TypeReg:
		return fmt.Errorf("read output: %q is not a regular file", h.Name)
	}
	data, err := io.ReadAll(content)
	if err != nil {
		return fmt.Errorf("read output: %w", err)
	}
	switch {
	case name == "stdout":
		out.Stdout = data
	case name == "stderr":
		out.Stderr = data
	case isOutput:
		out.Files = append(out.Files, File{Name: below, Mode: fs.FileMode(h.Mode).Perm(), Data: data})
	default:
		return fmt.Errorf("read output: cannot accept an entry named %q", h.Name)
	}
	return nil
}

// WriteTo writes stdout, stderr and output/… into the directory dir, which it creates. Files that exist are
// replaced; nothing outside of dir is touched, also when dir holds symbolic links.
func (out Output) WriteTo(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	defer root.Close()
	files := append([]File{}, out.Files...)
	for i := range files {
		files[i].Name = path.Join("output", files[i].Name)
	}
	files = append(files, File{Name: "stdout", Mode: 0o644, Data: out.Stdout}, File{Name: "stderr", Mode: 0o644, Data: out.Stderr})
	for _, f := range files {
		if err := root.MkdirAll(path.Dir(f.Name), 0o755); err != nil {
			return fmt.Errorf("write output: %w", err)
		}
		if err := root.WriteFile(f.Name, f.Data, f.Mode|0o600); err != nil {
			return fmt.Errorf("write output: %w", err)
		}
	}
	return nil
}
