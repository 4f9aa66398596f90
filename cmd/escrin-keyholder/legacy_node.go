// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/ceremony"
	"github.com/escrin/escrin/keyholder/ceremony/dkg"
	"github.com/escrin/escrin/keyholder/config"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/server"
	"github.com/escrin/escrin/keyholder/share"
	"github.com/escrin/escrin/keyholder/store"
)

// runCeremonyNode serves until ctx ends; the ceremony runs beside the server.
func runCeremonyNode(ctx context.Context, dirPath string, c config.Config, log *slog.Logger) error {
	dir, err := keystore.Open(dirPath)
	if err != nil {
		return err
	}
	db, err := store.Open(dir.Database())
	if err != nil {
		return err
	}
	defer db.Close()
	view, err := newView(c, db, log)
	if err != nil {
		return err
	}
	rules, err := newRules(c, view, db)
	if err != nil {
		return err
	}
	var board ceremony.Board
	audit, err := openAudit(dirPath)
	if err != nil {
		return err
	}
	api, err := newServing(c, audit, server.Config{Rules: rules, Log: log, Ceremony: &board})
	if err != nil {
		return err
	}
	defer api.Close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	failed := make(chan error, 1)
	go func() {
		own, err := obtainShare(ctx, dir, c, &board, log)
		if err == nil {
			api.SetShare(own)
			log.Info("ready", "index", own.Index(), "threshold", own.Network().Threshold)
		} else if ctx.Err() == nil {
			stop()
			failed <- err
		}
		close(failed)
	}()
	err = api.run(ctx)
	stop()
	return errors.Join(<-failed, err)
}

// obtainShare returns the stored share, or runs the ceremony that makes it.
func obtainShare(ctx context.Context, dir keystore.Dir, c config.Config, board *ceremony.Board, log *slog.Logger) (share.Share, error) {
	stored, err := dir.Share()
	if errors.Is(err, keystore.ErrNone) {
		if stored, err = runCeremony(ctx, dir, c, board, log); err != nil {
			return share.Share{}, err
		}
	} else if err != nil {
		return share.Share{}, err
	} else if err := dir.ForgetCeremony(); err != nil {
		return share.Share{}, err
	}
	for i, m := range stored.Messages {
		board.Publish(dkg.Round(i+1), m)
	}
	return loadShare(stored, c)
}

// loadShare checks that a stored share belongs to the configured network.
func loadShare(stored keystore.Share, c config.Config) (share.Share, error) {
	if digest := c.Params().Digest(); string(stored.Params) != string(digest[:]) {
		return share.Share{}, errors.New("stored share belongs to other keyholders or another threshold than the configuration names")
	}
	secret, err := curve.ScalarFromBytes(stored.Secret)
	if err != nil {
		return share.Share{}, fmt.Errorf("read share: %w", err)
	}
	network := keyholder.Network{Epoch: 1, Threshold: c.Threshold, GroupKey: [curve.G2Size]byte(stored.GroupKey)}
	if len(stored.PublicShares) != len(c.Peers) {
		return share.Share{}, errors.New("read share: wrong number of public shares")
	}
	for i, p := range c.Peers {
		if len(stored.PublicShares[i]) != curve.G2Size {
			return share.Share{}, errors.New("read share: public share has the wrong size")
		}
		network.Holders = append(network.Holders, keyholder.Holder{
			Index: p.Index, URL: p.URL, PublicShare: [curve.G2Size]byte(stored.PublicShares[i]),
		})
	}
	return share.New(c.Index, secret, nil, network)
}

func runCeremony(ctx context.Context, dir keystore.Dir, c config.Config, board *ceremony.Board, log *slog.Logger) (keystore.Share, error) {
	p, err := participant(dir, c)
	if err != nil {
		return keystore.Share{}, err
	}
	urls := map[uint32]string{}
	for _, peer := range c.Peers {
		urls[peer.Index] = peer.URL
	}
	result, err := ceremony.Run(ctx, p, board, server.FetchFrom(urls), dir.SaveCeremony, log)
	if err != nil {
		return keystore.Share{}, err
	}
	params, secret, group := c.Params().Digest(), result.Share.Bytes(), result.GroupKey.Bytes()
	stored := keystore.Share{
		Params: params[:], Transcript: result.Transcript[:], Secret: secret[:], GroupKey: group[:],
		Messages: ceremony.Rounds(p),
	}
	for _, public := range result.PublicShares {
		b := public.Bytes()
		stored.PublicShares = append(stored.PublicShares, b[:])
	}
	return stored, dir.SaveShare(stored)
}

// participant continues the stored ceremony, or starts one.
func participant(dir keystore.Dir, c config.Config) (*dkg.Participant, error) {
	signer, err := dir.Identity()
	if errors.Is(err, keystore.ErrNone) {
		return nil, fmt.Errorf("%w: run escrin-keyholder init first", err)
	}
	if err != nil {
		return nil, err
	}
	snapshot, err := dir.Ceremony()
	if errors.Is(err, keystore.ErrNone) {
		return dkg.Start(rand.Reader, c.Params(), c.Index, signer)
	}
	if err != nil {
		return nil, err
	}
	return dkg.Restore(snapshot, c.Params(), c.Index, signer)
}
