// SPDX-License-Identifier: Apache-2.0

package guestkernel

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/escrin/escrin/scripts/pinnedbuild"
)

// build makes a kernel of the packages in root, and leaves in out what is kept of it.
func build(root, out string, packages []pinnedbuild.Package, say func(string)) error {
	say("unpacking the source and the toolchain of the guest's kernel")
	if err := pinnedbuild.Root(root, packages, map[string]string{"options": options, "build.sh": buildScript}); err != nil {
		return err
	}
	if err := pinnedbuild.Inside(root, "configure"); err != nil {
		return err
	}
	config, err := os.ReadFile(filepath.Join(root, "build/config"))
	if err != nil {
		return err
	}
	if err := checkConfig(config); err != nil {
		return err
	}
	say("compiling the guest's kernel: about fifteen minutes of one processor, once for each configuration")
	if err := pinnedbuild.Inside(root, "compile", strconv.Itoa(runtime.NumCPU())); err != nil {
		return err
	}
	for _, name := range []string{"image", "release", "config"} {
		if err := os.Rename(filepath.Join(root, "build", name), filepath.Join(out, name)); err != nil {
			return err
		}
	}
	return nil
}
