import { assert, assertEquals } from "@std/assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connector } from "../../src/adapters/auto.ts";
import { LogRecordSocketReceiver } from "../../src/receivers/socket_receiver.ts";
import { runProgram } from "../interop/programs.ts";
import { test } from "../test.ts";

const program = import.meta.resolve("./shop_till.ts");

test("the till's records wait on the disk while the server is away, and arrive in order", async () => {
  const folder = mkdtempSync(join(tmpdir(), "logwire-till-"));
  const messages: string[] = [];
  const server = async (port: number) => {
    const receiver = new LogRecordSocketReceiver("127.0.0.1", port, { acceptor: connector });
    receiver.handleLogRecord = (record) => void messages.push(record.getMessage());
    await receiver.start();
    const { address } = receiver;
    assert(address.transport === "tcp");
    return { receiver, port: address.port };
  };
  try {
    const { receiver: first, port } = await server(0);
    await first.stop();
    const env = { LOG_HOST: "127.0.0.1", LOG_PORT: String(port), LOG_SPOOL: folder };
    const denoFlags = [`--allow-read=${folder}`, `--allow-write=${folder}`];
    const sell = async (amounts: (string | number)[], status = 0) =>
      (await runProgram(program, amounts, status, { env, denoFlags })).stdout;
    assertEquals(await sell([3.5, 12]), "thank you\n2 records wait for the server\n");
    assertEquals(await sell([1, "two"], 1), "");
    const { receiver } = await server(port);
    assertEquals(await sell([7]), "thank you\n");
    await receiver.stop();
    assertEquals(messages, [
      ...["sold for 3.50", "sold for 12.00", "sold for 1.00", "no amount: 'two'"],
      "sold for 7.00",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
