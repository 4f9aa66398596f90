// SPDX-License-Identifier: Apache-2.0

package connect

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/escrin/escrin/guestagent/session"
	"github.com/escrin/escrin/guestagent/session/exchange"
)

// relay is a man in the middle: a TLS server with a key of its own that has answer make what a client is told.
type relay struct {
	config tls.Config
	answer func(client *tls.Conn, nonce []byte) ([]byte, error)
}

func newRelay(t *testing.T, answer func(*tls.Conn, []byte) ([]byte, error)) *relay {
	t.Helper()
	return &relay{answer: answer, config: tls.Config{
		NextProtos: []string{exchange.ALPN}, Certificates: []tls.Certificate{newCertificate(t)},
	}}
}

func newCertificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	template := x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"enclave"}}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	check(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// listen serves one client after the other, and returns where.
func (r *relay) listen(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	check(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			raw, err := l.Accept()
			if err != nil {
				return
			}
			r.serve(raw)
		}
	}()
	return l.Addr().String()
}

func (r *relay) serve(raw net.Conn) {
	defer raw.Close()
	client := tls.Server(raw, &r.config)
	nonce := make([]byte, exchange.NonceSize)
	if _, err := io.ReadFull(client, nonce); err != nil {
		return
	}
	answer, err := r.answer(client, nonce)
	if err == nil {
		client.Write(answer)
		io.Copy(io.Discard, client)
	}
}

// fromGuest asks a guest for its answer to a nonce, over a connection of the relay's own.
func fromGuest(address string, nonce []byte) ([]byte, error) {
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{exchange.ALPN}})
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if _, err := conn.Write(nonce); err != nil {
		return nil, err
	}
	var length [4]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return nil, err
	}
	rest := make([]byte, binary.BigEndian.Uint32(length[:])+2+session.SignatureSize)
	_, err = io.ReadFull(conn, rest)
	return append(length[:], rest...), err
}

// TestAT03RelayIsRefused has a man in the middle show a client what a guest says: of the same moment, of another nonce, from
// an identical guest, with parts exchanged, or signed by a guest of his own.
func TestAT03RelayIsRefused(t *testing.T) {
	honest, identical := newGuest(t, false, 443), newGuest(t, false, 443)
	recorded, err := fromGuest(honest.endpoints[443], make([]byte, exchange.NonceSize))
	check(t, err)
	own := newGuest(t, false, 443)
	for name, answer := range map[string]func(client *tls.Conn, nonce []byte) ([]byte, error){
		"as it comes": func(_ *tls.Conn, nonce []byte) ([]byte, error) { return fromGuest(honest.endpoints[443], nonce) },
		"recorded":    func(*tls.Conn, []byte) ([]byte, error) { return recorded, nil },
		"evidence of one, signature of another": func(_ *tls.Conn, nonce []byte) ([]byte, error) {
			one, err := fromGuest(honest.endpoints[443], nonce)
			if err != nil {
				return nil, err
			}
			other, err := fromGuest(identical.endpoints[443], nonce)
			return append(one[:len(one)-session.SignatureSize], other[len(other)-session.SignatureSize:]...), err
		},
		"own signature over this connection under the guest's evidence": func(client *tls.Conn, nonce []byte) ([]byte, error) {
			state := client.ConnectionState()
			exporter, err := exchange.Exporter(state.ExportKeyingMaterial)
			if err != nil {
				return nil, err
			}
			signature, err := own.Sign(exchange.Statement{Exporter: exporter, Nonce: [32]byte(nonce), Port: 443})
			end := append([]byte{0x01, 0xbb}, signature[:]...)
			return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(honest.evidence))), honest.evidence...), end...), err
		},
	} {
		conn, err := Dialer{Judge: judge}.Dial(t.Context(), newRelay(t, answer).listen(t))
		if !errors.Is(err, errSignature) {
			t.Errorf("%s: %v, %v", name, conn, err)
		}
	}
}

// TestAT03EveryPartIsSigned changes what the guest signs, one thing at a time, and requires that the honest signature is good.
func TestAT03EveryPartIsSigned(t *testing.T) {
	g := newGuest(t, false, 443)
	certificate := newCertificate(t)
	leaf, err := x509.ParseCertificate(certificate.Certificate[0])
	check(t, err)
	for name, c := range map[string]struct {
		change func(*exchange.Statement)
		want   error
	}{
		"nothing":         {func(*exchange.Statement) {}, nil},
		"exporter":        {func(s *exchange.Statement) { s.Exporter[0] ^= 1 }, errSignature},
		"nonce":           {func(s *exchange.Statement) { s.Nonce[31] ^= 1 }, errSignature},
		"certificate key": {func(s *exchange.Statement) { s.Key[0] ^= 1 }, errSignature},
		"port":            {func(s *exchange.Statement) { s.Port ^= 1 }, errSignature},
	} {
		r := newRelay(t, func(client *tls.Conn, nonce []byte) ([]byte, error) {
			state := client.ConnectionState()
			exporter, err := exchange.Exporter(state.ExportKeyingMaterial)
			if err != nil {
				return nil, err
			}
			s := exchange.Statement{Exporter: exporter, Nonce: [32]byte(nonce), Key: sha256.Sum256(leaf.RawSubjectPublicKeyInfo), Port: 443}
			c.change(&s)
			signature, err := g.Sign(s)
			end := append([]byte{0x01, 0xbb}, signature[:]...)
			return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(g.evidence))), g.evidence...), end...), err
		})
		r.config.Certificates = []tls.Certificate{certificate}
		conn, err := Dialer{Judge: judge}.Dial(t.Context(), r.listen(t))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, %v", name, conn, err)
		}
	}
}

// TestAT03OtherProtocolsAreRefused: TLS 1.2, where an exporter may be that of two connections; no or another protocol.
func TestAT03OtherProtocolsAreRefused(t *testing.T) {
	g := newGuest(t, false, 443)
	for name, change := range map[string]func(*tls.Config){
		"TLS 1.2":          func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 },
		"no protocol":      func(c *tls.Config) { c.NextProtos = nil },
		"another protocol": func(c *tls.Config) { c.NextProtos = []string{"http/1.1"} },
	} {
		r := newRelay(t, func(_ *tls.Conn, nonce []byte) ([]byte, error) { return fromGuest(g.endpoints[443], nonce) })
		change(&r.config)
		if conn, err := (Dialer{Judge: judge, Limit: 5 * time.Second}).Dial(t.Context(), r.listen(t)); err == nil {
			t.Errorf("%s: %v", name, conn)
		}
	}
}

// TestAT03MalformedAnswersAreRefused: lengths that lie, answers that end early.
func TestAT03MalformedAnswersAreRefused(t *testing.T) {
	g := newGuest(t, false, 443)
	good, err := fromGuest(g.endpoints[443], make([]byte, exchange.NonceSize))
	check(t, err)
	for name, answer := range map[string][]byte{
		"4 GiB": {0xff, 0xff, 0xff, 0xff}, "one more than the most": {0, 4, 0, 1}, "half": good[:len(good)/2], "without its last byte": good[:len(good)-1],
	} {
		client, server := net.Pipe()
		go func() {
			server.Write(answer)
			server.Close()
		}()
		if _, err := exchange.ReadAnswer(client); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}
