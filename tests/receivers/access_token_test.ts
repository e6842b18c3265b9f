import { assertEquals } from "@std/assert";
import { AccessToken } from "../../src/receivers/access_token.ts";
import { test } from "../test.ts";

test("AccessToken is read from Bearer and from the password of Basic", () => {
  const token = new AccessToken("a:b");
  const has = (authorization: string) => token.isIn(new Headers({ authorization }));
  assertEquals([has("Bearer a:b"), has("bearer  a:b"), has(`Basic ${btoa("user:a:b")}`)], [
    ...[true, true, true],
  ]);
  const wrong = ["", "a:b", "Bearer a", "Bearer", `Basic ${btoa("a:b")}`, "Basic ?", "Digest a:b"];
  assertEquals(wrong.filter(has), []);
  assertEquals(token.isIn(new Headers()), false);
});
