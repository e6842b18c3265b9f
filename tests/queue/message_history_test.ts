import { assert, assertEquals } from "@std/assert";
import { MessageHistory } from "../../src/queue/_message_history.ts";
import { test } from "../test.ts";

test("MessageHistory forgets the ids that came longest ago, and keeps one that comes again", () => {
  const history = new MessageHistory();
  assert(!history.has("0"));
  for (let i = 0; i < 65_536; i++) history.add(`${i}`);
  assert(history.has("0"), "the newest from now on");
  history.add("one more");
  assertEquals(["0", "1", "2", "one more"].map((id) => history.has(id)), [true, false, true, true]);
});
