/**
 * The values of `ext://` names that a configuration may use without a table of its own.
 *
 * Browser compatible.
 *
 * @module
 */
import { stdoutStream } from "../logging/stdout_stream.ts";
import { stderrStream } from "../logging/text_stream.ts";
import type { Dictionary } from "./_dictionary_reader.ts";

/** The two streams: the only names that a configuration may use which a listener receives. */
export const STREAMS: Dictionary = { "sys.stdout": stdoutStream, "sys.stderr": stderrStream };

/** The `ext://` names that configurations of Python programs use most. */
export const EXTERNALS: Dictionary = {
  ...STREAMS,
  "socket.SOCK_STREAM": "stream",
  "socket.SOCK_DGRAM": "datagram",
};
