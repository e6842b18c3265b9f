/**
 * Deno cannot connect a Unix datagram socket, which would show that a receiver is there. A stream socket
 * that is connected instead is refused for its type alone where a datagram socket is bound.
 *
 * @module
 */
import { ConnectionError } from "../../net/connection_error.ts";
import { abortedError, toConnectionError } from "../../net/native_error.ts";
import { denoRuntime } from "./runtime.ts";

/** Throws unless a datagram socket is bound at `path`. */
export async function demandReceiver(
  path: string,
  signal: AbortSignal | undefined,
  doing: string,
): Promise<void> {
  if (signal?.aborted) throw abortedError(signal, doing);
  try {
    (await denoRuntime().connect({ transport: "unix", path, signal })).close();
  } catch (error) {
    // EPROTOTYPE, which has neither code nor class.
    if (/wrong type for socket/i.test(String(error))) return;
    throw signal?.aborted ? abortedError(signal, doing) : toConnectionError(error, doing);
  }
  throw new ConnectionError("refused", `${doing}: it is a stream socket`);
}
