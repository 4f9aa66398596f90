// SPDX-License-Identifier: Apache-2.0

package uplink

import (
	"net"
	"testing"
	"time"
)

// woken is a connection that notes that it was woken.
type woken struct {
	net.Conn
	at time.Time
}

func (w *woken) SetDeadline(t time.Time) error {
	w.at = t
	return nil
}

// TestAG13DribblersLoseTheirPlaces: connections that carry a byte now and then keep nobody out, and take no place of those that
// carry much, nor of new ones.
func TestAG13DribblersLoseTheirPlaces(t *testing.T) {
	now := time.Unix(0, 0)
	p := NewPlaces(4)
	p.now = func() time.Time { return now }
	take := func() (*Place, *woken) {
		t.Helper()
		conn := new(woken)
		place, ok := p.Take(conn)
		if !ok {
			t.Fatal("there is no place")
		}
		return place, conn
	}
	busy, busyConn := take()
	var dribblers []*woken
	for range 3 {
		_, conn := take()
		dribblers = append(dribblers, conn)
	}
	if _, ok := p.Take(new(woken)); ok {
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
	if _, ok := p.Take(new(woken)); !ok { // of the one that carries most, since all others are new
		t.Error("the last one that is not new keeps its place")
	}
	for i, conn := range append(dribblers, busyConn) {
		if !conn.at.Equal(now) {
			t.Errorf("connection %d was not woken", i)
		}
	}
	if len(p.taken) != 4 {
		t.Errorf("%d of 4 places are taken", len(p.taken))
	}
	busy.Leave() // a second time
	if _, ok := p.Take(new(woken)); ok {
		t.Error("a place was given twice")
	}
}

// TestWhatWasCarriedLongAgoDoesNotCount: one minute, and the one before it, are of late.
func TestWhatWasCarriedLongAgoDoesNotCount(t *testing.T) {
	now := time.Unix(0, 0)
	p := NewPlaces(2)
	p.now = func() time.Time { return now }
	once, steady := new(woken), new(woken)
	first, _ := p.Take(once)
	second, _ := p.Take(steady)
	first.Carried(1 << 30)
	for range 5 {
		now = now.Add(spared)
		second.Carried(100)
	}
	if _, ok := p.Take(new(woken)); !ok || once.at.IsZero() || !steady.at.IsZero() {
		t.Errorf("the place of the connection that goes on was given away")
	}
}
