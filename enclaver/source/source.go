// SPDX-License-Identifier: Apache-2.0

// Package source finds the bytes of a container image, wherever it is: a registry, an OCI layout in a folder or an
// archive, an archive of `docker save`, the content store of containerd, a docker daemon, or nothing but a root file
// system. What it returns is unchecked; the caller holds every byte against the descriptor it asked for.
package source

import (
	"context"
	"io"

	"github.com/escrin/escrin/enclaver/oci"
)

// Source is one image, named by whoever opened it.
type Source interface {
	// String is the name under which the user knows the image.
	String() string
	// Resolve returns the descriptor of the manifest or index that the name stands for at this moment. It comes
	// before Open, and does the slow work: it asks a daemon, reads an archive, packs a root file system.
	Resolve(ctx context.Context) (oci.Descriptor, error)
	// Open returns the content that a descriptor names. It is not checked. Contents may be opened side by side.
	Open(ctx context.Context, d oci.Descriptor) (io.ReadCloser, error)
	// Close ends connections and removes temporary files. Nothing can be opened after it.
	Close() error
}

// Options say where this machine's daemons listen. The zero value means their usual places.
type Options struct {
	// ContainerdAddress is the path of containerd's socket, by default [DefaultContainerdAddress].
	ContainerdAddress string
	// ContainerdNamespace is where containerd keeps the image, by default [DefaultContainerdNamespace].
	ContainerdNamespace string
	// DockerHost is the docker daemon's address, for example unix:///run/docker.sock. By default it is what the
	// environment says (DOCKER_HOST and the variables for TLS), else docker's usual socket.
	DockerHost string
}

// Reference returns the name of an image in a registry, and false for an image that is elsewhere.
func Reference(s Source) (oci.Reference, bool) {
	if r, ok := s.(*remote); ok {
		return r.ref, true
	}
	return oci.Reference{}, false
}
