// SPDX-License-Identifier: Apache-2.0

// Package source finds the bytes of an OCI image, wherever it is: an OCI layout directory or a registry.
// What it returns is unchecked; the caller holds every byte against the descriptor it asked for.
package source

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
)

// Source is one image, named by whoever opened it.
type Source interface {
	// String is the name under which the user knows the image.
	String() string
	// Resolve returns the descriptor of the manifest or index that the name stands for at this moment.
	Resolve(ctx context.Context) (oci.Descriptor, error)
	// Open returns the content that a descriptor names. It is not checked.
	Open(ctx context.Context, d oci.Descriptor) (io.ReadCloser, error)
}

// Parse finds the image that a user names: a folder, if the name begins with "./", "../", "/" or "oci:" or
// if there is such a folder, optionally followed by a colon and a tag; else a reference to a registry.
func Parse(name string) (Source, error) {
	if dir, ok := strings.CutPrefix(name, "oci:"); ok {
		return openLayout(dir)
	}
	if looksLikePath(name) {
		return openLayout(name)
	}
	ref, err := oci.ParseReference(strings.TrimPrefix(name, "docker://"))
	if err != nil {
		return nil, hint.Wrap(fmt.Errorf("open image: %w", err),
			"an image is the folder of an OCI layout with a tag (./FOLDER:TAG) or a name in a registry (HOST/NAME:TAG)")
	}
	return &remote{ref: ref}, nil
}

func looksLikePath(name string) bool {
	for _, prefix := range []string{"./", "../", "/"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	dir := name
	if at := strings.LastIndexByte(name, ':'); at > strings.LastIndexByte(name, '/') {
		dir = name[:at]
	}
	info, err := os.Stat(filepath.Join(dir, "oci-layout"))
	return err == nil && info.Mode().IsRegular()
}
