// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/enclaver/source"
)

// sourceHelp says how an image is named.
const sourceHelp = `An image is named by where it is:

  HOST/NAME:TAG, docker://HOST/NAME:TAG   in a registry; also HOST/NAME@sha256:DIGEST
  ./FOLDER:TAG, oci:FOLDER:TAG            in the folder of an OCI layout
  ./ARCHIVE.tar, oci-archive:FILE:TAG     in the tar of an OCI layout
  ./ARCHIVE.tar, docker-archive:FILE      in a tar of "docker save"
  docker-daemon:NAME                      in docker, by name or id
  containerd:NAME                         in containerd's content store
  rootfs:PATH                             nowhere yet: PATH is the folder or tar of a root file system

Tags may be left out where there is one image only. Archives may be packed (gzip, zstd, bzip2), and pipes: they are
unpacked to a temporary file, as is what docker saves. Credentials for registries are those of docker and podman,
credential helpers included. An index must have exactly one image for linux/amd64.`

// rootfsHelp says what becomes of a root file system.
const rootfsHelp = `With --rootfs PATH there is no image: PATH is made into one, of one layer, and --entrypoint says what runs. The same
files make the same enclave whoever makes it: times are left out, and of a folder all is owned by root. A tar keeps the
owners that it names (tar --numeric-owner).`

// addDaemonFlags adds the flags for the places on this machine where images are, and returns what opens the image that
// a user names. It says in the command's help how images are named.
func addDaemonFlags(cmd *cobra.Command) func(name string) (source.Source, error) {
	var options source.Options
	flags := cmd.Flags()
	flags.StringVar(&options.ContainerdAddress, "containerd-address", "",
		"containerd's `SOCKET` (default: $CONTAINERD_ADDRESS, else "+source.DefaultContainerdAddress+")")
	flags.StringVar(&options.ContainerdNamespace, "containerd-namespace", "",
		"containerd's `NAMESPACE` (default: $CONTAINERD_NAMESPACE, else "+source.DefaultContainerdNamespace+")")
	flags.StringVar(&options.DockerHost, "docker-host", "",
		"docker's `ADDRESS`, for example unix:///run/docker.sock (default: $DOCKER_HOST, else docker's own)")
	cmd.Long += "\n\n" + sourceHelp
	return func(name string) (source.Source, error) {
		o := options
		o.ContainerdAddress = cmp.Or(o.ContainerdAddress, os.Getenv("CONTAINERD_ADDRESS"))
		o.ContainerdNamespace = cmp.Or(o.ContainerdNamespace, os.Getenv("CONTAINERD_NAMESPACE"))
		return o.Parse(name)
	}
}

// sourceFlags are the flags that say which images an enclave is made of.
type sourceFlags struct {
	named  func(name string) (source.Source, error)
	rootfs string
}

// addSourceFlags makes a command take one argument, IMAGE, or none where the flag --rootfs or containers take its place. It adds
// the flags for that and says so in the command's help.
func addSourceFlags(cmd *cobra.Command) *sourceFlags {
	f := &sourceFlags{named: addDaemonFlags(cmd)}
	cmd.Flags().StringVar(&f.rootfs, "rootfs", "", "make the image of the root file system in this folder or tar `PATH`")
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return exactly("IMAGE")(cmd, args)
		}
		return nil
	}
	cmd.Long += "\n\n" + rootfsHelp
	cmd.Example += "\n  escrin enclave docker-daemon:auction -t localhost:5000/auction" +
		"\n  escrin enclave --rootfs ./root --entrypoint /bin/auction -t localhost:5000/auction"
	return f
}

// open opens the image of the command's arguments, or those that containers name.
func (f *sourceFlags) open(cmd *cobra.Command, args, containers []string) (images []source.Source, err error) {
	rootfs := cmd.Flags().Changed("rootfs")
	switch {
	case len(containers) > 0 && (rootfs || len(args) > 0):
		return nil, usageError{cmd.CommandPath(), "containers name their images: leave IMAGE and --rootfs out"}
	case rootfs && len(args) > 0:
		return nil, usageError{cmd.CommandPath(), "--rootfs takes the place of IMAGE: leave one of them out"}
	case rootfs:
		image, err := source.RootFS(f.rootfs)
		return []source.Source{image}, err
	case len(containers) == 0:
		if err := exactly("IMAGE")(cmd, args); err != nil {
			return nil, err
		}
		containers = args
	}
	for _, name := range containers {
		image, err := f.named(name)
		if err != nil {
			return nil, errors.Join(err, closeAll(images))
		}
		images = append(images, image)
	}
	return images, nil
}

func closeAll(images []source.Source) (all error) {
	for _, image := range images {
		all = errors.Join(all, image.Close())
	}
	return all
}
