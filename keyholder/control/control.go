// SPDX-License-Identifier: Apache-2.0

// Package control is how the commands of escrin-keyholder talk to the keyholder
// that runs in a directory and has its keystore open: HTTP over a unix socket in
// that directory, which only the directory's owner can reach. No secret goes over it:
// whoever wants one needs what opens the keystore. (keyholder/SPEC.md,
// section 11.)
package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/escrin/escrin/keyholder/config"
	"github.com/escrin/escrin/keyholder/internal/steady"
	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/member"
	"github.com/escrin/escrin/keyholder/standing"
	"github.com/escrin/escrin/strictjson"
)

const (
	socketFile = "control.sock"
	hiddenDir  = "control.new" // where the socket is made
	maxRequest = 64 << 10
	maxReply   = 1 << 20
	timeout    = time.Minute
)

// Holder is the running keyholder.
type Holder struct {
	Keys     *keystore.Keystore
	Standing *standing.Standing
	Version  string
	// Network tells how it stands with the key network. May be nil.
	Network func() NetworkStatus
}

// Status is what an operator wants to know.
type Status struct {
	Version    string          `json:"version"`
	Member     member.Profile  `json:"member"`
	Signer     config.Address  `json:"signer"`
	Generation uint64          `json:"generation"` // of the keystore
	Leaving    bool            `json:"leaving"`
	Barred     uint64          `json:"barred"`           // last epoch that is not served because the state was put back; zero for none
	Reason     standing.Reason `json:"reason,omitempty"` // of that
	Network    *NetworkStatus  `json:"network,omitempty"`
}

// NetworkStatus is how a holder stands with the key network, as of a final block.
type NetworkStatus struct {
	Block     uint64       `json:"block"`             // height
	Active    uint64       `json:"active"`            // epoch; zero if there is none
	Latest    uint64       `json:"latest"`            // epoch that was started last; zero if none was
	Phase     string       `json:"phase"`             // of the latest
	Serving   uint64       `json:"serving"`           // epoch whose share is used; zero if none
	Index     uint32       `json:"index,omitempty"`   // in the epoch that is served
	Waiting   string       `json:"waiting,omitempty"` // for what
	Problem   string       `json:"problem,omitempty"` // what an operator must look at
	Peers     []PeerStatus `json:"peers"`             // other members of the active epoch
	AuditHead string       `json:"auditHead,omitempty"`
	Funds     string       `json:"funds,omitempty"` // of the signer, in wei
}

// PeerStatus is another member.
type PeerStatus struct {
	Account config.Address `json:"account"`
	URL     string         `json:"url,omitempty"`
	Problem string         `json:"problem,omitempty"` // empty if it answered last time
}

// Serve answers commands until ctx ends. The caller has the directory's keystore
// open, so that nobody else serves there.
func Serve(ctx context.Context, dir string, h Holder, log *slog.Logger) error {
	l, err := listen(dir)
	if err != nil {
		return fmt.Errorf("control: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /status", handle(log, h.status))
	mux.HandleFunc("POST /join", handle(log, h.join))
	mux.HandleFunc("POST /leave", handle(log, h.leave))
	s := &http.Server{Handler: mux, ReadTimeout: timeout, WriteTimeout: timeout, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelInfo)}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	err = s.Serve(steady.Listener(l, log))
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	if err = errors.Join(err, os.Remove(filepath.Join(dir, socketFile))); err != nil {
		return fmt.Errorf("control: %w", err)
	}
	return nil
}

// listen makes the socket anew; one that is there is a dead process's. It is made
// where nobody else can reach it, and put in its place with its mode.
func listen(dir string) (net.Listener, error) {
	hidden := filepath.Join(dir, hiddenDir)
	if err := errors.Join(os.RemoveAll(hidden), os.Mkdir(hidden, 0o700)); err != nil {
		return nil, err
	}
	defer os.RemoveAll(hidden)
	path, done, err := shortPath(hidden)
	if err != nil {
		return nil, err
	}
	defer done()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false) // the path ends with the directory's descriptor
	made := filepath.Join(hidden, socketFile)
	err = os.Chmod(made, 0o600)
	if err == nil {
		err = os.Rename(made, filepath.Join(dir, socketFile))
	}
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// shortPath returns a path of the socket that fits into a socket's address,
// however long the directory's is. It holds until done is called.
func shortPath(dir string) (path string, done func() error, err error) {
	f, err := os.Open(dir)
	if err != nil {
		return "", nil, err
	}
	return filepath.Join("/proc/self/fd", strconv.Itoa(int(f.Fd())), socketFile), f.Close, nil
}

// handle decodes a request, strictly, and encodes what comes of it.
func handle[Q, A any](log *slog.Logger, do func(context.Context, Q) (A, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		reply, err := answer(r, do)
		if err != nil {
			log.Info("refused a command", "command", r.URL.Path, "reason", err.Error())
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = io.WriteString(w, err.Error())
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(reply)
	}
}

func answer[Q, A any](r *http.Request, do func(context.Context, Q) (A, error)) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	if err != nil {
		return nil, err
	}
	defer clear(body)
	q, err := strictjson.Decode[Q](body, maxRequest)
	if err != nil {
		return nil, err
	}
	a, err := do(r.Context(), q)
	if err != nil {
		return nil, err
	}
	return json.Marshal(a)
}

func (h Holder) status(context.Context, struct{}) (s Status, err error) {
	if s.Member, err = member.ReadProfile(h.Keys); err != nil {
		return s, err
	}
	signer, err := member.Signer(h.Keys)
	if err != nil {
		return s, err
	}
	s.Version, s.Signer, s.Generation, s.Leaving = h.Version, signer.Address(), h.Keys.Generation(), h.Standing.Leaving()
	s.Reason, s.Barred = h.Standing.Why()
	if h.Network != nil {
		n := h.Network()
		s.Network = &n
	}
	return s, nil
}

// Join does what the command does: it stores what the profile says, ends leaving,
// and returns the member entry.
func (h Holder) Join(p member.Profile) (member.Entry, error) {
	if err := errors.Join(member.Amend(h.Keys, p), h.Standing.SetLeaving(false)); err != nil {
		return member.Entry{}, err
	}
	return member.Show(h.Keys)
}

func (h Holder) join(_ context.Context, p member.Profile) (member.Entry, error) { return h.Join(p) }

func (h Holder) leave(context.Context, struct{}) (struct{}, error) {
	return struct{}{}, h.Standing.SetLeaving(true)
}
