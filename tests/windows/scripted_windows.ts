/** Windows as a script: a registry and an event log in memory, behind the functions of the table. */
import type { Bytes, Handle, WindowsFunctions } from "../../src/windows/_windows_functions.ts";

/** A value of the registry: its type, and its data as text or number. */
export type RegistryValue = readonly [type: number, data: string | number];

/** The C string at the beginning of these bytes. */
export function stringOf(bytes: Bytes): string {
  const units = [...bytes as Uint16Array];
  return String.fromCharCode(...units.slice(0, units.indexOf(0)));
}

/** The functions of Windows; `failures` says how the next calls of a function fail. */
export class ScriptedWindows implements WindowsFunctions {
  readonly registry: Map<string, Record<string, RegistryValue>> = new Map();
  /** Source, type, category, id and text of each event. */
  readonly events: [source: string, type: number, category: number, id: number, text: string][] =
    [];
  /** The errors of the next calls, by the function; 0: this call succeeds. */
  readonly failures: Record<string, number[]> = {};
  /** The names of the open sources, by their handles, and the paths of the open keys. */
  readonly open: Map<Handle, string> = new Map();
  /** The names of all functions that were called. */
  readonly calls: string[] = [];
  readonly #addresses = new Map<bigint, Bytes>();
  #next = 0x1000n;
  #error = 0;

  #begin(name: string): number {
    this.calls.push(name);
    return this.#error = this.failures[name]?.shift() ?? 0;
  }

  #handle(name: string): bigint {
    this.#next += 16n;
    this.open.set(this.#next, name);
    return this.#next;
  }

  readonly RegCreateKeyExW: WindowsFunctions["RegCreateKeyExW"] = (
    ...[parent, path, , , , access, , key]
  ) => {
    const error = this.#begin("RegCreateKeyExW");
    if (error !== 0) return error;
    if (parent !== 0x8000_0002 || access !== 2) return 87;
    const name = stringOf(path);
    this.registry.set(name, this.registry.get(name) ?? {});
    (key as BigUint64Array)[0] = this.#handle(name);
    return 0;
  };

  readonly RegSetValueExW: WindowsFunctions["RegSetValueExW"] = (
    ...[key, name, , type, data, size]
  ) => {
    const error = this.#begin("RegSetValueExW");
    if (error !== 0) return error;
    const values = this.registry.get(this.open.get(key)!)!;
    if (size !== data!.byteLength) return 87;
    values[stringOf(name)] = [type, type === 4 ? Number(data![0]) : stringOf(data)];
    return 0;
  };

  readonly RegCloseKey: WindowsFunctions["RegCloseKey"] = (key) => {
    this.#begin("RegCloseKey");
    return this.open.delete(key) ? 0 : 6;
  };

  readonly RegisterEventSourceW: WindowsFunctions["RegisterEventSourceW"] = (_server, name) =>
    this.#begin("RegisterEventSourceW") === 0 ? this.#handle(stringOf(name)) : 0n;

  readonly ReportEventW: WindowsFunctions["ReportEventW"] = (
    ...[handle, type, category, id, , count, , strings]
  ) => {
    if (this.#begin("ReportEventW") !== 0) return 0;
    const source = this.open.get(handle);
    if (source === undefined || count !== 1) {
      this.#error = 6;
      return 0;
    }
    const text = stringOf(this.#addresses.get((strings as BigUint64Array)[0]!)!);
    this.events.push([source, type, category, id, text]);
    return 1;
  };

  readonly DeregisterEventSource: WindowsFunctions["DeregisterEventSource"] = (source) => {
    this.#begin("DeregisterEventSource");
    return this.open.delete(source) ? 1 : 0;
  };

  readonly GetLastError = (): number => this.#error;

  readonly addressOf = (bytes: Bytes): bigint => {
    this.#next += 16n;
    this.#addresses.set(this.#next, bytes);
    return this.#next;
  };
}
