// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/escrin/escrin/keyholder/ceremony"
	"github.com/escrin/escrin/keyholder/ceremony/dkg"
)

const fetchTimeout = 10 * time.Second

// FetchFrom returns a ceremony.Fetch over the members' HTTP APIs, by base
// address.
func FetchFrom(urls map[uint32]string) ceremony.Fetch {
	client := &http.Client{
		Timeout:       fetchTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(ctx context.Context, member uint32, r dkg.Round) ([]byte, error) {
		address := strings.TrimSuffix(urls[member], "/") + PathCeremony + r.String()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
		if err != nil {
			return nil, err
		}
		resp, err := client.Do(req)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		if resp.StatusCode == http.StatusServiceUnavailable {
			return nil, ceremony.ErrNotYet
		}
		if resp.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("answers with status %d", resp.StatusCode)
		}
		return io.ReadAll(io.LimitReader(resp.Body, dkg.MaxMessage+1))
	}
}
