// SPDX-License-Identifier: Apache-2.0

// Asks an agent, whose socket is the first argument, for all that the client offers, and prints what came. The second has names that
// nothing can have, as JSON.

import { Agent, Refused } from "./agent.ts";

const socket = process.argv[2], agent = new Agent(socket), utf8 = (s: string) => Buffer.from(s);
const code = (e: unknown) => (e instanceof Refused ? (e.status === 413 ? "413 " : "") + e.code : e instanceof TypeError ? "TypeError" : String(e));
const refusal = async (call: Promise<unknown>) => call.catch(code);
const refusals = async (calls: (() => Promise<unknown>)[]) => { // what came of all, each once
  const all = new Set<string>();
  for (const call of calls) all.add(String(await refusal(call())));
  return [...all].sort();
};

const sealed = await agent.seal(utf8("words"), "note");
await agent.putOutput("report", utf8("text"));
await agent.setResult(new Uint8Array(32).fill(7));
await agent.progress(50, "half");
const absent = await agent.load("A.z_9~-" + "a".repeat(121));
await agent.save("state", utf8("one"), 0);
const { content, version } = await agent.load("state");
const omni = await agent.getOmniKey(); // as escrin v1's workers use it
const bits = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8("v1") }, omni, 256);
const named = [...JSON.parse(process.argv[3]), undefined].flatMap((name) => [() => agent.load(name), () => agent.save(name, utf8("one"), 0),
  () => agent.input(name), () => agent.secret(name), () => agent.putOutput(name, utf8("text"))]);
const texts = (["é", undefined, 32, [1], new Uint16Array(16)] as any[]).flatMap((text) => [() => agent.save("text", text, 0),
  () => agent.putOutput("text", text), () => agent.setResult(text), () => agent.seal(text), () => agent.sign({ path: "a" }, text)]);
const large = new Uint8Array(65 << 20); // of which the agent does not even read the end
const larger = Array(8).fill([() => agent.putOutput("large", large), () => agent.save("large", large, 0)]).flat();
console.log(JSON.stringify([
  (await agent.task()).attempt, Buffer.from(bits).toString("hex"), (await agent.deriveKey({ kind: "secp256k1", path: "a" })).address,
  ((await agent.sign({ path: "a" }, new Uint8Array(32))).length - 2) / 2, ((await agent.sign({ kind: "ed25519", path: "a" }, utf8("any words"))).length - 2) / 2,
  (await agent.unseal(sealed, "note")).toString(), await refusal(agent.unseal(sealed, "other")), (await agent.evidence(utf8("data"))).length > 0,
  [absent.content, absent.version], [content?.toString(), version], await refusal(agent.save("state", utf8("fork"), 0)),
  await agent.inputs(), (await agent.input("a")).toString(), await agent.secrets(), await refusal(agent.secret("absent")),
  await agent.rpc("eth_blockNumber"), await agent.send({ path: "wallet" }, { to: `0x${"aa".repeat(20)}`, value: 1n }), await refusal(agent.rpc("admin_addPeer")),
  await refusal(new Agent(socket, "none").task()), await refusals(named), await refusals(texts), await refusals(larger),
]));
