// Node's sockets are loaded on Deno for the defects alone that `tls_handshake_defects.ts` names: an
// import map puts a module that prints in their place, so that an import anywhere shows.
import { assertEquals } from "@std/assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  isDialDefective,
  isListenDefective,
} from "../../../src/adapters/deno/tls_handshake_defects.ts";
import { runProgram } from "../../conformance/processes.ts";
import { netServer } from "../../conformance/target.ts";
import { runtime, test } from "../../test.ts";

const skip = runtime !== "deno" && "it is about what Deno loads";

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

/** Runs a program on Deno that prints a line if anything in it loads `node:net` or `node:tls`. */
async function runTrapped(program: string, port = 1): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "logwire-"));
  const map = join(folder, "map.json");
  const trap = 'data:text/javascript,console.log("loaded")';
  const { imports = {} } = JSON.parse(read("deno.json"));
  writeFileSync(
    map,
    JSON.stringify({ imports: { ...imports, "node:net": trap, "node:tls": trap } }),
  );
  const flags = ["-A", `--import-map=${map}`];
  const { stdout, stderr } = await runProgram("deno.ts", program, port, flags);
  rmSync(folder, { recursive: true });
  return stdout + stderr;
}

const mod = JSON.stringify(new URL("../../../mod.ts", import.meta.url).href);
const tls = `{ cert: ${JSON.stringify(read("tests/testdata/tls/server.pem"))}, key: ${
  JSON.stringify(read("tests/testdata/tls/server.key"))
} }`;

test("a SocketHandler over ./deno loads no node:net, to TCP and to a Unix socket", async () => {
  const server = await netServer();
  const program = `
    const { LogRecord, SocketHandler } = await import(${mod});
    const folder = await Deno.makeTempDir();
    const path = folder + "/log.sock";
    const listener = await connector.listen({ transport: "unix", path });
    const record = new LogRecord("a", 30, "", 0, "hello", null, null);
    for (const args of [["127.0.0.1", to.port], [path, null]]) {
      const handler = new SocketHandler(...args, { connector });
      handler.handle(record);
      await handler.flush();
      console.log(handler.stats.sent + handler.stats.queued);
      handler.close();
    }
    const accepted = (await listener[Symbol.asyncIterator]().next()).value;
    await accepted.close();
    await listener.close();
    await Deno.remove(folder);`;
  const running = runTrapped(program, server.address.port);
  const peer = await server.accepted();
  await peer.ended;
  await peer.end();
  assertEquals(await running, "1\n1\n");
  await server.close();
}, { skip });

test(
  "a TLS dial of ./deno that can be given up loads node:tls, which the same trap shows",
  async () => {
    const program = `
    const { signal } = new AbortController();
    await connector.connect({ ...to, tls: {} }, { signal }).catch(() => {});`;
    assertEquals(await runTrapped(program), "loaded\n");
  },
  { skip },
);

test("a TLS dial of ./deno that cannot be given up loads no node:tls", async () => {
  const program = `
    const listener = await connector.listen({ ...to, port: 0, tls: ${tls} });
    const tls = { ca: [${JSON.stringify(read("tests/testdata/tls/ca.pem"))}] };
    const connection = await connector.connect({ ...listener.address, tls });
    connection.close({ signal: AbortSignal.abort() });
    await listener.close();
    console.log("connected");`;
  assertEquals(await runTrapped(program), "connected\n");
}, { skip });

test("isDialDefective() is true where Deno leaves a socket behind or takes no name", () => {
  const { signal } = new AbortController();
  assertEquals(isDialDefective(undefined, { signal }), false);
  assertEquals(isDialDefective({}, {}), false);
  assertEquals(isDialDefective({}, { signal }), true);
  assertEquals(isDialDefective({ cert: "cert", key: "key" }, {}), false);
  assertEquals(isDialDefective({ serverName: "name" }, {}), false);
  assertEquals(isDialDefective({ cert: "cert", key: "key", serverName: "name" }, {}), true);
});

test("isListenDefective() is true where a client certificate is demanded", () => {
  assertEquals(isListenDefective(undefined), false);
  assertEquals(isListenDefective({ cert: "cert", key: "key" }), false);
  assertEquals(isListenDefective({ cert: "cert", key: "key", ca: ["ca"] }), true);
});
