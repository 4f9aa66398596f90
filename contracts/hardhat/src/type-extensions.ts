// SPDX-License-Identifier: Apache-2.0
import "hardhat/types/config";
import "hardhat/types/network";
import type { EscrinConnection } from "./connection.js";

declare module "hardhat/types/config" {
  interface HardhatUserConfig {
    escrin?: {
      /** The program `escrin`. Default: the one on the PATH. */
      program?: string;
      /** State directory of the local network (`escrin dev --dir`). Default: escrin's own. */
      dir?: string;
    };
  }

  interface HardhatConfig {
    escrin: { program: string; dir: string | undefined };
  }
}

declare module "hardhat/types/network" {
  interface NetworkConnection<ChainTypeT extends ChainType | string = DefaultChainType> {
    escrin: EscrinConnection;
  }
}
