// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"

	"github.com/containerd/errdefs"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/moby/moby/client"

	"github.com/escrin/escrin/enclaver/hint"
)

// dockerName is what may be asked of a daemon: a reference, an image id or the beginning of one.
var dockerName = regexp.MustCompile(`^[A-Za-z0-9]+(([._:@/]|__|-+)[A-Za-z0-9]+)*$`)

// openDocker is the image that a docker daemon has under a name or an id. The daemon is asked to save it, as
// `docker save` does, which is the only way to get an image's bytes out of any version of it.
func (o Options) openDocker(name string) (Source, error) {
	if !dockerName.MatchString(name) {
		return nil, hint.Wrap(fmt.Errorf("open image: docker-daemon: %q is not the name of an image", name), "`docker images` shows the names")
	}
	p := &packed{name: "docker-daemon:" + name}
	p.load = func(ctx context.Context) (file *os.File, err error) {
		file, p.id, err = o.saveImage(ctx, name)
		return file, err
	}
	return p, nil
}

// saveImage resolves the name to an id, once (threat REG-05), and writes what the daemon saves of it to a temporary file.
func (o Options) saveImage(ctx context.Context, name string) (_ *os.File, id v1.Hash, err error) {
	daemon, err := o.dial()
	if err != nil {
		return nil, id, err
	}
	defer daemon.Close()
	image, err := daemon.ImageInspect(ctx, name)
	if err != nil {
		return nil, id, explainDocker(daemon, err)
	}
	if id, err = dockerID(name, image); err != nil {
		return nil, id, err
	}
	saved, err := daemon.ImageSave(ctx, []string{id.String()})
	if err != nil {
		return nil, id, explainDocker(daemon, err)
	}
	defer saved.Close()
	file, err := spool(ctx, saved)
	return file, id, err
}

func (o Options) dial() (*client.Client, error) {
	options := []client.Opt{client.FromEnv}
	if o.DockerHost != "" {
		options = append(options, client.WithHost(o.DockerHost))
	}
	daemon, err := client.New(options...)
	if err != nil {
		return nil, hint.Wrap(fmt.Errorf("find docker: %w", err), "check --docker-host and DOCKER_HOST: unix:///PATH or tcp://HOST:PORT")
	}
	return daemon, nil
}

func explainDocker(daemon *client.Client, err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errdefs.IsNotFound(err):
		return hint.Wrap(errors.New("docker has no image of that name"), "`docker images` shows the names")
	case errors.Is(err, os.ErrPermission):
		return hint.Wrap(fmt.Errorf("reach docker at %s: %w", daemon.DaemonHost(), err), "be a member of the group docker, or root")
	case client.IsErrConnectionFailed(err):
		return hint.Wrap(fmt.Errorf("no docker answers at %s", daemon.DaemonHost()), "start docker, or name its socket with --docker-host or DOCKER_HOST")
	}
	return fmt.Errorf("ask docker: %w", err)
}
