/** What a bundle weighs, in bytes. */
export interface Weight {
  minified: number;
  gzipped: number;
  /** What it imports at run time. */
  imports: string[];
  warnings: string[];
  /** How much comes from each file, most first. */
  files: { file: string; bytes: number }[];
}

export declare function weigh(
  esbuild: typeof import("esbuild"),
  entry: string,
  external?: string[],
): Weight;
