/** Runs code as on a runtime without `process.getBuiltinModule()`: a browser, Node before 20.16. */
import process from "node:process";

/** Runs `run` while the runtime has no `node:util` to offer. */
export function withoutNodeUtil(run: () => void): void {
  const { getBuiltinModule } = process;
  process.getBuiltinModule = undefined as never;
  try {
    run();
  } finally {
    process.getBuiltinModule = getBuiltinModule;
  }
}
