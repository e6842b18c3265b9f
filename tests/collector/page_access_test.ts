import { assertEquals } from "@std/assert";
import { PageAccess } from "../../src/collector/_page_access.ts";
import { test } from "../test.ts";

const token = "0123456789abcdef";
const settings = {
  token,
  hostNames: ["logs.example", "Other.example:8443"],
  isSecure: false,
  port: () => 8020,
};
const access = new PageAccess(settings);

function refusal(headers: Record<string, string>, of = access): string | undefined {
  const all = { host: "localhost:8020", authorization: `Bearer ${token}`, ...headers };
  // `Request` lets nobody set `host`.
  const get = (name: string) => (all as Record<string, string>)[name] ?? null;
  return of.refusal({ headers: { get } } as unknown as Request);
}

test("PageAccess lets in a request with the token as Bearer, as password, or in the cookie", () => {
  assertEquals(refusal({}), undefined);
  assertEquals(refusal({ authorization: `Basic ${btoa(`x:${token}`)}` }), undefined);
  assertEquals(refusal({ authorization: "", cookie: `a=b; logwire-8020=${token}` }), undefined);
  assertEquals(refusal({ authorization: "" }), "token");
  assertEquals(refusal({ authorization: "", cookie: `xlogwire-8020=${token}` }), "token");
  assertEquals(refusal({ authorization: "", cookie: "logwire-8020=" }), "token");
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
  assertEquals(access.cookie(), `logwire-8020=${token}; HttpOnly; SameSite=Strict; Path=/`);
  const secure = new PageAccess({ ...settings, isSecure: true });
  assertEquals(secure.cookie().endsWith("; Secure"), true);
  assertEquals([access.isToken(token), access.isToken("x")], [true, false]);
});

test("PageAccess takes no cookie of a collector at another port of the same host", () => {
  const other = new PageAccess({ ...settings, port: () => 8021 });
  assertEquals(other.cookie().split("=")[0], "logwire-8021");
  const cookie = `logwire-8021=${"x".repeat(16)}; logwire-8020=${token}`;
  assertEquals(refusal({ authorization: "", cookie }), undefined);
  assertEquals(refusal({ authorization: "", cookie: `logwire-8021=${token}` }), "token");
});

test("PageAccess knows the usual port of its scheme, which a browser leaves out", () => {
  const [http, https] = [[false, 80], [true, 443]].map(([isSecure, port]) =>
    new PageAccess({ ...settings, isSecure: isSecure as boolean, port: () => port as number })
  );
  for (const host of ["127.0.0.1", "[::1]", "localhost"]) {
    assertEquals([refusal({ host }, http), refusal({ host }, https)], [undefined, undefined]);
  }
  assertEquals(refusal({ host: "localhost:80" }, https), "host");
});
