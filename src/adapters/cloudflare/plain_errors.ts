/**
 * workerd throws plain errors without a code, the same for a refusal, an unknown name and a bad
 * certificate: only its words show that a connection was reset.
 *
 * @module
 */
import { ConnectionError, type ConnectionErrorCode } from "../../net/connection_error.ts";

/** The error of a connection that broke. */
export function connectionLost(error: unknown, doing: string): ConnectionError {
  const isReset = /connection lost|disconnected/i.test(String(error));
  return connectionFailed(error, doing, isReset ? "reset" : "other");
}

/** The error of a step that failed. */
export function connectionFailed(
  error: unknown,
  doing: string,
  code: ConnectionErrorCode,
): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ConnectionError(code, `${doing}: ${detail}`, { cause: error });
}
