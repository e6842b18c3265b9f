/**
 * Writes 64 KiB of whole frames to a file, for the controls:
 * `write_frames.ts FILE KIND NUMBER|each [NAME]`. All are of record NUMBER, or of 0, 1, 2, …
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { getLogger, type LogRecord, SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/auto.ts";
import { logger } from "./logwire.ts";
import type { Kind } from "./record.mjs";

/** Keeps the frames instead of sending them. */
class FrameKeeper extends SocketHandler {
  readonly frames: Uint8Array[] = [];

  override emit(record: LogRecord): void {
    this.frames.push(this.makePickle(record));
  }
}

const [path = "", kind = "const", number = "0", name = "myapp.area1"] = process.argv.slice(2);
const keeper = new FrameKeeper("127.0.0.1", 9020, { connector });
const log = getLogger(name);
log.setLevel("DEBUG");
log.propagate = false;
log.addHandler(keeper);
const write = logger(kind as Kind);
const { frames } = keeper;
for (let bytes = 0, i = 0;; i++) {
  write(log, number === "each" ? i : Number(number));
  const size = frames.at(-1)!.length;
  bytes += size;
  // All frames of one number have one size, so that the first shows where the others begin.
  const isAnother = number !== "each" && size !== frames[0]!.length;
  if (bytes > 65536 || isAnother) {
    frames.pop();
    break;
  }
}
writeFileSync(path, Buffer.concat(frames));
