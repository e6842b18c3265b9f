/**
 * Errors of sessions in which a server acknowledges records. They name the server where the connector
 * has several.
 *
 * Browser compatible.
 *
 * @module
 */
import { ConnectionError } from "../net/connection_error.ts";
import type { StreamConnection } from "../net/connector.ts";
import { escapeControls } from "../text/control_characters.ts";

/** The most characters of a server's text that an error quotes. */
const QUOTED = 200;

/** The server of a connection, as messages name it. */
export function serverOf({ dialled }: Pick<StreamConnection, "dialled">): string {
  return dialled?.address ?? "the server";
}

/** The beginning of a server's text, without control characters. */
export function quoted(text: string): string {
  return escapeControls(text.slice(0, QUOTED));
}

/** The error of a server that ends a session with something left: `unanswered` says what it had to do. */
export function endedEarly(server: string, unanswered: string): ConnectionError {
  return new ConnectionError("closed", `${server} has ended the session before it ${unanswered}`);
}

/** The error of a server that breaks a protocol. */
export function violation(server: string, protocol: string, cause: unknown): ConnectionError {
  const reason = (cause as Error).message;
  return new ConnectionError("other", `${server} does not speak ${protocol}: ${reason}`, { cause });
}
