/**
 * Finds the rotated files beyond `backupCount`: `getFilesToDelete` of CPython 3.13's
 * `TimedRotatingFileHandler`, on names alone. It also knows the names that only this library gives:
 * `.1`, `.2`, … behind a name that was taken, and `.gz` behind the name of a compressed file.
 *
 * Browser compatible: imports nothing, uses no runtime global.
 *
 * @module
 */

/** The suffix of a compressed file. */
export const GZ = ".gz";

/** Follows `.gz` while the file is not whole; a process that was killed may leave such a file. */
export const PART = ".part";

/** Distinguishes the files of a handler from other files. */
export interface RotatedNaming {
  /** The name of the log file, without its folder. */
  readonly baseName: string;
  /** Matches the date in a name. */
  readonly extMatch: RegExp;
  /** Maps a default name, without its folder, to the handler's; absent: the default name stays. */
  readonly namer?: (defaultName: string) => string;
  /** True if rotated files may be compressed. */
  readonly gzip: boolean;
}

/** A rotated file, which may exist twice: as it was, and compressed. */
interface Rotated {
  readonly name: string;
  readonly number: number;
  readonly files: string[];
}

/** The names of the handler's files that are older than its newest `backupCount`. */
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
  // A namer may put the date anywhere, so each match is tried.
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
