// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"slices"
	"time"

	"github.com/escrin/escrin/guestagent/session/exchange"
)

// CertificateName is the name in every certificate of a gateway. It says nothing: what a certificate is worth follows from
// the evidence.
const CertificateName = "enclave"

// makeTLS makes a key, which never leaves the process, and a certificate that lasts longer than any guest, whose clock is
// its host's.
func makeTLS() (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: CertificateName}, DNSNames: []string{CertificateName},
		NotBefore: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, IsCA: true, // so that it can be named as the one authority that a client trusts
	}
	certificate, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(certificate)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		MinVersion: tls.VersionTLS13, SessionTicketsDisabled: true,
		Certificates: []tls.Certificate{{Certificate: [][]byte{certificate}, PrivateKey: key, Leaf: leaf}},
	}
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		c := config.Clone()
		c.GetConfigForClient, c.NextProtos = nil, protocols(hello.SupportedProtos)
		return c, nil
	}
	return config, nil
}

// protocols chooses what is spoken with a client that offers these: exchange.ALPN where it can, and HTTP/1.1 where that is
// offered. Of others the gateway knows nothing, and says nothing: the client speaks what the service is known to speak.
func protocols(offered []string) []string {
	for _, known := range []string{exchange.ALPN, "http/1.1"} {
		if slices.Contains(offered, known) {
			return []string{known}
		}
	}
	return nil
}

// secure is the server's side of the handshake. To a client that offers exchange.ALPN it shows the evidence first, with a
// signature of this connection.
func (g *Gateway) secure(stream net.Conn, port uint16) (*tls.Conn, error) {
	conn := tls.Server(stream, g.tls)
	if err := conn.Handshake(); err != nil {
		return nil, err
	}
	if conn.ConnectionState().NegotiatedProtocol != exchange.ALPN {
		return conn, nil
	}
	return conn, g.show(conn, port)
}

// show answers a client's nonce.
func (g *Gateway) show(conn *tls.Conn, port uint16) error {
	s := exchange.Statement{Key: sha256.Sum256(g.tls.Certificates[0].Leaf.RawSubjectPublicKeyInfo), Port: port}
	if _, err := io.ReadFull(conn, s.Nonce[:]); err != nil {
		return err
	}
	if len(g.evidence) == 0 {
		return exchange.Answer{}.Write(conn)
	}
	state := conn.ConnectionState()
	var err error
	if s.Exporter, err = exchange.Exporter(state.ExportKeyingMaterial); err != nil {
		return err
	}
	signature, err := g.notary.Sign(s)
	if err != nil {
		return err
	}
	return exchange.Answer{Evidence: g.evidence, Port: port, Signature: signature}.Write(conn)
}
