import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import { test } from "../test.ts";
import { round } from "./scripted_faults.ts";

const ROUNDS = 150;

test("a handler loses, doubles and reorders nothing under random faults, and always closes", async () => {
  setRaiseExceptions(false);
  try {
    for (let seed = 1; seed <= ROUNDS; seed++) {
      await round(seed).catch((cause) => {
        throw new Error(`in the round of seed ${seed}`, { cause });
      });
    }
  } finally {
    setRaiseExceptions(true);
  }
});
