// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"

	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/qemu"
)

const linkTransfer = 8 << 20 // bytes, as in linkinit

var linkLine = regexp.MustCompile(`link: ([a-z]+-[a-z]+) (\d+) us`)

// linkSpeed compares the host link's client and server with a bare port of the same device, in the same guest.
func (b *bench) linkSpeed(emulator qemu.Binary) error {
	ram, err := b.initrdWith("linkinit")
	if err != nil {
		return err
	}
	console, err := b.runGuest(emulator, b.linkMachine(ram), func(ctx context.Context, p *qemu.Process) error {
		bare := make(chan error, 1)
		go func() { bare <- serveBare(p.Network()) }()
		return errors.Join(hostend.Serve(ctx, p.Link(), linkHost{object: make([]byte, linkTransfer)}), <-bare)
	})
	if err != nil {
		return err
	}
	rate := map[string]float64{} // MB/s
	for _, match := range linkLine.FindAllSubmatch(console, -1) {
		us, err := strconv.ParseFloat(string(match[2]), 64)
		if err != nil {
			return err
		}
		rate[string(match[1])] = linkTransfer / us
	}
	if len(rate) != 5 {
		return fmt.Errorf("the guest did not measure:\n%s", console)
	}
	linkRate("guest.link_in_vs_raw", rate["link-in"], rate["bare-in"])
	linkRate("guest.link_in_vs_dropped", rate["link-in"], rate["dropped-in"])
	linkRate("guest.link_out_vs_raw", rate["link-out"], rate["bare-out"])
	both := func(way string) float64 { return 2 / (1/rate[way+"-in"] + 1/rate[way+"-out"]) }
	linkRate("guest.link_vs_raw", both("link"), both("bare"))
	return nil
}

// linkRate prints one rate against that of the bare port.
func linkRate(name string, ours, theirs float64) {
	compared(name, ours, "MB/s", fmt.Sprintf("%.3f", ours/theirs), fmt.Sprintf("raw virtio-serial (%.0f MB/s)", theirs))
}

// linkHost has one object under any name and takes any blob.
type linkHost struct {
	hostend.Handler
	object []byte // made once, like what the bare port sends and reads into
}

// Object implements hostend.Storage.
func (h linkHost) Object(context.Context, wire.Hash32, wire.Digest) (io.ReadCloser, uint64, error) {
	return io.NopCloser(bytes.NewReader(h.object)), linkTransfer, nil
}

// Store implements hostend.Common.
func (h linkHost) Store(_ context.Context, _ wire.Digest, blob io.Reader, _ uint64) error {
	_, err := io.ReadFull(blob, h.object) // as on the bare port
	return err
}

// serveBare does what the guest asks for on the bare port until it is gone.
func serveBare(port net.Conn) error {
	content, ask := make([]byte, linkTransfer), make([]byte, 1)
	for {
		if _, err := io.ReadFull(port, ask); err != nil {
			return nil // the guest has powered itself off
		}
		var err error
		switch ask[0] {
		case 'i':
			_, err = port.Write(content)
		case 'o':
			if _, err = io.ReadFull(port, content); err == nil {
				_, err = port.Write(ask)
			}
		default:
			err = fmt.Errorf("the guest asks for %q", ask)
		}
		if err != nil {
			return err
		}
	}
}
