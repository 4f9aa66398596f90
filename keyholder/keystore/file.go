// SPDX-License-Identifier: Apache-2.0

package keystore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

const (
	lockFile = "lock"

	newSuffix = ".new" // of a file that is being written
	oldSuffix = ".old" // of a file that was replaced and is to be overwritten
)

// lockWait is how long a process that is about to end may keep the lock.
const lockWait = 2 * time.Second

// lockDirectory makes this process the only one that uses the directory.
func lockDirectory(dir string) (*os.File, error) {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is %w", dir, ErrNone)
	}
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others may look into %s (mode %o): run chmod 700 on it", dir, info.Mode().Perm())
	}
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for end := time.Now().Add(lockWait); ; {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) || time.Now().After(end) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = ErrInUse
	}
	return nil, errors.Join(fmt.Errorf("lock %s: %w", dir, err), f.Close())
}

// private refuses a file that others may read.
func private(path string, info fs.FileInfo) error {
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("others may read %s (mode %o): run chmod 600 on it", path, info.Mode().Perm())
	}
	return nil
}

// file is a file that is replaced as a whole.
type file struct {
	path string
	step func(string) // tests stop the process here; else nil
}

func (f file) at(step string) {
	if f.step != nil {
		f.step(step)
	}
}

func (f file) exists() bool {
	_, err := os.Lstat(f.path)
	return !errors.Is(err, fs.ErrNotExist)
}

func (f file) read() ([]byte, error) {
	h, err := os.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	defer h.Close()
	info, err := h.Stat()
	if err != nil {
		return nil, err
	}
	if err := private(f.path, info); err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(h, maxFile+1))
	if err == nil && len(b) > maxFile {
		return nil, errFormat
	}
	return b, err
}

// replace puts new content in the file's place, so that after a crash there is
// the old or the new one, and overwrites the old one. It reports whether the new
// one may have taken the place; an error after that leaves open whether it stays.
func (f file) replace(content []byte) (replaced bool, err error) {
	if err := f.sweep(); err != nil {
		return false, err
	}
	dir, err := os.Open(filepath.Dir(f.path)) // now: without a descriptor for it later, nobody would know what is on the disk
	if err != nil {
		return false, err
	}
	defer dir.Close()
	f.at("write")
	if err := write(f.path+newSuffix, content, f.at); err != nil {
		return false, errors.Join(err, shred(f.path+newSuffix))
	}
	f.at("link")
	if err := os.Link(f.path, f.path+oldSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, errors.Join(err, shred(f.path+newSuffix))
	}
	f.at("rename")
	if err := os.Rename(f.path+newSuffix, f.path); err != nil {
		return true, err
	}
	f.at("sync")
	if err := dir.Sync(); err != nil {
		return true, err
	}
	f.at("shred")
	// The new content is there to stay. Whether the old one could be overwritten
	// does not change that; the next change or start tries again.
	_ = shred(f.path + oldSuffix)
	f.at("end")
	return true, nil
}

// sweep overwrites and removes what a crash left behind.
func (f file) sweep() error {
	if err := shred(f.path + newSuffix); err != nil {
		return err
	}
	old, err := os.Lstat(f.path + oldSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := f.sync(); err != nil { // before this, the replacement may still be undone
		return err
	}
	// Without the replacement, both names are of the file in use.
	if now, err := os.Lstat(f.path); err != nil || os.SameFile(old, now) {
		return errors.Join(err, os.Remove(f.path+oldSuffix))
	}
	return shred(f.path + oldSuffix)
}

func (f file) sync() error {
	dir, err := os.Open(filepath.Dir(f.path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// write writes a new file that only its owner may read, to the disk.
func write(path string, content []byte, at func(string)) error {
	h, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	half := len(content) / 2
	_, err = h.Write(content[:half])
	at("half")
	if err == nil {
		_, err = h.Write(content[half:])
	}
	at("written")
	return errors.Join(err, h.Sync(), h.Close())
}

// shred overwrites a file, if it is there, and removes it. A disk that writes
// elsewhere keeps the old content; it is encrypted.
func shred(path string) error {
	h, err := os.OpenFile(path, os.O_WRONLY|unix.O_NOFOLLOW, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	info, err := h.Stat()
	if err == nil {
		_, err = h.Write(make([]byte, min(info.Size(), maxFile)))
	}
	return errors.Join(err, h.Sync(), h.Close(), os.Remove(path))
}
