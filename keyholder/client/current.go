// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/strictjson"
)

// Keynet asks one holder for its index, whether it is ready, and its network.
// One holder's word is not enough to trust a network: see Current.
func Keynet(ctx context.Context, tr Transport, holder uint32) (keyholder.KeynetReply, error) {
	status, reply, err := tr.Do(ctx, holder, keyholder.PathKeynet, nil)
	if err != nil {
		return keyholder.KeynetReply{}, fmt.Errorf("ask for key network: %w", err)
	}
	if status != statusOK {
		return keyholder.KeynetReply{}, fmt.Errorf("ask for key network: %w", refusal(status, reply))
	}
	r, err := strictjson.DecodeOpen[keyholder.KeynetReply](reply, keyholder.MaxBody)
	if err != nil {
		return keyholder.KeynetReply{}, fmt.Errorf("ask for key network: %w", err)
	}
	return r, nil
}

// Current asks the holders of a network for the present one, and returns the
// latest that t of them describe alike: at least one of these is honest, if fewer
// than t are not. It has the same group key, and perhaps a later epoch. Each holder
// knows addresses from its own configuration, so they need not be alike: of each
// holder, the one that most name is taken.
func Current(ctx context.Context, known keyholder.Network, tr Transport) (keyholder.Network, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	replies := make(chan *keyholder.Network)
	for _, h := range known.Holders {
		go func() {
			reply, err := Keynet(ctx, tr, h.Index)
			if later := reply.Network != nil && reply.Network.Epoch > known.Epoch; err != nil || !reply.Ready && !later {
				reply.Network = nil // who has no share any more tells who has
			}
			select {
			case replies <- reply.Network:
			case <-ctx.Done():
			}
		}()
	}
	votes := map[string][]*keyholder.Network{}
	for range known.Holders {
		var got *keyholder.Network
		select {
		case got = <-replies:
		case <-ctx.Done():
			return keyholder.Network{}, fmt.Errorf("ask for key network: %w", ctx.Err())
		}
		if got == nil || got.Board != known.Board || got.GroupKey != known.GroupKey || got.Epoch < known.Epoch {
			continue
		}
		form, err := addressed(*got, nil).MarshalJSON()
		if err != nil {
			return keyholder.Network{}, fmt.Errorf("ask for key network: %w", err)
		}
		alike := append(votes[string(form)], got)
		if votes[string(form)] = alike; len(alike) >= known.Threshold {
			return addressed(*got, alike), nil
		}
	}
	return keyholder.Network{}, errors.New("ask for key network: too few keyholders describe it alike")
}

// addressed returns a network with the addresses that most of others have for its
// holders: of those that as many have, the first in order; none if nobody has one.
func addressed(n keyholder.Network, others []*keyholder.Network) keyholder.Network {
	n.Holders = slices.Clone(n.Holders)
	for i := range n.Holders {
		count := map[string]int{}
		best := ""
		for _, o := range others {
			url := o.Holders[i].URL
			count[url]++
			if url != "" && (best == "" || count[url] > count[best] || count[url] == count[best] && url < best) {
				best = url
			}
		}
		n.Holders[i].URL = best
	}
	return n
}
