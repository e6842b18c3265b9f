import { assertEquals } from "@std/assert";
import { readFileSync } from "node:fs";
import { VERSION } from "../../src/collector/_version.ts";
import { test } from "../test.ts";

test("VERSION is that of deno.json", () => {
  const { version } = JSON.parse(
    readFileSync(new URL("../../deno.json", import.meta.url), "utf8"),
  );
  assertEquals(VERSION, version);
});
