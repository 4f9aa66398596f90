// SPDX-License-Identifier: Apache-2.0

package config

import (
	"strings"
	"testing"

	"github.com/escrin/escrin/strictjson"
)

// What is reached from elsewhere is served with TLS, or the configuration says
// who else does it.
func TestServingSaysHow(t *testing.T) {
	t.Parallel()
	const files = `"tls":{"certificate":"c","key":"k"}`
	for _, c := range []struct{ listen, serving, problem string }{
		{"127.0.0.1:1075", `{}`, ""},
		{"[::1]:1075", `{}`, ""},
		{"localhost:1075", `{}`, ""},
		{"0.0.0.0:1075", `{` + files + `}`, ""},
		{"127.0.0.1:1075", `{` + files + `}`, ""},
		{"0.0.0.0:1075", `{"proxied":true,"trustedProxies":["10.0.0.0/8"]}`, ""},
		{":1075", `{"metrics":"127.0.0.1:9090","audit":{"anchorEvery":3600}}`, "elsewhere"},
		{"0.0.0.0:1075", `{}`, "elsewhere"},
		{"keyholder.example:1075", `{}`, "elsewhere"},
		{"127.0.0.1", `{}`, "listen"},
		{"0.0.0.0:1075", `{` + files + `,"proxied":true,"trustedProxies":["10.0.0.0/8"]}`, "exclude"},
		{"0.0.0.0:1075", `{"proxied":true}`, "trustedProxies"},
		{"0.0.0.0:1075", `{"tls":{"certificate":"c","key":""}}`, "required"},
		{"127.0.0.1:1075", `{"metrics":"9090"}`, "metrics"},
		{"127.0.0.1:1075", `{"limits":{"perAddress":{"perSecond":0,"burst":1}}}`, "no rate"},
		{"127.0.0.1:1075", `{"limits":{"perRequester":{"perSecond":1,"burst":-1}}}`, "no rate"},
		{"127.0.0.1:1075", `{"limits":{"perRequester":{"perSecond":0.5,"burst":1}}}`, ""},
		{"127.0.0.1:1075", `{"trustedProxies":["10.0.0.1"]}`, "prefix"},
	} {
		s, err := strictjson.Decode[Serving]([]byte(c.serving), MaxSize)
		if err == nil {
			err = s.validate(c.listen)
		}
		if (c.problem == "") != (err == nil) || (err != nil && !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(c.problem))) {
			t.Errorf("%s %s: %v", c.listen, c.serving, err)
		}
	}
}
