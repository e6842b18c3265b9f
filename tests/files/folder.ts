/** Shared by the tests of the file handlers. */
import fs from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import type { FileHandler } from "../../src/files/file_handlers.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";

/** Runs `action` with a folder that is removed afterwards. */
export async function inFolder(action: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = fs.realpathSync(fs.mkdtempSync(`${tmpdir()}/logwire-`));
  try {
    await action(folder);
  } finally {
    removeFolder(folder);
  }
}

function removeFolder(folder: string): void {
  try {
    fs.rmSync(folder, { recursive: true });
  } catch (error) {
    // Windows keeps the names of files that a test has left open.
    if (process.platform !== "win32") throw error;
  }
}

/** The text of a file. */
export function read(path: string): string {
  return fs.readFileSync(path, "utf8");
}

/** Collects the calls of the handler's `handleError()` from now on, as `message: error`. */
export function faultsOf(handler: FileHandler): string[] {
  const faults: string[] = [];
  handler.handleError = (record: LogRecord, error: unknown) => {
    const { code, message } = error as Error & { code?: string };
    faults.push(`${record.getMessage()}: ${code ?? message}`);
  };
  return faults;
}

/** Resolves at the end of this turn of the event loop, when buffers are written. */
export function turnEnd(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
