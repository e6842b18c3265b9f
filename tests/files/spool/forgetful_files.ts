/**
 * A file system in memory that crashes at a step, and forgets then what was not synced: bytes of files,
 * and names of folders. Of what was not synced, a crash keeps what the dice say, in pieces too, as
 * disks do.
 */
import type { SpoolCalls } from "../../../src/files/spool/_spool_calls.ts";

/** The error of each call from the crash on. */
export class Crash extends Error {}

/** Random numbers below 1, repeatable. */
export function dice(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

class FileNode {
  bytes: Uint8Array = new Uint8Array(0);
  /** The writes since the last sync; without bytes: the file was cut there. */
  unsynced: { position: number; bytes?: Uint8Array }[] = [];
  durable: Uint8Array = new Uint8Array(0);

  write(position: number, bytes: Uint8Array): void {
    this.bytes = written(this.bytes, position, bytes);
    this.unsynced.push({ position, bytes: bytes.slice() });
  }

  cut(position: number): void {
    this.bytes = this.bytes.slice(0, position);
    this.unsynced.push({ position });
  }

  sync(): void {
    this.unsynced = [];
    this.durable = this.bytes.slice();
  }

  crash(roll: () => number, keeps: number): void {
    let bytes = this.durable;
    for (const { position, bytes: added } of this.unsynced) {
      if (roll() >= keeps) continue;
      if (added === undefined) {
        bytes = bytes.slice(0, position);
        continue;
      }
      const isTorn = keeps < 1 && roll() < 0.3;
      const length = isTorn ? Math.floor(roll() * added.length) : added.length;
      if (length > 0) bytes = written(bytes, position, added.subarray(0, length));
    }
    this.bytes = bytes.slice();
    this.sync();
  }
}

class FolderNode {
  entries: Map<string, Node> = new Map();
  unsynced: { name: string; node: Node | undefined }[] = [];
  durable: Map<string, Node> = new Map();

  set(name: string, node: Node | undefined): void {
    if (node === undefined) this.entries.delete(name);
    else this.entries.set(name, node);
    this.unsynced.push({ name, node });
  }

  sync(): void {
    this.unsynced = [];
    this.durable = new Map(this.entries);
  }

  crash(roll: () => number, keeps: number): void {
    this.entries = this.durable;
    for (const { name, node } of this.unsynced) {
      if (roll() >= keeps) continue;
      if (node === undefined) this.entries.delete(name);
      else this.entries.set(name, node);
    }
    this.sync();
    for (const node of this.entries.values()) node.crash(roll, keeps);
  }
}

type Node = FileNode | FolderNode;

function written(old: Uint8Array, position: number, bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(Math.max(old.length, position + bytes.length));
  all.set(old);
  all.set(bytes, position);
  return all;
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

/** The file system. */
export class ForgetfulFiles implements SpoolCalls {
  readonly root: FolderNode = new FolderNode();
  /** Calls so far. */
  steps = 0;
  /** The step at which it crashes. */
  crashAt: number = Infinity;
  /** How much of a write is done where it crashes: 0 to 1. */
  crashShare = 0;
  /** The most bytes of all files together. */
  capacity: number = Infinity;
  /** True once it has crashed. */
  hasCrashed = false;
  /** Bytes that were read from files, and calls by name. */
  readBytes = 0;
  readonly calls: Record<string, number> = {};
  /** True if nothing may be written. */
  isReadOnly = false;
  /** True if folders can be opened and not synced, as by Node on Windows. */
  isWindows = false;
  /** The code of the error when a file is opened, removed or gets another name, if that fails. */
  fails: ((path: string) => string | undefined) | undefined;
  /** Called before a file that exists is removed or gets another name. */
  onGone: (path: string) => void = () => {};
  #open = new Map<number, Node>();
  #nextFd = 3;

  /** The machine is switched on again: `keeps` of what was not synced is there, at random. */
  reboot(roll: () => number, keeps: number): void {
    this.root.crash(roll, keeps);
    this.hasCrashed = false;
    this.crashAt = Infinity;
    this.#open = new Map();
  }

  /** The process dies, and the machine goes on. */
  kill(): void {
    this.#open = new Map();
  }

  /** Open files. */
  get openFiles(): number {
    return this.#open.size;
  }

  /** The bytes of all files. */
  get used(): number {
    const sizeOf = (node: Node): number =>
      node instanceof FileNode
        ? node.bytes.length
        : [...node.entries.values()].reduce((sum, child) => sum + sizeOf(child), 0);
    return sizeOf(this.root);
  }

  #step(name: string, writes = false): void {
    if (this.hasCrashed) throw new Crash(name);
    this.calls[name] = (this.calls[name] ?? 0) + 1;
    if (++this.steps === this.crashAt) {
      this.hasCrashed = true;
      throw new Crash(name);
    }
    if (writes && this.isReadOnly) throw failure("EROFS", name);
  }

  /** Fails where another program holds the file, say. */
  #refuse(path: string): void {
    const code = this.fails?.(path);
    if (code !== undefined) throw failure(code, path);
  }

  #find(path: string): { folder: FolderNode; name: string; node: Node | undefined } {
    // On Windows an absolute path begins with a drive.
    const names = path.replace(/^[a-z]:/i, "").split(/[\\/]/).filter(Boolean);
    const name = names.pop() ?? "";
    let folder: FolderNode = this.root;
    for (const above of names) {
      const next = folder.entries.get(above);
      if (!(next instanceof FolderNode)) throw failure("ENOENT", path);
      folder = next;
    }
    return { folder, name, node: name === "" ? this.root : folder.entries.get(name) };
  }

  /** The node at a path, for tests. */
  file(path: string): Uint8Array {
    const { node } = this.#find(path);
    if (!(node instanceof FileNode)) throw failure("ENOENT", path);
    return node.bytes;
  }

  /** The sizes of the files in a folder, by name. */
  sizes(path: string): Map<string, number> {
    const { node } = this.#find(path);
    if (!(node instanceof FolderNode)) throw failure("ENOENT", path);
    const files = [...node.entries].filter(([, child]) => child instanceof FileNode);
    return new Map(files.map(([name, child]) => [name, (child as FileNode).bytes.length]));
  }

  /** The bytes of a file that a crash would leave at least. */
  durable(path: string): Uint8Array {
    const { node } = this.#find(path);
    if (!(node instanceof FileNode)) throw failure("ENOENT", path);
    return node.durable;
  }

  #fileOf(fd: number): FileNode {
    const node = this.#open.get(fd);
    if (!(node instanceof FileNode)) throw failure("EBADF", String(fd));
    return node;
  }

  mkdirSync(path: string): void {
    this.#step("mkdir", true);
    const { folder, name, node } = this.#find(path);
    if (node !== undefined) throw failure("EEXIST", path);
    folder.set(name, new FolderNode());
  }

  readdirSync(path: string): string[] {
    this.#step("readdir");
    const { node } = this.#find(path);
    if (!(node instanceof FolderNode)) throw failure("ENOENT", path);
    return [...node.entries.keys()];
  }

  rmdirSync(path: string): void {
    this.#step("rmdir", true);
    const { folder, name, node } = this.#find(path);
    if (!(node instanceof FolderNode)) throw failure("ENOENT", path);
    if (node.entries.size > 0) throw failure("ENOTEMPTY", path);
    folder.set(name, undefined);
  }

  openSync(path: string, flags: string): number {
    this.#step("open", flags !== "r");
    this.#refuse(path);
    const found = this.#find(path);
    let { node } = found;
    if (node === undefined) {
      if (!flags.includes("w")) throw failure("ENOENT", path);
      if (this.used >= this.capacity) throw failure("ENOSPC", path);
      node = new FileNode();
      found.folder.set(found.name, node);
    } else if (flags.includes("x")) {
      throw failure("EEXIST", path);
    }
    const fd = this.#nextFd++;
    this.#open.set(fd, node);
    return fd;
  }

  statSync(path: string): { size: number; isDirectory(): boolean } {
    this.#step("stat");
    const { node } = this.#find(path);
    if (node === undefined) throw failure("ENOENT", path);
    const isDirectory = node instanceof FolderNode;
    return { size: isDirectory ? 4096 : node.bytes.length, isDirectory: () => isDirectory };
  }

  fstatSync(fd: number): { size: number } {
    this.#step("fstat");
    return { size: this.#fileOf(fd).bytes.length };
  }

  readSync(fd: number, to: Uint8Array, at: number, length: number, position: number): number {
    this.#step("read");
    const bytes = this.#fileOf(fd).bytes.subarray(position, position + length);
    to.set(bytes, at);
    this.readBytes += bytes.length;
    return bytes.length;
  }

  writeSync(fd: number, bytes: Uint8Array, at: number, length: number, position: number): number {
    const file = this.#fileOf(fd);
    const done = this.steps + 1 === this.crashAt ? Math.floor(this.crashShare * length) : 0;
    if (done > 0 && !this.hasCrashed) file.write(position, bytes.slice(at, at + done));
    this.#step("write", true);
    const grows = Math.max(position + length - file.bytes.length, 0);
    const room = Math.max(this.capacity - this.used, 0);
    const taken = Math.max(length - Math.max(grows - room, 0), 0);
    if (taken === 0 && length > 0) throw failure("ENOSPC", "write");
    file.write(position, bytes.slice(at, at + taken));
    return taken;
  }

  ftruncateSync(fd: number, size: number): void {
    this.#step("truncate", true);
    this.#fileOf(fd).cut(size);
  }

  fdatasyncSync(fd: number): void {
    this.#step("sync");
    const node = this.#open.get(fd);
    if (node === undefined) throw failure("EBADF", String(fd));
    if (this.isWindows && node instanceof FolderNode) throw failure("EPERM", String(fd));
    node.sync();
  }

  fdatasync(fd: number, callback: (error: Error | null) => void): void {
    const open = this.#open;
    queueMicrotask(() => {
      // Of a process that is dead.
      if (open !== this.#open) return;
      let error: Error | null = null;
      try {
        this.fdatasyncSync(fd);
      } catch (thrown) {
        error = thrown as Error;
      }
      callback(error);
    });
  }

  closeSync(fd: number): void {
    this.#step("close");
    if (!this.#open.delete(fd)) throw failure("EBADF", String(fd));
  }

  renameSync(from: string, to: string): void {
    this.#step("rename", true);
    this.#refuse(from);
    this.#refuse(to);
    const source = this.#find(from);
    if (source.node === undefined) throw failure("ENOENT", from);
    this.onGone(from);
    const target = this.#find(to);
    target.folder.set(target.name, source.node);
    source.folder.set(source.name, undefined);
  }

  linkSync(path: string, other: string): void {
    this.#step("link", true);
    const source = this.#find(path);
    if (source.node === undefined) throw failure("ENOENT", path);
    const target = this.#find(other);
    if (target.node !== undefined) throw failure("EEXIST", other);
    target.folder.set(target.name, source.node);
  }

  unlinkSync(path: string): void {
    this.#step("unlink", true);
    this.#refuse(path);
    const { folder, name, node } = this.#find(path);
    if (node === undefined) throw failure("ENOENT", path);
    this.onGone(path);
    folder.set(name, undefined);
  }
}
