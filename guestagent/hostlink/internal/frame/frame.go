// SPDX-License-Identifier: Apache-2.0

// Package frame is what both ends of the host link have in common: headers, bodies and the session below them.
package frame

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/strictjson"
)

// MaxHeader is the largest header of a message in bytes.
const MaxHeader = 64 << 10

// Op names a request.
type Op string

// The requests.
const (
	OpLaunch    Op = "launch"
	OpQuote     Op = "quote"
	OpKeyholder Op = "keyholder"
	OpKeynet    Op = "keynet"
	OpAccuse    Op = "accuse"
	OpEvidence  Op = "evidence"
	OpPermit    Op = "permit"
	OpHeartbeat Op = "heartbeat"
	OpFetch     Op = "fetch"
	OpStore     Op = "store"
	OpStep      Op = "step"
	OpResult    Op = "result"
	OpFailed    Op = "failed"
	OpRPC       Op = "rpc"
	OpAdvance   Op = "advance"
	OpObject    Op = "object"
	OpLog       Op = "log"

	// Of a trial alone.
	OpStdin   Op = "stdin"
	OpOutput  Op = "output"
	OpControl Op = "control"
	OpEnded   Op = "ended"
)

// Request opens every request; a body of BodyLength bytes follows it.
type Request struct {
	Op         Op             `json:"op"`
	Params     strictjson.Raw `json:"params"`
	BodyLength uint64         `json:"bodyLength"`
}

// Reply opens every reply; a body of BodyLength bytes follows it. An empty Error means success.
type Reply struct {
	Error      string         `json:"error"`
	Result     strictjson.Raw `json:"result"`
	BodyLength uint64         `json:"bodyLength"`
}

// Parameters and results that are not types of package hostlink.
type (
	None        struct{}
	QuoteParams struct {
		ReportData []byte `json:"reportData"` // 64 bytes
	}
	QuoteResult struct {
		QuoteLength uint64 `json:"quoteLength"` // the rest of the body is collateral
	}
	KeyholderParams struct {
		Epoch uint64 `json:"epoch"`
		Index uint32 `json:"index"`
		Path  string `json:"path"`
	}
	KeyholderResult struct {
		Status int `json:"status"`
	}
	FetchParams struct {
		Digest wire.Digest `json:"digest"`
		Max    uint64      `json:"max"`
	}
	StoreParams struct {
		Digest wire.Digest `json:"digest"`
	}
	FailedParams struct {
		Failure string `json:"failure"`
	}
	StdinResult struct {
		End bool `json:"end"` // nothing follows
	}
	OutputParams struct {
		Stream string `json:"stream"`
	}
	RPCParams struct {
		Method string `json:"method"`
	}
	LogParams struct {
		Number uint64 `json:"number"`
	}
	ObjectParams struct {
		Name   wire.Hash32 `json:"name"`
		Digest wire.Digest `json:"digest"`
	}
)

// Write writes a header's length (32 bits, big-endian) and the header.
func Write[T any](w io.Writer, header T) error {
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

// Read reads a header of at most MaxHeader bytes in its one encoding.
func Read[T any](r io.Reader) (header T, err error) {
	var length [4]byte
	if _, err = io.ReadFull(r, length[:]); err != nil {
		return header, err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > MaxHeader {
		return header, fmt.Errorf("header of %d bytes, more than %d", n, MaxHeader)
	}
	document := make([]byte, n)
	if _, err = io.ReadFull(r, document); err == nil {
		err = wire.Decode(document, MaxHeader, &header)
	}
	return header, err
}
