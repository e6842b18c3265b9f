/**
 * The event log of Windows, as `win32evtlogutil` of Python's pywin32 uses it: a source is added to
 * the registry, and events are reported under its name.
 *
 * @module
 */
import { wideString } from "./_event_text.ts";
import type { Handle, WindowsFunctions } from "./_windows_functions.ts";

/** One event. */
export interface NTEvent {
  /** The number of its message in the message file, from 0 to 0xffffffff. */
  readonly id: number;
  /** Its category, from 0 to 0xffff; 0 for none. */
  readonly category: number;
  /** Its type, such as `EVENTLOG_ERROR_TYPE`. */
  readonly type: number;
  /** Its only string: at most 31,839 UTF-16 code units, without NUL and lone surrogates. */
  readonly text: string;
}

/** The part of Windows that a handler uses. */
export interface EventLog {
  /**
   * Adds a source to the registry.
   *
   * @throws {Error} with the number of Windows' error as `winerror`; 5: access denied
   */
  addSourceToRegistry(appname: string, dllname: string, logtype: string): void;
  /** Writes an event of a source; throws if Windows does not take it. */
  reportEvent(appname: string, event: NTEvent): void;
  /** Closes what is open. */
  close(): void;
}

/** The number of an error for which the caller lacks a permission. */
export const ERROR_ACCESS_DENIED = 5;

/** Windows takes the number with and without its extended sign; Go's registry gives it like this. */
const HKEY_LOCAL_MACHINE = 0x8000_0002;
const KEY_SET_VALUE = 0x0002;
const REG_EXPAND_SZ = 2;
const REG_DWORD = 4;

/** Errors, warnings and information. */
const TYPES_SUPPORTED = 1 | 2 | 4;

/** The event log of this machine, for one handler. */
export class WindowsEventLog implements EventLog {
  readonly #functions: WindowsFunctions;
  #source: { readonly name: string; readonly handle: Handle } | undefined;
  /** The string of the last event: it must not be collected while Windows reads it. */
  #string: Uint16Array | undefined;

  constructor(functions: WindowsFunctions) {
    this.#functions = functions;
  }

  addSourceToRegistry(appname: string, dllname: string, logtype: string): void {
    const functions = this.#functions;
    const path = `SYSTEM\\CurrentControlSet\\Services\\EventLog\\${logtype}\\${appname}`;
    const result = new BigUint64Array(1);
    check(
      "RegCreateKeyExW",
      functions.RegCreateKeyExW(
        ...[HKEY_LOCAL_MACHINE, wideString(path), 0, null, 0, KEY_SET_VALUE, null] as const,
        ...[result, null] as const,
      ),
    );
    const key = result[0]!;
    const set = (name: string, type: number, data: Uint16Array | Uint32Array) =>
      check(
        "RegSetValueExW",
        functions.RegSetValueExW(key, wideString(name), 0, type, data, data.byteLength),
      );
    try {
      set("EventMessageFile", REG_EXPAND_SZ, wideString(dllname));
      set("TypesSupported", REG_DWORD, new Uint32Array([TYPES_SUPPORTED]));
    } finally {
      functions.RegCloseKey(key);
    }
  }

  /** The source stays open; CPython opens it for each event. */
  reportEvent(appname: string, event: NTEvent): void {
    const wasOpen = this.#source?.name === appname;
    const failed = this.#report(appname, event);
    if (failed === 0) return;
    this.close();
    // The service that had given the handle may have been started again.
    const failedAgain = wasOpen ? this.#report(appname, event) : failed;
    if (failedAgain === 0) return;
    this.close();
    throw windowsError("ReportEventW", failedAgain);
  }

  /** Reports an event once; returns 0, or the error. */
  #report(appname: string, { type, category, id, text }: NTEvent): number {
    const functions = this.#functions;
    const source = this.#open(appname);
    const string = this.#string = wideString(text);
    const strings = new BigUint64Array([BigInt(functions.addressOf(string))]);
    const isDone = functions.ReportEventW(
      ...[source, type, category, id, null, 1, 0, strings, null] as const,
    );
    // Asked before anything else calls Windows. 1 stands for an error that the runtime has lost.
    return isDone === 0 ? functions.GetLastError() || 1 : 0;
  }

  #open(name: string): Handle {
    if (this.#source?.name === name) return this.#source.handle;
    this.close();
    const handle = this.#functions.RegisterEventSourceW(null, wideString(name));
    if (BigInt(handle) === 0n) {
      throw windowsError("RegisterEventSourceW", this.#functions.GetLastError());
    }
    this.#source = { name, handle };
    return handle;
  }

  close(): void {
    const source = this.#source;
    this.#source = undefined;
    if (source !== undefined) this.#functions.DeregisterEventSource(source.handle);
  }
}

function check(name: string, error: number): void {
  if (error !== 0) throw windowsError(name, error);
}

/** An error of Windows, with its number as Python has it. */
function windowsError(name: string, winerror: number): Error & { winerror: number } {
  const why = winerror === ERROR_ACCESS_DENIED ? "access denied" : `error ${winerror}`;
  return Object.assign(new Error(`${name} failed: ${why} (net helpmsg ${winerror})`), { winerror });
}
