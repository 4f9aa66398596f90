// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/escrin/escrin/enclaver/oci"
)

// OpenContent returns the content that d names, unchecked: a manifest or a blob, by its media type. A connection
// that is cut is made again, and goes on where it ended.
func (r *Repository) OpenContent(ctx context.Context, d oci.Descriptor) (io.ReadCloser, error) {
	return r.OpenContentAt(ctx, d, 0)
}

// OpenContentAt is OpenContent without the first offset bytes, for who has those from an earlier attempt. The
// whole must be checked: that the registry goes on with the same content is its word only. A registry that cannot
// begin in the middle is read from the start; one whose content is here in full is not asked.
func (r *Repository) OpenContentAt(ctx context.Context, d oci.Descriptor, offset int64) (io.ReadCloser, error) {
	if err := d.Validate(); err != nil {
		return nil, err
	}
	if offset < 0 || offset > d.Size {
		return nil, fmt.Errorf("fetch %s: byte %d of %d", d.Digest, offset, d.Size)
	}
	if offset == d.Size && offset > 0 {
		return io.NopCloser(strings.NewReader("")), nil
	}
	c := &content{ctx: ctx, repository: r, want: d, at: offset}
	if err := c.connect(); err != nil {
		return nil, fmt.Errorf("fetch %s from %s: %w", d.Digest, r.name, err)
	}
	return c, nil
}

// enough is the number of bytes that must come between two cuts for the earlier ones to be forgotten.
const enough = 1 << 20

// content reads one blob over as many connections as it takes.
type content struct {
	ctx        context.Context
	repository *Repository
	want       oci.Descriptor
	at         int64         // bytes that were read
	body       io.ReadCloser // nil between two connections
	behind     int64         // bytes of the body that were read before
	lengthless bool          // the end of the body may be a cut
	whole      bool          // the registry does not begin in the middle
	attempts   int           // since enough bytes came
	mark       int64         // where the last attempt began
}

// Read implements io.Reader.
func (c *content) Read(p []byte) (int, error) {
	for {
		if c.body == nil {
			if err := c.connect(); err != nil {
				return 0, err
			}
		}
		n, err := c.read(p)
		c.at += int64(n)
		if err == io.EOF && c.lengthless && c.at < c.want.Size {
			err = io.ErrUnexpectedEOF
		}
		switch {
		case err == nil || err == io.EOF:
			return n, err
		case c.at >= c.want.Size:
			return n, io.EOF // it was cut behind its end
		}
		if err := c.again(err); err != nil || n > 0 {
			return n, err
		}
	}
}

// read passes over what was read before.
func (c *content) read(p []byte) (int, error) {
	n, err := io.CopyN(io.Discard, c.body, c.behind)
	c.behind -= n
	if err == io.EOF && !c.lengthless {
		return 0, fmt.Errorf("%s: ends before byte %d: %w", c.want.Digest, c.at, oci.ErrMismatch)
	}
	if err != nil {
		return 0, err
	}
	return c.body.Read(p)
}

// again decides after a cut whether there will be another connection.
func (c *content) again(cut error) error {
	c.body.Close()
	c.body = nil
	if c.at-c.mark >= enough {
		c.attempts = 0
	}
	client := c.repository.client
	if !client.isTransient(c.ctx, cut) || !client.waits.pause(c.ctx, c.attempts, 0) {
		return client.explain(cut)
	}
	c.attempts++
	return nil
}

// Close implements io.Closer.
func (c *content) Close() error {
	if c.body == nil {
		return nil
	}
	return c.body.Close()
}

// connect begins at the first byte that was not read or, where the registry cannot, at the start.
func (c *content) connect() error {
	c.mark, c.behind = c.at, 0
	if c.at > 0 && !c.whole {
		resp, err := c.get(fmt.Sprintf("bytes=%d-", c.at), http.StatusPartialContent, http.StatusOK, http.StatusRequestedRangeNotSatisfiable)
		if err != nil {
			return err
		}
		if resp.StatusCode == http.StatusPartialContent && isRest(resp, c.at, c.want.Size) {
			c.use(resp)
			return nil
		}
		c.whole = true
		if resp.StatusCode == http.StatusOK {
			c.behind = c.at
			c.use(resp)
			return nil
		}
		resp.Body.Close()
	}
	resp, err := c.get("", http.StatusOK)
	if err != nil {
		return err
	}
	c.behind = c.at
	c.use(resp)
	return nil
}

func (c *content) use(resp *http.Response) {
	c.body = resp.Body
	c.lengthless = resp.ContentLength < 0 && len(resp.TransferEncoding) == 0 && resp.ProtoMajor == 1
}

// isRest says whether a partial answer is what lies behind the first offset bytes of size.
func isRest(resp *http.Response, offset, size int64) bool {
	var first, last, whole int64
	n, err := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes %d-%d/%d", &first, &last, &whole)
	return err == nil && n == 3 && first == offset && last == size-1 && whole == size
}

// get asks for the content or a range of it. A manifest must be announced as what its descriptor says that it is
// (threat REG-04).
func (c *content) get(bytes string, accept ...int) (*http.Response, error) {
	r := request{method: http.MethodGet, header: map[string]string{"Accept": "*/*"}, accept: accept, roam: true}
	if bytes != "" {
		r.header["Range"] = bytes
	}
	isManifest := oci.IsManifest(c.want.MediaType) || oci.IsIndex(c.want.MediaType)
	kind := "blobs/"
	if isManifest {
		kind = "manifests/"
		r.header["Accept"] = c.want.MediaType
	}
	client := c.repository.client
	r.url = client.url(kind+c.want.Digest.String(), nil)
	ctx, cancel := context.WithCancel(c.ctx)
	resp, err := client.do(ctx, r)
	if err != nil {
		cancel()
		return nil, err
	}
	resp.Body = &patience{body: resp.Body, limit: client.waits.stall, cancel: cancel}
	said, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if isManifest && (err != nil || said != c.want.MediaType) {
		resp.Body.Close()
		return nil, fmt.Errorf("announced as %q, not as %q: %w", printable(said), c.want.MediaType, oci.ErrMismatch)
	}
	return resp, nil
}
