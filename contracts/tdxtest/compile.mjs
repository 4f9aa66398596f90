// SPDX-License-Identifier: Apache-2.0
// Prints {Contract: creation code}: node compile.mjs FOLDER/File.sol … Each file has a contract of its name; paths are in
// contracts/. Those of src/ come from the common build, others are compiled here.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "../build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path) => readFileSync(join(root, path), "utf8");

function compile(path, name) {
  const solc = createRequire(join(root, "build.mjs"))("solc");
  const settings = { ...JSON.parse(read("solc.json")), outputSelection: { [path]: { [name]: ["evm.bytecode.object"] } } };
  const input = { language: "Solidity", sources: { [path]: { content: read(path) } }, settings };
  const load = (wanted) => ({ contents: read(wanted.startsWith("@") ? `node_modules/${wanted}` : wanted) });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: load }));
  for (const problem of output.errors ?? []) process.stderr.write(problem.formattedMessage);
  return `0x${output.contracts[path][name].evm.bytecode.object}`;
}

const codes = {};
for (const path of process.argv.slice(2)) {
  const name = basename(path, ".sol");
  codes[name] = path.startsWith("src/") ? (await build()).contracts[name].bytecode : compile(path, name);
}
process.stdout.write(JSON.stringify(codes));
