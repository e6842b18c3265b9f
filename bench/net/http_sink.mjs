/**
 * The web server of the group `http`, a process of its own: takes newline-delimited JSON, and prints
 * its port. A line on stdin has it print how many records have come, and in how many requests; it
 * ends with its stdin.
 */
import { createServer } from "node:http";
import process from "node:process";
import { createInterface } from "node:readline";

let records = 0;
let requests = 0;

const server = createServer((request, response) => {
  request.on("data", (chunk) => {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) {
      records++;
    }
  });
  request.on("end", () => {
    requests++;
    response.writeHead(204).end();
  });
});
server.listen(
  0,
  "127.0.0.1",
  () => process.stdout.write(`${server.address().port}\n`),
);

const lines = createInterface({ input: process.stdin });
lines.on(
  "line",
  () => process.stdout.write(JSON.stringify({ records, requests }) + "\n"),
);
lines.on("close", () => process.exit(0));
