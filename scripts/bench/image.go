// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"os/exec"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/imagetest"
)

// busybox writes an OCI layout of the distribution's static shell, which runs its input, and returns its reference.
func (b *bench) busybox() (string, error) {
	path, err := exec.LookPath("busybox")
	if err != nil {
		return "", err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	layer := imagetest.Tar(imagetest.File{Name: "bin/sh", Data: string(content), Mode: 0o755})
	image := imagetest.Image(imagetest.Run("/bin/sh"), layer)
	return imagetest.Layout(filepath.Join(b.dir, "memory-oci"), map[string]v1.Image{"latest": image}) + ":latest", nil
}
