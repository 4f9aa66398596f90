// SPDX-License-Identifier: Apache-2.0

package spec

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/guestagent/config"
)

const fullCompose = `
name: shop
services:
  web:
    image: ./web:latest
    command: serve --port 8080
    environment: [MODE=live, "PRICE=5$$"]
    depends_on:
      db: {condition: service_started}
      migrate: {condition: service_completed_successfully}
    volumes:
      - data:/srv/data:ro
      - {type: tmpfs, target: /cache, tmpfs: {size: 64m}}
    secrets: [tls.key, {source: token, target: api/token}]
    read_only: true
  db:
    image: ./db:latest
    user: "70:70"
    volumes: [data:/var/lib/db, /var/log]
    stop_signal: SIGINT
    tmpfs: /run/db:size=1000k
  migrate:
    image: ./web:latest
    entrypoint: [/bin/migrate]
    working_dir: /srv
    depends_on: [db]
    environment: {TO: "7"}
volumes:
  data: {x-escrin: {sizeMiB: 512, medium: disk}}
secrets:
  tls.key: {external: true}
  token: {external: true}
x-note: passed over
`

func composed() Spec {
	s := Default()
	s.Scratch = config.ScratchDisk
	s.Containers = []Container{
		{Name: "db", Workload: Workload{User: "70:70", StopSignal: "SIGINT", Volumes: []config.Volume{
			{Path: "/run/db", SizeMiB: 1}, {Path: "/var/lib/db", SizeMiB: 512, Disk: true, Name: "data"}, {Path: "/var/log", SizeMiB: 256},
		}}},
		{Name: "migrate", Image: 1, Completes: true, Workload: Workload{Entrypoint: []string{"/bin/migrate"}, Workdir: "/srv", Env: map[string]string{"TO": "7"}}},
		{Name: "web", Image: 1, Workload: Workload{
			Cmd: []string{"serve", "--port", "8080"}, Env: map[string]string{"MODE": "live", "PRICE": "5$"}, ReadOnlyRoot: true,
			Volumes: []config.Volume{{Path: "/cache", SizeMiB: 64}, {Path: "/srv/data", SizeMiB: 512, Disk: true, Name: "data", ReadOnly: true}},
			Secrets: []config.Secret{{Name: "tls.key", Path: "/run/secrets/tls.key"}, {Name: "token", Path: "/run/secrets/api/token"}},
		}},
	}
	return s
}

func machine() Spec {
	s := Default()
	s.Scratch = config.ScratchDisk
	return s
}

func TestComposeFileIsRead(t *testing.T) {
	got, images, err := Compose{Machine: machine()}.Parse([]byte(fullCompose))
	if err != nil || !reflect.DeepEqual(got, composed()) || !slices.Equal(images, []string{"./db:latest", "./web:latest"}) {
		t.Errorf("%+v, %q, %v", got, images, err)
	}
	got, images, err = Compose{Machine: machine(), Main: "web", Images: map[string]string{"migrate": "./db:latest"}}.Parse([]byte(fullCompose))
	if err != nil || got.Containers[1].Image != 0 || got.Containers[2].Image != 1 || !slices.Equal(images, []string{"./db:latest", "./web:latest"}) {
		t.Errorf("%+v, %q, %v", got.Containers, images, err)
	}
}

// TestComposeOrder: behind what a service depends on, else as in the file, and the main one last.
func TestComposeOrder(t *testing.T) {
	for _, c := range []struct{ services, main, want string }{
		{"a: {image: i}", "", "a"},
		{"a: {image: i}\n  b: {image: i, depends_on: [a]}", "", "a b"},
		{"b: {image: i, depends_on: [a]}\n  a: {image: i}", "", "a b"},
		{"c: {image: i, depends_on: [a, b]}\n  b: {image: i}\n  a: {image: i}", "", "b a c"},
		{"a: {image: i}\n  b: {image: i}", "a", "b a"},
		{"a: {image: i}\n  b: {image: i}", "b", "a b"},
		{"a: {image: i}\n  b: {image: i, depends_on: [a]}\n  c: {image: i}", "b", "a c b"},
	} {
		s, _, err := Compose{Machine: Default(), Main: c.main}.Parse([]byte("services:\n  " + c.services + "\n"))
		var names []string
		for _, c := range s.Containers {
			names = append(names, c.Name)
		}
		if err != nil || strings.Join(names, " ") != c.want {
			t.Errorf("%s: %q, %v", c.services, names, err)
		}
	}
}

// TestComposeTakesNothingOfThisMachine, and nothing of which an enclave would do something else than an author expects.
func TestComposeTakesNothingOfThisMachine(t *testing.T) {
	service := func(text string) string { return "services: {a: {image: i, " + text + "}}" }
	for file, want := range map[string]string{
		"":                          "the file is empty",
		"services: {}":              "want 1…",
		"version: '3'":              "no services",
		"services: {a: {}}":         "want 1…",
		"services: {a: {user: b}}":  "has no image",
		"services: {A: {image: i}}": "want a name",
		"networks: {a: {}}":         "networks is not taken: containers share one loopback",
		"include: [a]":              "an enclave is what one file says",
		"service: {}":               `did you mean "services"?`,
		"services: {a: {build: .}}": "--image a=IMAGE",
		"services: {a: {build: ., image: acme/api}}":                 "service a has build, and nothing is built here",
		"services: {a: {build: {context: .}, image: acme/api}}":      "--image a=IMAGE",
		service("ports: ['1:1']"):                                    "network in escrin.yaml",
		service("privileged: true"):                                  "same few rights",
		service("mem_limit: 1g"):                                     "bounds are the machine's",
		service("env_file: a"):                                       "the confidential config",
		service("restart: always"):                                   "stays so",
		service("healthcheck: {}"):                                   "no effect",
		service("labels: [a]"):                                       "no effect",
		service("comand: x"):                                         `did you mean "command"?`,
		service("user: $USER"):                                       "variables are not taken",
		service("user: '${U:-a}'"):                                   "variables are not taken",
		service("environment: [A]"):                                  "NAME=value",
		service("environment: {A:}"):                                 "want text",
		service("environment: {A: 5}"):                               "in quotes",
		service("environment: [A=1, A=2]"):                           "each name once",
		service("command: sh -c 'a b'"):                              "write a list",
		service("volumes: [./a:/a]"):                                 "a folder of this machine",
		service("volumes: ['/a:/a']"):                                "a folder of this machine",
		service("volumes: ['~:/a']"):                                 "a folder of this machine",
		service("volumes: ['a:/a:z']"):                               "want PATH or NAME:PATH",
		service("volumes: ['a:/a:ro:x']"):                            "want PATH or NAME:PATH",
		service("volumes: ['a:/a']"):                                 "not among the file's volumes",
		service("volumes: [{type: bind, target: /a}]"):               "want volume or tmpfs",
		service("volumes: [{target: /a, volume: {}}]"):               "a volume is memory",
		service("volumes: [{target: /a, read_only: true}]"):          "readOnly without a name",
		service("tmpfs: '/a:mode=1'"):                                "PATH:size=SIZE",
		service("tmpfs: '/a:size=0'"):                                "want a size",
		service("tmpfs: '/a:size=9kk'"):                              "want a size",
		service("tmpfs: '/a:size=9999999g'"):                         "want a size",
		service("tmpfs: [/proc]"):                                    "is taken",
		service("secrets: [b]"):                                      "not among the file's secrets",
		service("secrets: [{source: b, mode: 1}]"):                   "same few rights",
		service("depends_on: [b]"):                                   "which is no service",
		service("depends_on: [a]"):                                   "in a circle",
		service("depends_on: {b: {condition: x}}"):                   "want service_started",
		service("stop_signal: SIGFOO"):                               `"SIGFOO" is not a signal's name`,
		service("stop_signal: '19'"):                                 `"19": stopSignal SIGSTOP ends no program`,
		service("stop_signal: 15"):                                   `write "15" in quotes`,
		service("volumes: ['/a', '/a']"):                             "paths unique",
		service("user: &a b"):                                        "anchors",
		service("image: j"):                                          "appears twice",
		"services: {a: {image: i}}\nvolumes: {b: {driver: x}}":       "a volume is memory",
		"services: {a: {image: i}}\nsecrets: {b: {file: x}}":         "comes with a task",
		"services: {a: {image: i}}\nsecrets: {b: {external: false}}": "external: true",
		"services: {a: {image: i}, b: {image: i}}":                   "any of a, b could be the main one",
		"services: {a: {image: i, depends_on: [b]}, b: {image: i, depends_on: [a]}, c: {image: i}}":                                                                               "in a circle",
		"services: {a: {image: i, volumes: ['v:/v']}, b: {image: i, depends_on: [a], volumes: ['v:/v', '/v/w']}}\nvolumes: {v: }":                                                 "would be mounted in it",
		"services: {a: {image: i}, b: {image: i, depends_on: [a]}, c: {image: i, depends_on: {b: {condition: service_started}, a: {condition: service_completed_successfully}}}}": "some on its end",
	} {
		_, _, err := Compose{Machine: Default()}.Parse([]byte(file))
		if err == nil || !strings.Contains(err.Error()+hint.Of(err), want) {
			t.Errorf("%s: %v, want %q", file, err, want)
		}
	}
}

func TestComposeFlagsAreAboutServices(t *testing.T) {
	built := []byte("services: {a: {build: .}, b: {image: i, depends_on: [a]}}")
	if _, images, err := (Compose{Machine: Default(), Images: map[string]string{"a": "./a"}}).Parse(built); err != nil || !slices.Equal(images, []string{"./a", "i"}) {
		t.Errorf("%q, %v", images, err)
	}
	file := []byte("services: {a: {image: i}, b: {image: i, depends_on: [a]}}")
	for want, c := range map[string]Compose{
		`"a" is no service, or one on which another depends`: {Main: "a"},
		`"c" is no service, or one on which another depends`: {Main: "c"},
		`an image is given for "c"`:                          {Images: map[string]string{"c": "i"}},
	} {
		c.Machine = Default()
		if _, _, err := c.Parse(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func FuzzCompose(f *testing.F) {
	f.Add([]byte(fullCompose))
	f.Add([]byte("services: {a: {image: i}}"))
	f.Fuzz(func(t *testing.T, file []byte) {
		s, images, err := Compose{Machine: machine()}.Parse(file)
		if err != nil {
			return
		}
		if document, err := s.Canonical(); err != nil || len(images) != s.Images() {
			t.Fatalf("%q: %s, %q, %v", file, document, images, err)
		}
	})
}
