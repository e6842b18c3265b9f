/** The five bands of levels: each level of a program, with whatever name, is shown as one of them. */

/** A band, from `least` up to the next one's. */
export interface LevelBand {
  name: string;
  least: number;
  /** The end of its class names in the style sheet. */
  style: string;
}

/** The band of errors. */
export const ERROR: LevelBand = { name: "ERROR", least: 40, style: "error" };

/** The bands, lowest first. */
export const BANDS: readonly LevelBand[] = [
  { name: "DEBUG", least: 10, style: "debug" },
  { name: "INFO", least: 20, style: "info" },
  { name: "WARNING", least: 30, style: "warning" },
  ERROR,
  { name: "CRITICAL", least: 50, style: "critical" },
];

/** The band of a number. */
export function bandOf(levelno: number): LevelBand {
  return BANDS.findLast(({ least }) => levelno >= least) ?? BANDS[0]!;
}

/** The band of a level's name; `numbers` has those of names that are not Python's. */
export function bandOfName(name: string, numbers: ReadonlyMap<string, number>): LevelBand {
  const known = BANDS.find((band) => band.name === name);
  if (known !== undefined) return known;
  const digits = /(\d+)$/.exec(name);
  return bandOf(numbers.get(name) ?? (digits === null ? 20 : Number(digits[1])));
}
