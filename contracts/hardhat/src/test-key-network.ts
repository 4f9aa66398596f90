// SPDX-License-Identifier: Apache-2.0
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { concat, getBytes, id, toBeHex } from "ethers";

const DST = "ESCRIN-V1-CERTIFICATE-BLS12381G1_XMD:SHA-256_SSWU_RO_";

/** keccak256("escrin test root") >> 8, as test-kit/TestKeyNetwork.sol has it: a secret that everyone knows. */
const SECRET = BigInt(id("escrin test root")) >> 8n;

/** The public key of the key network of one: a point of G2, 256 bytes in EIP-2537 form. */
export function groupKey(): string {
  const { x, y } = bls12_381.G2.Point.BASE.multiply(SECRET).toAffine();
  return concat([x.c0, x.c1, y.c0, y.c1].map((number) => toBeHex(number, 64)));
}

/** Signs a certificate's digest (32 bytes): a point of G1, 128 bytes in EIP-2537 form. */
export function sign(digest: string): string {
  const hashed = bls12_381.G1.hashToCurve(getBytes(digest), { DST });
  const { x, y } = hashed.multiply(SECRET).toAffine();
  return concat([x, y].map((number) => toBeHex(number, 64)));
}
