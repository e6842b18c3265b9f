/** The tables of syslog, against those of a real CPython. */
import { assertEquals } from "@std/assert";
import * as codes from "../../src/wire/syslog/syslog_codes.ts";
import { test } from "../test.ts";
import { askPython } from "./oracle.ts";
import { withoutPython } from "./python.ts";

test("every constant and name of syslog is CPython's", () => {
  const theirs = askPython("syslog_codes_oracle.py", null) as Record<string, object>;
  const { priority_names, facility_names, priority_map } = codes;
  const constants = Object.entries(codes).filter(([name]) => name.startsWith("LOG_"));
  assertEquals(constants.sort(), Object.entries(theirs.constants!).sort());
  for (const [name, table] of Object.entries({ priority_names, facility_names, priority_map })) {
    assertEquals(Object.entries(table), Object.entries(theirs[name]!), name);
  }
}, { skip: withoutPython() });
