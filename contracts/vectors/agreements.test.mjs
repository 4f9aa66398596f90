// SPDX-License-Identifier: Apache-2.0
// Holds agreements.mjs against the vectors that Solidity reads too (CT-05).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as agreements from "./agreements.mjs";

const file = JSON.parse(readFileSync(new URL("agreements.json", import.meta.url), "utf8"));
const hex = (buffer) => `0x${buffer.toString("hex")}`;

/** 0x strings become Buffers, decimal strings BigInts. */
function revive(value) {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, revive(v)]));
  if (typeof value !== "string") return value;
  return value.startsWith("0x") ? Buffer.from(value.slice(2), "hex") : BigInt(value);
}

test("CT-05: types", () => assert.deepEqual(agreements.types, file.types));

test("CT-05: what approvers sign", () => {
  const permit = revive(file.permit);
  assert.equal(hex(agreements.permitDigest(permit.chainId, permit.multisig, permit)), file.permit.digest);
});

test("CT-05: what enclaves that agree sign", () => {
  const { chainId, acceptor, identity, taskIds, outcomes } = revive(file.statement);
  assert.equal(hex(agreements.statementDigest(chainId, acceptor, identity, taskIds, outcomes)), file.statement.digest);
});

test("KR-09: sessions, transcripts and completions", () => {
  const session = revive(file.session);
  let transcript = agreements.sessionId(session);
  assert.equal(hex(transcript), file.session.sessionId);
  for (const { phase, index, message, transcript: want } of session.messages) {
    transcript = agreements.transcriptAfter(transcript, phase, index, message);
    assert.equal(hex(transcript), hex(want));
  }
  const completion = agreements.completionDigest(session.sessionId, session.groupKey, session.commitments, transcript);
  assert.equal(hex(completion), file.session.completion);
});
