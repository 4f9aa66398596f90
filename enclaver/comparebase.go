// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/escrin/escrin/enclaver/oci"
)

// ErrOtherGuestBase says that an enclave has another guest base than the one it was compared with.
var ErrOtherGuestBase = errors.New("another guest base")

// CompareGuestBase holds the enclave's kernel, initrd and firmware against the files of a guest base in a folder. Verify
// shows that they are what is measured; that they are what one's own sources make is shown here. The error wraps
// ErrOtherGuestBase if they differ, and fs.ErrNotExist if the folder has no guest base.
func CompareGuestBase(ctx context.Context, e *Enclave, dir string) Check {
	return Check{"guest base at hand", "the enclave's is the one in " + dir, compareGuestBase(ctx, e, dir)}
}

func compareGuestBase(ctx context.Context, e *Enclave, dir string) error {
	for _, file := range []struct {
		name string
		want oci.Descriptor
	}{{"kernel", e.manifest.Kernel}, {initrdFile(e.config.Spec.Network), e.manifest.Initrd}} {
		digest, err := hashFile(ctx, filepath.Join(dir, file.name))
		if err != nil {
			return err
		}
		if digest != file.want.Digest.Hex {
			return fmt.Errorf("%w: %s of %s is sha256:%s, the enclave's %s", ErrOtherGuestBase, file.name, dir, digest, file.want.Digest)
		}
	}
	packed, err := readFirmware(dir)
	if err != nil {
		return err
	}
	if _, err := unpackFirmware(packed, e.config.GuestBase.Firmware); err != nil {
		return fmt.Errorf("%w: firmware of %s: %w", ErrOtherGuestBase, dir, err)
	}
	return nil
}

// hashFile returns the SHA-256 of a file in hexadecimal digits.
func hashFile(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if info.Size() > maxBootFile {
		return "", fmt.Errorf("%s: %d bytes, at most %d allowed", path, info.Size(), maxBootFile)
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, maxBootFile)); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Sum(nil)), ctx.Err()
}
