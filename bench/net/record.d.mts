/** The message of every record. */
export declare const MESSAGE: string;
/** The names of `count` loggers, CPython's "myapp.area1" first. */
export declare function loggerNames(count: number): string[];
