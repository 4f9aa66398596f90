// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/escrin/escrin/keyholder"
)

// askers ask one keyholder, each over a connection that it keeps. What they ask was signed, sealed into JSON and written
// down as an HTTP message before, so that next to nothing of the cores that they share with the keyholder is theirs.
type askers []*asker

type asker struct {
	connection net.Conn
	replies    *bufio.Reader
}

// newAskers connects.
func newAskers(count int, base string) (askers, error) {
	at, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	var all askers
	for range count {
		connection, err := net.Dial("tcp", at.Host)
		if err != nil {
			all.close()
			return nil, err
		}
		all = append(all, &asker{connection, bufio.NewReader(connection)})
	}
	return all, nil
}

func (all askers) close() {
	for _, a := range all {
		a.connection.Close()
	}
}

// ask has all messages answered, and ends with the first that is not.
func (all askers) ask(messages [][]byte) error {
	var next atomic.Int64
	return together(len(all), func(i int) error {
		for {
			n := int(next.Add(1)) - 1
			if n >= len(messages) {
				return nil
			}
			if err := all[i].ask(messages[n]); err != nil {
				next.Store(int64(len(messages)))
				return err
			}
		}
	})
}

func (a *asker) ask(message []byte) error {
	if _, err := a.connection.Write(message); err != nil {
		return err
	}
	reply, err := http.ReadResponse(a.replies, nil)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(io.LimitReader(reply.Body, keyholder.MaxBody))
	if err == nil && reply.StatusCode != http.StatusOK {
		err = fmt.Errorf("keyholder answers %s: %s", reply.Status, body)
	}
	return err
}

// prepare makes new requests of the enclaves in turn, as they are sent. They are good for keyholder.MaxClockSkew.
func prepare(enclaves []*releaseEnclave, count int) ([][]byte, error) {
	messages := make([][]byte, count)
	var next atomic.Int64
	err := together(runtime.GOMAXPROCS(0), func(int) error {
		for {
			n := int(next.Add(1)) - 1
			if n >= count {
				return nil
			}
			body, err := enclaves[n%len(enclaves)].request()
			if err != nil {
				return err
			}
			head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: keyholder\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
				keyholder.PathRelease, len(body))
			messages[n] = append([]byte(head), body...)
		}
	})
	return messages, err
}

// together does something count times at once, and returns the first error by number.
func together(count int, do func(i int) error) error {
	failed := make([]error, count)
	var all sync.WaitGroup
	for i := range count {
		all.Go(func() { failed[i] = do(i) })
	}
	all.Wait()
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}
