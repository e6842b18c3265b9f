// What only Deno has: permissions, and datagrams behind `--unstable-net`. Each case is a program of
// its own, with its own flags.
import { assertEquals } from "@std/assert";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { netServer } from "../conformance/target.ts";
import { runProgram } from "../conformance/processes.ts";
import { withSocketPath } from "../conformance/unixgram_peer.ts";
import { runtime, test as register } from "../test.ts";

const test = (name: string, fn: () => Promise<void>) =>
  register(name, fn, { skip: runtime !== "deno" && "only Deno has permissions" });

const pem = (file: string) =>
  readFileSync(new URL(`../testdata/tls/${file}`, import.meta.url), "utf8");

async function freePort(): Promise<number> {
  const server = await netServer();
  await server.close();
  return server.address.port;
}

const printCode = `.then(() => console.log("ok"), (error) => console.log(error.name, error.code));`;

test("connect() on Deno needs --allow-net=host:port and nothing else", async () => {
  const server = await netServer();
  const { port } = server.address;
  const program = `
    const connection = await connector.connect(to);
    await connection.write(bytes("hello"));
    connector.atExit!({ async beforeExit() {}, exit() {} });
    connection.unref?.();
    console.log("ok");`;
  const outcome = await runProgram("deno.ts", program, port, [`--allow-net=127.0.0.1:${port}`]);
  assertEquals(outcome, { code: 0, stdout: "ok\n", stderr: "" });
  await (await server.accepted()).ended;
  await server.close();
});

test("connect() without the permission is `denied`", async () => {
  const outcome = await runProgram("deno.ts", `connector.connect(to)${printCode}`, 9020, [
    "--allow-net=127.0.0.1:9021",
  ]);
  assertEquals(outcome, { code: 0, stdout: "ConnectionError denied\n", stderr: "" });
});

const tls = `{ ca: [${JSON.stringify(pem("ca.pem"))}] }`;

test("connect() with TLS on Deno needs the same permission, and is `denied` without", async () => {
  const serve = `
    const tls = { cert: ${JSON.stringify(pem("server.pem"))}, key: ${
    JSON.stringify(pem("server.key"))
  } };
    const listener = await connector.listen({ ...to, tls });
    await connector.connect({ ...to, tls: ${tls} })
      .then((connection) => connection.close({ signal: AbortSignal.abort() }))${printCode}
    await listener.close();`;
  const port = await freePort();
  const allowed = await runProgram("deno.ts", serve, port, [`--allow-net=127.0.0.1:${port}`]);
  assertEquals(allowed, { code: 0, stdout: "ok\n", stderr: "" });
  const program = `connector.connect({ ...to, tls: ${tls} })${printCode}`;
  // Some permission: Deno's node:child_process starts a Deno that has none with all of them.
  const outcome = await runProgram("deno.ts", program, 9020, ["--allow-env"]);
  assertEquals(outcome, { code: 0, stdout: "ConnectionError denied\n", stderr: "" });
});

const udp = `
  const bound = await connector.bindDatagram({ ...to, transport: "udp"});
  const arriving = bound[Symbol.asyncIterator]().next();
  const socket = await connector.openDatagram(bound.address);
  await socket.send(bytes("hello"));
  console.log(new TextDecoder().decode((await arriving).value));
  await socket.close();
  await bound.close();`;

for (const unstable of [[], ["--unstable-net"]]) {
  const how = unstable.length > 0 ? "with" : "without";

  test(`openDatagram() ${how} --unstable-net needs the peer and the bind address`, async () => {
    const port = await freePort();
    const flags = [`--allow-net=127.0.0.1:${port},0.0.0.0:0`, ...unstable];
    assertEquals(await runProgram("deno.ts", udp, port, flags), {
      code: 0,
      stdout: "hello\n",
      stderr: "",
    });
  });

  test(`openDatagram() ${how} --unstable-net is \`denied\` without the permission`, async () => {
    const program = `
      connector.openDatagram({ ...to, transport: "udp"})${printCode}`;
    const flags = ["--allow-net=127.0.0.1:9020", ...unstable];
    assertEquals(await runProgram("deno.ts", program, 9020, flags), {
      code: 0,
      stdout: "ConnectionError denied\n",
      stderr: "",
    });
  });

  test(`unref() of a datagram socket ${how} --unstable-net lets a program end`, async () => {
    const program = `
      const socket = await connector.openDatagram({ ...to, transport: "udp", port: 9 });
      socket.unref?.();
      socket[Symbol.asyncIterator]().next();
      await socket.send(bytes("hello"));`;
    assertEquals(await runProgram("deno.ts", program, 1, ["-A", ...unstable]), {
      code: 0,
      stdout: "",
      stderr: "",
    });
  });
}

test("Unix datagrams work with --unstable-net and leave no file behind", async () => {
  const program = `
    const folder = await Deno.makeTempDir();
    const at = { transport: "unixgram", path: folder + "/log.sock" } as const;
    await connector.openDatagram(at).then((socket) => socket.send(bytes("early")))${printCode}
    const bound = await connector.bindDatagram(at);
    const arriving = bound[Symbol.asyncIterator]().next();
    const socket = await connector.openDatagram(at);
    await socket.send(bytes("hello"));
    console.log(new TextDecoder().decode((await arriving).value));
    await socket.close();
    await bound.close();
    await Deno.remove(folder);`;
  assertEquals(await runProgram("deno.ts", program, 1, ["-A", "--unstable-net"]), {
    code: 0,
    stdout: "ConnectionError not-found\nhello\n",
    stderr: "",
  });
});

test("Unix datagrams need --allow-net and read and write permission for the path", () =>
  withSocketPath(async (path) => {
    const program = `
      const at = { transport: "unixgram", path: ${JSON.stringify(path)} } as const;
      const bound = await connector.bindDatagram(at)${printCode}
      await connector.openDatagram(at)${printCode}`;
    const flags = [`--allow-read=${path}`, `--allow-write=${path}`, "--unstable-net"];
    const [allowed, denied] = ["ok\nok\n", "ConnectionError denied\nConnectionError denied\n"];
    assertEquals(await runProgram("deno.ts", program, 1, [...flags, "--allow-net"]), {
      code: 0,
      stdout: allowed,
      stderr: "",
    });
    assertEquals(await runProgram("deno.ts", program, 1, flags), {
      code: 0,
      stdout: denied,
      stderr: "",
    });
  }));

test("Unix streams need --allow-net, for the path alone, and read and write permission for it", () =>
  withSocketPath(async (path) => {
    const program = `
      const at = { transport: "unix", path: ${JSON.stringify(path)} } as const;
      await connector.listen(at).then(async (listener) => {
        await connector.connect(at)
          .then((connection) => connection.close({ signal: AbortSignal.abort() }))${printCode}
        await listener.close();
      }, (error) => console.log(error.name, error.code));`;
    const [read, write] = [`--allow-read=${path}`, `--allow-write=${path}`];
    const outcome = async (...flags: string[]) => {
      const { stdout, stderr } = await runProgram("deno.ts", program, 1, flags);
      return stdout + stderr;
    };
    assertEquals(await outcome(read, write, `--allow-net=unix:${path}`), "ok\n");
    assertEquals(await outcome(read, write, "--allow-net"), "ok\n");
    const denied = "ConnectionError denied\n";
    assertEquals(await outcome(read, write, "--allow-net=localhost"), denied);
    assertEquals(await outcome(read, "--allow-net"), denied);
    assertEquals(await outcome(write, "--allow-net"), denied);
    assertEquals(await outcome(read, write), denied);
  }));

test("hostName() on Deno is undefined without --allow-sys=hostname, and never asks", async () => {
  for (const module of ["deno.ts", "node.ts", "auto.ts"]) {
    const program = "console.log(connector.hostName!());";
    const silent = await runProgram(module, program, 1, ["--allow-env"]);
    assertEquals(silent, { code: 0, stdout: "undefined\n", stderr: "" });
    const told = await runProgram(module, program, 1, ["--allow-sys=hostname"]);
    assertEquals(told, { code: 0, stdout: `${hostname()}\n`, stderr: "" });
  }
});

test("every datagram check of the conformance suite holds with --unstable-net too", async () => {
  const files = ["conformance/native_test", "interop/unixgram_test", "interop/syslog_dev_log_test"]
    .map((name) => new URL(`../${name}.ts`, import.meta.url).pathname);
  const program = `
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", "--unstable-net", "--sanitize-ops", "--sanitize-resources",
        "--filter=/datagram|send|Unix/", ...${JSON.stringify(files)}],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder();
    if (code !== 0) console.log(text.decode(stdout), text.decode(stderr));`;
  assertEquals(await runProgram("deno.ts", program, 1), { code: 0, stdout: "", stderr: "" });
});

test("atExit() on Deno runs no exit at an error that the program handles", async () => {
  const program = `
    const handled = (name: string) =>
      new Promise<void>((resolve) =>
        addEventListener(name, (event) => {
          event.preventDefault();
          resolve();
        })
      );
    const both = Promise.all(["error", "unhandledrejection"].map(handled));
    connector.atExit!({ async beforeExit() {}, exit: () => console.log("exit") });
    setTimeout(() => { throw new Error("handled"); }, 1);
    Promise.reject(new Error("handled"));
    await both;
    console.log("goes on");`;
  const outcome = await runProgram("deno.ts", program, 1);
  assertEquals(outcome, { code: 0, stdout: "goes on\nexit\n", stderr: "" });
});
