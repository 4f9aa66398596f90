// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Modes of what the cache writes.
const (
	directoryMode = 0o700
	fileMode      = 0o600
)

// maxFile bounds one file of the cache, in bytes.
const maxFile = 256 << 10

// errDamaged is a file that is not as it was written.
var errDamaged = errors.New("damaged")

// directory is a directory of small files that several processes share. A file is
// there whole or not at all, and says by a digest whether it is as it was written.
type directory struct {
	path  string
	magic string
}

// openDirectory makes the directory unless it is there. One that others may
// write to is an error.
func openDirectory(path, magic string) (directory, error) {
	if err := os.MkdirAll(path, directoryMode); err != nil {
		return directory{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return directory{}, err
	}
	if info.Mode().Perm()&0o022 != 0 {
		return directory{}, fmt.Errorf("others may write to %s", path)
	}
	return directory{path, magic}, nil
}

// name returns the path of the file for a key, whatever the key is.
func (d directory) name(key string) string {
	digest := sha256.Sum256([]byte(key))
	return filepath.Join(d.path, hex.EncodeToString(digest[:]))
}

// read returns what was written for key. The error is fs.ErrNotExist if nothing
// was, or errDamaged.
func (d directory) read(key string) ([]byte, error) {
	f, err := os.OpenFile(d.name(key), os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ELOOP) {
		return nil, fmt.Errorf("%w: is a symbolic link", errDamaged)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: is not a file", errDamaged)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	rest, ok := bytes.CutPrefix(data, []byte(d.magic))
	if !ok || len(data) > maxFile || len(rest) < sha256.Size {
		return nil, fmt.Errorf("%w: is no such file", errDamaged)
	}
	if sum := sha256.Sum256(rest[sha256.Size:]); !bytes.Equal(sum[:], rest[:sha256.Size]) {
		return nil, fmt.Errorf("%w: digest differs", errDamaged)
	}
	return rest[sha256.Size:], nil
}

// write replaces what was written for key, durably and in one step. The file is
// dated now.
func (d directory) write(key string, payload []byte, now time.Time) error {
	sum := sha256.Sum256(payload)
	data := append(append([]byte(d.magic), sum[:]...), payload...)
	if len(data) > maxFile {
		return fmt.Errorf("write %s: %d bytes, at most %d allowed", key, len(data), maxFile)
	}
	f, err := os.CreateTemp(d.path, ".new-") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Chtimes(f.Name(), now, now)
	}
	if err == nil {
		err = os.Rename(f.Name(), d.name(key))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncDirectory(d.path)
}

// used dates the file for key now, so that it is not among the oldest.
func (d directory) used(key string, now time.Time) {
	info, err := os.Lstat(d.name(key))
	if err == nil && now.Sub(info.ModTime()).Abs() > time.Hour {
		_ = os.Chtimes(d.name(key), now, now) // it was removed meanwhile
	}
}

// files returns the files of the directory.
func (d directory) files() ([]fs.FileInfo, error) {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return nil, err
	}
	var files []fs.FileInfo
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			files = append(files, info)
		}
	}
	return files, nil
}

func syncDirectory(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// lock keeps other processes, and other callers in this one, out until unlock is
// called. A process that ends gives it back.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, fileMode)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { f.Close() }, nil
}
