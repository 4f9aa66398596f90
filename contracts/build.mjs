// SPDX-License-Identifier: Apache-2.0
// Compiles src/ with the pinned compiler and writes out/artifacts.json: {Contract: {abi, bytecode}}.
// `node build.mjs --stdout` prints it instead.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import solc from "solc";

const here = dirname(fileURLToPath(import.meta.url));
const settings = JSON.parse(readFileSync(join(here, "solc.json"), "utf8"));
const read = (path) => ({ content: readFileSync(join(here, path), "utf8") });
const sources = readdirSync(join(here, "src"), { recursive: true })
  .filter((name) => name.endsWith(".sol"))
  .sort()
  .map((name) => [`src/${name}`, read(`src/${name}`)]);

const input = {
  language: "Solidity",
  sources: Object.fromEntries(sources),
  settings: { ...settings, outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } } },
};
const load = (path) => ({ contents: read(`node_modules/${path}`).content });
const output = JSON.parse(solc.compile(JSON.stringify(input), { import: load }));

// 2394 tells whoever uses transient storage that there is such a thing.
const problems = (output.errors ?? []).filter((problem) => problem.errorCode !== "2394");
for (const problem of problems) process.stderr.write(problem.formattedMessage);
if (problems.length > 0) process.exit(1);

const artifacts = {};
for (const name of ["IdentityRegistry", "CertificatePermitter", "TaskHub"]) {
  const { abi, evm } = output.contracts[`src/${name}.sol`][name];
  artifacts[name] = { abi, bytecode: `0x${evm.bytecode.object}` };
}
const text = JSON.stringify(artifacts, null, 1) + "\n";
if (process.argv.includes("--stdout")) {
  process.stdout.write(text);
} else {
  mkdirSync(join(here, "out"), { recursive: true });
  writeFileSync(join(here, "out", "artifacts.json"), text);
}
