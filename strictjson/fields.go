// SPDX-License-Identifier: Apache-2.0

package strictjson

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
)

var (
	errTwice   = errors.New("the key appears twice")
	errUnknown = errors.New("unknown field")
)

// errForm says that a type has no JSON form.
func errForm(t reflect.Type) error { return fmt.Errorf("a %s has no JSON form here", t) }

// isBytes says whether a slice is base64.
func isBytes(t reflect.Type) bool {
	return t.Elem().Kind() == reflect.Uint8 && t.Elem().PkgPath() == ""
}

// textKeys says whether the keys of a map are strings that do not read or write themselves.
func textKeys(t reflect.Type) bool {
	return t.Key().Kind() == reflect.String && !reflect.PointerTo(t.Key()).Implements(reflect.TypeFor[textReader]())
}

// field is one of a struct, or of one that is embedded in it.
type field struct {
	name                string
	index               []int
	omitEmpty, omitZero bool
}

// known has the fields of types, which a program has no more of than its source.
var known sync.Map

// fieldsOf returns the fields of a struct, in the order of its document.
func fieldsOf(t reflect.Type) ([]field, error) {
	if fields, ok := known.Load(t); ok {
		return fields.([]field), nil
	}
	fields, err := appendFields(nil, t, nil)
	if err == nil {
		known.Store(t, fields)
	}
	return fields, err
}

// appendFields appends those of a struct that is at an index of the whole.
func appendFields(all []field, t reflect.Type, at []int) ([]field, error) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		embedded := f.Anonymous && name == ""
		switch hidden := !f.IsExported(); {
		case tag == "-" || hidden && !f.Anonymous:
			continue
		case hidden && !(embedded && f.Type.Kind() == reflect.Struct):
			return nil, errForm(f.Type) // of which encoding/json has what it embeds, and this would have nothing
		}
		index := append(at[:len(at):len(at)], i)
		var err error
		switch {
		case embedded && f.Type.Kind() == reflect.Struct:
			if all, err = appendFields(all, f.Type, index); err != nil {
				return nil, err
			}
			continue
		case embedded && f.Type.Kind() == reflect.Pointer:
			return nil, errForm(f.Type)
		case name == "":
			name = f.Name
		}
		one := field{name: name, index: index}
		if err := one.set(options); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if i, err := lookup(all, []byte(name)); err != nil || i >= 0 {
			return nil, fmt.Errorf("two fields of %s are %q, or fold to it", t, name)
		}
		all = append(all, one)
	}
	return all, nil
}

// set sets what the tag of a field says behind the name.
func (f *field) set(options string) error {
	for options != "" {
		var option string
		switch option, options, _ = strings.Cut(options, ","); option {
		case "omitempty":
			f.omitEmpty = true
		case "omitzero":
			f.omitZero = true
		default:
			return fmt.Errorf("%q means nothing here", option)
		}
	}
	return nil
}

// omits says whether the field is left out of a document for its value.
func (f *field) omits(v reflect.Value) bool {
	return f.omitEmpty && isEmpty(v) || f.omitZero && isZero(v)
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Struct:
		return false
	case reflect.Array, reflect.Map, reflect.Slice:
		return v.Len() == 0
	}
	return v.IsZero()
}

// isZero asks the value, if it can tell.
func isZero(v reflect.Value) bool {
	pointer := v
	if v.Kind() != reflect.Pointer {
		pointer = reflect.New(v.Type())
		pointer.Elem().Set(v)
	}
	if own, can := pointer.Interface().(interface{ IsZero() bool }); can && !pointer.IsNil() {
		return own.IsZero()
	}
	return v.IsZero()
}

// mayHaveMethods says whether values of a type could read or write themselves: a struct without a name may by what it embeds.
func mayHaveMethods(t reflect.Type) bool { return t.PkgPath() != "" || t.Kind() == reflect.Struct }
