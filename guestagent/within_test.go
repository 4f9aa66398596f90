// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"strings"
	"testing"
)

// TestWhatBeganLastEndsFirst: parts begin in order, each within those before it; those that have begun end in reverse, and no other,
// whether all goes well, a part does not begin, or what they are for fails or panics.
func TestWhatBeganLastEndsFirst(t *testing.T) {
	for fails, want := range map[string]string{
		"":      "begin a, begin b in a, begin c in ab, do in abc, end c, end b, end a",
		"do":    "begin a, begin b in a, begin c in ab, do in abc, end c, end b, end a",
		"panic": "begin a, begin b in a, begin c in ab, do in abc, end c, end b, end a",
		"c":     "begin a, begin b in a, begin c in ab, end b, end a",
		"b":     "begin a, begin b in a, end a",
		"a":     "begin a",
	} {
		var events []string
		note := func(what string, ctx context.Context) {
			if within, _ := ctx.Value(place{}).(string); within != "" {
				what += " in " + within
			}
			events = append(events, what)
		}
		var parts []part
		for _, name := range []string{"a", "b", "c"} {
			parts = append(parts, part{name, func(ctx context.Context) (context.Context, func(), error) {
				note("begin "+name, ctx)
				if fails == name {
					return nil, nil, errBroken
				}
				before, _ := ctx.Value(place{}).(string)
				return context.WithValue(ctx, place{}, before+name), func() { note("end "+name, context.Background()) }, nil
			}})
		}
		err := calmly(func() error {
			return within(t.Context(), parts, func(ctx context.Context) error {
				note("do", ctx)
				switch fails {
				case "do":
					return errBroken
				case "panic":
					panic(errBroken)
				}
				return nil
			})
		})
		if got := strings.Join(events, ", "); got != want || (err == nil) != (fails == "") {
			t.Errorf("%q fails: %s, %v", fails, got, err)
		}
		if len(fails) == 1 && err.Error() != fails+": broken" {
			t.Errorf("%q fails: %v", fails, err)
		}
	}
}

// place is the key of a context's value: the parts that go on.
type place struct{}

// calmly makes an error of a panic with one.
func calmly(do func() error) (err error) {
	defer func() {
		if said, ok := recover().(error); ok {
			err = said
		}
	}()
	return do()
}
