// SPDX-License-Identifier: Apache-2.0

// Package teeclient talks to a TEE service (package attest/simulator) over its
// unix socket: it launches guests and fetches their quotes.
package teeclient

import (
	"context"
	"errors"
	"net/http"

	"github.com/escrin/escrin/attest"
)

// LaunchRequest says what is started. The three files are given by absolute path
// and read and hashed by the service.
type LaunchRequest struct {
	Firmware string       `json:"firmware"`
	Kernel   string       `json:"kernel"`
	Initrd   string       `json:"initrd"`
	Cmdline  string       `json:"cmdline"`
	Shape    attest.Shape `json:"shape"`
	QEMU     string       `json:"qemu"` // release of QEMU, such as "10.0.2"
}

// Client is a client of one TEE service. It is safe for concurrent use.
type Client struct{ http *http.Client }

// NewClient returns a client of the service that listens on the unix socket. It
// does not connect yet.
func NewClient(socket string) *Client { return &Client{} }

// Launch tells the service that a guest is started, and returns its handle.
func (c *Client) Launch(ctx context.Context, r LaunchRequest) (td string, err error) {
	return "", errors.New("launch TD: not built yet")
}

// Quote returns a quote of the guest td over reportData, and the collateral to
// check it with.
func (c *Client) Quote(ctx context.Context, td string, reportData [64]byte) (quote, collateral []byte, err error) {
	return nil, nil, errors.New("quote TD: not built yet")
}
