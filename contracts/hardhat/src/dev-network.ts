// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** What `escrin dev up` says of the network that it started, as far as it matters here. */
export interface DevNetwork {
  readonly chain: { readonly id: number; readonly http: string };
  readonly contracts: { readonly registry: string; readonly permitter: string; readonly taskHub: string };
  readonly accounts: readonly { readonly address: string; readonly privateKey: string }[];
}

/** The network file: of `dir`, else $ESCRIN_NETWORK, else where `escrin dev up` puts it. */
export function networkFile(dir: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  if (dir !== undefined) return join(dir, "network.json");
  if (env["ESCRIN_NETWORK"]) return env["ESCRIN_NETWORK"];
  return join(env["XDG_STATE_HOME"] || join(homedir(), ".local", "state"), "escrin", "dev", "network.json");
}

/** Reads a network file; undefined if there is none. */
export function readDevNetwork(path: string): DevNetwork | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (problem) {
    if (problem instanceof Error && "code" in problem && problem.code === "ENOENT") return undefined;
    throw problem;
  }
  const network: unknown = JSON.parse(text);
  if (!isDevNetwork(network)) throw new Error(`${path} is no network file of escrin`);
  return network;
}

function isDevNetwork(value: unknown): value is DevNetwork {
  const { chain, contracts, accounts } = fields(value);
  const account = (entry: unknown) => typeof fields(entry)["privateKey"] === "string";
  return (
    Number.isInteger(fields(chain)["id"]) &&
    typeof fields(chain)["http"] === "string" &&
    ["registry", "permitter", "taskHub"].every((name) => typeof fields(contracts)[name] === "string") &&
    Array.isArray(accounts) &&
    accounts.every(account)
  );
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
