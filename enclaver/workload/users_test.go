// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/escrin/escrin/guestagent/config"
)

const (
	passwd = "root:x:0:0:root:/root:/bin/sh\n# comment\n\napp:x:1000:1001::/srv:\nodd:x:+7:8::/:\nbig:x:4294967295:1::/:\n1234:x:50:51::/:\nshort:x\n"
	groups = "root:x:0:root\napp:x:1001:\naudio:x:44:root,app\nvideo:x:43:app\nagain:x:43:app\nodd:x:-1:nobody\n"
)

func accounts(passwd, group string) fstest.MapFS {
	return fstest.MapFS{"etc/passwd": {Data: []byte(passwd)}, "etc/group": {Data: []byte(group)}}
}

func TestIMG14UsersAreResolvedAsRuntimesDo(t *testing.T) {
	for user, want := range map[string]config.User{
		"":           {UID: 0, GID: 0, AdditionalGIDs: []uint32{44}},
		"root":       {UID: 0, GID: 0, AdditionalGIDs: []uint32{44}},
		"app":        {UID: 1000, GID: 1001, AdditionalGIDs: []uint32{43, 44}},
		"1000":       {UID: 1000, GID: 1001, AdditionalGIDs: []uint32{43, 44}},
		"app:audio":  {UID: 1000, GID: 44},
		"app:7":      {UID: 1000, GID: 7},
		"0:0":        {},
		"77":         {UID: 77},
		"77:88":      {UID: 77, GID: 88},
		"1234":       {UID: 50, GID: 51},
		"4294967294": {UID: 4294967294},
	} {
		got, err := resolveUser(user, accounts(passwd, groups))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v, want %+v", user, got, err, want)
		}
	}
}

func TestIMG14BadUsersAreRefused(t *testing.T) {
	for _, user := range []string{
		"nobody", "app:nobody", ":", "app:", ":app", "+1", "-1", " 1", "1 ", "01", "0x10", "1e3", "4294967295",
		"4294967296", "18446744073709551616", "app:4294967295", "app:-1", "odd", "big", "1:2:3", "app:app:app", "a\x00", "app\n",
		"１", "short", "app:odd", strings.Repeat("9", 1000),
	} {
		if got, err := resolveUser(user, accounts(passwd, groups)); err == nil {
			t.Errorf("%q: accepted as %+v", user, got)
		}
	}
}

func TestIMG14AccountFilesAreBoundedAndRegular(t *testing.T) {
	for name, root := range map[string]fstest.MapFS{
		"huge passwd":      accounts(strings.Repeat("a", maxAccountFile+1), ""),
		"huge group":       accounts("", strings.Repeat("\n", maxAccountFile+1)),
		"passwd is folder": {"etc/passwd/x": {}},
	} {
		if _, err := resolveUser("0", root); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if got, err := resolveUser("", fstest.MapFS{}); err != nil || !reflect.DeepEqual(got, config.User{}) {
		t.Errorf("FROM scratch: %+v, %v", got, err)
	}
}

func FuzzResolveUser(f *testing.F) {
	f.Add("app:audio", passwd, groups)
	f.Fuzz(func(t *testing.T, user, passwd, group string) {
		got, err := resolveUser(user, accounts(passwd, group))
		if err == nil && (got.UID > maxID || got.GID > maxID) {
			t.Errorf("%q: %+v", user, got)
		}
	})
}
