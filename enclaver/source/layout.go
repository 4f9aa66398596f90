// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/strictjson"
)

// layout is an image in an OCI layout directory.
type layout struct {
	dir string
	tag string // "" if the layout has one image only
}

type layoutVersion struct {
	Version string `json:"imageLayoutVersion"`
}

func openLayout(name string) (Source, error) {
	dir, tag := name, ""
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if at := strings.LastIndexByte(name, ':'); at > strings.LastIndexByte(name, '/') {
			dir, tag = name[:at], name[at+1:]
		}
	}
	data, err := readSmall(filepath.Join(dir, "oci-layout"))
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR):
		return nil, missingLayout(dir, err)
	case err != nil:
		return nil, fmt.Errorf("open image layout: %w", err)
	}
	version, err := strictjson.DecodeOpen[layoutVersion](data, oci.MaxDocument)
	if err == nil && version.Version != "1.0.0" {
		err = fmt.Errorf("version %q, want \"1.0.0\"", version.Version)
	}
	if err != nil {
		return nil, fmt.Errorf("open image layout %s: oci-layout: %w", dir, err)
	}
	return layout{dir, tag}, nil
}

func missingLayout(dir string, err error) error {
	if _, statErr := os.Stat(dir); statErr != nil {
		return hint.Wrap(fmt.Errorf("open image: no folder %s", dir),
			"an image is the folder of an OCI layout with a tag (./FOLDER:TAG) or a name in a registry (HOST/NAME:TAG)")
	}
	return hint.Wrap(fmt.Errorf("open image: %s is not an OCI layout: %w", dir, err),
		"make one with, for example, `skopeo copy docker-archive:FILE.tar oci:FOLDER:TAG`")
}

func (l layout) String() string {
	if l.tag == "" {
		return l.dir
	}
	return l.dir + ":" + l.tag
}

func (l layout) Resolve(context.Context) (oci.Descriptor, error) {
	data, err := readSmall(filepath.Join(l.dir, "index.json"))
	if err != nil {
		return oci.Descriptor{}, fmt.Errorf("open image layout: %w", err)
	}
	index, err := oci.ParseIndex(data, oci.MediaTypeIndex)
	if err != nil {
		return oci.Descriptor{}, fmt.Errorf("open image layout %s: %w", l.dir, err)
	}
	var tags []string
	var found []oci.Descriptor
	for _, m := range index.Manifests {
		tag := m.Annotations[oci.AnnotationRefName]
		if tag != "" {
			tags = append(tags, tag)
		}
		if l.tag == "" || tag == l.tag {
			found = append(found, m)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return oci.Descriptor{}, l.ambiguous(len(found), tags)
}

func (l layout) ambiguous(found int, tags []string) error {
	slices.Sort(tags)
	advice := "the layout has no tags"
	if len(tags) > 0 {
		advice = "the layout has: " + strings.Join(tags, ", ")
	}
	switch {
	case l.tag == "":
		return hint.Wrap(fmt.Errorf("open image: %s has %d images, name one: %s:TAG", l.dir, found, l.dir), "%s", advice)
	case found == 0:
		return hint.Wrap(fmt.Errorf("open image: %s has no tag %q", l.dir, l.tag), "%s", advice)
	}
	return fmt.Errorf("open image: %s has %d images with the tag %q", l.dir, found, l.tag)
}

func (l layout) Open(_ context.Context, d oci.Descriptor) (io.ReadCloser, error) {
	f, err := os.Open(filepath.Join(l.dir, "blobs", "sha256", d.Digest.Hex))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, hint.Wrap(fmt.Errorf("open image: %s has no blob %s", l.dir, d.Digest), "the layout is incomplete: copy the image again")
	}
	return f, err
}

// readSmall reads a document of a layout, of bounded size.
func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, oci.MaxDocument+1))
	if err == nil && len(data) > oci.MaxDocument {
		err = fmt.Errorf("%s: more than %d bytes", path, oci.MaxDocument)
	}
	return data, err
}
