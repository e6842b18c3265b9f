import { assertEquals } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { gzip } from "../../src/wire/gzip.ts";
import { test } from "../test.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("gzip() writes what zlib reads", async () => {
  const text = "spam ".repeat(1000);
  assertEquals(gunzipSync(await gzip(bytes(text))).toString(), text);
});
