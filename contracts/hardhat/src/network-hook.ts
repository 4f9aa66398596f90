// SPDX-License-Identifier: Apache-2.0
import type { HookContext, NetworkHooks } from "hardhat/types/hooks";
import type { ChainType, NetworkConnection } from "hardhat/types/network";
import { EscrinConnection } from "./connection.js";
import "@nomicfoundation/hardhat-ethers";

export default async (): Promise<Partial<NetworkHooks>> => ({
  async newConnection<T extends ChainType | string>(
    context: HookContext,
    next: (nextContext: HookContext) => Promise<NetworkConnection<T>>,
  ): Promise<NetworkConnection<T>> {
    const connection = await next(context);
    connection.escrin = new EscrinConnection(connection.ethers, connection.networkConfig, context.config.escrin);
    return connection;
  },
});
