// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"context"
	"net/http"
)

type replyLimit struct{}

// LimitReply makes calls of Client over HTTP with this context fail whose reply has more than so many bytes; no more are read.
// Without it there is no limit. (A message over WebSocket has at most the 32 MiB of package rpc.)
func LimitReply(ctx context.Context, bytes int64) context.Context {
	return context.WithValue(ctx, replyLimit{}, bytes)
}

// limited bounds what is read as LimitReply says.
type limited struct{ http.RoundTripper }

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := l.RoundTripper.RoundTrip(r)
	if limit, ok := r.Context().Value(replyLimit{}).(int64); ok && err == nil {
		response.Body = http.MaxBytesReader(nil, response.Body, limit)
	}
	return response, err
}
