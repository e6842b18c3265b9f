/** README.md: how long it is, where its links lead, and its two programs, run against each other. */
import { assert, assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import net from "node:net";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { inFolder } from "../files/folder.ts";
import { runtime, test } from "../test.ts";
import { until } from "../until.ts";
import { entryPoints, exists, read, root } from "./sources.ts";

const readme = read("README.md");

/** Five minutes of reading. */
const MOST_WORDS = 2000;

const commands = {
  deno: ["deno", "run", "--allow-net", "--allow-env", "--config=deno.json"],
  bun: ["bun"],
  node: ["node", "--import", "tsx"],
};

test("README.md has at most 2,000 words", () => {
  // The bars and figures of tables are no words, nor are the targets of links at the end.
  const words =
    readme.replace(/^\[.*\]: .*$/gm, "").split(/\s+/).filter((part) => /[A-Za-z]/.test(part))
      .length;
  assert(words <= MOST_WORDS, `${words} words`);
});

test("every link of README.md leads to a file that exists", () => {
  const inline = [...readme.matchAll(/\]\(([^)#]+)\)/g)];
  const named = [...readme.matchAll(/^\[[^\]]+\]: (\S+)$/gm)];
  const targets = [...inline, ...named].map(([, target = ""]) => target);
  assert(targets.length > 10);
  assertEquals(targets.filter((target) => !target.includes("://") && !exists(target)), []);
});

test("every import of README.md names an entry point that exists", () => {
  const unknown = [...readme.matchAll(/from "@logwire\/logging(\/[^"]+)?"/g)]
    .map(([, subPath = ""]) => `.${subPath}`)
    .filter((entry) => !(entry in entryPoints));
  assertEquals(unknown, []);
});

/** The code block of README.md that holds `text`, for this runtime, with `port` for 9020. */
function program(text: string, port: number): string {
  const blocks = [...readme.matchAll(/^```ts.*\n([^]*?)^```$/gm)].map(([, code = ""]) => code);
  const found = blocks.filter((code) => code.includes(text));
  assertEquals(found.length, 1, `one block of README.md has ${text}`);
  return found[0]!.replaceAll("9020", String(port))
    .replaceAll('"@logwire/logging/deno"', `"@logwire/logging/${runtime}"`)
    .replace(/"@logwire\/logging(\/[^"]+)?"/g, (_, subPath = "") => {
      return JSON.stringify(pathToFileURL(`${root}/${entryPoints[`.${subPath}`]}`).href);
    });
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "localhost");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function run(path: string) {
  const [command = "", ...args] = commands[runtime];
  return spawn(command, [...args, path], { cwd: root, stdio: ["ignore", "inherit", "pipe"] });
}

test("the receiver of README.md prints what the program of README.md logs", async () => {
  const port = await freePort();
  await inFolder(async (folder) => {
    const receives = `${folder}/receive.mts`;
    const logs = `${folder}/log.mts`;
    writeFileSync(receives, program("LogRecordSocketReceiver", port));
    writeFileSync(logs, program("Jackdaws love my", port));
    const receiver = run(receives);
    try {
      await until(() => listens(port), () => `a server at port ${port}`);
      const sender = run(logs);
      const lines = createInterface({ input: receiver.stderr! });
      const [[line], [status]] = await Promise.all([once(lines, "line"), once(sender, "close")]);
      assertEquals(status, 0);
      const expected = /^ *\d+ myapp\.area1 +WARNING +Jackdaws love my big sphinx of quartz\.$/;
      assert(expected.test(line), line);
    } finally {
      const closed = once(receiver, "close");
      receiver.kill();
      await closed;
    }
  });
});

/** True if a server listens at the port. */
async function listens(port: number): Promise<boolean> {
  const socket = net.connect(port, "localhost");
  const connected = new Promise<boolean>((resolve) => {
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
  });
  const closed = new Promise((resolve) => socket.on("close", resolve));
  const result = await connected;
  socket.destroy();
  await closed;
  return result;
}
