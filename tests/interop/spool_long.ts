/**
 * The long form of spool_test.ts: kills a sender 200 times in each mode, and prints figures. Run by
 * tests/tools/long.mjs; with a number as argument it kills so many times, and with a mode in that one
 * alone.
 */
import process from "node:process";
import { runtime } from "../test.ts";
import { surviveKills } from "./spool_runs.ts";

const kills = Number(process.argv[2] ?? 200);
const mode = process.argv[3];
for (const durability of mode === undefined ? ["os", "interval", "always"] : [mode]) {
  const { records, doubled } = await surviveKills(durability, kills, 20261129);
  process.stdout.write(
    `${runtime}, "${durability}": ${kills} kills, ${records} records whose turn had ended, ` +
      `0 lost, ${doubled} twice\n`,
  );
}
