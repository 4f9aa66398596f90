// SPDX-License-Identifier: Apache-2.0

package main

// configurationHelp describes the file of run --config; keys that are not named here are refused (package config).
const configurationHelp = `
The configuration is JSON, for example

  {
    "listen": "0.0.0.0:1075",
    "tls": {"certificate": "tls.pem", "key": "tls.key"},
    "peers": [
      {"account": "0x1111111111111111111111111111111111111111",
       "url": "https://keys.example.org"},
      {"account": "0x2222222222222222222222222222222222222222",
       "url": "https://keys.example.com"},
      {"account": "0x3333333333333333333333333333333333333333",
       "url": "https://keys.example.net"}
    ],
    "chain": {
      "id": 17000,
      "rpc": ["http://127.0.0.1:8545", "https://a.example", "https://b.example"],
      "agree": 2,
      "registry": "0x4444444444444444444444444444444444444444",
      "taskHub": "0x5555555555555555555555555555555555555555",
      "platforms": "0x6666666666666666666666666666666666666666",
      "anchors": "0x7777777777777777777777777777777777777777",
      "keyNetwork": "0x8888888888888888888888888888888888888888",
      "finality": "finalized"
    },
    "roots": "roots.pem",
    "policy": "policy.json"
  }

  listen   host:port of the API; beyond this machine it needs tls or proxied
  tls      PEM files, read again when they change: certificate with its chain,
           and key
  peers    where holders are reached, this one and those that may join included;
           who is a member, the board says
  chain    id; rpc, HTTP addresses of nodes, of which agree (more than half; all
           if left out) must agree on a block; the contracts IdentityRegistry,
           TaskHub, PlatformRegistry, Anchors and KeyNetwork, as "escrin
           contracts addresses" prints them; finality: "finalized",
           {"confirmations": N}, or "latest" for networks of one's own
  roots    PEM file with the root certificates of Intel and AMD to trust
  policy   file that says which platforms and guests are good enough, the same
           for all holders (attest/appraise/SPEC.md)

It may also have

  proxied  true if a proxy ends TLS; trustedProxies are then the networks, such
           as ["127.0.0.1/32"], whose X-Forwarded-For is believed
  limits   perAddress and perRequester, each {"perSecond": N, "burst": N}; left
           out, 100 and 1000 for an address, 2 and 20 for who signs requests
  metrics  host:port at which Prometheus finds metrics
  audit    {"anchorEvery": SECONDS}: how often news of the audit log is put on
           the chain
  chain's  maxHeadAge, in seconds, of a head that is not too old, and maxFee, in
           wei for each gas (300 gwei if left out)
`
