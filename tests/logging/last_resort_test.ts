import { assertEquals } from "@std/assert";
import { lastResort, setLastResort } from "../../src/logging/last_resort.ts";
import { Manager } from "../../src/logging/_manager.ts";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import { RootLogger } from "../../src/logging/_root_logger.ts";
import { ListHandler, receivedRecord, stderrOf } from "./helpers.ts";
import { test } from "../test.ts";

const before = lastResort;

test("lastResort prints the message alone, for WARNING and above", () => {
  const { root } = new Manager(new RootLogger("DEBUG"));
  assertEquals(
    stderrOf(() => {
      root.info("not shown");
      root.warning("This is your final chance!");
    }),
    ["This is your final chance!"],
  );
});

test("setLastResort(null) makes a logger without handlers print one line, once", () => {
  setLastResort(null);
  try {
    const manager = new Manager(new RootLogger("DEBUG"));
    const printed = stderrOf(() => {
      manager.getLogger("a").warning("x");
      manager.root.warning("x");
    });
    assertEquals(printed, ['No handlers could be found for logger "a"']);
    setRaiseExceptions(false);
    assertEquals(stderrOf(() => new Manager(new RootLogger(1)).root.warning("x")), []);
  } finally {
    setRaiseExceptions(true);
    setLastResort(before);
  }
});

test("setLastResort() replaces the handler of last resort", () => {
  const handler = new ListHandler();
  handler.setLevel("ERROR");
  setLastResort(handler);
  try {
    const { root } = new Manager(new RootLogger("DEBUG"));
    root.warning("no");
    root.error("yes");
  } finally {
    setLastResort(before);
  }
  assertEquals(handler.lines, ["yes"]);
});

test("lastResort escapes control characters of a received record", () => {
  assertEquals(stderrOf(() => void before!.handle(receivedRecord())), [
    "spam\\nINFO:root:forged",
  ]);
});
