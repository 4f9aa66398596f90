// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/escrin/escrin/enclaver/oci"
)

// waits are the pauses before further attempts at something that failed for a reason that may pass.
type waits struct {
	pauses  []time.Duration
	longest time.Duration // that a registry may ask us to wait
	stall   time.Duration // after which a connection that brings (almost) nothing counts as cut
}

func defaultWaits() waits {
	return waits{
		pauses:  []time.Duration{200 * time.Millisecond, 600 * time.Millisecond, 2 * time.Second, 5 * time.Second},
		longest: 30 * time.Second,
		stall:   time.Minute,
	}
}

// pause waits before the attempt that follows the one with this number, counted from 0. It says false if there
// shall be none.
func (w waits) pause(ctx context.Context, attempt int, asked time.Duration) bool {
	if attempt >= len(w.pauses) || asked > w.longest {
		return false
	}
	d := w.pauses[attempt]
	d += time.Duration(rand.Int64N(int64(d)/4 + 1)) // so that many clients do not come back at once
	timer := time.NewTimer(max(d, asked))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// isTransient says whether the same request may succeed later. Nobody where a registry should listen is the end, unless
// it was there before and may be restarting.
func (c *client) isTransient(ctx context.Context, err error) bool {
	var answer *answerError
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	switch {
	case ctx.Err() != nil:
		return false
	case errors.As(err, &answer):
		return slices.Contains([]int{
			http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
			http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
		}, answer.status)
	case errors.As(err, &dns):
		return dns.IsTemporary || dns.IsTimeout
	case errors.As(err, &certificate), errors.As(err, &authority):
		return false
	case errors.Is(err, syscall.ECONNREFUSED):
		return c.reached.Load()
	}
	return !slices.ContainsFunc([]error{errRefused, errChallenge, errCredentials, oci.ErrMismatch, http.ErrSchemeMismatch}, func(final error) bool {
		return errors.Is(err, final)
	})
}

// retryAfter is how long a registry asked us to wait, 0 if it did not.
func retryAfter(err error) time.Duration {
	var answer *answerError
	if !errors.As(err, &answer) {
		return 0
	}
	seconds, err := strconv.ParseUint(answer.retryAfter, 10, 20)
	if err != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
