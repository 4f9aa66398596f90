// SPDX-License-Identifier: Apache-2.0
// Holds tasks.mjs against the vectors that Go and Solidity read too (CT-05).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as tasks from "./tasks.mjs";

const file = JSON.parse(readFileSync(new URL("tasks.json", import.meta.url), "utf8"));
const hex = (buffer) => `0x${buffer.toString("hex")}`;

/** 0x strings become Buffers, decimal strings BigInts. */
function revive(value, key = "") {
  if (Array.isArray(value)) return value.map((v) => revive(v));
  if (typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, revive(v, k)]));
  if (typeof value !== "string" || key === "name") return value;
  return value.startsWith("0x") ? Buffer.from(value.slice(2), "hex") : BigInt(value);
}

test("CT-05: types", () => assert.deepEqual(tasks.types, file.types));

test("CT-05: cases", () => {
  assert.deepEqual(file.cases.map((c) => c.results.length), [1, 3, 256, 1]);
  for (const c of file.cases) {
    for (const [key, digest] of Object.entries(tasks.digestsOf(revive(c)))) assert.equal(hex(digest), c[key], `${c.name}: ${key}`);
    assert.equal(parseInt(c.taskId.slice(-2), 16), 0);
  }
});

test("CT-05: a thousand random tasks", () => {
  const seed = revive(file.random.seed);
  assert.equal(file.random.digests.length, 1000);
  for (const [i, want] of file.random.digests.entries()) {
    assert.equal(hex(tasks.keccak(...Object.values(tasks.digestsOf(tasks.randomTask(seed, i))))), want, `random task ${i}`);
  }
});

test("what acceptTaskResults is brought", () => {
  const c = revive(file.cases[1]);
  const proof = tasks.encodeProof(c.terms, Buffer.alloc(65, 7));
  assert.equal(proof.length, 512);
  assert.equal(tasks.encodeReport(c.attempt, c.results).length, 96 + 96 * 3);
});
