/**
 * Feeds a receiver: `feed.mjs PORT FRAMES RECORDS CONNECTIONS` sends RECORDS frames of the file over
 * each of CONNECTIONS connections, as fast as they are taken, and prints when it began, in
 * microseconds since the epoch. With more than one connection each has a logger of its own: the
 * frames' is `myapp.area000`, of which the digits are replaced.
 */
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import process from "node:process";
import { wallClock } from "./wall_clock.mjs";

const [port, path, records, connections] = process.argv.slice(2);
const frames = readFileSync(path);
/** The position behind each frame. */
const ends = [];
for (let at = 0; at < frames.length;) ends.push(at += frames.readUInt32BE(at) + 4);

function framesOf(sender) {
  if (Number(connections) === 1) return frames;
  const own = Buffer.from(frames);
  const digits = String(sender).padStart(3, "0");
  for (let at = 0; (at = own.indexOf("myapp.area", at)) >= 0; at++) own.write(digits, at + 10);
  return own;
}

function open() {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), "127.0.0.1", () => resolve(socket));
    socket.on("error", reject);
  });
}

/** A receiver that has what it wants closes, and then there is nothing more to send. */
async function send(socket, bytes) {
  let closed = false;
  socket.on("error", () => {}).on("close", () => closed = true).resume();
  for (let left = Number(records); left > 0 && !closed;) {
    const count = Math.min(ends.length, left);
    left -= count;
    await new Promise((resolve) => {
      socket.once("close", resolve);
      socket.write(bytes.subarray(0, ends[count - 1]), () => {
        socket.off("close", resolve);
        resolve();
      });
    });
  }
  socket.end();
}

const now = wallClock();
const senders = [];
for (let i = 0; i < Number(connections); i++) senders.push([await open(), framesOf(i)]);
process.stdout.write(`${(now() * 1000).toFixed(1)}\n`);
await Promise.all(senders.map(([socket, bytes]) => send(socket, bytes)));
