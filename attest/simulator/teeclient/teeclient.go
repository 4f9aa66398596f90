// SPDX-License-Identifier: Apache-2.0

// Package teeclient talks to a TEE service (package attest/simulator) over its
// unix socket: it launches guests of either kind and fetches their quotes or
// reports.
//
// The protocol is JSON over HTTP: a POST of a request to the path of its kind
// gives the reply with status 200, or an [ErrorReply] with another. Byte strings
// are base64.
package teeclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/escrin/escrin/attest"
)

// Paths of the two requests.
const (
	LaunchPath = "/v1/launch"
	QuotePath  = "/v1/quote"
)

// maxReply bounds a reply: evidence in base64, and room.
const maxReply = 1 << 20

// LaunchRequest says what is started. The three files are given by absolute path
// and read and hashed by the service.
type LaunchRequest struct {
	TEE      attest.TEE   `json:"tee"`
	Firmware string       `json:"firmware"`
	Kernel   string       `json:"kernel"`
	Initrd   string       `json:"initrd"`
	Cmdline  string       `json:"cmdline"`
	Shape    attest.Shape `json:"shape"`
	QEMU     string       `json:"qemu"` // release of QEMU, such as "10.0.2"
}

// LaunchReply names the guest that was launched.
type LaunchReply struct {
	Guest string `json:"guest"`
}

// QuoteRequest asks for a quote or report over 64 bytes of report data.
type QuoteRequest struct {
	Guest      string `json:"guest"`
	ReportData []byte `json:"reportData"`
}

// QuoteReply is a TDX quote or an SNP report, and the encoded collateral for it.
type QuoteReply struct {
	Signed     []byte `json:"signed"`
	Collateral []byte `json:"collateral"`
}

// ErrorReply says why there is no reply.
type ErrorReply struct {
	Error string `json:"error"`
}

// Client is a client of one TEE service. It is safe for concurrent use.
type Client struct{ http *http.Client }

// NewClient returns a client of the service that listens on the unix socket. It
// does not connect yet.
func NewClient(socket string) *Client {
	var dialer net.Dialer
	return &Client{http: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", socket)
		},
	}}}
}

// Launch tells the service that a guest is started, and returns its handle.
func (c *Client) Launch(ctx context.Context, r LaunchRequest) (guest string, err error) {
	var reply LaunchReply
	if err := post(ctx, c.http, LaunchPath, r, &reply); err != nil {
		return "", fmt.Errorf("launch guest: %w", err)
	}
	if reply.Guest == "" {
		return "", errors.New("launch guest: reply names no guest")
	}
	return reply.Guest, nil
}

// Quote returns what the hardware signs of the guest over reportData, a TDX quote
// or an SNP report, and the collateral to check it with.
func (c *Client) Quote(ctx context.Context, guest string, reportData [64]byte) (signed, collateral []byte, err error) {
	var reply QuoteReply
	if err := post(ctx, c.http, QuotePath, QuoteRequest{Guest: guest, ReportData: reportData[:]}, &reply); err != nil {
		return nil, nil, fmt.Errorf("quote guest: %w", err)
	}
	if len(reply.Signed) == 0 || len(reply.Collateral) == 0 {
		return nil, nil, errors.New("quote guest: reply lacks quote or collateral")
	}
	return reply.Signed, reply.Collateral, nil
}

func post[Q LaunchRequest | QuoteRequest, A LaunchReply | QuoteReply](ctx context.Context, h *http.Client, path string, request Q, reply *A) error {
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://tee"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := h.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxReply))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		var e ErrorReply
		if json.Unmarshal(answer, &e) != nil || e.Error == "" {
			e.Error = "status " + response.Status
		}
		return errors.New(e.Error)
	}
	return json.Unmarshal(answer, reply)
}
