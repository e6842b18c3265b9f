/**
 * Deno says only a turn later how many bytes a write has taken, which is too late at exit: no turn
 * follows. It tries a write at once, though, and refuses to set an option of a TCP socket while a write
 * waits for room. A write that was taken in part makes the next one wait, even an empty one, until
 * Deno has had a turn. So an empty write that does not wait proves that the one before it is through.
 *
 * Deno lets no more than 128 socket operations through in a turn (the budget of its event loop, tokio);
 * one that is beyond waits too, and counts as not through.
 *
 * @module
 */
import type { Pace } from "../../net/last_write.ts";
import { type DenoConn, denoRuntime } from "./runtime.ts";

const NO_BYTES = new Uint8Array(0);

/** Each piece is two operations, so that with other sockets' they stay within what a turn lets through. */
const MOST_PIECES = 32;
/** Of the piece that finds no room it is unknown how much was taken; smaller ones are no gain. */
const LEAST_PIECE_BYTES = 64 * 1024;
/**
 * 20 MB/s, a third of what a CPython receiver reads on an idle machine: a write that finds no room once
 * is the last.
 */
const BYTES_PER_MS = 20_000;

/** The pace of a last write of so many bytes, whose pauses together last no longer than `waitMs`. */
export function lastPace(bytes: number, waitMs: number): Pace {
  const pieceBytes = Math.max(LEAST_PIECE_BYTES, Math.ceil(bytes / MOST_PIECES));
  return { pieceBytes, pauseMs: Math.min(pieceBytes / BYTES_PER_MS, waitMs / MOST_PIECES) };
}

/**
 * Returns false where it cannot be known in its turn that a write is through: of a Unix socket, of TLS,
 * and on Windows, where a write after one that was taken in part does not wait.
 */
export function tellsWrites(conn: DenoConn): boolean {
  return conn.setNoDelay !== undefined && denoRuntime().build.os !== "windows";
}

/**
 * Returns true if the kernel has taken every byte written so far, or has refused the connection. It is
 * for a connection that {@linkcode tellsWrites}.
 */
export function isWriteThrough(conn: DenoConn): boolean {
  // It fails as the write before it does.
  conn.write(NO_BYTES).catch(() => {});
  try {
    conn.setNoDelay?.(true);
    return true;
  } catch {
    return false;
  }
}
