/**
 * The stream part of the conformance suite as a worker: `/checks` lists them, `/run/<number>` runs
 * one. Bundled with the files of `shims/` in the place of Node's modules.
 */
import "./shims/weak_ref.ts";
import { connector } from "../../src/adapters/cloudflare.ts";
import { streams } from "../conformance/streams.ts";
import type { RawPeer, RawServer } from "../conformance/target.ts";
import { cloudflareChecks, type TlsServer } from "./cloudflare_checks.ts";
import { registered } from "./shims/node_test.ts";

/** The address at which the process of the test drives the servers. */
let control = "";

async function call<Result>(action: string, id?: number, body?: Uint8Array): Promise<Result> {
  const response = await fetch(`${control}/${action}/${id}`, {
    method: "POST",
    ...(body && { body: body as Uint8Array<ArrayBuffer> }),
  });
  if (!response.ok) throw new Error(`${action}: ${await response.text()}`);
  return await response.json() as Result;
}

async function rawServer(): Promise<RawServer> {
  const { id, port } = await call<{ id: number; port: number }>("open");
  return {
    address: { transport: "tcp", hostname: "127.0.0.1", port },
    accepted: async () => remotePeer(await call<number>("accepted", id)),
    close: () => call("close", id),
  };
}

async function tlsServer(): Promise<TlsServer> {
  const { id, port } = await call<{ id: number; port: number }>("openTls");
  return {
    address: { transport: "tcp", hostname: "127.0.0.1", port },
    received: () => call("receivedTls", id),
    close: () => call("closeTls", id),
  };
}

function remotePeer(id: number): RawPeer {
  const ended = call<void>("ended", id);
  ended.catch(() => {});
  return {
    received: () => call("received", id),
    stall: () => call("stall", id),
    resume: () => call("resume", id),
    write: (bytes) => call("write", id, bytes),
    end: () => call("end", id),
    reset: () => call("reset", id),
    ended,
  };
}

const target = {
  name: "cloudflare.ts",
  connector,
  rawServer,
  module: "cloudflare.ts",
  skips: {
    "connect() to a port without a listener is refused": "workers do not say why",
    "connect() to a name that does not exist is `not-found`": "workers do not say why",
    "writeSync() writes without waiting": "workers have no exit to write at",
  },
};
streams(target);
cloudflareChecks({ ...target, tlsServer });

const checks = [...registered];

export default {
  async fetch(request: Request, env: { CONTROL: string }): Promise<Response> {
    control = env.CONTROL;
    const [, action, number] = new URL(request.url).pathname.split("/");
    if (action === "checks") {
      return Response.json(checks.map(([name, { skip }]) => ({ name, skip })));
    }
    try {
      await checks[Number(number)]![1].fn();
      return new Response("ok");
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error));
    }
  },
};
