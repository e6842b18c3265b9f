import { assertEquals } from "@std/assert";
import { acceptedLimit, manyAreAccepted } from "../../src/net/accepted_limit.ts";
import { test } from "../test.ts";

const MOST = 256 * 1024;

test("acceptedLimit() is the most for a few connections, and a share of 4 MiB for many", async () => {
  const ends: (() => void)[] = [];
  const closed = () => new Promise<void>((resolve) => ends.push(resolve));
  const first = acceptedLimit(closed(), MOST);
  assertEquals(first(), MOST);
  const others = Array.from({ length: 499 }, () => acceptedLimit(closed(), MOST));
  for (const limit of [first, ...others]) assertEquals(limit(), 4 * 1024 * 1024 / 500);
  for (const end of ends.splice(1)) end();
  await Promise.resolve();
  assertEquals(first(), MOST);
  ends[0]!();
});

test("manyAreAccepted() is true while more than 64 connections have not ended", async () => {
  const ends: (() => void)[] = [];
  const open = () => acceptedLimit(new Promise<void>((resolve) => ends.push(resolve)), 262_144);
  for (let i = 0; i < 64; i++) open();
  assertEquals(manyAreAccepted(), false);
  open();
  assertEquals(manyAreAccepted(), true);
  for (const end of ends) end();
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(manyAreAccepted(), false);
});
