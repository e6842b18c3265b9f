import { assertEquals } from "@std/assert";
import { PageAccess } from "../../src/collector/_page_access.ts";
import { test } from "../test.ts";

const token = "0123456789abcdef";
const access = new PageAccess({
  token,
  hostNames: ["logs.example", "Other.example:8443"],
  port: () => 8020,
});

function refusal(headers: Record<string, string>): string | undefined {
  const all = { host: "localhost:8020", authorization: `Bearer ${token}`, ...headers };
  // `Request` lets nobody set `host`.
  const get = (name: string) => (all as Record<string, string>)[name] ?? null;
  return access.refusal({ headers: { get } } as unknown as Request);
}

test("PageAccess lets in a request with the token as Bearer, as password, or in the cookie", () => {
  assertEquals(refusal({}), undefined);
  assertEquals(refusal({ authorization: `Basic ${btoa(`x:${token}`)}` }), undefined);
  assertEquals(refusal({ authorization: "", cookie: `a=b; logwire=${token}` }), undefined);
  assertEquals(refusal({ authorization: "" }), "token");
  assertEquals(refusal({ authorization: "", cookie: `xlogwire=${token}` }), "token");
  assertEquals(refusal({ authorization: "", cookie: "logwire=" }), "token");
});

test("PageAccess knows this machine by its addresses and names, at its port", () => {
  const own = [
    ...["127.0.0.1:8020", "[::1]:8020", "LOCALHOST:8020", "10.0.0.5:8020", "logs.example"],
    ...["logs.example:9", "other.example:8443"],
  ];
  assertEquals(own.filter((host) => refusal({ host }) !== undefined), []);
  const foreign = [
    ...["", "evil.example:8020", "localhost", "localhost:8021", "127.0.0.1", "other.example"],
    ...["localhost.evil.example:8020", "localhost:8020@evil", "[x]:8020", ":8020"],
  ];
  assertEquals(foreign.filter((host) => refusal({ host }) !== "host"), []);
});

test("PageAccess refuses what a page of another origin asks for", () => {
  assertEquals(refusal({ origin: "http://localhost:8020" }), undefined);
  const foreign = ["http://evil.example", "null", "http://localhost:9999", "http://127.0.0.1:8020"];
  assertEquals(foreign.filter((origin) => refusal({ origin }) !== "origin"), []);
});

test("PageAccess gives the cookie to no script, and to no other site", () => {
  assertEquals(access.cookie(false), `logwire=${token}; HttpOnly; SameSite=Strict; Path=/`);
  assertEquals(access.cookie(true).endsWith("; Secure"), true);
  assertEquals([access.isToken(token), access.isToken("x")], [true, false]);
});
