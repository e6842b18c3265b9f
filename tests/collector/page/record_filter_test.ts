import { assertEquals } from "@std/assert";
import {
  isEmptyFilter,
  isSameFilter,
  NO_FILTER,
  readFilter,
  type RecordFilter,
  toggled,
  toParameters,
} from "../../../src/collector/page/_record_filter.ts";
import { test } from "../../test.ts";

const FULL: RecordFilter = {
  level: "WARNING",
  loggers: ["app.db", "a&b=c"],
  notLoggers: ["app.db.pool"],
  hosts: ["web-1", "[::1]"],
  text: "100 % of ?&#",
  fields: ["user:ana: admin", "order"],
  from: 1_700_000_000_000.5,
  to: 1_700_000_100_000,
};

test("readFilter() reads what toParameters() writes", () => {
  assertEquals(readFilter(`?${toParameters(FULL)}`), FULL);
  assertEquals(readFilter(""), NO_FILTER);
  assertEquals(toParameters(NO_FILTER).toString(), "");
});

test("readFilter() leaves out what it does not understand", () => {
  const filter = readFilter("?from=soon&to=&logger=&logger=a&logger=a&colour=red&to=1e99");
  assertEquals(filter, { ...NO_FILTER, loggers: ["a"] });
});

test("isSameFilter() compares conditions", () => {
  assertEquals(isSameFilter(FULL, { ...FULL, hosts: [...FULL.hosts] }), true);
  assertEquals(isSameFilter(FULL, { ...FULL, to: undefined }), false);
  assertEquals([isEmptyFilter(NO_FILTER), isEmptyFilter(FULL)], [true, false]);
});

test("toggled() adds a name and removes it", () => {
  const once = toggled(NO_FILTER, "hosts", "web-1");
  assertEquals(once.hosts, ["web-1"]);
  assertEquals(toggled(once, "hosts", "web-1"), NO_FILTER);
});

test("toggled() keeps a logger out of one list when it joins the other", () => {
  const excluded = toggled(toggled(NO_FILTER, "loggers", "a"), "notLoggers", "a");
  assertEquals([excluded.loggers, excluded.notLoggers], [[], ["a"]]);
  const wanted = toggled(excluded, "loggers", "a");
  assertEquals([wanted.loggers, wanted.notLoggers], [["a"], []]);
});
