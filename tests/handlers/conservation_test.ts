import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import { test } from "../test.ts";
import { type Connection, round } from "./scripted_faults.ts";

const ROUNDS = 150;

async function rounds(connection: Connection): Promise<void> {
  setRaiseExceptions(false);
  try {
    for (let seed = 1; seed <= ROUNDS; seed++) {
      await round(seed, connection).catch((cause) => {
        throw new Error(`in the round of seed ${seed}`, { cause });
      });
    }
  } finally {
    setRaiseExceptions(true);
  }
}

test("a handler loses, doubles and reorders nothing under random faults, and always closes", () =>
  rounds("persistent"));

test("a handler that connects per flush loses and reorders nothing either, and doubles once at most", () =>
  rounds("per-flush"));
