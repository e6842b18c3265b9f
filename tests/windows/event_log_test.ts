import { assertEquals, assertThrows } from "@std/assert";
import { WindowsEventLog } from "../../src/windows/_event_log.ts";
import { test } from "../test.ts";
import { ScriptedWindows } from "./scripted_windows.ts";

const KEY = "SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\Shop";
const event = { id: 1, category: 0, type: 4, text: "low on ink" };

function setting() {
  const windows = new ScriptedWindows();
  return { windows, log: new WindowsEventLog(windows) };
}

test("addSourceToRegistry() writes the values of pywin32's AddSourceToRegistry, and closes the key", () => {
  const { windows, log } = setting();
  log.addSourceToRegistry("Shop", "%SystemRoot%\\x.dll", "Application");
  assertEquals([...windows.registry], [
    [KEY, { EventMessageFile: [2, "%SystemRoot%\\x.dll"], TypesSupported: [4, 7] }],
  ]);
  assertEquals(windows.open.size, 0);
});

test("addSourceToRegistry() throws the number of the error, and closes the key", () => {
  const { windows, log } = setting();
  const add = () => log.addSourceToRegistry("Shop", "x.dll", "Application");
  windows.failures.RegCreateKeyExW = [5];
  const denied = assertThrows(add, Error, "RegCreateKeyExW failed: access denied");
  assertEquals((denied as { winerror?: number }).winerror, 5);
  windows.failures.RegSetValueExW = [0, 1021];
  assertThrows(add, Error, "RegSetValueExW failed: error 1021 (net helpmsg 1021)");
  assertEquals(windows.open.size, 0);
});

test("reportEvent() opens the source once, and close() closes it", () => {
  const { windows, log } = setting();
  log.reportEvent("Shop", event);
  log.reportEvent("Shop", { id: 0xc000_0007, category: 65535, type: 1, text: "Größe 😀" });
  assertEquals(windows.events, [
    ["Shop", 4, 0, 1, "low on ink"],
    ["Shop", 1, 65535, 0xc000_0007, "Größe 😀"],
  ]);
  assertEquals(windows.open.size, 1);
  log.close();
  log.close();
  assertEquals(windows.open.size, 0);
  assertEquals(windows.calls.filter((name) => name !== "ReportEventW"), [
    "RegisterEventSourceW",
    "DeregisterEventSource",
  ]);
});

test("reportEvent() tries once more with a new handle, as the service may have been restarted", () => {
  const { windows, log } = setting();
  log.reportEvent("Shop", event);
  windows.failures.ReportEventW = [6];
  log.reportEvent("Shop", event);
  assertEquals(windows.events.length, 2);
  assertEquals(windows.open.size, 1);
});

test("reportEvent() throws the number of the error, and the next event opens the source again", () => {
  const { windows, log } = setting();
  const report = () => log.reportEvent("Shop", event);
  windows.failures.ReportEventW = [1722];
  assertThrows(report, Error, "ReportEventW failed: error 1722 (net helpmsg 1722)");
  report();
  windows.failures.ReportEventW = [6, 1502];
  assertThrows(report, Error, "error 1502");
  assertEquals(windows.open.size, 0);
  windows.failures.RegisterEventSourceW = [1717];
  assertThrows(report, Error, "RegisterEventSourceW failed: error 1717");
  report();
  assertEquals(windows.events.length, 2);
});
