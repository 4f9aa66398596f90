// SPDX-License-Identifier: Apache-2.0

package witness

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Path is where a holder tells its own statement; with /{signer}/{nonce} behind
// it, what it knows of another.
const Path = "/v1/witness"

const fetchTimeout = 5 * time.Second

// HTTP returns a Fetch by HTTP. It follows no redirects.
func HTTP() Fetch {
	client := &http.Client{
		Timeout:       fetchTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(ctx context.Context, url, path string) ([]byte, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(url, "/")+path, nil)
		if err != nil {
			return nil, err
		}
		reply, err := client.Do(req)
		if err != nil {
			return nil, err
		}
		defer reply.Body.Close()
		if reply.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s answers %s", url, reply.Status)
		}
		b, err := io.ReadAll(io.LimitReader(reply.Body, MaxMessage+1))
		if err == nil && len(b) > MaxMessage {
			return nil, fmt.Errorf("%s answers with more than %d bytes", url, MaxMessage)
		}
		return b, err
	}
}
