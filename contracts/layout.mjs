// SPDX-License-Identifier: Apache-2.0
// Prints where the contracts of src/ that are named keep their state: {Contract: {variable: slot}}.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import solc from "solc";

const here = dirname(fileURLToPath(import.meta.url));
const read = (path) => readFileSync(join(here, path), "utf8");

const sources = readdirSync(join(here, "src"), { recursive: true })
  .filter((name) => name.endsWith(".sol"))
  .map((name) => [`src/${name}`, { content: read(`src/${name}`) }]);
const settings = { ...JSON.parse(read("solc.json")), outputSelection: { "*": { "*": ["storageLayout"] } } };
const input = JSON.stringify({ language: "Solidity", sources: Object.fromEntries(sources), settings });
const load = (path) => ({ contents: read(`node_modules/${path}`) });
const { contracts = {}, errors = [] } = JSON.parse(solc.compile(input, { import: load }));
for (const { severity, formattedMessage } of errors) if (severity === "error") throw new Error(formattedMessage);

const wanted = new Set(process.argv.slice(2));
const layouts = {};
for (const named of Object.values(contracts)) {
  for (const [name, { storageLayout }] of Object.entries(named)) {
    if (!wanted.has(name)) continue;
    layouts[name] = Object.fromEntries(storageLayout.storage.map(({ label, slot }) => [label, Number(slot)]));
  }
}
console.log(JSON.stringify(layouts));
