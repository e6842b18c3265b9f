import { assert, assertEquals } from "@std/assert";
import { PageApi } from "../../src/collector/_page_api.ts";
import type { RecordStore } from "../../src/collector/_record_store.ts";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import { test } from "../test.ts";
import { hostile, received, START, storeOf } from "./records.ts";

function apiOf(store: RecordStore) {
  const clock = new VirtualClock(START);
  const api = new PageApi({ store, files: undefined, clock, status: () => ({ received: 7 }) });
  const get = async (path: string, init?: RequestInit) => {
    const response = await api.answer(new Request(`http://localhost${path}`, init));
    return { status: response?.status, body: await response?.json() };
  };
  return { api, get, clock };
}

const ten = storeOf(...Array.from({ length: 10 }, (_, i) => ({
  msg: `record ${i + 1}`,
  created: START + i,
  levelno: i % 2 ? 30 : 20,
  levelname: i % 2 ? "WARNING" : "INFO",
})));

const ids = ({ body }: { body: { records: { id: number }[] } }) => body.records.map(({ id }) => id);

test("/api/records has the newest records, the oldest of them first", async () => {
  const { get } = apiOf(ten);
  const newest = await get("/api/records?limit=3");
  assertEquals(ids(newest), [8, 9, 10]);
  const { oldest, newest: last, more } = newest.body;
  assertEquals([oldest, last, more], [1, 10, true]);
  assertEquals(ids(await get("/api/records?limit=3&before=8")), [5, 6, 7]);
  assertEquals(ids(await get("/api/records?limit=3&before=3")), [1, 2]);
  assertEquals((await get("/api/records?before=3")).body.more, false);
  assertEquals(ids(await get("/api/records?limit=2&after=4")), [5, 6]);
  assertEquals(ids(await get("/api/records?level=WARNING&limit=2")), [8, 10]);
});

test("/api/records with a time has the records around it", async () => {
  const { get } = apiOf(ten);
  const at = (START + 4.5) * 1000;
  assertEquals(ids(await get(`/api/records?limit=4&at=${at}`)), [4, 5, 6, 7]);
  assertEquals(ids(await get(`/api/records?limit=4&at=${at + 1e9}`)), [7, 8, 9, 10]);
  assertEquals(ids(await get("/api/records?limit=4&at=0")), [1, 2]);
});

test("/api/records searches through more records than it looks at in a turn", async () => {
  const many = storeOf(...Array.from({ length: 12_001 }, (_, i) => ({ msg: i ? "x" : "first" })));
  const found = await apiOf(many).get("/api/records?text=FIRST");
  assertEquals([ids(found), found.body.scanned], [[1], 12_001]);
});

test("/api/records says which record is the newest before the search, so that none is missing", async () => {
  const store = storeOf(...Array.from({ length: 6000 }, () => ({})));
  const searching = apiOf(store).get("/api/records?text=nothing");
  await Promise.resolve();
  store.add(received(), { via: "pickle", sender: "" });
  assertEquals((await searching).body.newest, 6000);
});

test("/api/records/ID has the whole record, or 404", async () => {
  const { get } = apiOf(ten);
  assertEquals((await get("/api/records/3")).body.message, "record 3");
  assertEquals((await get("/api/records/11")).status, 404);
  const { body } = await apiOf(storeOf({ ...hostile, big: 2n ** 70n })).get("/api/records/1");
  assert(body.message.startsWith("</script>"));
});

test("/api/timeline counts by time, within the range of the records or the given one", async () => {
  const { get } = apiOf(ten);
  const { body } = await get("/api/timeline?buckets=2");
  assertEquals(body.levels, ["INFO", "WARNING"]);
  assertEquals(body.counts, [[3, 2], [2, 3]]);
  assertEquals([body.from, body.to], [START * 1000, (START + 9) * 1000 + 1]);
  const range = `from=${START * 1000}&to=${(START + 2) * 1000}`;
  assertEquals((await get(`/api/timeline?buckets=1&${range}`)).body.counts, [[1, 1]]);
  assertEquals((await apiOf(storeOf()).get("/api/timeline?buckets=1")).body.counts, [[]]);
});

test("/api/names, /api/status and /api/files answer; other paths do not", async () => {
  const { get, api } = apiOf(ten);
  assertEquals((await get("/api/names")).body.loggers, [{ name: "shop.cart", count: 10 }]);
  assertEquals((await get("/api/status")).body, { received: 7 });
  assertEquals((await get("/api/files")).body, { records: [], cursor: null, scannedBytes: 0 });
  assertEquals(await api.answer(new Request("http://localhost/api/nothing")), undefined);
});

test("a parameter that cannot be read is an error of the request", async () => {
  const { get } = apiOf(ten);
  for (const query of ["limit=0", "limit=1001", "limit=x", "level=LOUD", "at=now", "before=x"]) {
    assertEquals((await get(`/api/records?${query}`)).status, 400, query);
  }
  assertEquals((await get("/api/timeline?buckets=1.5")).status, 400);
});

test("/api/stream begins behind the last record that the page has", async () => {
  const first = async (path: string, init?: RequestInit) => {
    const { api } = apiOf(ten);
    const response = await api.answer(new Request(`http://localhost${path}`, init));
    assertEquals(response!.headers.get("content-type"), "text/event-stream");
    const reader = response!.body!.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return new TextDecoder().decode(value).split("\n").slice(2, 4);
  };
  assertEquals(await first("/api/stream"), ["event: status", "id: 10"]);
  assertEquals(await first("/api/stream?after=8"), ["event: records", "id: 10"]);
  const resumed = { headers: { "last-event-id": "10" } };
  assertEquals(await first("/api/stream?after=8", resumed), ["event: status", "id: 10"]);
  const gone = { headers: { "last-event-id": "999" } };
  assertEquals(await first("/api/stream", gone), ["event: records", "id: 10"]);
});
