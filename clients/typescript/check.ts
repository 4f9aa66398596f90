// SPDX-License-Identifier: Apache-2.0

// Asks an agent, whose socket is the argument, for all that the client offers, and prints what came.

import { Agent, Refused } from "./agent.ts";

const socket = process.argv[2], agent = new Agent(socket), utf8 = (s: string) => Buffer.from(s);
const refusal = async (call: Promise<unknown>) => call.catch((e) => (e instanceof Refused ? e.code : String(e)));

const sealed = await agent.seal(utf8("words"), "note");
await agent.putOutput("report", utf8("text"));
await agent.setResult(new Uint8Array(32).fill(7));
await agent.progress(50, "half");
const absent = await agent.load("state");
await agent.save("state", utf8("one"), 0);
const { content, version } = await agent.load("state");
const omni = await agent.getOmniKey(); // as escrin v1's workers use it
const bits = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8("v1") }, omni, 256);
console.log(JSON.stringify([
  (await agent.task()).attempt, Buffer.from(bits).toString("hex"), (await agent.deriveKey({ kind: "secp256k1", path: "a" })).address,
  ((await agent.sign({ path: "a" }, new Uint8Array(32))).length - 2) / 2, ((await agent.sign({ kind: "ed25519", path: "a" }, utf8("any words"))).length - 2) / 2,
  (await agent.unseal(sealed, "note")).toString(), await refusal(agent.unseal(sealed, "other")), (await agent.evidence(utf8("data"))).length > 0,
  [absent.content, absent.version], [content?.toString(), version], await refusal(agent.save("state", utf8("fork"), 0)),
  await agent.inputs(), (await agent.input("a")).toString(), await agent.secrets(), await refusal(agent.secret("absent")),
  await agent.rpc("eth_blockNumber"), await agent.send({ path: "wallet" }, { to: `0x${"aa".repeat(20)}`, value: 1n }), await refusal(agent.rpc("admin_addPeer")),
  await refusal(new Agent(socket, "none").task()),
]));
