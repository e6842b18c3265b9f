/**
 * pino's synchronous file destination, for core/file_handler.ts: lines of JSON with time, level, name
 * and message. Without pid and hostname, which the others do not write either.
 */
import { load } from "./load.mjs";

const { default: pino } = await load("pino");

/** Opens the file; pino buffers nothing unless it is told so. */
export function open(path) {
  const destination = pino.destination({ dest: path, sync: true });
  const log = pino(
    { level: "info", base: { name: "myapp.area1" } },
    destination,
  );
  return { log, close: () => destination.end() };
}
