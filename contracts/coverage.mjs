#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Coverage of src/ by the forge suite: `node coverage.mjs [arguments of forge coverage]` prints a table and what is not covered,
// and fails below 98 % of lines or branches in all. `node coverage.mjs --read lcov.info` reads a report that is there.
//
// It measures a copy, in which coverage/instrument.mjs makes branches visible. The suite must pass on the copy, too.
//
// Called by forge, this file is the compiler. Coverage is told from source maps, which the optimiser spoils, but without it
// functions have more values than the stack lets them reach. So it compiles with the few steps that are needed.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import solc from "solc";
import { instrument } from "./coverage/instrument.mjs";
import { parse, print } from "./coverage/report.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const floor = 98;

/** What the tests read, besides src: all is copied, so that paths lead nowhere else. */
const needed = ["foundry.toml", "test", "test-kit", "testdata", "vectors", "out/precompiles"];
const neighbours = ["../keyholder/testdata", "../attest/testdata"];

const fewRuns = { FOUNDRY_FUZZ_RUNS: "64", FOUNDRY_INVARIANT_RUNS: "16", FOUNDRY_INVARIANT_DEPTH: "64" };
// Empty functions that do something do not use their parameters.
const warnings = { FOUNDRY_DENY: "never" };

// Without the optimiser, gas is no measure, and these need more of it, or of memory, than tests have.
const tooLong = ["testCT05AThousandRandomTasks", "testReaderLikeTheVerifier"];

// One expression concatenates 22 words in the fewest copies; this has fewer operands, and does the same.
const words = /abi\.encodePacked\(\s*signature,[^;]*\);/;
const fewer = "bytes.concat(signature, BLS.negatedG2(), new bytes(128), groupKey());";

function compile() {
  const input = JSON.parse(readFileSync(0, "utf8"));
  const off = ["peephole", "inliner", "jumpdestRemover", "orderLiterals", "deduplicate", "cse", "constantOptimizer"];
  const details = Object.fromEntries(off.map((step) => [step, false]));
  // Rematerialise, join expressions, prune: what brings variables within reach.
  details.yul = true;
  details.yulDetails = { stackAllocation: true, optimizerSteps: "jmu" };
  input.settings.viaIR = true;
  input.settings.optimizer = { enabled: false, runs: 1, details };
  process.stdout.write(solc.compile(JSON.stringify(input)));
}

function sources() {
  const paths = readdirSync(join(here, "src"), { recursive: true }).filter((path) => path.endsWith(".sol"));
  const text = (path) => readFileSync(join(here, path), "utf8").replace(words, (old) => fewer + old.replace(/[^\n]/g, ""));
  return Object.fromEntries(paths.sort().map((path) => [`src/${path}`, text(`src/${path}`)]));
}

/** A copy of the project in `directory`, with the sources given; the root of its contracts. */
function copy(directory, written) {
  const root = join(directory, "contracts");
  for (const path of [...needed, ...neighbours]) cpSync(join(here, path), join(root, path), { recursive: true });
  symlinkSync(join(here, "node_modules"), join(root, "node_modules"));
  for (const [path, text] of Object.entries(written)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function measure(written, args) {
  const directory = mkdtempSync(join(tmpdir(), "escrin-coverage-"));
  try {
    const root = copy(directory, written);
    const env = { ...fewRuns, ...process.env, ...warnings, FOUNDRY_SOLC: fileURLToPath(import.meta.url) };
    const without = ["--no-match-contract", "Gas", "--no-match-test", tooLong.join("|")];
    const command = ["coverage", "--ir-minimum", ...without, "--report", "lcov", ...args];
    const forge = join(here, "node_modules/.bin/forge");
    const { status } = spawnSync(forge, command, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
    if (status !== 0) throw new Error("the suite does not pass on the copy");
    return readFileSync(join(root, "lcov.info"), "utf8");
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function main(args) {
  const library = "src/Seen.sol";
  const seen = instrument(sources(), library);
  const report = args[0] === "--read" ? readFileSync(args[1], "utf8") : measure(seen.sources, args);
  if (print(parse(report, seen, library), seen) < floor) throw new Error(`below ${floor} %`);
}

const args = process.argv.slice(2);
if (args.includes("--version")) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`);
} else if (args.includes("--standard-json")) {
  compile();
} else {
  try {
    main(args);
  } catch ({ message }) {
    console.error(`coverage: ${message}`);
    process.exit(1);
  }
}
