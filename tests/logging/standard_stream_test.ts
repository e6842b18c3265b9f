import { assertEquals, assertThrows } from "@std/assert";
import { writeToStandardStream } from "../../src/logging/_standard_stream.ts";
import { test } from "../test.ts";
import { withStandardStreams } from "./helpers.ts";

test("writeToStandardStream() writes exactly the text, and all of it", () => {
  for (const name of ["stdout", "stderr"] as const) {
    const text = withStandardStreams(({ written }) => {
      assertEquals(writeToStandardStream(name, "a"), true);
      assertEquals(writeToStandardStream(name, "é\n, \0"), true);
      return written[name];
    });
    assertEquals(text, "aé\n, \0");
  }
});

test("writeToStandardStream() throws the error of the stream", () => {
  withStandardStreams(() => {
    assertThrows(() => writeToStandardStream("stdout", "x"), Error, "the pipe is closed");
  }, new Error("the pipe is closed"));
});

test("writeToStandardStream() returns false when the runtime has no such stream", () => {
  const host = globalThis as { Deno?: unknown; process?: unknown };
  const { Deno, process } = host;
  try {
    for (const streams of [undefined, {}, { stdout: {} }]) {
      Object.defineProperty(host, "Deno", { value: streams, configurable: true, writable: true });
      Object.defineProperty(host, "process", {
        value: streams,
        configurable: true,
        writable: true,
      });
      assertEquals(writeToStandardStream("stdout", "x"), false);
    }
  } finally {
    Object.defineProperty(host, "process", { value: process, configurable: true, writable: true });
    if (Deno === undefined) delete host.Deno;
    else Object.defineProperty(host, "Deno", { value: Deno, configurable: true, writable: true });
  }
});
