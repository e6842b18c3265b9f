import { assert, assertEquals } from "@std/assert";
import { PageAccess } from "../../src/collector/_page_access.ts";
import { PageApi } from "../../src/collector/_page_api.ts";
import { PageHandler } from "../../src/collector/_page_handler.ts";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import { test } from "../test.ts";
import { storeOf } from "./records.ts";

const token = "0123456789abcdef";

function handler(metrics: () => string = () => "m 1\n"): PageHandler {
  return new PageHandler({
    access: new PageAccess({ token, hostNames: [], isSecure: false, port: () => 8020 }),
    api: new PageApi({
      store: storeOf({}),
      files: undefined,
      clock: new VirtualClock(),
      status: () => ({}),
    }),
    assets: {
      "index.html": { type: "text/html; charset=utf-8", body: "<p>page" },
      "app.js": { type: "text/javascript", body: "1" },
    },
    metrics,
  });
}

/** A request whose `host` a test chooses, which `Request` does not let it set. */
function requestOf(path: string, headers: Record<string, string> = {}, method = "GET"): Request {
  const request = new Request(`http://localhost:8020${path}`, { method });
  const fields = new Headers();
  const all = { host: "localhost:8020", authorization: `Bearer ${token}`, ...headers };
  const get = (name: string) => (all as Record<string, string>)[name] ?? fields.get(name);
  return new Proxy(request, {
    get: (target, name) => name === "headers" ? { get } : Reflect.get(target, name, target),
  });
}

async function fetched(path: string, headers?: Record<string, string>, method?: string) {
  const response = await handler().fetch(requestOf(path, headers, method));
  return { status: response.status, headers: response.headers, body: await response.text() };
}

test("the page, its files, the API and the metrics are served to a request with the token", async () => {
  const page = await fetched("/?level=ERROR");
  assertEquals([page.status, page.body], [200, "<p>page"]);
  assertEquals((await fetched("/assets/app.js")).headers.get("content-type"), "text/javascript");
  assertEquals((await fetched("/metrics")).body, "m 1\n");
  assertEquals(JSON.parse((await fetched("/api/records")).body).newest, 1);
  const missing = ["/app.js", "/assets/", "/assets/no", "/assets/../_x", "/api/no", "/constructor"];
  for (const path of missing) assertEquals((await fetched(path)).status, 404, path);
});

test("a request without the token gets a page that says where it is, and no secret", async () => {
  for (const path of ["/", "/assets/app.js", "/metrics", "/api/records", "/?token=wrong"]) {
    const { status, body } = await fetched(path, { authorization: "" });
    assertEquals(status, 401, path);
    assert(!body.includes(token));
  }
});

test("the token leaves the address at the first visit", async () => {
  const headers = { authorization: "" };
  const { status, headers: answer } = await fetched(`/?level=ERROR&token=${token}&text=a`, headers);
  assertEquals([status, answer.get("location")], [303, "/?level=ERROR&text=a"]);
  assert(answer.get("set-cookie")?.includes("HttpOnly; SameSite=Strict"));
});

test("a foreign host or origin is refused, also with the token", async () => {
  assertEquals((await fetched("/", { host: "evil.example:8020" })).status, 403);
  assertEquals((await fetched("/api/records", { origin: "http://evil.example" })).status, 403);
  const { status } = await fetched(`/?token=${token}`, { host: "evil.example:8020" });
  assertEquals(status, 403);
});

test("nothing is changed by a request: other methods are refused", async () => {
  const { status, headers } = await fetched("/api/records", {}, "POST");
  assertEquals([status, headers.get("allow")], [405, "GET, HEAD"]);
});

test("every answer forbids scripts of others, frames, guesses of types, and copies", async () => {
  for (const [path, more] of [["/", {}], ["/x", {}], ["/", { authorization: "" }]] as const) {
    const { headers } = await fetched(path, more);
    const policy = headers.get("content-security-policy")!;
    assert(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self'"), policy);
    assert(policy.includes("frame-ancestors 'none'") && policy.includes("base-uri 'none'"));
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    assertEquals(headers.get("referrer-policy"), "no-referrer");
    assertEquals(headers.get("cache-control"), "no-store");
  }
});

test("an error of the API is an object that says what is wrong", async () => {
  const requests: [string, Record<string, string>, string][] = [
    ["/api/no", {}, "There is nothing at this address"],
    ["/api/records", { authorization: "" }, "The request must carry the token"],
    ["/api/records", { origin: "http://evil.example" }, "Another page made this request"],
    ["/api/records?limit=x", {}, "'limit' must be a whole number from 1 to 1000"],
  ];
  for (const [path, headers, error] of requests) {
    assertEquals(JSON.parse((await fetched(path, headers)).body), { error });
  }
});

test("a fault is an answer, and shows nothing of its cause", async () => {
  const faulty = handler(() => {
    throw new Error("secret");
  });
  const response = await faulty.fetch(requestOf("/metrics"));
  assertEquals([response.status, await response.text()], [500, "The request failed\n"]);
});
