// SPDX-License-Identifier: Apache-2.0

package keystore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/escrin/escrin/strictjson"
)

// pluginTimeout is for one answer. A security module may want a touch.
const pluginTimeout = time.Minute

const maxPluginReply = 64 << 10

// PluginRequest is the line that a plugin process reads from its standard input.
// Bytes are base64.
type PluginRequest struct {
	Version int    `json:"version"` // 1
	Op      string `json:"op"`      // "wrap" or "unwrap"
	Context []byte `json:"context"` // associated data: the same for wrap and unwrap
	Key     []byte `json:"key,omitempty"`
	Wrapped []byte `json:"wrapped,omitempty"`
}

// PluginReply is the line that it writes to its standard output: exactly one of
// the three. The plugin then ends.
type PluginReply struct {
	Key     []byte `json:"key,omitempty"`
	Wrapped []byte `json:"wrapped,omitempty"`
	Error   string `json:"error,omitempty"`
}

type plugin struct{ program string }

// Plugin is a source in another process, for key management services and
// security modules: program is started, without arguments, for each key to wrap
// or unwrap.
func Plugin(program string) Source { return plugin{program} }

// Kind implements Source.
func (plugin) Kind() Kind { return KindPlugin }

func (p plugin) wrap(ctx context.Context, key *[32]byte) ([]byte, error) {
	reply, err := p.ask(ctx, PluginRequest{Op: "wrap", Key: key[:]})
	if err != nil {
		return nil, err
	}
	if len(reply.Wrapped) == 0 || reply.Key != nil {
		return nil, p.fault(errors.New("reply to wrap has no wrapped key"))
	}
	// What cannot be unwrapped must not become the only copy.
	var again [32]byte
	defer clear(again[:])
	if err := p.unwrap(ctx, reply.Wrapped, &again); err != nil {
		return nil, err
	}
	if again != *key {
		return nil, p.fault(errors.New("unwraps another key than it wrapped"))
	}
	return reply.Wrapped, nil
}

func (p plugin) unwrap(ctx context.Context, wrapped []byte, key *[32]byte) error {
	reply, err := p.ask(ctx, PluginRequest{Op: "unwrap", Wrapped: wrapped})
	if err != nil {
		return err
	}
	defer clear(reply.Key)
	if len(reply.Key) != len(key) || reply.Wrapped != nil {
		return p.fault(errors.New("reply to unwrap has no key of 32 bytes"))
	}
	copy(key[:], reply.Key)
	return nil
}

func (p plugin) ask(ctx context.Context, req PluginRequest) (PluginReply, error) {
	req.Version, req.Context = 1, []byte(dataKeyContext)
	line, err := json.Marshal(req)
	if err != nil {
		return PluginReply{}, err
	}
	defer clear(line)
	ctx, cancel := context.WithTimeout(ctx, pluginTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.program)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(append(line, '\n')), os.Stderr
	cmd.WaitDelay = time.Second
	var out bounded
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		return PluginReply{}, p.fault(errors.Join(err, ctx.Err()))
	}
	defer clear(out.content)
	reply, err := strictjson.Decode[PluginReply](bytes.TrimSuffix(out.content, []byte("\n")), maxPluginReply)
	if err != nil {
		return PluginReply{}, p.fault(errors.New("reply is not one line of JSON as specified"))
	}
	if reply.Error != "" {
		return PluginReply{}, p.fault(fmt.Errorf("%.200q", reply.Error))
	}
	return reply, nil
}

func (p plugin) fault(err error) error { return fmt.Errorf("plugin %s: %w", p.program, err) }

// bounded is a writer that takes maxPluginReply bytes.
type bounded struct{ content []byte }

func (b *bounded) Write(p []byte) (int, error) {
	if len(b.content)+len(p) > maxPluginReply {
		return 0, io.ErrShortWrite
	}
	b.content = append(b.content, p...)
	return len(p), nil
}
