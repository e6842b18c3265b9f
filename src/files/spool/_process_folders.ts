/**
 * The folders of a spool that several processes share: each has one of its own, and takes over those of
 * dead processes.
 *
 * @module
 */
import { attempt, codeOf, type SpoolCalls } from "./_spool_calls.ts";
import { type FolderSettings, hexOf, makeFolder, SpoolFolder } from "./_spool_folder.ts";
import { holderOf } from "./_spool_lock.ts";

/** How often a new folder is tried, as another process may take it over before it is locked. */
const TRIES = 3;

/** The name of a process's folder. */
const NAME = /^process-[0-9a-f]{16}$/;

/** The folders of processes in a folder, in the order of their names. */
export function processFolders(calls: SpoolCalls, root: string): string[] {
  const names = calls.readdirSync(root).filter((name) => NAME.test(name));
  return names.sort().map((name) => `${root}/${name}`);
}

/** Makes and opens a folder for this process. */
export function openOwnFolder(root: string, settings: FolderSettings): SpoolFolder {
  makeFolder(settings.calls, root);
  for (let tries = 1;; tries++) {
    const path = `${root}/process-${hexOf(settings.random(8))}`;
    makeFolder(settings.calls, path);
    try {
      return new SpoolFolder(path, settings);
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}

/** Says that no process that runs, or may run, uses a folder. */
function isAbandoned({ calls, processes }: FolderSettings, path: string): boolean {
  const holder = attempt(() => holderOf(calls, processes, path));
  return holder === undefined || holder.isRunning === false;
}

/**
 * Opens the folders of dead processes that hold records, and removes those that hold none.
 *
 * @param onFault called for a folder that cannot be taken over, which stays as it is
 */
export function openDeadFolders(
  root: string,
  own: SpoolFolder,
  settings: FolderSettings,
  onFault: (path: string, error: unknown) => void,
): SpoolFolder[] {
  return processFolders(settings.calls, root).flatMap((path) => {
    if (path === own.path || !isAbandoned(settings, path)) return [];
    try {
      const folder = new SpoolFolder(path, settings);
      if (folder.end > folder.low || folder.missing > 0) return [folder];
      folder.remove();
    } catch (error) {
      // Another process may be faster, and has the folder or has removed it.
      if (codeOf(error) !== "ENOENT" && isAbandoned(settings, path)) onFault(path, error);
    }
    return [];
  });
}
