/** Writes 64 KiB of whole frames to a file: `write_frames.ts FILE [NAME]`, for the controls. */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { INFO, LogRecord, SocketHandler } from "../../mod.ts";
import { connector } from "../../src/adapters/auto.ts";
import { MESSAGE } from "./record.mjs";

const [path = "", name = "myapp.area1"] = process.argv.slice(2);
const handler = new SocketHandler("127.0.0.1", 9020, { connector });
const frames: Uint8Array[] = [];
for (let bytes = 0;;) {
  const unknown = "(unknown file)";
  const record = new LogRecord(
    name,
    INFO,
    unknown,
    0,
    MESSAGE,
    [],
    null,
  );
  const frame = handler.makePickle(record);
  bytes += frame.length;
  // All frames have one size, so that the first shows where the others begin.
  if (bytes > 65536 || frame.length !== (frames[0] ?? frame).length) break;
  frames.push(frame);
}
writeFileSync(path, Buffer.concat(frames));
