import { assertEquals, assertMatch } from "@std/assert";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { printed, startProgram, terminate } from "../interop/programs.ts";
import { pythons, runScript, withoutModule, withoutPython } from "../interop/python.ts";
import { SmtpPeer } from "../interop/smtp_peer.ts";
import { test } from "../test.ts";

const program = fileURLToPath(new URL("./python_program.py", import.meta.url));

/** A web server that takes JSON lines. */
class Intake implements AsyncDisposable {
  readonly lines: Record<string, unknown>[] = [];
  readonly #server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk;
    this.lines.push(...text.trim().split("\n").map((line) => JSON.parse(line)));
    response.end();
  });

  /** Starts it, and resolves with its `host:port`. */
  async start(): Promise<string> {
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await once(this.#server.close(), "close");
  }
}

test(
  "the collector passes the records of Python programs of every version to file, web and mail",
  async () => {
    await using intake = new Intake();
    await using mailServer = await SmtpPeer.start();
    const folder = mkdtempSync(join(tmpdir(), "logwire-collector-"));
    try {
      const file = join(folder, "collected.log");
      const env = {
        ...{ LOG_HOST: "localhost", LOG_PORT: "0", INTAKE: await intake.start() },
        ...{ MAIL_HOST: "127.0.0.1", MAIL_PORT: String(mailServer.port) },
      };
      const collector = startProgram(import.meta.resolve("./collector.ts"), [file], {
        env,
        denoFlags: [`--allow-read=${folder}`, `--allow-write=${folder}`, "--allow-sys=hostname"],
      });
      const [, port = ""] = await printed(collector, /^collecting on port (\d+)$/m);
      for (const { path } of pythons()) await runScript(path, program, port);
      terminate(collector);
      assertEquals([await collector.ended, collector.output.stderr], [0, ""]);

      const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+`;
      const expected = [
        String.raw`billing INFO invoice 17 is 9\.50`,
        String
          .raw`billing ERROR invoice 18 has no customer\n  Traceback [^]*\n  KeyError: 'customer'`,
        String.raw`billing CRITICAL invoice 19 was sent twice`,
      ];
      const records = readFileSync(file, "utf8").trim().split(/\n(?=\d{4}-)/);
      assertEquals(records.length, 3 * pythons().length);
      records.forEach((record, number) => {
        assertMatch(record, new RegExp(`^${time} ${expected[number % 3]}$`));
      });
      const both = ["invoice 18 has no customer", "invoice 19 was sent twice"];
      assertEquals(intake.lines.map(({ msg }) => msg), pythons().flatMap(() => both));
      for (const _python of pythons()) {
        assertEquals((await mailServer.next()).body.trim(), "invoice 19 was sent twice");
        assertEquals(Object.keys(await mailServer.next()), ["quit"]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  { skip: withoutPython() || withoutModule("aiosmtpd") },
);
