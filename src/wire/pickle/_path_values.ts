/**
 * Python's `pathlib`: the parts of a path, which 3.13 writes as the program gave them, and earlier
 * versions as they parsed them. After `posixpath.join()`, `ntpath.join()`, their `splitroot()`, and
 * `PurePath._parse_path()`.
 *
 * Browser compatible: imports nothing outside this folder, uses no runtime global.
 *
 * @module
 */
import { bareArguments, type PythonCall, type PythonValue, type Readers } from "./_python_value.ts";

/** The longest path of Windows; those of Linux have 4,096 bytes. */
const MAX_LENGTH = 32_767;

type Root = readonly [drive: string, root: string, path: string];

/** The classes of `pathlib`. */
export const PATHLIB: Readers = {
  PurePosixPath: posixPath,
  PosixPath: posixPath,
  PureWindowsPath: windowsPath,
  WindowsPath: windowsPath,
};

function posixPath(call: PythonCall): PythonValue | undefined {
  const parts = partsOf(call);
  if (parts === undefined) return undefined;
  let joined = "";
  let isOpen = false;
  for (const part of parts) {
    if (part.startsWith("/")) joined = part;
    else joined += (isOpen ? "/" : "") + part;
    isOpen = part !== "" && !part.endsWith("/");
  }
  // Two slashes at the start, and no more, are a root of their own.
  const root = /^\/\/(?!\/)|^\/|^/.exec(joined)?.[0] ?? "";
  const text = root + namesOf(joined, "/").join("/");
  return pathValue(text || ".", call.name, "/");
}

function windowsPath(call: PythonCall): PythonValue | undefined {
  const parts = partsOf(call);
  if (parts === undefined) return undefined;
  let [drive, root, path] = rootOf("");
  let isOpen = false;
  for (const part of parts) {
    const [ownDrive, ownRoot, ownPath] = rootOf(part);
    const isOther = ownDrive !== "" && ownDrive.toLowerCase() !== drive.toLowerCase();
    if (ownDrive !== "") drive = ownDrive;
    if (ownRoot !== "" || isOther) {
      root = ownRoot;
      path = ownPath;
    } else path += (isOpen ? "\\" : "") + ownPath;
    isOpen = ownPath !== "" && !/[\\/]$/.test(ownPath);
  }
  const isCut = root === "" && path !== "" && /[^:\\/]$/.test(drive);
  const joined = drive + (isCut ? "\\" : root) + path;
  [drive, root, path] = rootOf(joined.replaceAll("/", "\\"));
  // A share is the root of its own drive.
  const shares = drive.split("\\").length;
  const isShare = shares === 4 && !/^\\\\[?.]?\\/.test(drive) || shares === 6;
  if (root === "" && drive.startsWith("\\") && !drive.endsWith("\\") && isShare) root = "\\";
  const names = namesOf(path, "\\");
  // Otherwise it would look like a drive.
  if (drive === "" && root === "" && names[0]?.[1] === ":") names.unshift(".");
  return pathValue(drive + root + names.join("\\") || ".", call.name, "\\");
}

function partsOf(call: PythonCall): string[] | undefined {
  const parts = bareArguments(call);
  if (parts === undefined || parts.length > MAX_LENGTH) return undefined;
  let length = parts.length;
  for (const part of parts) {
    if (typeof part !== "string" || (length += part.length) > MAX_LENGTH) return undefined;
  }
  return parts as string[];
}

function namesOf(path: string, separator: string): string[] {
  return path.split(separator).filter((name) => name !== "" && name !== ".");
}

/** Drives are compared as they are written: `//a/b` differs from `\\a\b`. */
function rootOf(path: string): Root {
  const normal = path.replaceAll("/", "\\");
  if (normal.startsWith("\\\\")) {
    const start = /^\\\\\?\\UNC\\/i.test(normal) ? 8 : 2;
    const host = normal.indexOf("\\", start);
    const share = host < 0 ? -1 : normal.indexOf("\\", host + 1);
    return share < 0
      ? [path, "", ""]
      : [path.slice(0, share), path[share] ?? "", path.slice(share + 1)];
  }
  const [, drive = "", root = "", rest = ""] = /^([^\\/]:)?([\\/]?)(.*)$/su.exec(path) ?? [];
  return [drive, root, rest];
}

function pathValue(text: string, type: string, separator: string): PythonValue {
  const repr: PythonValue["repr"] = (inner) => `${type}(${inner(text.replaceAll(separator, "/"))})`;
  return { str: () => text, repr };
}
