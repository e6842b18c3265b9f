/**
 * Deno says only a turn later how many bytes a write has taken, which is too late at exit: no turn
 * follows. It tries a write at once, though, and refuses to set an option of a TCP socket while a write
 * waits for room. A write that was taken in part makes the next one wait, even an empty one, until
 * Deno has had a turn. So an empty write that does not wait proves that the one before it is through.
 *
 * Unref'ing or counting writes was left out of `Deno.Conn` when it got `unref()`:
 * https://github.com/denoland/deno/pull/17170
 *
 * @module
 */
import { type DenoConn, denoRuntime } from "./runtime.ts";

const NO_BYTES = new Uint8Array(0);

/**
 * Returns true if the kernel has taken every byte written so far, or has refused the connection;
 * `undefined` where that cannot be known in this turn: of a Unix socket, of TLS, and on Windows, where
 * a write after one that was taken in part does not wait.
 */
export function isWriteThrough(conn: DenoConn): boolean | undefined {
  if (conn.setNoDelay === undefined || denoRuntime().build.os === "windows") return undefined;
  // Its own failure is that of the write before it.
  conn.write(NO_BYTES).catch(() => {});
  try {
    conn.setNoDelay(true);
    return true;
  } catch {
    return false;
  }
}
