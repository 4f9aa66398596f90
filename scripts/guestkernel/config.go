// SPDX-License-Identifier: Apache-2.0

package guestkernel

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

const off = "n"

// checkConfig says whether a configuration has all of options as they stand there, and beside them what implied lists and
// nothing else.
func checkConfig(config []byte) error {
	chosen, err := parseOptions(options)
	if err != nil {
		return fmt.Errorf("options: %w", err)
	}
	brought, err := parseImplied(implied)
	if err != nil {
		return fmt.Errorf("implied: %w", err)
	}
	return compare(chosen, brought, parseConfig(string(config)))
}

// compare is checkConfig of what was parsed.
func compare(chosen, brought, got map[string]string) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(chosen)) {
		if _, ok := brought[name]; ok {
			errs = append(errs, fmt.Errorf("%s is in options and in implied", name))
		}
		if value, ok := got[name]; !ok && chosen[name] != off || ok && value != chosen[name] {
			errs = append(errs, fmt.Errorf("options wants %s=%s, it is %q", name, chosen[name], value))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := chosen[name]; ok {
			continue
		}
		if want, ok := brought[name]; !ok {
			errs = append(errs, fmt.Errorf("%s=%s is not allowed", name, got[name]))
		} else if got[name] != want {
			errs = append(errs, fmt.Errorf("implied says %s=%s, it is %s", name, want, got[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(brought)) {
		if _, ok := got[name]; !ok {
			errs = append(errs, fmt.Errorf("%s is implied no more", name))
		}
	}
	return errors.Join(errs...)
}

// parseConfig reads what a .config sets, by name without CONFIG_.
func parseConfig(text string) map[string]string {
	set := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := setting(line); ok {
			set[name] = value
		}
	}
	return set
}

// setting reads a line CONFIG_NAME=value.
func setting(line string) (name, value string, ok bool) {
	line, ok = strings.CutPrefix(strings.TrimSpace(line), "CONFIG_")
	if !ok {
		return "", "", false
	}
	return strings.Cut(line, "=")
}

// parseOptions reads the file options: settings, each once and each with a reason.
func parseOptions(text string) (map[string]string, error) {
	set := map[string]string{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		line, reason, _ := strings.Cut(line, "#")
		name, value, ok := setting(line)
		if _, twice := set[name]; !ok || twice {
			return nil, fmt.Errorf("%q is not a setting that stands there once", line)
		}
		if strings.TrimSpace(reason) == "" {
			return nil, fmt.Errorf("%s has no reason", name)
		}
		set[name] = value
	}
	return set, nil
}

// parseImplied reads the file implied: after each reason, on a line of its own, the settings that it is for. One without a
// value is y.
func parseImplied(text string) (map[string]string, error) {
	set := map[string]string{}
	reason := ""
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if after, ok := strings.CutPrefix(line, "#"); ok {
			reason = after
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			value = "y"
		}
		if _, twice := set[name]; twice {
			return nil, fmt.Errorf("%s stands there twice", name)
		}
		if reason == "" {
			return nil, fmt.Errorf("%s has no reason", name)
		}
		set[name] = value
	}
	return set, nil
}
