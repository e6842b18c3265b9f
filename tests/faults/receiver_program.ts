/**
 * The receiver of the fault suite: `receiver_program.ts SETUP`, a JSON text. It appends the number of
 * each record to a file before it says that it has it. It stops when its stdin ends. Run by receiver.ts.
 */
import { fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import process from "node:process";
import { protocols } from "./protocols.ts";
import { LINE_BYTES, type ReceiverSetup } from "./receiver.ts";

const { protocol, host, port, isSecure, file } = JSON.parse(process.argv[2]!) as ReceiverSetup;
const kept = openSync(file, "a");

function keep(text: string): void {
  const [, run, number] = /r(\d+)#(\d+)/.exec(text)!;
  const line = `${run} ${number}`.padEnd(LINE_BYTES - 1) + "\n";
  const { size } = fstatSync(kept);
  const whole = size - size % LINE_BYTES;
  try {
    if (writeSync(kept, line) === LINE_BYTES) return;
    throw new Error("the disk took a part of the line");
  } finally {
    if (fstatSync(kept).size < whole + LINE_BYTES) ftruncateSync(kept, whole);
  }
}

const receiver = await protocols[protocol]!.startReceiver(host, port, isSecure, keep);
process.stdin.resume().on("end", async () => {
  const failed = await receiver.stop();
  writeSync(1, `failed ${failed}\n`);
});
writeSync(1, `port ${receiver.port}\n`);
