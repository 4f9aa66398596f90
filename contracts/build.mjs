// SPDX-License-Identifier: Apache-2.0
// Compiles src/ with the pinned compiler and writes out/artifacts.json: {Contract: {abi, bytecode}} of what gets deployed.
// `node build.mjs --stdout` prints it instead. What was compiled is kept in out/contracts.json, with the digest of all that
// went in, for whoever asks next: {recipe, contracts: {Contract: {source, abi, bytecode}}}.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const DEPLOYED = [
  "IdentityRegistry", "PlatformRegistry", "CertificatePermitter", "TaskHub", "TdxCollateral", "KeyNetwork",
  "AllOf", "AnyOf", "KOfN", "AllowList", "Multisig", "Timelock", "TokenVote", "TdxCertificates", "TdxPermitter",
  "TaskScheduler", "TaskQuorum", "Anchors",
];

const here = dirname(fileURLToPath(import.meta.url));
const read = (path) => readFileSync(join(here, path), "utf8");

/** The compiler's standard input: every source, and what is wanted of it. */
function compilerInput() {
  const sources = readdirSync(join(here, "src"), { recursive: true })
    .filter((name) => name.endsWith(".sol"))
    .sort()
    .map((name) => [`src/${name}`, { content: read(`src/${name}`) }]);
  const outputSelection = { "*": { "*": ["abi", "evm.bytecode.object"] } };
  const settings = { ...JSON.parse(read("solc.json")), outputSelection };
  return JSON.stringify({ language: "Solidity", sources: Object.fromEntries(sources), settings });
}

async function compile(input) {
  const { default: solc } = await import("solc");
  const load = (path) => ({ contents: read(`node_modules/${path}`) });
  const output = JSON.parse(solc.compile(input, { import: load }));
  // 2394 tells whoever uses transient storage that there is such a thing.
  const problems = (output.errors ?? []).filter((problem) => problem.errorCode !== "2394");
  for (const problem of problems) process.stderr.write(problem.formattedMessage);
  if (problems.length > 0) process.exit(1);

  const contracts = {};
  for (const [source, named] of Object.entries(output.contracts)) {
    if (!source.startsWith("src/")) continue;
    for (const [name, { abi, evm }] of Object.entries(named)) {
      contracts[name] = { source, abi, bytecode: `0x${evm.bytecode.object}` };
    }
  }
  return contracts;
}

/** All contracts of src/ by name; compiled only if anything changed that goes in. */
export async function build() {
  const input = compilerInput();
  const recipe = createHash("sha256").update(input).update(read("package-lock.json")).update(read("build.mjs")).digest("hex");
  const kept = join(here, "out", "contracts.json");
  try {
    const last = JSON.parse(readFileSync(kept, "utf8"));
    if (last.recipe === recipe) return last;
  } catch (problem) {
    if (problem.code !== "ENOENT") throw problem;
  }
  const built = { recipe, contracts: await compile(input) };
  mkdirSync(join(here, "out"), { recursive: true });
  writeFileSync(`${kept}.${process.pid}`, JSON.stringify(built));
  renameSync(`${kept}.${process.pid}`, kept);
  return built;
}

async function main() {
  const { contracts } = await build();
  const artifacts = {};
  for (const name of DEPLOYED) artifacts[name] = { abi: contracts[name].abi, bytecode: contracts[name].bytecode };
  const text = JSON.stringify(artifacts, null, 1) + "\n";
  if (process.argv.includes("--stdout")) process.stdout.write(text);
  else writeFileSync(join(here, "out", "artifacts.json"), text);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main();
