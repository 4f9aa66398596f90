// SPDX-License-Identifier: Apache-2.0

package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/strictjson"
)

// Files of the OCI image layout (OCI image specification v1.1).
const (
	layoutFile = "oci-layout"
	indexFile  = "index.json"
)

// annotationImageName is where containerd and docker write an image's whole name.
const annotationImageName = "io.containerd.image.name"

// files are the files of an image that is a folder or an archive. The names are those of the format: relative, with
// slashes. The error for a file that is not there is fs.ErrNotExist.
type files interface {
	open(name string) (io.ReadCloser, error)
}

// layout is an OCI image layout.
type layout struct {
	files files
	path  string // for messages
	tag   string // "" if the layout has one image only
}

type layoutVersion struct {
	Version string `json:"imageLayoutVersion"`
}

// check reads the file that says that this is a layout.
func (l layout) check() error {
	data, err := readSmall(l.files, layoutFile)
	if err != nil {
		return err
	}
	version, err := strictjson.DecodeOpen[layoutVersion](data, oci.MaxDocument)
	if err == nil && version.Version != "1.0.0" {
		err = fmt.Errorf("version %q, want \"1.0.0\"", version.Version)
	}
	if err != nil {
		return fmt.Errorf("open image layout %s: %s: %w", l.path, layoutFile, err)
	}
	return nil
}

// resolve returns the descriptor of the image with the tag or, without a tag, of the only image. Manifests of several
// platforms under one name are told apart as those of an index are.
func (l layout) resolve() (oci.Descriptor, error) {
	data, err := readSmall(l.files, indexFile)
	if err != nil {
		return oci.Descriptor{}, fmt.Errorf("open image layout %s: %w", l.path, err)
	}
	index, err := oci.ParseIndex(data, oci.MediaTypeIndex)
	if err != nil {
		return oci.Descriptor{}, fmt.Errorf("open image layout %s: %w", l.path, err)
	}
	var found []oci.Descriptor
	var names []string
	for _, m := range index.Manifests {
		names = append(names, namesOf(m)...)
		if l.tag == "" || slices.ContainsFunc(namesOf(m), func(name string) bool { return sameName(name, l.tag) }) {
			found = append(found, m)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1 && (l.tag != "" || len(names) == 0):
		d, err := oci.Index{MediaType: index.MediaType, Manifests: found}.Select()
		if err != nil {
			err = fmt.Errorf("open image layout %s: %w", l.path, err)
		}
		return d, err
	}
	return oci.Descriptor{}, ambiguous(l.path, l.tag, len(found), names)
}

// namesOf returns the names under which a layout's index has an image.
func namesOf(d oci.Descriptor) []string {
	var names []string
	for _, key := range []string{oci.AnnotationRefName, annotationImageName} {
		if name := d.Annotations[key]; name != "" {
			names = append(names, name)
		}
	}
	return names
}

// sameName says whether two names of an image mean the same one: they are equal, or equal when spelled in full. A tag
// alone is not spelled in full.
func sameName(a, b string) bool {
	if a == b {
		return true
	}
	if !strings.ContainsAny(a, ":/@") && !strings.ContainsAny(b, ":/@") {
		return false
	}
	refA, errA := oci.ParseReference(a)
	refB, errB := oci.ParseReference(b)
	return errA == nil && errB == nil && refA == refB
}

// ambiguous says why a name does not stand for one image, and which names there are.
func ambiguous(path, name string, found int, names []string) error {
	slices.Sort(names)
	names = slices.Compact(names)
	advice := "its images have no names"
	if len(names) > 0 {
		advice = "it has: " + strings.Join(names[:min(len(names), 20)], ", ")
	}
	switch {
	case name == "":
		return hint.Wrap(fmt.Errorf("open image: %s has %d images, name one: %s:TAG", path, found, path), "%s", advice)
	case found == 0:
		return hint.Wrap(fmt.Errorf("open image: %s has no tag %q", path, name), "%s", advice)
	}
	return fmt.Errorf("open image: %s has %d images with the tag %q", path, found, name)
}

func (l layout) openBlob(d oci.Descriptor) (io.ReadCloser, error) {
	r, err := l.files.open("blobs/sha256/" + d.Digest.Hex)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, hint.Wrap(fmt.Errorf("open image: %s has no blob %s", l.path, d.Digest), "the layout is incomplete: copy the image again")
	}
	return r, err
}

// readSmall reads a document of bounded size.
func readSmall(from files, name string) ([]byte, error) {
	r, err := from.open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, oci.MaxDocument+1))
	if err == nil && len(data) > oci.MaxDocument {
		err = fmt.Errorf("%s: more than %d bytes", name, oci.MaxDocument)
	}
	return data, err
}
