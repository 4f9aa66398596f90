// SPDX-License-Identifier: Apache-2.0

// Command linkinit is process 1 of a guest that moves bytes over two virtio-serial ports of one device: over one with the host
// link's own client, over the other bare. It prints the median time of each on the console: the best depends on luck, and each has
// its own. `make bench` runs it.
//
// On the bare port the guest asks for bytes with one byte, and the host answers what it was sent with one byte. What comes is kept in
// memory that was taken for it, as the client keeps it, or dropped.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/uplink"
	"github.com/escrin/escrin/guestagent/wire"
)

const (
	size   = 8 << 20  // bytes of a transfer; the host has the same
	piece  = 32 << 10 // of a read or write on the bare port, the most that the kernel takes at once
	rounds = 32
)

func main() {
	if err := run(); err != nil {
		fmt.Println("link: failed:", err)
	}
	unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
}

func run() error {
	for _, fs := range []struct{ kind, target string }{{"sysfs", "/sys"}, {"devtmpfs", "/dev"}} {
		if err := unix.Mount(fs.kind, fs.target, fs.kind, 0, ""); err != nil && err != unix.EBUSY {
			return fmt.Errorf("mount %s: %w", fs.target, err)
		}
	}
	port, err := openPort(hostlink.PortName)
	if err != nil {
		return err
	}
	link := hostlink.NewClient(port)
	defer link.Close()
	bare, err := openPort(uplink.PortName)
	if err != nil {
		return err
	}
	return measure(link, bare)
}

// measure runs everything in turn: what disturbs the machine disturbs all.
func measure(link *hostlink.Client, bare *os.File) error {
	ctx, content := context.Background(), make([]byte, size)
	transfers := []struct {
		name string
		run  func() error
	}{
		{"bare-in", func() error { return take(bare, make([]byte, size)) }},
		{"dropped-in", func() error { return take(bare, make([]byte, piece)) }},
		{"link-in", func() error {
			_, err := link.Object(ctx, wire.Hash32{}, wire.Digest{})
			return err
		}},
		{"bare-out", func() error { return give(bare, content) }},
		{"link-out", func() error { return link.Store(ctx, wire.Digest{}, bytes.NewReader(content), size) }},
	}
	took := make([][]time.Duration, len(transfers))
	for range rounds {
		for i, t := range transfers {
			started := time.Now()
			if err := t.run(); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			took[i] = append(took[i], time.Since(started))
		}
	}
	for i, t := range transfers {
		slices.Sort(took[i])
		fmt.Printf("link: %s %d us\n", t.name, took[i][rounds/2].Microseconds())
	}
	return nil
}

// take asks the host for bytes and reads them into the buffer, again and again if that is smaller.
func take(bare *os.File, buffer []byte) error {
	if _, err := bare.Write([]byte{'i'}); err != nil {
		return err
	}
	for range size / len(buffer) {
		if _, err := io.ReadFull(bare, buffer); err != nil {
			return err
		}
	}
	return nil
}

// give sends bytes until the host has them all.
func give(bare *os.File, content []byte) error {
	if _, err := bare.Write([]byte{'o'}); err != nil {
		return err
	}
	for at := 0; at < len(content); at += piece {
		if _, err := bare.Write(content[at : at+piece]); err != nil {
			return err
		}
	}
	_, err := io.ReadFull(bare, make([]byte, 1))
	return err
}

func openPort(wanted string) (*os.File, error) {
	names, err := filepath.Glob("/sys/class/virtio-ports/*/name")
	if err != nil {
		return nil, err
	}
	for _, path := range names {
		name, err := os.ReadFile(path)
		if err == nil && strings.TrimSpace(string(name)) == wanted {
			return os.OpenFile("/dev/"+filepath.Base(filepath.Dir(path)), os.O_RDWR, 0)
		}
	}
	return nil, fmt.Errorf("no port has the name %s", wanted)
}
