// SPDX-License-Identifier: Apache-2.0
import type { HardhatUserConfig } from "hardhat/types/config";
import type { ConfigHooks } from "hardhat/types/hooks";
import { networkFile, readDevNetwork } from "./dev-network.js";
import "./type-extensions.js";

/** Adds the network `escrin`, with its accounts, if `escrin dev up` has made one and the config names none itself. */
function withDevNetwork(config: HardhatUserConfig): HardhatUserConfig {
  if (config.networks?.["escrin"] !== undefined) return config;
  const network = readDevNetwork(networkFile(config.escrin?.dir));
  if (network === undefined) return config;
  const accounts = network.accounts.map((account) => account.privateKey);
  const escrin = { type: "http", chainId: network.chain.id, url: network.chain.http, accounts } as const;
  return { ...config, networks: { ...config.networks, escrin } };
}

export default async (): Promise<Partial<ConfigHooks>> => ({
  extendUserConfig: async (config, next) => withDevNetwork(await next(config)),

  validateUserConfig: async (config) => {
    const problems = [];
    for (const name of ["program", "dir"] as const) {
      const value: unknown = config.escrin?.[name];
      if (value !== undefined && typeof value !== "string") problems.push({ path: ["escrin", name], message: "must be a string" });
    }
    return problems;
  },

  resolveUserConfig: async (config, resolve, next) => {
    const resolved = await next(config, resolve);
    return { ...resolved, escrin: { program: config.escrin?.program ?? "escrin", dir: config.escrin?.dir } };
  },
});
