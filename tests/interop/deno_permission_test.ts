// Deno asks on a terminal for a permission that lacks, and the program waits for the answer. Each
// program here has a terminal, and must end without a question.
import { assertEquals } from "@std/assert";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runtime, test as register } from "../test.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const program = fileURLToPath(new URL("deno_permission_program.ts", import.meta.url));

/** A port on which nothing listens in these programs: they may not even ask. */
const PORT = 9020;

function withoutTerminal(): string | false {
  if (runtime !== "deno") return "only Deno has permissions";
  if (process.platform !== "linux") return "it needs script of util-linux";
  if (process.env.LOGWIRE_REQUIRE_SERVERS === "1") return false;
  return spawnSync("script", ["--version"]).status === 0
    ? false
    : "it needs a terminal: apt-get install bsdutils";
}

const skip = withoutTerminal();
const test = (name: string, fn: () => Promise<void>) => register(name, fn, { skip });

/** The lines of the program on a terminal, with a folder of its own as `FOLDER`. */
async function linesOf(what: string, flags: string[] = []): Promise<string[]> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "logwire-")));
  writeFileSync(join(folder, "app.log"), "a line\n");
  const own = ["--no-check", "--quiet", `--allow-read=${root}`, ...flags];
  const words = [process.execPath, "run", ...own, program, what, String(PORT), folder];
  const command = words.map((word) => `'${word.replaceAll("FOLDER", folder)}'`).join(" ");
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    // A question would wait for ever.
    if (output.includes("Allow?")) child.kill();
  });
  await once(child, "close");
  rmSync(folder, { recursive: true });
  return output.replaceAll(folder, "FOLDER").split(/\r?\n/).filter((line) => line !== "");
}

/** The lines of a handler that could not send its record. */
function undelivered(name: string, why: string): string[] {
  return [
    `logwire: ${name}: records are not delivered: ${why}`,
    `logwire: ${name}: closed during the outage: 1 record lost`,
    "dropped 1",
  ];
}

const at = `127.0.0.1:${PORT}`;
const connecting = `Cannot connect to ${at}: Deno must be run with --allow-net=${at}`;
const datagram = `Cannot open a datagram socket for ${at}: Deno must be run with ` +
  `--allow-net=0.0.0.0:0,${at}`;
const mailing = (host: string) =>
  `Cannot send a mail through ${host}:${PORT}: Deno must be run with `;

const handlers: Record<string, string[]> = {
  "tcp": undelivered(`SocketHandler ${at}`, connecting),
  "tls": undelivered(`SocketHandler ${at}`, connecting),
  "tcp by node:net": undelivered(`SocketHandler ${at}`, connecting),
  "unix": undelivered(
    "SocketHandler FOLDER/log.sock",
    "Cannot connect to FOLDER/log.sock: Deno must be run with --allow-read=FOLDER/log.sock " +
      "--allow-write=FOLDER/log.sock --allow-net=unix:FOLDER/log.sock",
  ),
  "udp": undelivered(`DatagramHandler ${at}`, datagram),
  "udp to a name": undelivered(
    `DatagramHandler localhost:${PORT}`,
    `Cannot open a datagram socket for localhost:${PORT}: Deno must be run with ` +
      "--allow-net=localhost",
  ),
  "udp by node:dgram": undelivered(`DatagramHandler ${at}`, datagram),
  "syslog": undelivered(`SysLogHandler ${at}`, datagram),
  "http": undelivered(
    `HTTPHandler ${at}`,
    `Cannot fetch from ${at}: Deno must be run with --allow-net=${at}`,
  ),
  "mail": undelivered(`SMTPHandler ${at}`, `${mailing("127.0.0.1")}--allow-net=${at}`),
  "mail by a name": undelivered(
    `SMTPHandler localhost:${PORT}`,
    `${mailing("localhost")}--allow-net --allow-sys=networkInterfaces`,
  ),
};

for (const [what, lines] of Object.entries(handlers)) {
  test(`without a permission ${what} loses a record, names the flag and does not prompt`, async () => {
    assertEquals(await linesOf(what), lines);
  });
}

for (const what of ["listen", "listen by node:net", "bind", "bind by node:dgram"]) {
  test(`without a permission ${what} rejects, names the flag and does not prompt`, async () => {
    const doing = what.startsWith("listen") ? "listen at" : "bind";
    assertEquals(await linesOf(what), [
      `ConnectionError: Cannot ${doing} ${at}: Deno must be run with --allow-net=${at}`,
    ]);
  });
}

test("without a permission FileHandler throws, names the flags and does not prompt", async () => {
  const lines = (flags: string) => [
    `Error: Cannot use FOLDER/app.log: Deno must be run with ${flags}`,
  ];
  const both = "--allow-read=FOLDER/app.log --allow-write=FOLDER/app.log";
  assertEquals(await linesOf("file"), lines(both));
  assertEquals(
    await linesOf("file", ["--allow-read=FOLDER"]),
    lines("--allow-write=FOLDER/app.log"),
  );
});

test("a roll-over that may not write the next file keeps the record and does not prompt", async () => {
  const flags = ["--allow-read=FOLDER", "--allow-write=FOLDER/app.log"];
  const lines = await linesOf("roll-over", flags);
  const named = lines.filter((line) => line.startsWith("Error: "));
  assertEquals(named, [
    "Error: Cannot use FOLDER/app.log.1: Deno must be run with --allow-write=FOLDER/app.log.1",
  ]);
  assertEquals(lines.slice(-2), ["a line", "hello"]);
});
