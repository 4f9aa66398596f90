// SPDX-License-Identifier: Apache-2.0

// Package connect is the client of an enclave's service: it connects with TLS 1.3, has the enclave show its evidence and
// sign this very connection with the key that the evidence vouches for (guestagent/session), and gives the connection out
// only if both hold. Names, certificate authorities and whoever is on the way are not trusted. There is no way to have
// the connection without the check.
package connect

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/escrin/escrin/guestagent/session/exchange"
	"github.com/escrin/escrin/keyholder/ethsig"
)

// Judge decides whether evidence is that of the enclave that is meant, and returns the address of the requester key that it
// vouches for. It must verify, and compare with what is expected: evidence that is merely authentic is anybody's.
type Judge func(ctx context.Context, evidence []byte) (requester [20]byte, err error)

// Dialer connects with a service. Judge is required.
type Dialer struct {
	Judge   Judge
	Service uint16        // the service's port in the enclave's spec; 0 takes any of the enclave's services
	Limit   time.Duration // for all until the connection is given out; 0 means a minute
}

// Conn is a connection that ends in the enclave.
type Conn struct {
	*tls.Conn
	Evidence    []byte            // that was judged
	Certificate *x509.Certificate // its key was made in this guest, and is no other's
	Service     uint16            // the service's port in the enclave's spec
}

var (
	errNoJudge   = errors.New("there is nobody to judge the evidence")
	errProtocol  = errors.New("it is no service of an enclave: it does not speak " + exchange.ALPN)
	errSignature = errors.New("the guest of this evidence is not at the other end of this connection")
)

// Dial connects with the service at an address, host:port.
func (d Dialer) Dial(ctx context.Context, address string) (*Conn, error) {
	if d.Judge == nil {
		return nil, errNoJudge
	}
	limit := d.Limit
	if limit == 0 {
		limit = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect with %s: %w", address, err)
	}
	conn, err := d.Over(ctx, raw)
	if err != nil {
		raw.Close()
		return nil, fmt.Errorf("connect with %s: %w", address, err)
	}
	return conn, nil
}

// Over does the same over a connection that there is. Without an error, the connection is the result's.
func (d Dialer) Over(ctx context.Context, raw net.Conn) (*Conn, error) {
	if d.Judge == nil {
		return nil, errNoJudge
	}
	stop := context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })
	conn, err := d.bind(ctx, raw)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil && ctx.Err() != nil {
		err = errors.Join(ctx.Err(), err)
	}
	if err != nil {
		return nil, err
	}
	return conn, nil
}

func (d Dialer) bind(ctx context.Context, raw net.Conn) (*Conn, error) {
	conn := tls.Client(raw, &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: []string{exchange.ALPN},
		InsecureSkipVerify: true, // no authority vouches for the key: the evidence does, in ask
	})
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	state := conn.ConnectionState()
	if state.Version != tls.VersionTLS13 || state.NegotiatedProtocol != exchange.ALPN || state.DidResume || len(state.PeerCertificates) != 1 {
		return nil, errProtocol
	}
	answer, err := d.ask(ctx, conn, state)
	if err != nil {
		return nil, err
	}
	return &Conn{Conn: conn, Evidence: answer.Evidence, Certificate: state.PeerCertificates[0], Service: answer.Port}, nil
}

// ask sends a nonce and requires an answer that is of this connection, by a guest whose evidence is found good.
func (d Dialer) ask(ctx context.Context, conn *tls.Conn, state tls.ConnectionState) (exchange.Answer, error) {
	s := exchange.Statement{Key: sha256.Sum256(state.PeerCertificates[0].RawSubjectPublicKeyInfo)}
	var err error
	if s.Exporter, err = exchange.Exporter(state.ExportKeyingMaterial); err != nil {
		return exchange.Answer{}, err
	}
	rand.Read(s.Nonce[:]) // never fails
	if _, err := conn.Write(s.Nonce[:]); err != nil {
		return exchange.Answer{}, err
	}
	answer, err := exchange.ReadAnswer(conn)
	if err != nil {
		return exchange.Answer{}, err
	}
	requester, err := d.Judge(ctx, answer.Evidence)
	if err != nil {
		return exchange.Answer{}, err
	}
	s.Port = answer.Port
	if signer, err := ethsig.Recover(s.Digest(), answer.Signature); err != nil || signer != requester {
		return exchange.Answer{}, errSignature
	}
	if d.Service != 0 && d.Service != answer.Port {
		return exchange.Answer{}, fmt.Errorf("it is the enclave's service %d, not %d", answer.Port, d.Service)
	}
	return answer, nil
}
