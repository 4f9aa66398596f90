// SPDX-License-Identifier: Apache-2.0

package task

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// publicName is the file below the workload's output directory that holds its public word.
const publicName = "public"

// PublicOutput returns the word that a workload shows to everyone, for contracts: the content of the regular file
// "public" of its output, zero if there is none. A file of any other size than 32 bytes is an *UnfitError. The file is
// part of the sealed output as well.
func PublicOutput(files fs.FS) (word [32]byte, err error) {
	info, err := fs.Lstat(files, publicName)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return word, nil
	case err != nil:
		return word, fmt.Errorf("read public output: %w", err)
	case !info.Mode().IsRegular(): // nor is it in the sealed output if it is a link
		return word, nil
	case info.Size() != int64(len(word)):
		return word, &UnfitError{fmt.Sprintf("public is the word for contracts and must have %d bytes, not %d", len(word), info.Size())}
	}
	file, err := files.Open(publicName)
	if err != nil {
		return word, fmt.Errorf("read public output: %w", err)
	}
	defer file.Close()
	if _, err := io.ReadFull(file, word[:]); err != nil {
		return [32]byte{}, fmt.Errorf("read public output: %w", err)
	}
	return word, nil
}
