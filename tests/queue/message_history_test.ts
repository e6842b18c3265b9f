import { assert, assertEquals } from "@std/assert";
import { MessageHistory } from "../../src/queue/_message_history.ts";
import { test } from "../test.ts";

const MOST = 65_536;

test("MessageHistory keeps the last 65,536 ids, and one that comes again", () => {
  const history = new MessageHistory();
  for (let i = 0; i < MOST; i++) history.add(`${i}`);
  assert(history.has("0"), "the newest from now on");
  for (let i = MOST; i < 2 * MOST - 1; i++) history.add(`${i}`);
  const ids = ["0", "1", `${MOST - 1}`, `${MOST}`, `${2 * MOST - 2}`];
  assertEquals(ids.map((id) => history.has(id)), [true, false, false, true, true]);
});

test("MessageHistory takes no longer for an id when it is full", () => {
  // A set is asked for its oldest id by its iterator, which passes each id that was deleted before.
  const own = Set.prototype[Symbol.iterator];
  let asked = 0;
  Set.prototype[Symbol.iterator] = function () {
    asked++;
    return own.call(this);
  };
  try {
    const history = new MessageHistory();
    for (let i = 0; i < 2 * MOST; i++) history.add(`${i}`);
  } finally {
    Set.prototype[Symbol.iterator] = own;
  }
  assertEquals(asked, 0);
});
