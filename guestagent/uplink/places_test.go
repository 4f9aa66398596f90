// SPDX-License-Identifier: Apache-2.0

package uplink

import (
	"testing"
	"time"
)

// noted is a connection that notes that it was closed.
type noted struct{ closed bool }

func (n *noted) Close() error {
	n.closed = true
	return nil
}

// TestAG13DribblersLoseTheirPlaces: connections that carry a byte now and then keep nobody out, and take no place of those that
// carry much, nor of new ones.
func TestAG13DribblersLoseTheirPlaces(t *testing.T) {
	now := time.Unix(0, 0)
	p := NewPlaces(4)
	p.now = func() time.Time { return now }
	take := func() (*Place, *noted) {
		t.Helper()
		conn := new(noted)
		place, ok := p.Take(conn)
		if !ok {
			t.Fatal("there is no place")
		}
		return place, conn
	}
	busy, busyConn := take()
	var dribblers []*noted
	for range 3 {
		_, conn := take()
		dribblers = append(dribblers, conn)
	}
	if _, ok := p.Take(new(noted)); ok {
		t.Error("a new connection loses its place")
	}
	for range 10 {
		now = now.Add(spared / 2)
		busy.Carried(1 << 20)
		for place := range p.taken {
			place.Carried(1)
		}
	}
	for range dribblers {
		take()
	}
	if _, ok := p.Take(new(noted)); !ok { // of the one that carries most, since all others are new
		t.Error("the last one that is not new keeps its place")
	}
	for i, conn := range append(dribblers, busyConn) {
		if !conn.closed {
			t.Errorf("connection %d was not closed", i)
		}
	}
	if len(p.taken) != 4 {
		t.Errorf("%d of 4 places are taken", len(p.taken))
	}
	busy.Leave() // a second time
	if _, ok := p.Take(new(noted)); ok {
		t.Error("a place was given twice")
	}
}

// TestWhatWasCarriedLongAgoDoesNotCount: one minute, and the one before it, are of late.
func TestWhatWasCarriedLongAgoDoesNotCount(t *testing.T) {
	now := time.Unix(0, 0)
	p := NewPlaces(2)
	p.now = func() time.Time { return now }
	once, steady := new(noted), new(noted)
	first, _ := p.Take(once)
	second, _ := p.Take(steady)
	first.Carried(1 << 30)
	for range 5 {
		now = now.Add(spared)
		second.Carried(100)
	}
	if _, ok := p.Take(new(noted)); !ok || !once.closed || steady.closed {
		t.Errorf("the place of the connection that goes on was given away")
	}
}
