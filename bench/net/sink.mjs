/**
 * The sink of the benches for machines without a C compiler: the same arguments, lines and checks as
 * sink.c, which tells what they are.
 */
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import process from "node:process";
import { expand } from "./record.mjs";
import { wallClock } from "./wall_clock.mjs";

const QUIET_MS = 300;
const NO_CONNECTION_MS = 30;
const PREFIX = 4;

const [kind, protocol, delimiterText, seconds, loggers, marksText, ...wanted] = process.argv.slice(
  2,
);
const escapes = { n: "\n", 0: "\0", "\\": "\\" };
const delimiter = Buffer.from(delimiterText.replace(/\\([n0\\])/g, (_, c) => escapes[c]));
const marks = marksText.split(",").filter(Boolean).map(Number);
const expectations = wanted.map((text) => {
  const [, key, how, pattern] = /^([^=~]*)([=~])(.*)$/s.exec(text);
  const directives = [...pattern.matchAll(/%(.)/g)].map(([, directive]) => directive);
  return {
    ...{ key, pattern, isWhole: how === "=" },
    changes: directives.some((directive) => directive !== "%"),
    before: directives.includes("i")
      ? expand(/^((?:[^%]|%[^i])*)%i/.exec(pattern)[1], 0)
      : undefined,
  };
});
/** The expectation in which the number of a record stands, if there is one. */
const numbered = expectations.find(({ before }) => before !== undefined);
/** The last payload that was parsed in full and found good. */
let known;
const totals = { records: 0, bad: 0, cut: 0, bytes: 0, last: 0, next: 0 };
const open = new Set();
const now = wallClock();
/** How long nothing is read once something has arrived; 0: at once. */
let lateMs = 0;
let isLate = false;

setTimeout(() => process.exit(1), Number(seconds) * 1000);

function count(isGood) {
  if (!isGood) {
    totals.bad++;
    return;
  }
  if (++totals.records !== marks[0]) return;
  marks.shift();
  totals.last = nowUs();
  process.stdout.write(`mark ${totals.records} ${totals.last.toFixed(1)}\n`);
}

function nowUs() {
  return now() * 1000;
}

/** The number that a text begins with, behind what stands before it; NaN if it does not. */
function numberIn(text) {
  if (numbered === undefined) return totals.next;
  return text?.startsWith(numbered.before) ? parseInt(text.slice(numbered.before.length), 10) : NaN;
}

function meets({ pattern, isWhole }, text, number) {
  const whole = expand(pattern, number, Number(loggers));
  return text !== undefined && (isWhole ? text === whole : text.includes(whole));
}

/** Checks the values that were found by key, and the order of the records. */
function meetsAll(find, some = expectations) {
  const number = numberIn(find(numbered?.key));
  if (!(number >= totals.next)) return false;
  if (!some.every((expectation) => meets(expectation, find(expectation.key), number))) return false;
  totals.next = number + 1;
  return true;
}

/** The value at `at`, which is no reference to an earlier one, and where it ends. */
function readValue(payload, at) {
  const from = at + 1;
  const line = () => payload.indexOf(10, at) + 1;
  const bool = (end) => {
    const text = payload.latin1Slice(from, end);
    return [{ "01\n": "true", "00\n": "false" }[text] ?? "", end];
  };
  const end = (size) => {
    if (from + size > payload.length) throw new RangeError("the pickle is cut off");
    return from + size;
  };
  switch (String.fromCharCode(payload[at])) {
    case "K":
      return [String(payload[end(1) - 1]), from + 1];
    case "M":
      return [String(payload.readUInt16LE(from)), from + 2];
    case "J":
      return [String(payload.readInt32LE(from)), from + 4];
    case "X": {
      const size = payload.readUInt32LE(from);
      return [payload.utf8Slice(from + 4, end(4 + size)), end(4 + size)];
    }
    case "N":
      return [null, from];
    case "G":
      return [undefined, end(8)];
    case "I":
    case "L":
      return bool(line());
  }
  throw new RangeError("not the pickle of a record");
}

/** The slots of a payload that differ in others, if it is the pickle of the record logged. */
function parse(payload) {
  const slots = [];
  const memo = new Map();
  const fields = new Map();
  let at = 1;
  let value;
  let key;
  let items = 0;
  if (payload[0] !== 0x7d) return undefined;
  for (;;) {
    const from = at;
    const opcode = String.fromCharCode(payload[at]);
    if (opcode === ".") break;
    if (opcode === "q") memo.set(payload[at + 1], value), at += 2;
    else if (opcode === "r") memo.set(payload.readUInt32LE(at + 1), value), at += 5;
    else if (opcode === "(" || opcode === "u") at++;
    else {
      if (opcode === "h") value = memo.get(payload[at + 1]), at += 2;
      else [value, at] = readValue(payload, at);
      if (items++ % 2 === 0) key = value;
      else {
        fields.set(key, value);
        const changing = expectations.find((one) => one.key === key && one.changes);
        if (value === undefined || changing !== undefined && opcode !== "h") {
          slots.push({ from, to: at, key: value === undefined ? undefined : key });
        }
      }
    }
  }
  const good = at + 1 === payload.length && fields.get("args") === null &&
    fields.get("exc_info") === null && fields.has("created") &&
    fields.get("created") === undefined && meetsAll((name) => fields.get(name) ?? undefined);
  return good ? slots : undefined;
}

const changing = expectations.filter(({ changes }) => changes);

function matches({ bytes, slots }, payload) {
  const fields = new Map();
  let at = 0;
  let behind = 0;
  for (const { from, to, key } of slots) {
    const same = from - behind;
    if (bytes.compare(payload, at, at + same, behind, from) !== 0) return false;
    let value;
    [value, at] = readValue(payload, at + same);
    behind = to;
    if (key !== undefined) fields.set(key, value ?? undefined);
    else if (value !== undefined) return false;
  }
  if (payload.length - at !== bytes.length - behind) return false;
  if (bytes.compare(payload, at, payload.length, behind, bytes.length) !== 0) return false;
  return meetsAll((name) => fields.get(name), changing);
}

function isGoodPickle(payload) {
  try {
    if (known !== undefined && matches(known, payload)) return true;
  } catch {
    // Other bytes than those of the record before: the whole is parsed.
  }
  try {
    const slots = parse(payload);
    if (slots === undefined) return false;
    known = { bytes: Buffer.from(payload), slots };
    return true;
  } catch {
    return false;
  }
}

function isGoodText(bytes) {
  const text = bytes.toString();
  const from = numbered === undefined ? 0 : text.indexOf(numbered.before);
  if (from < 0) return false;
  const number = numberIn(text.slice(from));
  if (!(number >= totals.next)) return false;
  if (!expectations.every((expectation) => meets(expectation, text, number))) return false;
  totals.next = number + 1;
  return true;
}

/** Counts the whole records at the front of `bytes`; the rest. */
function takeFrames(bytes) {
  let at = 0;
  while (bytes.length - at >= PREFIX) {
    const end = at + PREFIX + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    count(isGoodPickle(bytes.subarray(at + PREFIX, end)));
    at = end;
  }
  return bytes.subarray(at);
}

function takeLines(bytes) {
  let at = 0;
  for (let end; (end = bytes.indexOf(delimiter, at)) >= 0; at = end + delimiter.length) {
    count(isGoodText(bytes.subarray(at, end)));
  }
  return bytes.subarray(at);
}

function serve(socket) {
  let rest = Buffer.alloc(0);
  open.add(socket);
  if (isLate) socket.pause();
  socket.on("data", (chunk) => {
    if (lateMs > 0) pauseAll();
    totals.bytes += chunk.length;
    const before = totals.records;
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    rest = kind === "pickle" ? takeFrames(bytes) : takeLines(bytes);
    if (totals.records > before) totals.last = nowUs();
    heard();
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    if (rest.length > 0) totals.cut++;
    open.delete(socket);
    heard();
  });
}

/** Reads nothing more for the time that was asked for. */
function pauseAll() {
  isLate = true;
  for (const socket of open) socket.pause();
  setTimeout(() => {
    isLate = false;
    for (const socket of open) socket.resume();
    heard();
  }, lateMs);
  lateMs = 0;
}

let quiet;
let ending = false;

/** Silence after the end of stdin is the end of what there is to read. */
function heard() {
  clearTimeout(quiet);
  if (!ending || isLate) return;
  quiet = setTimeout(() => {
    const { records, bad, cut, bytes, last, next } = totals;
    process.stdout.write(`end ${records} ${bad} ${cut} ${bytes} ${last.toFixed(1)} ${next}\n`);
    process.exit(0);
  }, open.size === 0 && protocol === "tcp" ? NO_CONNECTION_MS : QUIET_MS);
}

function tell(port) {
  process.stdout.write(`${port}\n`);
}

if (protocol === "udp") {
  const socket = createSocket({ type: "udp4", recvBufferSize: 64 * 1024 * 1024 });
  socket.on("message", (datagram) => {
    totals.bytes += datagram.length;
    if (kind === "text") count(isGoodText(datagram));
    else {
      const whole = datagram.length >= PREFIX &&
        datagram.readUInt32BE() === datagram.length - PREFIX;
      count(whole && isGoodPickle(datagram.subarray(PREFIX)));
    }
    totals.last = nowUs();
    heard();
  });
  socket.bind(0, "127.0.0.1", () => tell(socket.address().port));
} else {
  // A paused socket is never read from, and a closed server leaves a port that refuses.
  const server = createServer({ pauseOnConnect: kind === "stall" }, (socket) => {
    if (kind === "stall") socket.on("error", () => {});
    else serve(socket);
  });
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    if (kind === "absent") server.close(() => tell(port));
    else tell(port);
  });
}
process.stdin.on("data", (line) => {
  lateMs = Number(/^late (\d+)/.exec(String(line))?.[1] ?? 0);
  if (lateMs > 0) process.stdout.write("late\n");
  else process.stdout.write(`count ${totals.records} ${totals.last.toFixed(1)}\n`);
});
process.stdin.on("end", () => {
  ending = true;
  heard();
});
