// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/escrin/escrin/keyholder/config"
)

// TestRunHelpDescribesTheConfiguration: its example is one, and every key is named.
func TestRunHelpDescribesTheConfiguration(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	must(t, help([]string{"run"}, &out))
	_, example, _ := strings.Cut(out.String(), "for example\n")
	example, described, _ := strings.Cut(example, "\n  }\n")
	c, err := config.Parse([]byte(example + "}"))
	must(t, err)
	if len(c.Peers) != 3 {
		t.Errorf("%+v", c)
	}
	for _, key := range keysOf(reflect.TypeFor[config.Config]()) {
		if named := regexp.MustCompile(`\b` + key + `\b`); !named.MatchString(example) && !named.MatchString(described) {
			t.Errorf("%s is not described", key)
		}
	}
}

// keysOf are the names in JSON of a struct's fields, and of theirs.
func keysOf(t reflect.Type) (keys []string) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	for i := range t.NumField() {
		if key, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); key != "" {
			keys = append(keys, key)
		}
		keys = append(keys, keysOf(t.Field(i).Type)...)
	}
	return keys
}
