// SPDX-License-Identifier: Apache-2.0
// Compiles contracts with the pinned compiler and prints {Contract: creation code}: node compile.mjs FOLDER/File.sol …
// Each file has a contract of its name; paths are in contracts/.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const solc = createRequire(join(root, "build.mjs"))("solc");
const settings = JSON.parse(readFileSync(join(root, "solc.json"), "utf8"));
const read = (path) => readFileSync(join(root, path), "utf8");
const load = (path) => ({ contents: read(path.startsWith("@") ? `node_modules/${path}` : path) });

const paths = process.argv.slice(2);
const input = {
  language: "Solidity",
  sources: Object.fromEntries(paths.map((path) => [path, { content: read(path) }])),
  settings: {
    ...settings,
    outputSelection: Object.fromEntries(paths.map((path) => [path, { "*": ["evm.bytecode.object"] }])),
  },
};
const output = JSON.parse(solc.compile(JSON.stringify(input), { import: load }));
const problems = (output.errors ?? []).filter((problem) => problem.severity === "error");
for (const problem of problems) process.stderr.write(problem.formattedMessage);
if (problems.length > 0) process.exit(1);

const codes = {};
for (const path of paths) {
  const name = basename(path, ".sol");
  codes[name] = `0x${output.contracts[path][name].evm.bytecode.object}`;
}
process.stdout.write(JSON.stringify(codes));
