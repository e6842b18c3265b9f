/** CPython's programs send configurations to our listener, and ours to CPython's listen(). */
import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { connector } from "../../src/adapters/auto.ts";
import {
  type ConfigListenerFault,
  type ConfigListenerOptions,
  listen,
  stopListening,
} from "../../src/config/config_listener.ts";
import { fileHandlerClasses } from "../../src/files/file_handlers.ts";
import { getLogger, manager, root } from "../../src/logging/get_logger.ts";
import { frame } from "../../src/wire/length_prefix_framing.ts";
import { withBareRoot } from "../logging/helpers.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";
import { python3, pythons, withoutPython } from "./python.ts";

const skip = withoutPython();
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const dictionary = JSON.stringify({
  version: 1,
  handlers: { out: { class: "logging.StreamHandler", stream: "ext://sys.stdout", level: 30 } },
  root: { level: "ERROR", handlers: ["out"] },
});

const file = `
[loggers]
keys=root
[handlers]
keys=out
[formatters]
keys=
[logger_root]
level=ERROR
handlers=out
[handler_out]
class=StreamHandler
level=WARNING
args=(sys.stdout,)
`;

const state = () => [
  root.level,
  root.handlers.map(({ name, constructor, level }) => [name, constructor.name, level]),
];
const configured = [40, [["out", "StreamHandler", 30]]];

/** Runs `fn` with a listener on a real socket; `settled` awaits configurations and faults. */
async function listening(
  fn: (port: number, settled: (count: number) => Promise<void>) => Promise<void>,
  options: Partial<ConfigListenerOptions> = {},
): Promise<ConfigListenerFault[]> {
  const faults: ConfigListenerFault[] = [];
  let count = 0;
  await withBareRoot(async () => {
    const listener = listen(0, {
      acceptor: connector,
      onConfigured: () => count++,
      onError: (fault) => faults.push(fault),
      ...options,
    });
    await listener.start();
    try {
      const { address } = listener;
      assert(address.transport === "tcp");
      await fn(
        address.port,
        (all) => until(() => count + faults.length >= all, () => `${all} configurations`),
      );
    } finally {
      await stopListening();
      await Promise.all(root.handlers.map((handler) => handler.close()));
    }
  });
  manager.loggerDict.clear();
  return faults;
}

async function sendBy(python: string, port: number, data: string | Uint8Array): Promise<void> {
  const child = spawn(python, [here("config_sender.py"), String(port)], {
    stdio: ["pipe", "inherit", "inherit"],
  });
  child.stdin.end(data);
  assertEquals(await once(child, "close"), [0, null]);
}

const oldAndNew = pythons().filter((_, at, all) => at === 0 || at === all.length - 1);

for (const { version, path } of oldAndNew) {
  test(`listen() takes the dictionary and the file that CPython ${version} sends`, async () => {
    const faults = await listening(async (port, settled) => {
      let sent = 0;
      for (const text of [dictionary, file]) {
        root.setLevel(7);
        await sendBy(path, port, text);
        await settled(++sent);
        assertEquals(state(), configured);
      }
    });
    assertEquals(faults, []);
  }, { skip });
}

test("listen() takes only what is signed, where verify() checks a signature", async () => {
  const sign = (text: string) => createHmac("sha256", "key").update(text).digest();
  const verify = (bytes: Uint8Array) => {
    const text = new TextDecoder().decode(bytes.subarray(32));
    return sign(text).equals(bytes.subarray(0, 32)) ? bytes.subarray(32) : null;
  };
  const python = python3() ?? "python3";
  const faults = await listening(async (port, settled) => {
    await sendBy(python, port, dictionary);
    await settled(1);
    assertEquals(root.handlers, []);
    await sendBy(python, port, Buffer.concat([sign(dictionary), Buffer.from(dictionary)]));
    await settled(2);
    assertEquals(state(), configured);
  }, { verify });
  assertEquals(faults.map(({ reason }) => reason), ["verify"]);
}, { skip });

test("a file that a received configuration names is written below the folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "logwire-config-"));
  try {
    const python = python3() ?? "python3";
    const named = (filename: string) =>
      JSON.stringify({
        version: 1,
        handlers: { out: { class: "logging.FileHandler", filename } },
        root: { handlers: ["out"] },
      });
    const faults = await listening(async (port, settled) => {
      await sendBy(python, port, named("app.log"));
      await settled(1);
      getLogger("shop").error("no ink");
      await sendBy(python, port, named("../app.log"));
      await settled(2);
      await Promise.all(root.handlers.map((handler) => handler.close()));
      assertEquals(readFileSync(join(folder, "app.log"), "utf8"), "no ink\n");
    }, { classes: fileHandlerClasses, folder });
    assertEquals(faults.map(({ reason }) => reason), ["configuration"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, { skip });

test("a configuration arrives over TLS, and none without it or without a certificate", async () => {
  const folder = new URL("../testdata/tls/", import.meta.url);
  const pem = (name: string) => readFileSync(new URL(name, folder), "utf8");
  const ca = [pem("ca.pem")];
  const trust = { ca, serverName: "localhost" };
  const own = { cert: pem("client.pem"), key: pem("client.key") };
  const faults = await listening(async (port, settled) => {
    const to = { transport: "tcp", hostname: "127.0.0.1", port } as const;
    const senders = [to, { ...to, tls: trust }, { ...to, tls: { ...trust, ...own } }];
    for (const [at, address] of senders.entries()) {
      try {
        const connection = await connector.connect(address);
        await connection.write(frame(new TextEncoder().encode(dictionary)));
        await connection.close();
      } catch (error) {
        // Some runtimes learn at once that the listener refuses them, and others later.
        assert(at < 2, String(error));
      }
      await settled(at + 1);
      assertEquals(root.handlers.length, at < 2 ? 0 : 1);
    }
    assertEquals(state(), configured);
  }, { tls: { cert: pem("server.pem"), key: pem("server.key"), ca } });
  assertEquals(faults.map(({ reason }) => reason), ["connection", "connection"]);
});

test("CPython's listen() takes the dictionary and the file that we send", async () => {
  for (const text of [dictionary, file]) {
    const child = spawn(python3() ?? "python3", [here("config_listener.py")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const port = Number((await lines.next()).value);
    const connection = await connector.connect({ transport: "tcp", hostname: "127.0.0.1", port });
    await connection.write(frame(new TextEncoder().encode(text)));
    await connection.close();
    assertEquals(JSON.parse((await lines.next()).value ?? ""), configured);
    if (child.exitCode === null) await once(child, "close");
  }
}, { skip });
