// SPDX-License-Identifier: Apache-2.0
import { certificatePermitterAbi, identityRegistryAbi, taskHubAbi } from "@escrin/contracts";
import type { HardhatEthers } from "@nomicfoundation/hardhat-ethers/types";
import { Contract, type Signer } from "ethers";
import type { HardhatConfig, NetworkConfig } from "hardhat/types/config";
import { networkFile, readDevNetwork } from "./dev-network.js";
import { TestEnclave, type TestEnclaveOptions } from "./test-enclave.js";
import "./type-extensions.js";

/** Escrin's contracts on a network, with a signer. */
export interface EscrinContracts {
  readonly registry: Contract;
  readonly hub: Contract;
  readonly permitter: Contract;
}

/** What a network connection has as `escrin`. */
export class EscrinConnection {
  readonly #ethers: HardhatEthers;
  readonly #network: NetworkConfig;
  readonly #dir: string | undefined;

  constructor(ethers: HardhatEthers, network: NetworkConfig, config: HardhatConfig["escrin"]) {
    this.#ethers = ethers;
    this.#network = network;
    this.#dir = config.dir;
  }

  /** Deploys escrin's contracts into the in-process network, with an enclave's stand-in. Refuses every other network. */
  async testEnclave(options: TestEnclaveOptions = {}): Promise<TestEnclave> {
    const simulated = this.#network.type === "edr-simulated" && this.#network.forking?.enabled !== true;
    if (!simulated) throw new Error("an enclave's stand-in is for the network in Hardhat's own process only, unforked");
    return TestEnclave.deploy(this.#ethers, options);
  }

  /** The contracts of the network that `escrin dev up` started. */
  async contracts(signer?: Signer): Promise<EscrinContracts> {
    const path = networkFile(this.#dir);
    const network = readDevNetwork(path);
    if (network === undefined) throw new Error(`${path} is not there: run "hardhat escrin up" first`);
    const { chainId } = await this.#ethers.provider.getNetwork();
    if (chainId !== BigInt(network.chain.id) || this.#network.type !== "http") {
      throw new Error("this is not the network that escrin started: run with --network escrin");
    }
    const runner = signer ?? (await this.#ethers.getSigners())[0] ?? null;
    const { registry, permitter, taskHub } = network.contracts;
    return {
      registry: new Contract(registry, identityRegistryAbi, runner),
      hub: new Contract(taskHub, taskHubAbi, runner),
      permitter: new Contract(permitter, certificatePermitterAbi, runner),
    };
  }
}
