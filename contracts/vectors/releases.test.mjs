// SPDX-License-Identifier: Apache-2.0
// The digests of authors' releases, as ../SPEC.md 4.7 has them. The signatures are checked by Go (enclaver/release).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { keccak, word } from "./tasks.mjs";

const vectors = JSON.parse(readFileSync(new URL("releases.json", import.meta.url), "utf8"));
const text = (string) => keccak(Buffer.from(string));
const bytes = (hex) => Buffer.from(hex.slice(2), "hex");

test("what an author signs is typed data without chain and contract", () => {
  const domain = keccak(text("EIP712Domain(string name,string version)"), text("escrin enclave"), text("1"));
  assert.equal(vectors.length, 8);
  for (const v of vectors) {
    const message = keccak(text("EnclaveRelease(bytes32 measurementRoot,uint64 version)"), bytes(v.measurementRoot), word(BigInt(v.version)));
    assert.equal(`0x${keccak(Buffer.from([0x19, 0x01]), domain, message).toString("hex")}`, v.digest);
  }
});
