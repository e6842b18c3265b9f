/**
 * `spool ls`, `spool verify` and `spool drain`: look after the folder of a spool.
 *
 * @module
 */
import { drainSpool, listSpool, verifySpool } from "../files/spool/file_spool.ts";
import { pickle } from "../wire/pickle_serializer.ts";
import { recordJson } from "../wire/record_json.ts";
import { CommandError, reasonOf } from "./_command_error.ts";

/** Prints a line. */
type Print = (line: string) => void;

/** Lists the segments of a spool. */
export function listCommand(folder: string, print: Print): void {
  for (const { path, usedBy, low, segments, setAside } of within(folder, () => listSpool(folder))) {
    const user = usedBy === null ? "not in use" : `used by process ${usedBy}`;
    print(`${path}: ${user}${low === null ? "" : `, settled before record ${low}`}`);
    for (const segment of segments) {
      print(`  ${segment.path}: from record ${segment.first}, ${segment.bytes} bytes`);
    }
    for (const file of setAside) print(`  ${file}: set aside, it cannot be read`);
  }
}

/** Reads all records of a spool, and returns true if none is damaged. */
export function verifyCommand(folder: string, print: Print): boolean {
  let isWhole = true;
  for (const { segments, setAside } of within(folder, () => verifySpool(folder))) {
    for (const { path, records, damaged, damagedBytes, contentType, error } of segments) {
      if (error !== undefined) print(`${path}: ${error}`);
      else print(`${path}: ${records} records (${contentType}), ${damaged} damaged`);
      if (error !== undefined || damaged > 0 || damagedBytes > 0) isWhole = false;
    }
    for (const file of setAside) print(`${file}: set aside, it cannot be read`);
    if (setAside.length > 0) isWhole = false;
  }
  return isWhole;
}

/**
 * Takes all records out of a spool and writes each as a line of JSON; returns how many. A record is
 * removed when `write` has resolved for its line.
 */
export async function drainCommand(
  folder: string,
  write: (line: string) => Promise<void>,
): Promise<number> {
  try {
    return await drainSpool(folder, async ({ records, contentType }) => {
      for (const record of records) await write(lineOf(record, contentType));
    });
  } catch (error) {
    throw new CommandError(`cannot drain '${folder}': ${reasonOf(error)}`, { cause: error });
  }
}

/** The bytes before the pickle in a frame: its length, and the signature of a signed one. */
const LENGTH_BYTES = 4;
const SIGNATURE_BYTES = 32;

/** Returns a record as a line: pickles as JSON, and other kinds as they are, if they are text. */
function lineOf(record: Uint8Array, contentType: string): string {
  if (!contentType.endsWith("pickle")) {
    return new TextDecoder().decode(record).replace(/[\r\n]+$/, "");
  }
  const isSigned = contentType.endsWith("signed pickle");
  return recordJson(pickle.loads(record.subarray(LENGTH_BYTES + (isSigned ? SIGNATURE_BYTES : 0))));
}

function within<Result>(folder: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new CommandError(`cannot read the spool '${folder}': ${reasonOf(error)}`, {
      cause: error,
    });
  }
}
