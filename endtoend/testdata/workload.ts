// SPDX-License-Identifier: Apache-2.0

// What a workload in TypeScript can do by way of its agent; prints what came of it as JSON.

import { Agent, Refused } from "./agent.ts";

const agent = new Agent(), utf8 = (s: string) => Buffer.from(s);
const refusal = async (call: Promise<unknown>) => call.catch((e) => (e instanceof Refused ? e.code : String(e)));

const task = await agent.task();
const sealed = await agent.seal(utf8("words"), "note");
const { content, version } = await agent.load("state");
await agent.save("state", Buffer.concat([content ?? utf8(""), utf8("x")]), version);
await agent.putOutput("report", utf8("text"));
await agent.setResult(new Uint8Array(32).fill(7));
await agent.progress(100, "done");
console.log(JSON.stringify({
  address: (await agent.deriveKey({ kind: "secp256k1", path: "a" })).address,
  signature: ((await agent.sign({ path: "a" }, new Uint8Array(32))).length - 2) / 2,
  unsealed: [(await agent.unseal(sealed, "note")).toString(), await refusal(agent.unseal(sealed, "other"))],
  evidence: (await agent.evidence(utf8("data"))).length > 0,
  omni: (await agent.getOmniKey()).type,
  state: [content?.toString() ?? null, version, await refusal(agent.save("state", utf8("fork"), version))],
  inputs: [await agent.inputs(), (await agent.input("input.txt")).toString()],
  refused: [await refusal(agent.rpc("eth_chainId")), await refusal(new Agent(undefined, "none").task())],
  trial: task.trial,
}));
