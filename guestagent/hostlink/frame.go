// SPDX-License-Identifier: Apache-2.0

package hostlink

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/escrin/escrin/guestagent/wire"
)

// op names a request.
type op string

const (
	opLaunch    op = "launch"
	opQuote     op = "quote"
	opKeyholder op = "keyholder"
	opKeynet    op = "keynet"
	opAccuse    op = "accuse"
	opEvidence  op = "evidence"
	opPermit    op = "permit"
	opHeartbeat op = "heartbeat"
	opFetch     op = "fetch"
	opStore     op = "store"
	opStep      op = "step"
	opResult    op = "result"
	opFailed    op = "failed"
	opRPC       op = "rpc"
	opAdvance   op = "advance"
	opObject    op = "object"

	// Of a trial alone.
	opStdin   op = "stdin"
	opOutput  op = "output"
	opControl op = "control"
	opEnded   op = "ended"
)

// requestHeader opens every request; a body of BodyLength bytes follows it.
type requestHeader struct {
	Op         op              `json:"op"`
	Params     json.RawMessage `json:"params"`
	BodyLength uint64          `json:"bodyLength"`
}

// replyHeader opens every reply; a body of BodyLength bytes follows it. An empty Error means success.
type replyHeader struct {
	Error      Code            `json:"error"`
	Result     json.RawMessage `json:"result"`
	BodyLength uint64          `json:"bodyLength"`
}

// Parameters and results that are not exported types.
type (
	none        struct{}
	quoteParams struct {
		ReportData []byte `json:"reportData"` // 64 bytes
	}
	quoteResult struct {
		QuoteLength uint64 `json:"quoteLength"` // the rest of the body is collateral
	}
	keyholderParams struct {
		Epoch uint64 `json:"epoch"`
		Index uint32 `json:"index"`
		Path  string `json:"path"`
	}
	keyholderResult struct {
		Status int `json:"status"`
	}
	fetchParams struct {
		Digest wire.Digest `json:"digest"`
		Max    uint64      `json:"max"`
	}
	storeParams struct {
		Digest wire.Digest `json:"digest"`
	}
	failedParams struct {
		Failure Failure `json:"failure"`
	}
	assignment struct {
		Job   *Launch `json:"job"`
		Trial *Trial  `json:"trial"`
	}
	stdinResult struct {
		End bool `json:"end"` // nothing follows
	}
	outputParams struct {
		Stream Stream `json:"stream"`
	}
)

// writeHeader writes a header's length (32 bits, big-endian) and the header.
func writeHeader[T any](w io.Writer, header T) error {
	document, err := wire.Encode(header)
	if err != nil {
		return err
	}
	if len(document) > MaxHeader {
		return fmt.Errorf("header of %d bytes, more than %d", len(document), MaxHeader)
	}
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(document)), uint32(len(document)))
	_, err = w.Write(append(frame, document...))
	return err
}

// readHeader reads a header of at most MaxHeader bytes in its one encoding.
func readHeader[T any](r io.Reader) (T, error) {
	var header, zero T
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return zero, err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > MaxHeader {
		return zero, fmt.Errorf("header of %d bytes, more than %d", n, MaxHeader)
	}
	document := make([]byte, n)
	if _, err := io.ReadFull(r, document); err != nil {
		return zero, err
	}
	if err := wire.Decode(document, MaxHeader, &header); err != nil {
		return zero, fmt.Errorf("header: %w", err)
	}
	return header, nil
}

// readBody reads a body of exactly n bytes, which must not be more than limit.
func readBody(r io.Reader, n, limit uint64) ([]byte, error) {
	if n > limit {
		return nil, &Error{Code: CodeTooLarge, Err: fmt.Errorf("body of %d bytes, more than %d", n, limit)}
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	return body, nil
}

// decodeParams reads params or a result in its one encoding.
func decodeParams[T any](raw json.RawMessage) (T, error) {
	var v, zero T
	if err := wire.Decode(raw, MaxHeader, &v); err != nil {
		return zero, &Error{Code: CodeInvalid, Err: err}
	}
	return v, nil
}

var errQuoteSplit = errors.New("quote or collateral is too large")

// splitQuote divides a body at quoteLength.
func splitQuote(body []byte, quoteLength uint64) (Quote, error) {
	if quoteLength > uint64(len(body)) || quoteLength > MaxQuote || uint64(len(body))-quoteLength > MaxCollateral {
		return Quote{}, errQuoteSplit
	}
	return Quote{Quote: body[:quoteLength:quoteLength], Collateral: body[quoteLength:]}, nil
}
