/**
 * One suite for every adapter: the contracts of `src/net/connector.ts`, as checks. A skip states the
 * runtime's defect.
 */
import { assertEquals } from "@std/assert";
import { test } from "../test.ts";
import { datagrams } from "./datagrams.ts";
import { listeners } from "./listeners.ts";
import { processes } from "./processes.ts";
import { streams } from "./streams.ts";
import type { Target } from "./target.ts";
import { tls } from "./tls.ts";
import { unixgrams } from "./unixgrams.ts";

/** Registers every check for one adapter. */
export function conformance(target: Target): void {
  test(`${target.name}: hostName() is the name of the machine`, () => {
    assertEquals(target.connector.hostName?.(), target.hostName);
  });
  streams(target);
  listeners(target);
  datagrams(target);
  unixgrams(target);
  if (target.module === undefined) return;
  tls(target);
  processes(target);
}
