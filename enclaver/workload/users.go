// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/guestagent/config"
)

const (
	maxAccountFile = 1 << 20 // bytes of /etc/passwd or /etc/group (threat IMG-14)
	maxID          = 1<<32 - 2
)

// resolveUser turns the image's User ("name", "uid", either with ":group" or ":gid") into numbers, as
// container runtimes do, with the image's own /etc/passwd and /etc/group. Without a group the user's own is
// taken, and every group that lists the user.
func resolveUser(user string, root fs.FS) (config.User, error) {
	u, err := lookUpUser(user, root)
	if err != nil {
		return config.User{}, fmt.Errorf("resolve user %q: %w", user, err)
	}
	return u, nil
}

func lookUpUser(user string, root fs.FS) (config.User, error) {
	passwd, err := readAccounts(root, "etc/passwd")
	if err != nil {
		return config.User{}, err
	}
	groups, err := readAccounts(root, "etc/group")
	if err != nil {
		return config.User{}, err
	}
	name, group, hasGroup := strings.Cut(user, ":")
	if name == "" && hasGroup || hasGroup && group == "" {
		return config.User{}, errors.New("name or group is empty")
	}
	if name == "" {
		name = "0"
	}
	account, result, err := findUser(name, passwd)
	if err != nil {
		return config.User{}, err
	}
	if hasGroup {
		result.GID, err = findGroup(group, groups)
		return result, err
	}
	result.AdditionalGIDs, err = groupsOf(account, result.GID, groups)
	return result, err
}

// findUser returns the account's name, if it has one, and its ids.
func findUser(name string, passwd [][]string) (string, config.User, error) {
	number, numeric := parseID(name)
	for _, fields := range passwd { // name:password:uid:gid:…
		if len(fields) < 4 {
			continue
		}
		uid, ok := parseID(fields[2])
		if fields[0] != name && !(numeric && ok && uid == number) {
			continue
		}
		gid, gidOK := parseID(fields[3])
		if !ok || !gidOK {
			return "", config.User{}, fmt.Errorf("/etc/passwd has no valid ids for %q", fields[0])
		}
		return fields[0], config.User{UID: uid, GID: gid}, nil
	}
	if !numeric {
		err := errors.New("not in the image's /etc/passwd, and not a number in 0…2³²−2")
		return "", config.User{}, hint.Wrap(err, "%s; name another with --user", knownUsers(passwd))
	}
	return "", config.User{UID: number}, nil
}

// knownUsers names a few of the image's users.
func knownUsers(passwd [][]string) string {
	const few = 8
	var names []string
	for _, fields := range passwd {
		if len(names) == few {
			names = append(names, "…")
			break
		}
		names = append(names, strconv.Quote(fields[0]))
	}
	if len(names) == 0 {
		return "the image has no users"
	}
	return "the image has the users " + strings.Join(names, ", ")
}

func findGroup(name string, groups [][]string) (uint32, error) {
	for _, fields := range groups { // name:password:gid:members
		if len(fields) < 3 || fields[0] != name {
			continue
		}
		if gid, ok := parseID(fields[2]); ok {
			return gid, nil
		}
		return 0, fmt.Errorf("/etc/group has no valid id for %q", name)
	}
	if gid, ok := parseID(name); ok {
		return gid, nil
	}
	return 0, fmt.Errorf("group %q is not in the image's /etc/group, and not a number in 0…2³²−2", name)
}

// groupsOf returns the groups that list the account, sorted, without its own.
func groupsOf(account string, own uint32, groups [][]string) ([]uint32, error) {
	var ids []uint32
	for _, fields := range groups {
		if account == "" || len(fields) < 4 || !slices.Contains(strings.Split(fields[3], ","), account) {
			continue
		}
		gid, ok := parseID(fields[2])
		if !ok {
			return nil, fmt.Errorf("/etc/group has no valid id for %q", fields[0])
		}
		if gid != own {
			ids = append(ids, gid)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// parseID accepts decimal digits alone: no sign, no space, no leading zero.
func parseID(s string) (uint32, bool) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n > maxID || strconv.FormatUint(n, 10) != s {
		return 0, false
	}
	return uint32(n), true
}

// readAccounts returns the lines of an account file, split at colons; a file that is not there has none.
func readAccounts(root fs.FS, path string) ([][]string, error) {
	f, err := root.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("/%s is not a regular file", path)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxAccountFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxAccountFile {
		return nil, fmt.Errorf("/%s has more than %d bytes", path, maxAccountFile)
	}
	var lines [][]string
	scanner := bufio.NewScanner(bytes.NewReader(data))
	scanner.Buffer(nil, maxAccountFile+1)
	for scanner.Scan() {
		line := strings.TrimSpace(scanner.Text())
		if line != "" && line[0] != '#' {
			lines = append(lines, strings.Split(line, ":"))
		}
	}
	return lines, scanner.Err()
}
