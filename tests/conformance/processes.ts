import { assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runtime, test as register } from "../test.ts";
import { sha256, type Target } from "./target.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What a program did. */
export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs a program on this runtime, with `connector` and `port` in scope; `denoFlags` replace `-A`.
 * Resolves when it ends by itself.
 */
export async function runProgram(
  module: string,
  program: string,
  port: number,
  denoFlags: string[] = ["-A"],
): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "logwire-"));
  const file = join(folder, "program.mts");
  const adapter = new URL(`../../src/adapters/${module}`, import.meta.url).href;
  await writeFile(
    file,
    `import process from "node:process";
import { connector } from ${JSON.stringify(adapter)};
const to = { transport: "tcp", hostname: "127.0.0.1", port: ${port} } as const;
const bytes = (text: string) => new TextEncoder().encode(text);
${program}
`,
  );
  const flags = {
    // The program lies outside of the project, whose imports it needs.
    deno: ["run", "--no-prompt", "--no-check", "--no-lock", "--config=deno.json", ...denoFlags],
    bun: ["run"],
    node: ["--import", "tsx"],
  };
  const child = spawn(process.execPath, [...flags[runtime], file], { cwd: root });
  const texts = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => texts.stdout += chunk);
  child.stderr.on("data", (chunk) => texts.stderr += chunk);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  await rm(folder, { recursive: true });
  return { code, ...texts };
}

/** What shows only in a process of its own: how it ends. */
export function processes({ name, module = "", rawServer, skips = {} }: Target): void {
  const test = (check: string, fn: () => Promise<void>) =>
    register(`${name}: ${check}`, fn, { skip: skips[check] ?? false });

  /** Runs a program that connects; what it did, and the hash of what it sent. */
  async function runConnecting(program: string): Promise<Outcome & { sent: string }> {
    const server = await rawServer();
    const running = runProgram(module, program, server.address.port);
    const peer = await Promise.race([server.accepted(), running]);
    const outcome = await running;
    if ("code" in peer) throw new Error(`It never connected: ${outcome.stderr}`);
    await peer.ended;
    await server.close();
    return { ...outcome, sent: (await peer.received()).hash };
  }

  const sent = (text: string) => sha256(new TextEncoder().encode(text));

  test("unref() lets a program end that has an open connection", async () => {
    const program = `
      const connection = await connector.connect(to);
      connection.unref?.();
      await connection.write(bytes("hello"));
      console.log("end of program");`;
    assertEquals(await runConnecting(program), {
      code: 0,
      stdout: "end of program\n",
      stderr: "",
      sent: sent("hello"),
    });
  });

  test("unref() lets a program end that listens", async () => {
    const program = `
      const at = { transport: "tcp", hostname: "127.0.0.1", port: 0 } as const;
      const listener = await connector.listen(at);
      listener.unref?.();
      listener[Symbol.asyncIterator]().next();
      console.log("end of program");`;
    const outcome = await runProgram(module, program, 1);
    assertEquals(outcome, { code: 0, stdout: "end of program\n", stderr: "" });
  });

  test("unref() lets a program end that has a datagram socket", async () => {
    const program = `
      const peer = { transport: "udp", hostname: "127.0.0.1", port: 9 } as const;
      const socket = await connector.openDatagram(peer);
      socket.unref?.();
      await socket.send(bytes("hello"));
      console.log("end of program");`;
    const outcome = await runProgram(module, program, 1);
    assertEquals(outcome, { code: 0, stdout: "end of program\n", stderr: "" });
  });

  // The first hook takes 20 ms, and holds nothing open meanwhile: it must be awaited all the same.
  const hooks = `
    const connection = await connector.connect(to);
    connection.unref?.();
    const unregister = connector.atExit!({ beforeExit: () => Promise.resolve(), exit() {} });
    connector.atExit!({
      async beforeExit() {
        await new Promise<void>((resolve) => {
          const timer: unknown = setTimeout(resolve, 20);
          (timer as { unref?(): void }).unref?.();
        });
        await connection.write(bytes("before "));
        console.log("beforeExit");
      },
      exit() {
        connection.writeSync?.(bytes("exit"));
        console.log("exit");
      },
    });
    for (let i = 0; i < 20; i++) connector.atExit!({ async beforeExit() {}, exit() {} })();
    unregister();`;

  test("atExit() awaits beforeExit when a program ends by itself, then runs exit", async () => {
    assertEquals(await runConnecting(hooks), {
      code: 0,
      stdout: "beforeExit\nexit\n",
      stderr: "",
      sent: sent("before exit"),
    });
  });

  test("atExit() runs exit alone when a program calls process.exit()", async () => {
    assertEquals(await runConnecting(`${hooks} process.exit(3);`), {
      code: 3,
      stdout: "exit\n",
      stderr: "",
      sent: sent("exit"),
    });
  });

  test("atExit() runs exit when a program ends by an uncaught error", async () => {
    const program = `${hooks} setTimeout(() => { throw new Error("uncaught"); }, 1);`;
    const outcome = await runConnecting(program);
    assertEquals({ ...outcome, stderr: "" }, {
      code: 1,
      stdout: "exit\n",
      stderr: "",
      sent: sent("exit"),
    });
  });

  test("atExit() that was taken off again runs nothing", async () => {
    const program = `
      const hooks = { async beforeExit() { console.log("no"); }, exit() { console.log("no"); } };
      connector.atExit!(hooks)();
      const off = connector.atExit!(hooks);
      off();
      off();`;
    assertEquals(await runProgram(module, program, 1), { code: 0, stdout: "", stderr: "" });
  });
}
