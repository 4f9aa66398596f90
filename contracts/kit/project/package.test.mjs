// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import * as kit from "@escrin/contracts";
import solc from "solc";

const home = join(import.meta.dirname, "node_modules/@escrin/contracts");
const read = (path) => readFileSync(path, "utf8");

/** The first contract of the package's README. */
const application = `pragma solidity ^0.8.28;\n${/```solidity\n([^]*?)```/.exec(read(join(home, "README.md")))[1]}`;

test("the contract of the README compiles", () => {
  const input = {
    language: "Solidity",
    sources: { "Oracle.sol": { content: application } },
    settings: { outputSelection: { "*": { "*": ["evm.bytecode.object"] } } },
  };
  const load = (path) => ({ contents: read(join(import.meta.dirname, "node_modules", path)) });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: load }));
  assert.deepEqual((output.errors ?? []).filter(({ severity }) => severity === "error"), []);
  assert.ok(output.contracts["Oracle.sol"].Oracle.evm.bytecode.object.length > 0);
});

test("the package has what its users need, and nothing of ours", () => {
  assert.deepEqual(readdirSync(home).sort(), ["LICENSE", "README.md", "dist", "package.json", "src", "test-kit"]);
  const manifest = JSON.parse(read(join(home, "package.json")));
  assert.deepEqual(Object.keys(manifest.dependencies), ["@openzeppelin/contracts"]);
  assert.equal(manifest.private, undefined);
  const sources = readdirSync(home, { recursive: true }).filter((name) => name.endsWith(".sol"));
  assert.deepEqual(sources.filter((name) => name.endsWith(".t.sol")), []);
});

test("each interface has its ABI, as JSON and as code", () => {
  const require = createRequire(import.meta.url);
  const interfaces = readdirSync(join(home, "src/interfaces")).map((name) => name.replace(".sol", ""));
  for (const name of interfaces) {
    const abi = require(`@escrin/contracts/abi/${name}.json`);
    assert.deepEqual(abi, kit[`i${name.slice(1)}Abi`], name);
    assert.equal(kit[`i${name.slice(1)}Bytecode`], undefined, name);
  }
  assert.ok(existsSync(join(home, "dist/index.d.ts")));
});

test("what is deployed has its code", () => {
  for (const name of ["identityRegistry", "taskHub", "certificatePermitter"]) {
    assert.match(kit[`${name}Bytecode`], /^0x[0-9a-f]{1000,}$/, name);
  }
});
