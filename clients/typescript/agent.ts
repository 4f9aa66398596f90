// SPDX-License-Identifier: Apache-2.0

// How a workload in JavaScript or TypeScript talks to the agent of its guest. Node's own modules are enough; its type stripping
// runs this file as it is. guestagent/api/openapi.yaml says what each call does.

import { request as open } from "node:http";

/** The agent's refusal. */
export class Refused extends Error {
  status: number;
  code: string;
  constructor(status: number, code: string, message: string) {
    super(`${code}: ${message}`);
    this.status = status;
    this.code = code;
  }
}

/** It is not said that nothing was done. */
export class Unknown extends Refused {}

export type Policy = "enclave" | "identity";
export interface Key { kind?: "raw" | "secp256k1" | "ed25519"; path: string; policy?: Policy; version?: number }
export interface DerivedKey { private: string; public: string; address: string; trial: boolean }
export interface Transaction {
  to?: string; value?: bigint; data?: string; gas?: number; maxFeePerGas?: number; maxPriorityFeePerGas?: number;
}
interface Response { content: Buffer; etag: string }

/** The agent of the guest that the process runs in. */
export class Agent {
  private socket: string;
  private capability: string;

  constructor(socket = "/run/escrin/agent.sock", capability = process.env.ESCRIN_CAPABILITY ?? "") {
    this.socket = socket;
    this.capability = capability;
  }

  /** What the workload is part of. */
  task(): Promise<Record<string, unknown>> { return this.call("GET", "/v1/task"); }

  /** The identity's own key, as escrin v1's getOmniKey gives it: the input keying material of HKDF. */
  async getOmniKey(policy: Policy = "enclave", version = 1): Promise<CryptoKey> {
    const { key } = await this.call("POST", "/v1/keys/omni", { policy, version });
    return crypto.subtle.importKey("raw", Buffer.from(key.slice(2), "hex"), "HKDF", false, ["deriveKey", "deriveBits"]);
  }

  /** A key of the identity, each part as 0x and hex. */
  deriveKey(key: Key): Promise<DerivedKey> { return this.call("POST", "/v1/keys/derive", { kind: "raw", ...key }); }

  /** The signature, as 0x and hex, of a digest of 32 bytes (secp256k1) or of a message (ed25519). */
  async sign(key: Key, message: Uint8Array): Promise<string> {
    return (await this.call("POST", "/v1/keys/sign", { kind: "secp256k1", ...key, message: text(message) })).signature;
  }

  /** Evidence over data, of at most 64 KiB. */
  async evidence(data: Uint8Array): Promise<Buffer> {
    return bytes((await this.call("POST", "/v1/evidence", { data: text(data) })).evidence);
  }

  /** A message that unseal opens under the same context, in every attempt that has the same keys. */
  async seal(data: Uint8Array, context = ""): Promise<Buffer> {
    return bytes((await this.call("POST", "/v1/seal", { context, data: text(data) })).data);
  }

  async unseal(sealed: Uint8Array, context = ""): Promise<Buffer> {
    return bytes((await this.call("POST", "/v1/unseal", { context, data: text(sealed) })).data);
  }

  /**
   * The newest version of an object and its number; version 0 if there never was one. A host that serves an older one, or none,
   * makes it Refused with the code rollback.
   */
  async load(name: string): Promise<{ content: Buffer | null; version: number }> {
    try {
      const { content, etag } = await this.do("GET", `/v1/storage/${plain(name)}`);
      return { content, version: Number(etag.replaceAll('"', "")) };
    } catch (e) {
      if (e instanceof Refused && e.code === "not_found") return { content: null, version: 0 };
      throw e;
    }
  }

  /**
   * Stores the version after this one, which must be the newest; else it is Refused with the code conflict. Unknown: it may be the
   * newest now, or become it, which load tells. No other content is then taken as the same version.
   */
  async save(name: string, content: Uint8Array, after: number): Promise<void> {
    const fields: Record<string, string> = after ? { "If-Match": `"${after}"` } : { "If-None-Match": "*" };
    await this.do("PUT", `/v1/storage/${plain(name)}`, checked(content), fields);
  }

  async inputs(): Promise<string[]> { return (await this.call("GET", "/v1/inputs")).names; }
  async input(name: string): Promise<Buffer> { return (await this.do("GET", `/v1/inputs/${plain(name)}`)).content; }
  async secrets(): Promise<string[]> { return (await this.call("GET", "/v1/secrets")).names; }
  async secret(label: string): Promise<Buffer> { return (await this.do("GET", `/v1/secrets/${plain(label)}`)).content; }
  async putOutput(name: string, content: Uint8Array): Promise<void> {
    await this.do("PUT", `/v1/outputs/${plain(name)}`, checked(content));
  }
  /** Sets the public word, 32 bytes that everybody can read on chain. */
  async setResult(word: Uint8Array): Promise<void> { await this.do("PUT", "/v1/result", checked(word)); }
  async progress(percent: number, note = ""): Promise<void> { await this.call("POST", "/v1/progress", { percent, note }); }

  /** A call of Ethereum's JSON-RPC. Nobody vouches for the result. */
  async rpc(method: string, ...params: unknown[]): Promise<any> {
    return (await this.call("POST", "/v1/chain/rpc", { method, params })).result;
  }

  /**
   * Signs a transaction with a secp256k1 key and has it sent; the hash. Whether it is on chain, the chain says. What is left out,
   * the chain's node says, which the host may have made up: name your own maxFeePerGas where it matters.
   */
  async send(key: Key, t: Transaction): Promise<string> {
    const { path, policy = "enclave", version = 1 } = key;
    const { address } = await this.deriveKey({ kind: "secp256k1", path, policy, version });
    const value = (t.value ?? 0n).toString(16), data = t.data ?? "0x";
    const message = { from: address, ...(t.to ? { to: t.to } : {}), value: `0x${value}`, data };
    const tip = t.maxPriorityFeePerGas ?? Number(await this.rpc("eth_maxPriorityFeePerGas"));
    const signed = await this.call("POST", "/v1/chain/sign", {
      path, policy, version, to: t.to?.toLowerCase() ?? null, value: `0x${value.length % 2 ? "0" : ""}${value}`, data,
      gas: t.gas ?? Number(await this.rpc("eth_estimateGas", message)),
      nonce: Number(await this.rpc("eth_getTransactionCount", address, "pending")),
      maxFeePerGas: t.maxFeePerGas ?? 2 * Number(await this.rpc("eth_gasPrice")) + tip, maxPriorityFeePerGas: tip,
    });
    await this.rpc("eth_sendRawTransaction", signed.raw);
    return signed.hash;
  }

  private async call(method: string, path: string, asked?: unknown): Promise<any> {
    const { content } = await this.do(method, path, asked === undefined ? undefined : Buffer.from(JSON.stringify(asked)));
    return JSON.parse(content.toString());
  }

  private async do(method: string, path: string, body?: Uint8Array, fields: Record<string, string> = {}): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.capability}`, ...fields };
    if (body) headers["Content-Length"] = String(body.length);
    try {
      return await this.exchange(method, path, headers, body);
    } catch (e) {
      // The agent may have refused it before it was sent whole, and closed; then Node drops the response. It refuses the head alone
      // with the same one, and does nothing without the body.
      if (!body?.length || (e as NodeJS.ErrnoException).syscall !== "write") throw e;
      return this.exchange(method, path, headers);
    }
  }

  private exchange(method: string, path: string, headers: Record<string, string>, body?: Uint8Array): Promise<Response> {
    return new Promise((resolve, reject) => {
      const sent = open({ socketPath: this.socket, method, path, headers, agent: false }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part) => parts.push(part)).on("error", reject).on("end", () => {
          const content = Buffer.concat(parts), status = response.statusCode ?? 0;
          if (status < 300) return resolve({ content, etag: response.headers.etag ?? "" });
          const { code, message } = JSON.parse(content.toString()).error;
          reject(new (code === "unknown" ? Unknown : Refused)(status, code, message));
        });
      });
      if (!body) sent.on("finish", () => sent.socket?.end()); // nor is a body to come
      sent.on("error", reject).end(body);
    });
  }
}

/** A name, which is no path: a character with a meaning in one would make it the name of something else. */
function plain(name: string): string {
  if (typeof name !== "string" || !/^[A-Za-z0-9._~-]{1,128}$/.test(name) || name === "." || name === "..") {
    throw new Refused(400, "bad_request", "a name has 1 to 128 of A-Z a-z 0-9 . _ ~ - and is neither . nor ..");
  }
  return name;
}

/** Bytes, which text is not: its length is another. */
function checked(data: Uint8Array): Uint8Array {
  if (!(data instanceof Uint8Array)) throw new TypeError(`want a Uint8Array, not ${typeof data}`);
  return data;
}

function text(data: Uint8Array): string { return Buffer.from(checked(data)).toString("base64"); }
function bytes(data: string): Buffer { return Buffer.from(data, "base64"); }
