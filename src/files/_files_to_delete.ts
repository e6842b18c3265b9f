/**
 * Which rotated files are too many: `getFilesToDelete` of CPython 3.13's `TimedRotatingFileHandler`,
 * on names alone. It also knows the names that only this library gives: `.1`, `.2`, … behind one
 * that was taken, and `.gz` behind what was compressed.
 *
 * Browser compatible: imports nothing, uses no runtime global.
 *
 * @module
 */

/** The suffix of a compressed file. */
export const GZ = ".gz";

/** What follows that while the file is not whole; a process that was ended may have left it. */
export const PART = ".part";

/** What tells the files of a handler from others. */
export interface RotatedNaming {
  /** The name of the log file, without its folder. */
  readonly baseName: string;
  /** Finds the date in a name. */
  readonly extMatch: RegExp;
  /** The name, without its folder, that the handler gives a default name; absent: that itself. */
  readonly namer?: (defaultName: string) => string;
  /** Whether rotated files may be compressed. */
  readonly gzip: boolean;
}

/** A rotated file, which may be there twice: as it was, and compressed. */
interface Rotated {
  readonly name: string;
  readonly number: number;
  readonly files: string[];
}

/** Those of `names` that are older than the newest `backupCount` of the handler's own. */
export function filesToDelete(
  names: Iterable<string>,
  naming: RotatedNaming,
  backupCount: number,
): string[] {
  const found = new Map<string, Rotated>();
  for (const file of names) {
    const own = recognise(file, naming);
    if (own === undefined) continue;
    const key = `${own.name}\n${own.number}`;
    const rotated = found.get(key);
    if (rotated) rotated.files.push(file);
    else found.set(key, { ...own, files: [file] });
  }
  const oldestFirst = [...found.values()].sort((a, b) => {
    if (a.name !== b.name) return a.name < b.name ? -1 : 1;
    return a.number - b.number;
  });
  return oldestFirst.slice(0, Math.max(oldestFirst.length - backupCount, 0))
    .flatMap(({ files }) => files.sort());
}

function recognise(
  file: string,
  naming: RotatedNaming,
): { name: string; number: number } | undefined {
  const plain = naming.gzip ? without(GZ, without(GZ + PART, file)) : file;
  for (const name of new Set([file, plain])) if (isOwn(name, naming)) return { name, number: 0 };
  const numbered = /^(.+)\.([1-9]\d*)$/s.exec(plain);
  if (numbered === null || !isOwn(numbered[1]!, naming)) return undefined;
  return { name: numbered[1]!, number: Number(numbered[2]) };
}

function without(suffix: string, name: string): string {
  return name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

function isOwn(name: string, { baseName, extMatch, namer }: RotatedNaming): boolean {
  const prefix = `${baseName}.`;
  if (namer === undefined) {
    return name.startsWith(prefix) && matchesWhole(extMatch, name.slice(prefix.length));
  }
  // A namer may have put the date anywhere: each one that is found is tried.
  const dates = new RegExp(extMatch, withFlag(extMatch, "g"));
  for (let match; (match = dates.exec(name)) !== null;) {
    if (namer(prefix + match[0]) === name) return true;
    dates.lastIndex = match.index + 1;
  }
  return false;
}

/** Python's `fullmatch`. */
function matchesWhole(pattern: RegExp, text: string): boolean {
  return new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gy]/g, "")).test(text);
}

function withFlag(pattern: RegExp, flag: string): string {
  const flags = pattern.flags.replace("y", "");
  return flags.includes(flag) ? flags : flags + flag;
}
