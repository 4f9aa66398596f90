// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/pkg/namespaces"
	"github.com/containerd/errdefs"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
)

const (
	// DefaultContainerdAddress is where containerd listens, if nobody says otherwise.
	DefaultContainerdAddress = "/run/containerd/containerd.sock"
	// DefaultContainerdNamespace is the namespace of containerd's own tools. Kubernetes keeps its images in "k8s.io".
	DefaultContainerdNamespace = "default"
)

// readAhead is how much of a blob one request asks containerd for.
const readAhead = 1 << 20

// contained is an image in the content store of containerd.
type contained struct {
	name, address, namespace string
	digest, id               v1.Hash        // what the name promises; zero if that is nothing
	client                   *client.Client // nil until it is resolved
}

func (o Options) openContainerd(name string) (Source, error) {
	if name == "" {
		return nil, hint.Wrap(errors.New("open image: containerd: wants a name"), "for example containerd:HOST/NAME:TAG")
	}
	digest, id, err := pinnedBy(name)
	if err != nil {
		return nil, fmt.Errorf("open image: containerd:%s: %w", name, err)
	}
	return &contained{
		name:      name,
		digest:    digest,
		id:        id,
		address:   strings.TrimPrefix(cmp.Or(o.ContainerdAddress, DefaultContainerdAddress), "unix://"),
		namespace: cmp.Or(o.ContainerdNamespace, DefaultContainerdNamespace),
	}, nil
}

func (c *contained) String() string { return "containerd:" + c.name }

func (c *contained) Resolve(ctx context.Context) (oci.Descriptor, error) {
	if err := c.connect(); err != nil {
		return oci.Descriptor{}, fmt.Errorf("open image %s: %w", c, err)
	}
	image, err := c.find(ctx, c.namespace)
	if err != nil {
		return oci.Descriptor{}, fmt.Errorf("open image %s: %w", c, c.explain(ctx, err))
	}
	hash, err := v1.NewHash(image.Target.Digest.String())
	if err != nil {
		return oci.Descriptor{}, fmt.Errorf("open image %s: %w", c, err)
	}
	t := image.Target
	d := oci.Descriptor{MediaType: t.MediaType, Digest: hash, Size: t.Size, URLs: t.URLs}
	if err := c.keeps(ctx, d); err != nil {
		return oci.Descriptor{}, hint.Wrap(fmt.Errorf("open image %s: containerd has %s under that name: %w", c, hash, err),
			"`ctr --namespace %s images list` shows the names with their digests", c.namespace)
	}
	return d, nil
}

// keeps says whether the image is the one that the name promises (threat REG-02).
func (c *contained) keeps(ctx context.Context, d oci.Descriptor) error {
	switch {
	case c.digest != v1.Hash{} && c.digest != d.Digest:
		return oci.ErrMismatch
	case c.id != v1.Hash{}:
		return checkID(ctx, c.Open, d, c.id)
	}
	return nil
}

func (c *contained) connect() (err error) {
	if c.client != nil {
		return nil
	}
	switch _, err := os.Stat(c.address); {
	case errors.Is(err, fs.ErrNotExist):
		return hint.Wrap(fmt.Errorf("no containerd listens at %s", c.address), "start containerd, or name its socket with --containerd-address")
	case err != nil:
		return err
	}
	c.client, err = client.New(c.address, client.WithDefaultNamespace(c.namespace))
	return err
}

// find looks for the name as it is and as containerd's tools spell it in full.
func (c *contained) find(ctx context.Context, namespace string) (images.Image, error) {
	ctx = namespaces.WithNamespace(ctx, namespace)
	image, err := c.client.ImageService().Get(ctx, c.name)
	full, ok := spelledInFull(c.name)
	if !errdefs.IsNotFound(err) || !ok || full == c.name {
		return image, err
	}
	return c.client.ImageService().Get(ctx, full)
}

// spelledInFull writes a reference as docker and containerd do, who give docker's registry another name than its own.
func spelledInFull(name string) (string, bool) {
	ref, err := oci.ParseReference(name)
	if err != nil {
		return "", false
	}
	full := ref.String()
	if rest, ok := strings.CutPrefix(full, "index."); ok && strings.HasPrefix(rest, "docker.io/") {
		full = rest
	}
	return full, true
}

// explain says what to do about an image that is not there.
func (c *contained) explain(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errdefs.IsPermissionDenied(err) || strings.Contains(err.Error(), "permission denied"):
		return hint.Wrap(fmt.Errorf("containerd at %s: %w", c.address, err), "its socket belongs to root: run as root, or be given access to it")
	case errdefs.IsUnavailable(err):
		return hint.Wrap(fmt.Errorf("containerd at %s does not answer: %w", c.address, err), "start containerd, or name its socket with --containerd-address")
	case !errdefs.IsNotFound(err):
		return fmt.Errorf("ask containerd: %w", err)
	}
	err = fmt.Errorf("containerd has no image of that name in the namespace %s", c.namespace)
	all, listErr := c.client.NamespaceService().List(ctx)
	if listErr != nil {
		return err
	}
	for _, other := range all {
		if _, findErr := c.find(ctx, other); findErr == nil {
			return hint.Wrap(err, "it is in another namespace: add --containerd-namespace %s", other)
		}
	}
	if !slices.Contains(all, c.namespace) {
		return hint.Wrap(err, "there are the namespaces: %s; name one with --containerd-namespace", strings.Join(all, ", "))
	}
	return hint.Wrap(err, "`ctr --namespace %s images list` shows the names", c.namespace)
}

func (c *contained) Open(ctx context.Context, d oci.Descriptor) (io.ReadCloser, error) {
	if c.client == nil {
		return nil, fmt.Errorf("open image %s: it has not been resolved", c)
	}
	blob, err := c.client.ContentStore().ReaderAt(
		namespaces.WithNamespace(ctx, c.namespace),
		ocispec.Descriptor{Digest: digest.Digest(d.Digest.String()), Size: d.Size},
	)
	if errdefs.IsNotFound(err) {
		return nil, hint.Wrap(fmt.Errorf("containerd has no longer %s", d.Digest),
			"it was unpacked and let go (discard_unpacked_layers), or never fetched: `ctr content fetch %s`", c.name)
	}
	if err != nil {
		return nil, fmt.Errorf("ask containerd for %s: %w", d.Digest, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{bufio.NewReaderSize(io.NewSectionReader(blob, 0, blob.Size()), readAhead), blob}, nil
}

func (c *contained) Close() error {
	if c.client == nil {
		return nil
	}
	return c.client.Close()
}
