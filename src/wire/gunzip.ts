/**
 * Inflates gzip (RFC 1952), by the web's streams: of one buffer to one buffer.
 *
 * Browser compatible.
 *
 * @module
 */
import { concat } from "@std/bytes";
import { FrameError } from "./framing.ts";

/** Bytes of one step: each inflates to four mebibytes at most, so that a bomb is noticed in time. */
const STEP_BYTES = 4096;

/** The shortest member: its head, an empty block and its tail. */
const MIN_MEMBER_BYTES = 20;

/** Work on parts that end where no member ends, beside twice the size of the input. */
const SPARE_EFFORT = 1_048_576;

/**
 * Inflates one member or several: senders append compressed parts. A stream of the web takes one member
 * alone, and does not say where it ends, so that each place where another may begin is tried.
 *
 * @param most the most bytes of the result
 * @throws {FrameError} `too-large` beyond that, `malformed` for what is no gzip
 */
export async function gunzip(bytes: Uint8Array, most: number): Promise<Uint8Array> {
  const members: Uint8Array[] = [];
  let left = most;
  let effort = 0;
  for (let start = 0; start < bytes.length;) {
    let end = start;
    let member: Uint8Array | undefined;
    while (member === undefined) {
      end = nextMember(bytes, Math.max(start + MIN_MEMBER_BYTES, end + 1));
      member = await inflate(bytes.subarray(start, end), left, most);
      effort += member === undefined ? end - start : 0;
      if (
        member === undefined && end === bytes.length || effort > 2 * bytes.length + SPARE_EFFORT
      ) {
        throw new FrameError("malformed", "the compressed entries of a message are no gzip");
      }
    }
    members.push(member);
    left -= member.length;
    start = end;
  }
  return members.length === 1 ? members[0]! : concat(members);
}

/** Returns where the next member may begin, from an index on; the length if there is none. */
function nextMember(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0x1f, from); at >= 0; at = bytes.indexOf(0x1f, at + 1)) {
    if (bytes[at + 1] === 0x8b && bytes[at + 2] === 8) return at;
  }
  return bytes.length;
}

/** Inflates a member; `undefined` if these bytes are not exactly one. */
async function inflate(
  member: Uint8Array,
  left: number,
  most: number,
): Promise<Uint8Array | undefined> {
  let at = 0;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at >= member.length) return controller.close();
      // A copy: a stream may take the buffer of what it is given.
      controller.enqueue(member.slice(at, at += STEP_BYTES));
    },
  });
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of source.pipeThrough(new DecompressionStream("gzip"))) {
      size += part.length;
      if (size > left) {
        throw new FrameError("too-large", `the entries of a message inflate to over ${most} bytes`);
      }
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof FrameError) throw error;
    return undefined;
  }
  return concat(parts);
}
