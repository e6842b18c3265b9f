/** Handlers with a spool under random faults of the network and of the disk. */
import { assert, assertEquals } from "@std/assert";
import { type FileSpoolOptions, makeSpool } from "../../../src/files/spool/_make_spool.ts";
import { SpoolFolder } from "../../../src/files/spool/_spool_folder.ts";
import { randomBytes } from "../../../src/files/spool/_spool_path.ts";
import { Dice, round, type RoundDisk, rounds } from "../../delivery/scripted_faults.ts";
import { test } from "../../test.ts";
import { ForgetfulFiles } from "./forgetful_files.ts";
import { ScriptedProcesses } from "./spool_setting.ts";

/** A disk in memory that is full now and then, and a spool there. */
function diskOf(dice: Dice): RoundDisk {
  const files = new ForgetfulFiles();
  const options: FileSpoolOptions = {
    maxBytes: dice.pick(65536, 1 << 20, 1 << 24),
    segmentBytes: dice.pick(8192, 32768),
    durability: dice.pick("os", "always"),
    overflow: dice.pick("drop-oldest", "drop-newest"),
  };
  const processes = new ScriptedProcesses();
  const isFaultless = dice.once(3);
  return {
    spool: makeSpool("/spool", options, { calls: files, processes }),
    meddle(dice) {
      if (isFaultless) return;
      files.capacity = dice.pick(files.used + 500, files.used + 9000, Infinity);
    },
    check(queued) {
      if (!files.root.entries.has("spool")) return assertEquals(queued, 0);
      const folder = new SpoolFolder("/spool", {
        calls: files,
        processes,
        contentType: undefined,
        durability: "os",
        segmentBytes: 8192,
        reusesFiles: false,
        random: randomBytes,
      });
      void folder.close();
      const left = folder.end - folder.low;
      // Records that count as lost, as the disk was full, may be there all the same; and so may those that
      // were settled behind the first one that was not.
      assert(left >= queued, `${left} are left, ${queued} were queued`);
    },
  };
}

test("a handler with a spool loses and reorders nothing under random faults, and keeps the rest", () =>
  rounds((seed, connection) => round(seed, connection, diskOf(new Dice(seed))), "persistent", 100));

test("a handler with a spool that connects per flush loses and reorders nothing either", () =>
  rounds((seed, connection) => round(seed, connection, diskOf(new Dice(seed))), "per-flush", 60));
