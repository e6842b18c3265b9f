/** Makes a clock of milliseconds since the epoch, to the microsecond. */
export declare function wallClock(): () => number;
