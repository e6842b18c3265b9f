// The adapter of workers in real workerd: each check is a request to a worker that runs it.
import { after } from "node:test";
import { test } from "../test.ts";
import { RemoteServers } from "../edge/remote_servers.ts";
import { withoutWorkerd, Workerd, type WorkerOptions } from "../edge/workerd.ts";

const shims = new URL("../edge/shims/", import.meta.url).pathname;
const alias = {
  "node:test": `${shims}node_test.ts`,
  "node:crypto": `${shims}node_crypto.ts`,
  "node:net": `${shims}node_net.ts`,
};

/** As old as `cloudflare:sockets` is, and as new as workerd is, each without Node's modules and with. */
const settings: Record<string, Omit<WorkerOptions, "entry">> = {
  "old": { compatibilityDate: "2023-05-18" },
  "old with nodejs_compat": {
    compatibilityDate: "2023-05-18",
    compatibilityFlags: ["nodejs_compat"],
  },
  "new": { compatibilityDate: "2026-10-01", compatibilityFlags: ["no_nodejs_compat"] },
  "new with nodejs_compat": { compatibilityDate: "2026-10-01" },
};

/** What one check may take; each takes well under a second. */
const LIMIT_MS = 5_000;

if (withoutWorkerd) {
  test("cloudflare.ts passes the stream part of the conformance suite in workerd", () => {}, {
    skip: withoutWorkerd,
  });
} else {
  const servers = await RemoteServers.start();
  const workers = Object.entries(settings).map(([name, options]) => [name, {
    ...options,
    entry: "tests/edge/conformance_worker.ts",
    alias,
    env: { CONTROL: servers.url },
  }]);
  const workerd = await Workerd.start(Object.fromEntries(workers));
  after(async () => {
    await workerd[Symbol.asyncDispose]();
    await servers[Symbol.asyncDispose]();
  });
  for (const name of Object.keys(settings)) {
    const checks: { name: string; skip: string | false }[] =
      await (await fetch(workerd.url(name, "/checks"))).json();
    checks.forEach((check, number) => {
      test(`${name}: ${check.name.replace(/ # skipped: .*/, "")}`, async () => {
        const signal = AbortSignal.timeout(LIMIT_MS);
        const response = await fetch(workerd.url(name, `/run/${number}`), { signal });
        const outcome = await response.text();
        if (outcome !== "ok") throw new Error(`${outcome}\n${workerd.errors}`);
      }, { skip: check.skip });
    });
  }
}
