// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { instrument } from "./instrument.mjs";
import { parse } from "./report.mjs";

const path = "src/deep/A.sol";
const library = "src/Seen.sol";
const seen = (body) => {
  const text = `pragma solidity ^0.8.28;\ncontract A {\nerror E(string);\nfunction f(bool a, bool b, uint256 n) public {\n${body}\n}\n}\n`;
  const result = instrument({ [path]: text }, library);
  const written = result.sources[path];
  const bare = written.replace(' import {Seen} from "../Seen.sol";', "").replace(/Seen\.branch\d+\(([^]*?)\)/g, "$1");
  return { ...result, text, written, bare, texts: result.branches.map((branch) => branch.text) };
};

test("each kind of condition", () => {
  const cases = [
    ['require(n > 1, E("x"));', ["n > 1"]],
    ["assert(a);", ["a"]],
    ["if (a) n++; else if (b) n--;", ["a", "b"]],
    ["while (n > 3) n--;", ["n > 3"]],
    ["do n--; while (n > 4);", ["n > 4"]],
    ["for (uint256 i = 0; i < n; i++) {}", ["i < n"]],
    ["n = a ? 1 : b ? 2 : 3;", ["a", "b"]],
    ["a = b && n == 1;", ["b", "n == 1"]],
    ["a = b || n == 1;", ["b", "n == 1"]],
  ];
  for (const [body, texts] of cases) assert.deepEqual(seen(body).texts, texts, body);
});

test("operands, each once, whatever they are nested in", () => {
  assert.deepEqual(seen("if (!(a && (b || n == 2))) n++;").texts, ["a", "b", "n == 2"]);
  const { texts, written } = seen("require((a ? n : 1) == 1 && b);");
  assert.deepEqual(texts, ["(a ? n : 1) == 1", "a", "b"]);
  assert.match(written, /Seen\.branch0\(\(Seen\.branch1\(a\) \? n : 1\) == 1\) && Seen\.branch2\(b\)/);
});

test("neither comments nor strings nor lines matter", () => {
  const body = [
    "// if (a) ) require(",
    'require( // (",',
    '  n > 1 /* ), */ && a, E(") ; if (b")',
    ");",
    'string memory s = "require(a)"; s = unicode"é€";',
    "if (b) n++;",
  ].join("\n");
  const { texts, text, written, bare, branches } = seen(body);
  assert.deepEqual(texts, ["n > 1", "a", "b"]);
  assert.deepEqual(branches.map(({ line }) => line), [7, 7, 10]);
  assert.equal(written.split("\n").length, text.split("\n").length);
  assert.equal(bare, text);
});

test("what decides nothing is left alone", () => {
  const body = "n = n & 1 | 2; a = !b; n++;";
  const { written, text, branches } = seen(body);
  assert.equal(written, text);
  assert.equal(branches.length, 0);
});

test("assembly: a block is seen as a whole, its branches are named", () => {
  const body = 'assembly ("memory-safe") {\n  if a { n := 1 }\n  for {} lt(n, 3) {} { n := add(n, 1) }\n}\nn++;';
  const { written, assembly, unseen } = seen(body);
  assert.match(written, /Seen\.block_\(0\); assembly \("memory-safe"\) \{\n/);
  assert.deepEqual([...assembly.get(path)], [6, 7, 8]);
  assert.deepEqual(unseen.map(({ line }) => line), [6, 7]);
});

test("an empty function does something, an empty constructor need not", () => {
  const text = "pragma solidity ^0.8.28;\ncontract A {\nconstructor() {}\nfunction hook(uint256) internal virtual {}\n}\n";
  const written = instrument({ [path]: text }, library).sources[path];
  assert.match(written, /constructor\(\) \{\}\nfunction hook\(uint256\) internal virtual \{Seen\.block_\(0\); \}\n/);
});

test("what does not parse is refused", () => {
  assert.throws(() => seen("if (a"), /parse src\/deep\/A\.sol/);
});

test("a report: lines of assembly do not count, branches are told by the library's lines", () => {
  const result = seen("if (a) n++;\nassembly {\n  n := 1\n}");
  const [yes, no] = result.branches[0].hits;
  const lines = result.sources[library].split("\n");
  assert.deepEqual([lines[yes - 1], lines[no - 1]], ["return true;", "return false;"]);
  const report = `SF:${path}\nDA:5,1\nDA:6,0\nDA:7,0\nend_of_record\nSF:${library}\nDA:${yes},3\nDA:${no},0\nend_of_record\n`;
  const [file, ...others] = parse(report, result, library);
  assert.deepEqual(others, []);
  assert.deepEqual(file.lines, [{ line: 5, hit: true }, { line: 6, hit: false }]);
  assert.deepEqual(file.branches.map(({ value, hit }) => [value, hit]), [[true, true], [false, false]]);
});

test("a branch that the report does not name was never passed", () => {
  const result = seen("if (a) n++;");
  const [file] = parse(`SF:${path}\nDA:5,1\nend_of_record\n`, result, library);
  assert.deepEqual(file.branches.map(({ hit }) => hit), [false, false]);
});
