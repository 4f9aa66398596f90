// SPDX-License-Identifier: Apache-2.0

package transact

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/escrin/escrin/keyholder/jsonrpc"
)

// grace is how long the last nodes are waited for when more than half have answered.
const grace = 250 * time.Millisecond

// majority is how many of n nodes are more than half.
func majority(n int) int { return n/2 + 1 }

// errTooFew reports that not more than half of the nodes answer.
var errTooFew = errors.New("fewer nodes answer than must agree")

// poll asks all nodes at once, and returns the answers of more than half of them or of all, in no
// order. The error is of too few answers; then those that there are, are returned too.
func poll[T any](ctx context.Context, nodes []Node, ask func(context.Context, Node) (T, error)) ([]T, error) {
	type answer struct {
		value T
		err   error
	}
	arrivals := make(chan answer, len(nodes))
	for _, n := range nodes {
		go func() {
			value, err := ask(ctx, n)
			arrivals <- answer{value, err}
		}()
	}
	var answers []T
	var faults []error
	var late <-chan time.Time
	for open := len(nodes); open > 0; {
		select {
		case a := <-arrivals:
			open--
			if a.err == nil {
				answers = append(answers, a.value)
			} else {
				faults = append(faults, a.err)
			}
		case <-late:
			open = 0
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if late == nil && len(answers) >= majority(len(nodes)) {
			late = time.After(grace)
		}
	}
	if len(answers) < majority(len(nodes)) {
		return answers, fmt.Errorf("%w: %w", errTooFew, errors.Join(faults...))
	}
	return answers, nil
}

// highest returns the highest value that k of some reach: if fewer than k of them lie, it is neither
// above what all of the others say nor below.
func highest[T any, V cmp.Ordered](of []T, k int, value func(T) V) V {
	values := make([]V, len(of))
	for i, o := range of {
		values[i] = value(o)
	}
	slices.Sort(values)
	return values[len(values)-k]
}

// Newest returns the number of the newest block, as more than half of the nodes have it.
func Newest(ctx context.Context, nodes []Node) (uint64, error) {
	numbers, err := poll(ctx, nodes, func(ctx context.Context, n Node) (uint64, error) {
		number, err := ask[jsonrpc.Quantity](ctx, n, "eth_blockNumber")
		return uint64(number), err
	})
	if err != nil {
		return 0, fmt.Errorf("ask for the newest block: %w", err)
	}
	return highest(numbers, majority(len(nodes)), func(n uint64) uint64 { return n }), nil
}
