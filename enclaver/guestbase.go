// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/strictjson"
)

// maxBootFile bounds kernel, initrd and firmware each.
const maxBootFile = 256 << 20

// guestBase is what every enclave boots before it comes to its own disk.
type guestBase struct {
	kernel, initrd, firmware []byte
	about                    artifact.GuestBase
}

// openGuestBase reads the folder that scripts/guestbase writes.
func openGuestBase(dir string) (guestBase, error) {
	base, err := readGuestBase(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return guestBase{}, hint.Wrap(fmt.Errorf("open guest base: %w", err),
			"make it with `make guest-base`, or name its folder with --guest-base")
	}
	if err != nil {
		return guestBase{}, fmt.Errorf("open guest base: %w", err)
	}
	return base, nil
}

func readGuestBase(dir string) (base guestBase, err error) {
	document, err := readBounded(filepath.Join(dir, "base.json"), artifact.MaxDocument)
	if err != nil {
		return base, err
	}
	about, err := strictjson.DecodeOpen[baseDocument](document, artifact.MaxDocument)
	if err != nil {
		return base, fmt.Errorf("base.json: %w", err)
	}
	base.about = artifact.GuestBase{Kernel: about.Kernel, Runtime: about.Runtime, Go: about.Go}
	for _, part := range []struct {
		name string
		into *[]byte
	}{{"kernel", &base.kernel}, {"initrd", &base.initrd}, {"firmware", &base.firmware}} {
		if *part.into, err = readBounded(filepath.Join(dir, part.name), maxBootFile); err != nil {
			return base, err
		}
		if got := oci.DescriptorOf("", *part.into).Digest; got != about.Files[part.name].Digest {
			return base, fmt.Errorf("%s is %s, but base.json says %s", part.name, got, about.Files[part.name].Digest)
		}
	}
	return base, nil
}

// readBounded reads a file that is neither empty nor larger than limit bytes.
func readBounded(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() == 0 || info.Size() > limit {
		return nil, fmt.Errorf("%s: size %d is not in 1…%d", path, info.Size(), limit)
	}
	return os.ReadFile(path)
}

// baseDocument is what is needed of base.json.
type baseDocument struct {
	Kernel  string              `json:"kernel"`
	Runtime string              `json:"runtime"`
	Go      string              `json:"go"`
	Files   map[string]baseFile `json:"files"`
}

type baseFile struct {
	Digest v1.Hash `json:"digest"`
}
