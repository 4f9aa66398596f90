// SPDX-License-Identifier: Apache-2.0

// Package outcome opens the sealed output of a task, and writes what a workload left into a directory: what it printed
// (stdout, stderr) and what was in /output. The enclave that made it is attested, its program need not be friendly:
// nothing is written outside of that directory.
package outcome

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/task/readback"
	"github.com/escrin/escrin/keyholder/envelope"
)

// MaxSealed is the largest sealed output in bytes: the envelope of task.MaxOutput has less.
const MaxSealed = 32 << 20

// ErrKey says that the output is not sealed to the key that was given, for this task and attempt, or was changed.
var ErrKey = errors.New("the output does not open with this key")

// Open unseals an output with the private key of its recipient (32 bytes). Task and attempt are bound to it.
func Open(sealed, privateKey []byte, taskID [32]byte, attempt uint32) (readback.Output, error) {
	aad := task.OutputAAD(taskID, attempt)
	plain, err := envelope.OpenWithRecipientKey(bytes.NewReader(sealed), privateKey, aad[:])
	if err != nil {
		return readback.Output{}, ErrKey
	}
	raw, err := io.ReadAll(io.LimitReader(plain, task.MaxOutput+1))
	if err != nil {
		return readback.Output{}, ErrKey
	}
	return Parse(raw)
}

// Parse reads an archive that task.WriteOutput could have written, at its bounds too, and no larger one.
func Parse(raw []byte) (readback.Output, error) {
	if len(raw) > task.MaxOutput {
		return readback.Output{}, fmt.Errorf("read output: more than %d bytes", task.MaxOutput)
	}
	return readback.ReadOutput(bytes.NewReader(raw), task.MaxOutput)
}

// WriteTo writes stdout, stderr and output/… into the directory dir, which it creates. Files that exist are
// replaced; nothing outside of dir is touched, also when dir holds symbolic links.
func WriteTo(dir string, out readback.Output) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	defer root.Close()
	files := []readback.OutputFile{{Name: "stdout", Data: out.Stdout}, {Name: "stderr", Data: out.Stderr}}
	for _, f := range out.Files {
		f.Name = path.Join("output", f.Name)
		files = append(files, f)
	}
	for _, f := range files {
		if err := write(root, f); err != nil {
			return fmt.Errorf("write output: %w", err)
		}
	}
	return nil
}

// write makes a directory, or a file and the directories that it is in.
func write(root *os.Root, f readback.OutputFile) error {
	if f.Dir {
		return root.MkdirAll(f.Name, 0o755)
	}
	if err := root.MkdirAll(path.Dir(f.Name), 0o755); err != nil {
		return err
	}
	mode := os.FileMode(0o644)
	if f.Executable {
		mode = 0o755
	}
	return root.WriteFile(f.Name, f.Data, mode)
}
