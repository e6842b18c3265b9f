import { assertEquals } from "@std/assert";
import { fileError, reasonOf } from "../../src/collector/_command_error.ts";
import { test } from "../test.ts";

test("reasonOf() says in words what the system reports, also as a cause", () => {
  const inUse = Object.assign(new Error("listen"), { code: "EADDRINUSE" });
  assertEquals(reasonOf(inUse), "the port is in use");
  assertEquals(reasonOf(new Error("cannot", { cause: inUse })), "the port is in use");
  const denied = Object.assign(new Error("Requires net access to …"), { name: "NotCapable" });
  assertEquals(reasonOf(denied), "the runtime has no permission for it");
  assertEquals(
    reasonOf(Object.assign(new Error(), { code: "EACCES" })),
    "the permission is denied",
  );
  const flagged = new Error('Requires read access to "x", run again with the --allow-read flag');
  assertEquals(reasonOf(flagged), "Deno must be run with --allow-read");
  assertEquals([reasonOf(new Error("strange")), reasonOf("text")], ["strange", "text"]);
});

test("fileError() names the file", () => {
  const { message } = fileError("read", "/x", Object.assign(new Error(), { code: "ENOENT" }));
  assertEquals(message, "cannot read '/x': there is no such file");
});
