// SPDX-License-Identifier: Apache-2.0

package hostend

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/internal/frame"
)

// handleQuote answers with quote‖collateral.
func handleQuote(ctx context.Context, header frame.Request, in io.Reader, h Handler) (reply, error) {
	var quote hostlink.Quote
	out, err := handle(header, in, 0, func(p frame.QuoteParams, _ []byte) (frame.QuoteResult, error) {
		if len(p.ReportData) != 64 {
			return frame.QuoteResult{}, &hostlink.Error{Code: hostlink.CodeInvalid, Err: errors.New("report data must have 64 bytes")}
		}
		var err error
		quote, err = h.Quote(ctx, [64]byte(p.ReportData))
		if err == nil && (len(quote.Quote) > hostlink.MaxQuote || len(quote.Collateral) > hostlink.MaxCollateral) {
			err = &hostlink.Error{Code: hostlink.CodeTooLarge, Err: errors.New("quote or collateral is too large")}
		}
		return frame.QuoteResult{QuoteLength: uint64(len(quote.Quote))}, err
	})
	out.body = frame.Bytes(bytes.Join([][]byte{quote.Quote, quote.Collateral}, nil))
	return out, err
}

// handleKeyholder relays to one keyholder; the path is one of the keyholder's own, never a URL.
func handleKeyholder(ctx context.Context, header frame.Request, in io.Reader, h Handler) (reply, error) {
	var answer []byte
	out, err := handle(header, in, hostlink.MaxKeyholderBody, func(p frame.KeyholderParams, request []byte) (frame.KeyholderResult, error) {
		if !validPath(p.Path) {
			return frame.KeyholderResult{}, &hostlink.Error{Code: hostlink.CodeInvalid, Err: errors.New("path is not of the form /v1/name")}
		}
		status, got, err := h.Keyholder(ctx, p.Epoch, p.Index, p.Path, request)
		if err == nil && len(got) > hostlink.MaxKeyholderBody {
			err = &hostlink.Error{Code: hostlink.CodeTooLarge, Err: fmt.Errorf("keyholder's reply has more than %d bytes", hostlink.MaxKeyholderBody)}
		}
		answer = got
		return frame.KeyholderResult{Status: status}, err
	})
	out.body = frame.Bytes(answer)
	return out, err
}

// handleKeynet answers with the key network's JSON.
func handleKeynet(ctx context.Context, header frame.Request, in io.Reader, h Handler) (reply, error) {
	var network []byte
	out, err := handle(header, in, 0, func(frame.None, []byte) (frame.None, error) {
		var err error
		if network, err = h.Keynet(ctx); err == nil && len(network) > hostlink.MaxKeyNetwork {
			err = &hostlink.Error{Code: hostlink.CodeTooLarge, Err: fmt.Errorf("key network of %d bytes, more than %d", len(network), hostlink.MaxKeyNetwork)}
		}
		return frame.None{}, err
	})
	out.body = frame.Bytes(network)
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
func handleFetch(ctx context.Context, header frame.Request, h Common) (reply, error) {
	p, err := decodeParams[frame.FetchParams](header.Params)
	if err != nil {
		return reply{}, err
	}
	limit := min(p.Max, hostlink.MaxBlob)
	blob, size, err := h.Fetch(ctx, p.Digest, limit)
	if err != nil {
		return reply{}, err
	}
	out := reply{result: []byte("{}"), body: frame.Body{Reader: blob, Size: size}, close: blob}
	if size > limit {
		return out, &hostlink.Error{Code: hostlink.CodeTooLarge, Err: fmt.Errorf("blob of %d bytes, more than %d", size, limit)}
	}
	return out, nil
}

// handleStore streams a blob from the guest.
func handleStore(ctx context.Context, header frame.Request, in io.Reader, h Common) (reply, error) {
	p, err := decodeParams[frame.StoreParams](header.Params)
	if err != nil {
		return reply{}, err
	}
	if header.BodyLength > hostlink.MaxBlob {
		return reply{}, &hostlink.Error{Code: hostlink.CodeTooLarge, Err: fmt.Errorf("blob of %d bytes, more than %d", header.BodyLength, hostlink.MaxBlob)}
	}
	return reply{result: []byte("{}")}, h.Store(ctx, p.Digest, in, header.BodyLength)
}
