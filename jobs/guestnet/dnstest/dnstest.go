// SPDX-License-Identifier: Apache-2.0

// Package dnstest is a name server for tests, which says what it is told to, lies included.
package dnstest

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
)

// Answer says what a name means when it is asked for the nth time, from 0. An invalid address means that there is none.
type Answer func(name string, nth int) netip.Addr

// Resolver starts a server that ends with ctx, and returns a resolver that asks it alone.
func Resolver(ctx context.Context, answer Answer) (*net.Resolver, error) {
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { conn.Close() })
	go serve(conn, answer)
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp4", conn.LocalAddr().String())
	}}, nil
}

func serve(conn net.PacketConn, answer Answer) {
	asked := map[string]int{}
	query := make([]byte, 512)
	for {
		n, from, err := conn.ReadFrom(query)
		if err != nil {
			return
		}
		name, kind, end := question(query[:n])
		if end == 0 {
			continue
		}
		var address netip.Addr
		if kind == 1 { // A
			address = answer(name, asked[name])
			asked[name]++
		}
		_, _ = conn.WriteTo(reply(query[:end], address), from)
	}
}

// question reads the one question of a query (RFC 1035, 4.1.2), and where it ends; 0 if it is none.
func question(query []byte) (name string, kind uint16, end int) {
	var labels []string
	at := 12
	for at < len(query) && query[at] != 0 {
		next := at + 1 + int(query[at])
		if next > len(query) {
			return "", 0, 0
		}
		labels, at = append(labels, string(query[at+1:next])), next
	}
	if at+5 > len(query) {
		return "", 0, 0
	}
	return strings.ToLower(strings.Join(labels, ".")), binary.BigEndian.Uint16(query[at+1:]), at + 5
}

// reply answers with one address, or with none.
func reply(question []byte, address netip.Addr) []byte {
	out := append([]byte{}, question...)
	copy(out[2:], []byte{0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}) // an answer, recursion is available; one question and nothing else
	if !address.Is4() {
		return out
	}
	out[7] = 1
	out = append(out, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4) // the question's name, A, IN, time to live 0, four bytes
	four := address.As4()
	return append(out, four[:]...)
}
