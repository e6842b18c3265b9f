/**
 * The sink of the benches for machines without a C compiler: the same arguments, lines and checks as
 * sink.c, which tells what they are.
 */
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import process from "node:process";
import { wallClock } from "./wall_clock.mjs";

const QUIET_MS = 300;
const NO_CONNECTION_MS = 30;
const PREFIX = 4;

const [kind, protocol, message, delimiterText, seconds, ...marks] = process.argv.slice(2);
const needle = Buffer.from(message);
const escapes = { n: "\n", 0: "\0", "\\": "\\" };
const delimiter = Buffer.from(delimiterText.replace(/\\([n0\\])/g, (_, c) => escapes[c]));
/** Payloads that were found good, by the part that holds the logger's name. */
const templates = new Map();
const totals = { records: 0, bad: 0, cut: 0, bytes: 0, last: 0 };
const open = new Set();
const now = wallClock();

setTimeout(() => process.exit(1), Number(seconds) * 1000);

function count(isGood) {
  if (!isGood) {
    totals.bad++;
    return;
  }
  if (++totals.records !== Number(marks[0])) return;
  marks.shift();
  totals.last = nowUs();
  process.stdout.write(`mark ${totals.records} ${totals.last.toFixed(1)}\n`);
}

function nowUs() {
  return now() * 1000;
}

/** Where the floats of a payload are, if it is the pickle of the record that was logged. */
function parse(payload) {
  const floats = [];
  const items = [];
  const memo = new Map();
  let at = 0;
  let last;
  const read = (size) => {
    at += size;
    if (at > payload.length) throw new RangeError("the pickle is cut off");
    return payload.subarray(at - size, at);
  };
  const line = () => read(payload.indexOf(10, at) + 1 - at);
  const opcodes = {
    "K": () => read(1)[0],
    "M": () => read(2).readUInt16LE(),
    "J": () => read(4).readInt32LE(),
    "X": () => read(read(4).readUInt32LE()).toString(),
    "N": () => null,
    "h": () => memo.get(read(1)[0]),
    "I": () => line().length,
    "L": () => line().length,
    "G": () => {
      floats.push(at);
      return read(8);
    },
  };
  if (read(1)[0] !== 0x7d) return undefined;
  for (;;) {
    const opcode = String.fromCharCode(read(1)[0]);
    if (opcode === ".") break;
    if (opcode === "q") memo.set(read(1)[0], last);
    else if (opcode === "r") memo.set(read(4).readUInt32LE(), last);
    else if (opcode in opcodes) items.push(last = opcodes[opcode]());
    else if (opcode !== "(" && opcode !== "u") return undefined;
  }
  const value = (key) => items[items.findIndex((item, i) => i % 2 === 0 && item === key) + 1];
  const good = at === payload.length && value("msg") === message && value("levelno") === 20 &&
    String(value("name")).startsWith("myapp.area") && value("args") === null &&
    value("exc_info") === null && value("created") instanceof Uint8Array;
  return good ? floats : undefined;
}

function matches({ bytes, floats }, payload) {
  if (bytes.length !== payload.length) return false;
  let from = 0;
  for (const at of floats) {
    if (bytes.compare(payload, from, at, from, at) !== 0) return false;
    from = at + 8;
  }
  return bytes.compare(payload, from, payload.length, from, bytes.length) === 0;
}

function isGoodPickle(payload) {
  const key = payload.latin1Slice(16, 48);
  const template = templates.get(key);
  if (template !== undefined && matches(template, payload)) return true;
  try {
    const floats = parse(payload);
    if (floats === undefined) return false;
    templates.set(key, { bytes: Buffer.from(payload), floats });
    return true;
  } catch {
    return false;
  }
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
    count(bytes.subarray(at, end).includes(needle));
  }
  return bytes.subarray(at);
}

function serve(socket) {
  let rest = Buffer.alloc(0);
  open.add(socket);
  socket.on("data", (chunk) => {
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

let quiet;
let ending = false;

/** Silence after the end of stdin is the end of what there is to read. */
function heard() {
  if (!ending) return;
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    const { records, bad, cut, bytes, last } = totals;
    process.stdout.write(`end ${records} ${bad} ${cut} ${bytes} ${last.toFixed(1)}\n`);
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
    if (kind === "text") count(datagram.includes(needle));
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
process.stdin.on("data", () => {
  process.stdout.write(`count ${totals.records} ${totals.last.toFixed(1)}\n`);
});
process.stdin.on("end", () => {
  ending = true;
  heard();
});
