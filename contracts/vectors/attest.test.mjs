// SPDX-License-Identifier: Apache-2.0
// Holds attest.mjs against the vectors that Go and Solidity read too.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as attest from "./attest.mjs";

const read = (name) => JSON.parse(readFileSync(new URL(`../../attest/testdata/${name}`, import.meta.url), "utf8"));
const bytes = (text) => {
  assert.match(text, /^0x([0-9a-f]{2})*$/);
  return Buffer.from(text.slice(2), "hex");
};
const hex = (buffer) => `0x${buffer.toString("hex")}`;

/** An object of a vector: 0x strings become Buffers, decimal strings BigInts. */
function revive(value) {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, key === "name" ? v : revive(v)]));
  if (typeof value !== "string") return value;
  return value.startsWith("0x") ? bytes(value) : BigInt(value);
}

test("bindings", () => {
  const { tag, cases } = read("binding.json");
  assert.equal(hex(attest.bindingTag()), tag);
  assert.ok(cases.length >= 14);
  const digests = new Set();
  for (const c of cases) {
    const binding = revive(c);
    assert.equal(hex(attest.encodeBinding(binding)), c.encoded, c.name);
    assert.equal(hex(attest.bindingDigest(binding)), c.digest, c.name);
    assert.equal(hex(attest.reportData(binding)), c.reportData, c.name);
    digests.add(c.digest);
  }
  assert.equal(digests.size, cases.length, "two bindings have one digest");
});

test("measurements", () => {
  const { trees } = read("measurement.json");
  assert.ok(trees.some((tree) => tree.measurements.some((m) => m.tee === attest.SNP)));
  for (const tree of trees) {
    const measurements = tree.measurements.map(revive);
    assert.equal(hex(attest.measurementRoot(measurements)), tree.root, tree.name);
    for (const [i, m] of measurements.entries()) {
      const want = tree.measurements[i];
      assert.equal(hex(attest.registersWord(m)), want.registers, tree.name);
      assert.equal(hex(attest.leaf(m)), want.leaf, tree.name);
      assert.deepEqual(attest.measurementProof(measurements, m).map(hex), want.proof, tree.name);
      assert.ok(attest.verifyProof(bytes(tree.root), attest.leaf(m), m.proof));
      const other = { ...m, vcpus: m.vcpus === 1 ? 2 : 1 };
      assert.ok(!attest.verifyProof(bytes(tree.root), attest.leaf(other), m.proof));
    }
  }
});

test("evidence", () => {
  const { valid, invalid } = read("evidence.json");
  assert.ok(valid.length >= 3 && invalid.length >= 14);
  for (const c of valid) {
    const { name, encoded, digest, ...evidence } = revive(c);
    assert.equal(hex(attest.encodeEvidence(evidence)), c.encoded, name);
    assert.equal(hex(attest.evidenceDigest(evidence)), c.digest, name);
    assert.deepEqual(attest.parseEvidence(encoded), evidence, name);
  }
  for (const c of invalid) assert.throws(() => attest.parseEvidence(bytes(c.encoded)), Error, c.name);
});
