/**
 * Python's `uuid.UUID` and `ipaddress`: integers of 32 and 128 bits, or the text of an address.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import {
  bareArguments,
  bigIntOf,
  type PythonCall,
  type PythonValue,
  type Reader,
  type Readers,
  textValue,
} from "./_python_value.ts";

/** More characters than any address with its zone and its mask has. */
const MAX_LENGTH = 100;

/** Reads a `UUID`, whose state is a dict. */
export function uuid(call: PythonCall): PythonValue | undefined {
  const { args, state } = call;
  if (args?.length !== 0 || typeof state !== "object" || state === null) return undefined;
  const value = unsigned((state as { int?: unknown }).int, 128);
  if (value === undefined) return undefined;
  const digits = value.toString(16).padStart(32, "0");
  const text = digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  return { ...textValue(text, "UUID"), int: value };
}

/** The classes of `ipaddress`. */
export const IPADDRESS: Readers = {
  IPv4Address: /* @__PURE__ */ ofAddress(4, false),
  IPv4Interface: /* @__PURE__ */ ofAddress(4, true),
  IPv4Network: /* @__PURE__ */ ofNetwork(4),
  IPv6Address: /* @__PURE__ */ ofAddress(6, false),
  IPv6Interface: /* @__PURE__ */ ofAddress(6, true),
  IPv6Network: /* @__PURE__ */ ofNetwork(6),
};

/** An address: its number, the zone of IPv6, and the mask of an interface. */
interface Address {
  readonly value: bigint;
  readonly text: string;
}

function ofAddress(version: 4 | 6, isInterface: boolean): Reader {
  return (call) => {
    const address = addressOf(call, version);
    if (address === undefined || address.text.includes("/") !== isInterface) return undefined;
    return { ...textValue(address.text, call.name), int: address.value };
  };
}

function ofNetwork(version: 4 | 6): Reader {
  return (call) => {
    const address = addressOf(call, version);
    return address?.text.includes("/") ? textValue(address.text, call.name) : undefined;
  };
}

function addressOf(call: PythonCall, version: 4 | 6): Address | undefined {
  const [source, ...rest] = bareArguments(call) ?? [];
  if (rest.length > 0) return undefined;
  if (typeof source !== "string") {
    const value = unsigned(source, version === 4 ? 32 : 128);
    return value === undefined ? undefined : { value, text: addressText(value, version) };
  }
  if (source.length > MAX_LENGTH) return undefined;
  const [, plain = "", suffix = ""] = /^([\da-fA-F:.]+)((?:%[^%/\s]+)?(?:\/\d{1,3})?)$/
    .exec(source) ?? [];
  const value = version === 4 ? valueOfV4(plain) : valueOfV6(plain);
  if (value === undefined || version === 4 && suffix.startsWith("%")) return undefined;
  return { value, text: addressText(value, version) + suffix };
}

function unsigned(value: unknown, bits: number): bigint | undefined {
  const integer = bigIntOf(value, bits);
  return integer !== undefined && integer >= 0n && integer < 1n << BigInt(bits)
    ? integer
    : undefined;
}

function valueOfV4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.reduce((value, part) => value << 8n | BigInt(part), 0n);
}

function valueOfV6(text: string): bigint | undefined {
  const [left = "", right, ...more] = text.split("::");
  const groups = (side: string | undefined) => side ? side.split(":").flatMap(groupsOf) : [];
  const [before, after] = [groups(left), groups(right)];
  const missing = 8 - before.length - after.length;
  const isWhole = more.length === 0 && (right === undefined ? missing === 0 : missing > 0);
  const all = [...before, ...Array(isWhole ? missing : 0).fill("0"), ...after];
  if (!isWhole || !all.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return all.reduce((value, group) => value << 16n | BigInt(`0x${group}`), 0n);
}

/** The last group may be an address of IPv4. */
function groupsOf(group: string): string[] {
  const value = group.includes(".") ? valueOfV4(group) : undefined;
  if (value === undefined) return [group];
  return [(value >> 16n).toString(16), (value & 0xffffn).toString(16)];
}

function addressText(value: bigint, version: 4 | 6): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((by) => value >> by & 255n).join(".");
  if (value >> 32n === 0xffffn) return `::ffff:${addressText(value & 0xffffffffn, 4)}`;
  const groups: string[] = [];
  for (let by = 112n; by >= 0n; by -= 16n) groups.push((value >> by & 0xffffn).toString(16));
  const text = groups.join(":");
  // The first of the longest runs of zeros, of two at least, is left out.
  let longest = "";
  for (const [run] of text.matchAll(/\b0(?::0)+\b/g)) {
    if (run.length > longest.length) longest = run;
  }
  if (longest === "") return text;
  const at = text.search(new RegExp(`(?<![^:])${longest}(?![^:])`));
  return text.slice(0, at).replace(/:$/, "") + "::" +
    text.slice(at + longest.length).replace(/^:/, "");
}
