// SPDX-License-Identifier: Apache-2.0

package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
)

const namingHint = "an image is HOST/NAME:TAG in a registry, ./FOLDER:TAG or ./ARCHIVE.tar on this machine, " +
	"docker-daemon:NAME, containerd:NAME, or rootfs:PATH"

// Parse is [Options.Parse] with the daemons in their usual places.
func Parse(name string) (Source, error) { return Options{}.Parse(name) }

// Parse finds the image that a user names. A prefix says where it is:
//
//	docker://HOST/NAME:TAG     a registry
//	oci:DIR[:TAG]              an OCI layout
//	oci-archive:FILE[:TAG]     an OCI layout in a tar
//	docker-archive:FILE[:NAME] what `docker save` writes
//	docker-daemon:NAME         a docker daemon
//	containerd:NAME            containerd's content store
//	rootfs:PATH                the folder or tar of a root file system
//
// Without a prefix, a path of an OCI layout or an archive is that; anything else is the name of an image in a registry.
// No image is read yet.
func (o Options) Parse(name string) (Source, error) {
	if prefix, rest, ok := strings.Cut(name, ":"); ok {
		switch prefix {
		case "oci":
			return openFolder(rest)
		case "oci-archive":
			return openArchive(rest, formatOCI)
		case "docker-archive":
			return openArchive(rest, formatDocker)
		case "docker-daemon":
			return o.openDocker(rest)
		case "containerd":
			return o.openContainerd(rest)
		case "rootfs":
			return RootFS(rest)
		case "docker":
			if ref, ok := strings.CutPrefix(rest, "//"); ok {
				return openRemote(ref)
			}
		default:
			if err := foreignPrefix(prefix, rest); err != nil {
				return nil, err
			}
		}
	}
	return guess(name)
}

// foreignPrefix knows the places that skopeo reads and we do not.
func foreignPrefix(prefix, rest string) error {
	switch prefix {
	case "containers-storage":
		return hint.Wrap(fmt.Errorf("open image: %s: podman's storage is not read", prefix),
			"write the image to an archive first: `podman save --format oci-archive -o image.tar %s`", rest)
	case "dir", "ostree", "sif", "tarball":
		if _, err := os.Stat(prefix); err != nil {
			return hint.Wrap(fmt.Errorf("open image: %s: is not read", prefix),
				"copy the image to an OCI layout first: `skopeo copy %s:%s oci:FOLDER:TAG`", prefix, rest)
		}
	}
	return nil
}

// guess tells a path from a name in a registry: what begins like a path is one, and so is what exists and has an image's
// form.
func guess(name string) (Source, error) {
	explicit := strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") || strings.HasPrefix(name, "/")
	path, tag := splitPath(name)
	info, err := os.Stat(path)
	switch {
	case err != nil && explicit:
		return nil, missing(path, err)
	case err != nil:
		return openRemote(name)
	case info.IsDir() && (explicit || hasLayout(path)):
		return openFolder(name)
	case !info.IsDir() && (explicit || hasArchive(path)):
		return &packed{name: name, want: tag, load: fromFile(path)}, nil
	}
	return openRemote(name)
}

func missing(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("no folder or file %s", path)
	}
	return hint.Wrap(fmt.Errorf("open image: %w", err), namingHint)
}

// splitPath divides PATH:TAG. Both may have colons; the path is the shortest beginning that exists. If none does, the
// last colon behind the last slash divides.
func splitPath(name string) (path, tag string) {
	if _, err := os.Lstat(name); err == nil {
		return name, ""
	}
	for i, c := range name {
		if c != ':' {
			continue
		}
		if _, err := os.Lstat(name[:i]); err == nil {
			return name[:i], name[i+1:]
		}
	}
	if at := strings.LastIndexByte(name, ':'); at > strings.LastIndexByte(name, '/') {
		return name[:at], name[at+1:]
	}
	return name, ""
}

func hasLayout(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, layoutFile))
	return err == nil && info.Mode().IsRegular()
}

func hasArchive(path string) bool {
	f, err := openRegular(path)
	if err != nil {
		return false
	}
	defer f.Close()
	packing, err := sniff(f)
	return err == nil && packing != unknown
}

func openRemote(name string) (Source, error) {
	ref, err := oci.ParseReference(name)
	if err != nil {
		return nil, hint.Wrap(fmt.Errorf("open image: %w", err), namingHint)
	}
	return &remote{ref: ref}, nil
}
