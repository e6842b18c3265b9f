/**
 * The sender's side of a Forward session: it reads what a server says, and makes the `PING` that proves a
 * shared key.
 *
 * Sans-IO, capped: no message of a server is longer than 4,096 bytes.
 *
 * Browser compatible.
 *
 * @module
 */
import { equalInConstantTime } from "../equal_in_constant_time.ts";
import { FrameError } from "../framing.ts";
import { MessageReader } from "./_message_reader.ts";
import { decodeValue, encodeValue } from "./_msgpack.ts";
import { bytesOf, elementsOf } from "./_received_message.ts";
import { keyDigest } from "./shared_key.ts";

/** The handshake has some 300 bytes; an acknowledgement, the id of a chunk. */
const MAX_MESSAGE_BYTES = 4096;

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder();

/**
 * A message of the server.
 *
 * - `helo`: it demands a shared key and, with `demandsUser`, a user name and a password
 * - `pong`: it has taken the key or, with `isTaken` false, has not
 * - `ack`: it has taken a chunk
 */
export type ForwardAnswer =
  | { readonly type: "helo"; readonly nonce: Uint8Array; readonly demandsUser: boolean }
  | {
    readonly type: "pong";
    readonly isTaken: boolean;
    readonly reason: string;
    readonly hostname: Uint8Array;
    readonly digest: Uint8Array;
  }
  | { readonly type: "ack"; readonly chunk: string };

/** The parts of the proof that this side has the key. */
export interface ClientKey {
  /** The name of this side. */
  readonly hostname: string;
  readonly salt: string;
  readonly key: Uint8Array;
}

/** Reads the answers of a server; see the module. */
export class ForwardClient {
  readonly #reader = new MessageReader(MAX_MESSAGE_BYTES);

  /** Takes bytes of the server. */
  push(chunk: Uint8Array): void {
    this.#reader.push(chunk);
  }

  /** Returns the next answer, or `undefined` if it needs more bytes; throws {@linkcode FrameError}. */
  next(): ForwardAnswer | undefined {
    const message = this.#reader.next();
    if (message === undefined) return undefined;
    const elements = elementsOf(message);
    return elements === undefined ? readAck(message) : readHandshake(elements);
  }
}

function readAck(message: Uint8Array): ForwardAnswer {
  const chunk = (decoded(message) as { ack?: unknown } | null)?.ack;
  return typeof chunk === "string"
    ? { type: "ack", chunk }
    : fail("the server sent a map without a text under 'ack'");
}

function readHandshake(elements: Uint8Array[]): ForwardAnswer {
  const [name, second, reason, hostname, digest] = elements.map((element) => bytesOf(element));
  const type = name === undefined ? undefined : decoder.decode(name);
  if (type === "HELO" && elements.length === 2) {
    return readHelo(elements[1]!);
  }
  if (type !== "PONG" || second !== undefined || !reason || !hostname || !digest) {
    return fail("the server sent an array that is neither HELO nor PONG");
  }
  const isTaken = decoded(elements[1]!) === true;
  return { type: "pong", isTaken, reason: decoder.decode(reason), hostname, digest };
}

/** The option of `HELO`; a nonce may be text that is no UTF-8, so that its bytes are what counts. */
function readHelo(option: Uint8Array): ForwardAnswer {
  const { auth = "" } = (decoded(option) ?? {}) as { auth?: unknown };
  const parts = mapOf(option);
  const nonce = parts.get("nonce");
  if (nonce === undefined) return fail("the server sent HELO without a nonce");
  const demandsUser = typeof auth === "string" || auth instanceof Uint8Array
    ? auth.length > 0
    : auth !== null && auth !== false;
  return { type: "helo", nonce, demandsUser };
}

/** The members of a small map that are text or bytes, as bytes. */
function mapOf(map: Uint8Array): Map<string, Uint8Array> {
  const count = map[0]! - 0x80;
  const members = new Map<string, Uint8Array>();
  if (count < 0 || count > 3) return members;
  // As an array of its keys and values.
  const items = map.slice();
  items[0] = 0x90 + 2 * count;
  const elements = elementsOf(items) ?? [];
  for (let i = 0; i + 1 < elements.length; i += 2) {
    const key = bytesOf(elements[i]!);
    const value = bytesOf(elements[i + 1]!);
    if (key !== undefined && value !== undefined) members.set(decoder.decode(key), value);
  }
  return members;
}

/** Returns the message that proves the key to a server with this nonce. */
export async function ping(
  { hostname, salt, key }: ClientKey,
  nonce: Uint8Array,
): Promise<Uint8Array> {
  const digest = await keyDigest({ salt, hostname, nonce, key });
  return encodeValue(["PING", hostname, salt, digest, "", ""]);
}

/**
 * Says whether a server has proved that it has the key. A server that has the name of this side has not:
 * without the key it could send back the digest of this side's `PING`.
 */
export async function isProof(
  { hostname: own, salt, key }: ClientKey,
  nonce: Uint8Array,
  hostname: Uint8Array,
  digest: Uint8Array,
): Promise<boolean> {
  if (equalInConstantTime(hostname, encoder.encode(own))) return false;
  const expected = await keyDigest({ salt, hostname, nonce, key });
  return equalInConstantTime(digest, encoder.encode(expected));
}

function decoded(bytes: Uint8Array): unknown {
  try {
    return decodeValue(bytes);
  } catch (error) {
    return fail(`the server sent no MessagePack: ${(error as Error).message}`);
  }
}

function fail(message: string): never {
  throw new FrameError("malformed", message);
}
