import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "../../../src/net/connection_error.ts";
import type { Acceptor, Connector, DatagramConnector } from "../../../src/net/connector.ts";
import { withoutWorkerd, Workerd } from "../../edge/workerd.ts";
import { runtime, test } from "../../test.ts";

const name = { deno: "Deno", bun: "Bun", node: "Node" }[runtime];
const to = { transport: "tcp", hostname: "127.0.0.1", port: 9 } as const;

async function messageOf(work: () => Promise<unknown>): Promise<string> {
  const { code, message } = await assertRejects(work, ConnectionError);
  assertEquals(code, "unsupported");
  return message;
}

for (const own of ["deno", "bun"] as const) {
  test(`the connector of ./${own} names the right one on another runtime`, async () => {
    const { connector }: { connector: Connector & Acceptor & DatagramConnector } = await import(
      `../../../src/adapters/${own}.ts`
    );
    const works: (() => Promise<unknown>)[] = [
      () => connector.connect(to),
      () => connector.listen({ ...to, port: 0 }),
      () => connector.openDatagram({ ...to, transport: "udp" }),
    ];
    for (const work of works) {
      assertEquals(
        await messageOf(work),
        `the connector of "@logwire/logging/${own}" does not work on ${name}: ` +
          `import the one of "@logwire/logging/${runtime}"`,
      );
    }
  }, { skip: own === runtime && "it is the right one" });
}

test("./cloudflare loads on every runtime, and its connector says that it is for workers", async () => {
  const { connector } = await import("../../../src/adapters/cloudflare.ts");
  assertEquals(
    await messageOf(() => connector.connect(to)),
    "the connector of ./cloudflare works in workers alone: import that of ./auto",
  );
});

/** A worker that answers with the error of a dial over the connector of a sub-path. */
const worker = (own: string) => `
  import { connector } from "./src/adapters/${own}.ts";
  export default {
    async fetch() {
      try {
        await connector.connect({ transport: "tcp", hostname: "127.0.0.1", port: 9 });
        return new Response("connected");
      } catch (error) {
        return new Response(error.code + ": " + error.message);
      }
    },
  };`;

test(
  "./node, ./deno, ./bun and ./auto name ./cloudflare in a worker with Node's modules",
  async () => {
    const options = { compatibilityDate: "2026-10-01", compatibilityFlags: ["nodejs_compat"] };
    const owns = ["node", "deno", "bun", "auto"];
    await using workerd = await Workerd.start(Object.fromEntries(
      owns.map((own) => [own, { ...options, entry: `${own}.ts`, contents: worker(own) }]),
    ));
    for (const own of owns) {
      assertEquals(
        await (await fetch(workerd.url(own))).text(),
        `unsupported: the connector of "@logwire/logging/${own}" does not work on a Cloudflare ` +
          'Worker: import the one of "@logwire/logging/cloudflare"',
      );
    }
  },
  { skip: withoutWorkerd },
);
