// SPDX-License-Identifier: Apache-2.0

package hostlink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// handleQuote answers with quote‖collateral.
func handleQuote(ctx context.Context, header requestHeader, in io.Reader, h Handler) (reply, error) {
	var quote Quote
	out, err := handle(header, in, 0, func(p quoteParams, _ []byte) (quoteResult, error) {
		if len(p.ReportData) != 64 {
			return quoteResult{}, &Error{Code: CodeInvalid, Err: errors.New("report data must have 64 bytes")}
		}
		var err error
		quote, err = h.Quote(ctx, [64]byte(p.ReportData))
		if err == nil && (len(quote.Quote) > MaxQuote || len(quote.Collateral) > MaxCollateral) {
			err = &Error{Code: CodeTooLarge, Err: errQuoteSplit}
		}
		return quoteResult{QuoteLength: uint64(len(quote.Quote))}, err
	})
	out.body = bytesBody(bytes.Join([][]byte{quote.Quote, quote.Collateral}, nil))
	return out, err
}

// handleKeyholder relays to one keyholder; the path is one of the keyholder's own, never a URL.
func handleKeyholder(ctx context.Context, header requestHeader, in io.Reader, h Handler) (reply, error) {
	var answer []byte
	out, err := handle(header, in, MaxKeyholderBody, func(p keyholderParams, request []byte) (keyholderResult, error) {
		if !validPath(p.Path) {
			return keyholderResult{}, &Error{Code: CodeInvalid, Err: errors.New("path is not of the form /v1/name")}
		}
		status, got, err := h.Keyholder(ctx, p.Epoch, p.Index, p.Path, request)
		if err == nil && len(got) > MaxKeyholderBody {
			err = &Error{Code: CodeTooLarge, Err: fmt.Errorf("keyholder's reply has more than %d bytes", MaxKeyholderBody)}
		}
		answer = got
		return keyholderResult{Status: status}, err
	})
	out.body = bytesBody(answer)
	return out, err
}

// handleKeynet answers with the key network's JSON.
func handleKeynet(ctx context.Context, header requestHeader, in io.Reader, h Handler) (reply, error) {
	var network []byte
	out, err := handle(header, in, 0, func(none, []byte) (none, error) {
		var err error
		if network, err = h.Keynet(ctx); err == nil && len(network) > maxKeyNetwork {
			err = &Error{Code: CodeTooLarge, Err: fmt.Errorf("key network of %d bytes, more than %d", len(network), maxKeyNetwork)}
		}
		return none{}, err
	})
	out.body = bytesBody(network)
	return out, err
}

// validPath accepts /v1/ and lower-case letters, digits, - and / without empty parts.
func validPath(path string) bool {
	rest, ok := strings.CutPrefix(path, "/v1/")
	bad := func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '/') }
	return ok && len(path) <= maxPath && rest != "" && !strings.ContainsFunc(rest, bad) &&
		!strings.Contains(path, "//") && !strings.HasSuffix(path, "/")
}

// handleFetch streams a blob to the guest.
func handleFetch(ctx context.Context, header requestHeader, h Common) (reply, error) {
	p, err := decodeParams[fetchParams](header.Params)
	if err != nil {
		return reply{}, err
	}
	limit := min(p.Max, MaxBlob)
	blob, size, err := h.Fetch(ctx, p.Digest, limit)
	if err != nil {
		return reply{}, err
	}
	out := reply{result: []byte("{}"), body: body{blob, size}, close: blob}
	if size > limit {
		return out, &Error{Code: CodeTooLarge, Err: fmt.Errorf("blob of %d bytes, more than %d", size, limit)}
	}
	return out, nil
}

// handleStore streams a blob from the guest.
func handleStore(ctx context.Context, header requestHeader, in io.Reader, h Common) (reply, error) {
	p, err := decodeParams[storeParams](header.Params)
	if err != nil {
		return reply{}, err
	}
	if header.BodyLength > MaxBlob {
		return reply{}, &Error{Code: CodeTooLarge, Err: fmt.Errorf("blob of %d bytes, more than %d", header.BodyLength, MaxBlob)}
	}
	return reply{result: []byte("{}")}, h.Store(ctx, p.Digest, in, header.BodyLength)
}
