// SPDX-License-Identifier: Apache-2.0
// Writes dist/, what @escrin/contracts gives to JavaScript and TypeScript:
//   dist/abi/NAME.json        the ABI of each interface and contract
//   dist/index.js             nameAbi of each, and nameBytecode of those that can be deployed
//   dist/index.d.ts           their literal types (`as const`), as abitype, viem, wagmi and the like read them
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../build.mjs";

const HEADER = "// SPDX-License-Identifier: Apache-2.0\n// Made by kit/dist.mjs.\n";

/** TaskHub → taskHub, ITaskHub → iTaskHub, BLS → bls. */
export const camel = (name) =>
  name.replace(/^[A-Z]+(?![a-z])|^[A-Z](?=[A-Z][a-z])|^[A-Z]/, (head) => head.toLowerCase());

/** The literal type of a JSON value. */
export function literal(value) {
  if (Array.isArray(value)) return `readonly [${value.map(literal).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => `readonly ${JSON.stringify(key)}: ${literal(field)}`);
  return `{ ${fields.join("; ")} }`;
}

/** The texts of index.js and index.d.ts for contracts by name. */
export function modules(contracts) {
  let code = HEADER;
  let types = HEADER;
  for (const [name, { source, abi, bytecode }] of Object.entries(contracts).sort()) {
    const doc = `\n/** ${name} of ${source}. */\n`;
    code += `${doc}export const ${camel(name)}Abi = ${JSON.stringify(abi)};\n`;
    types += `${doc}export declare const ${camel(name)}Abi: ${literal(abi)};\n`;
    if (!deployable(bytecode)) continue;
    code += `export const ${camel(name)}Bytecode = "${bytecode}";\n`;
    types += `export declare const ${camel(name)}Bytecode: \`0x\${string}\`;\n`;
  }
  return { code, types };
}

/** Abstract contracts and interfaces have no code; what is to be linked first has a placeholder in it. */
const deployable = (bytecode) => bytecode !== "0x" && !bytecode.includes("_");

async function main() {
  const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
  const { contracts } = await build();
  const open = Object.fromEntries(Object.entries(contracts).filter(([, { abi }]) => abi.length > 0));
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(join(dist, "abi"), { recursive: true });
  for (const [name, { abi }] of Object.entries(open)) {
    writeFileSync(join(dist, "abi", `${name}.json`), JSON.stringify(abi, null, 1) + "\n");
  }
  const { code, types } = modules(open);
  writeFileSync(join(dist, "index.js"), code);
  writeFileSync(join(dist, "index.d.ts"), types);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
