/** The format of the file that tests/testdata/record_rollovers.py writes. */
import fs from "node:fs";

/** `when`, `interval`, `utc`, `atTime`, `backupCount`. */
export type TimedOptions = [
  when: string,
  interval: number,
  utc: boolean,
  at: [number, number, number] | null,
  backupCount: number,
];

/** The lines of each file. */
export type Files = Record<string, string[]>;

/** The roll-overs in one time zone. */
export interface ZoneTraces {
  computed: [...TimedOptions, number][];
  runs: { options: TimedOptions; times: number[]; rolled: [number, number][]; files: Files }[];
}

/** The roll-overs of a RotatingFileHandler. */
export interface SizeTrace {
  maxBytes: number;
  backupCount: number;
  messages: string[];
  /** The messages before which it rolled over. */
  rolled: number[];
  files: Files;
}

/** The lines of every file of the folder, which is empty afterwards. */
export function contents(folder: string): Files {
  const found: Files = {};
  for (const name of fs.readdirSync(folder).sort()) {
    const path = `${folder}/${name}`;
    found[name] = fs.readFileSync(path, "utf8").split("\n").slice(0, -1);
    fs.rmSync(path);
  }
  return found;
}
