/** The test classes of files and their roll-over. */
import { type Parity, shown } from "./answers.ts";

const file = "tests/files/file_handler_test.ts";
const rotating = "tests/files/rotating_file_handler_test.ts";
const timed = "tests/files/timed_rotating_file_handler_test.ts";
const toDelete = "tests/files/files_to_delete_test.ts";
const schedule = "tests/files/rollover_schedule_test.ts";
const interop = "tests/interop/rollover_test.ts";

const atAnEmptyFile =
  "shouldRollover() is false without a bound, for an empty file and for a device";
const existing = "shouldRollover() counts what an existing file holds";
const maxBytes = [
  ...shown(
    rotating,
    "RotatingFileHandler rolls over before the record that would reach maxBytes, also with delay",
  ),
  ...shown(interop, "RotatingFileHandler rolls over as CPython"),
];
const namer = shown(rotating, "namer and rotator are options, attributes or methods");
const restarts = shown(
  timed,
  "a file of the interval before atTime rolls over with the first record of the next start",
);

const atTheirInstants = shown(
  interop,
  "computeRollover() answers as CPython at every instant of CPython's own tests",
);
/** Zones with the rules of the United States among them, times of day, weekdays and intervals. */
const inZones = [
  ...atTheirInstants,
  ...shown(interop, "TimedRotatingFileHandler rolls over as CPython in ${zone}"),
];

const addsAnInterval = [
  ...shown(schedule, "computeRollover() adds an interval"),
  ...atTheirInstants,
];
const addsDays = [
  ...shown(
    schedule,
    "computeRollover() adds the interval of days and weeks, as CPython 3.13 does",
  ),
  ...atTheirInstants,
];

/** Everything that writes files. */
export const files: Parity = {
  FileHandlerTest: {
    test_delay: shown(
      file,
      "FileHandler with delay creates no file before the first record",
      "FileHandler.stream is null while the file is not open: before the first record with delay, and after close()",
    ),
    test_emit_after_closing_in_write_mode: shown(
      file,
      "a record after close() opens the file again with mode a, and is dropped with mode w, as in CPython",
    ),
  },
  RotatingFileHandlerTest: {
    test_should_not_rollover: shown(rotating, atAnEmptyFile, existing),
    test_should_not_rollover_non_file: shown(rotating, atAnEmptyFile),
    test_should_rollover: shown(rotating, existing),
    test_file_created: maxBytes,
    test_max_bytes: maxBytes,
    test_max_bytes_delay: maxBytes,
    test_rollover_filenames: namer,
    test_namer_rotator_inheritance: namer,
    test_rotator: namer,
  },
  TimedRotatingFileHandlerTest: {
    test_should_not_rollover: shown(
      timed,
      "a device never rolls over, and is checked again only after an interval",
    ),
    test_rollover: shown(
      timed,
      "TimedRotatingFileHandler names a file after the start of its interval",
    ),
    test_rollover_at_midnight: restarts,
    test_rollover_at_weekday: restarts,
    test_invalid: shown(timed, "bad options are refused"),
    test_compute_rollover_daily_attime: [
      ...shown(schedule, "computeRollover() returns the time of day, today or tomorrow"),
      ...atTheirInstants,
    ],
    test_compute_rollover_weekly_attime: [
      ...shown(schedule, "computeRollover() returns the day of the week, this week or the next"),
      ...atTheirInstants,
    ],
    test_compute_files_to_delete: [
      ...shown(
        toDelete,
        "filesToDelete() returns the handler's oldest files, and keeps backupCount of them",
        "filesToDelete() finds the date wherever a namer has put it",
      ),
      ...shown(timed, "getFilesToDelete() finds files by the names that a namer returns"),
    ],
    test_compute_files_to_delete_same_filename_different_extensions: shown(
      toDelete,
      "filesToDelete() returns the handler's oldest files, and keeps backupCount of them",
    ),
    test_compute_rollover_MIDNIGHT_local: inZones,
    test_compute_rollover_W6_local: inZones,
    test_compute_rollover_MIDNIGHT_local_interval: inZones,
    test_compute_rollover_W6_local_interval: inZones,
    test_compute_rollover_S: addsAnInterval,
    test_compute_rollover_S_interval: addsAnInterval,
    test_compute_rollover_M: addsAnInterval,
    test_compute_rollover_M_interval: addsAnInterval,
    test_compute_rollover_H: addsAnInterval,
    test_compute_rollover_H_interval: addsAnInterval,
    test_compute_rollover_D: addsAnInterval,
    test_compute_rollover_D_interval: addsAnInterval,
    test_compute_rollover_MIDNIGHT: addsAnInterval,
    test_compute_rollover_MIDNIGHT_interval: addsDays,
    test_compute_rollover_W0: addsAnInterval,
    test_compute_rollover_W0_interval: addsDays,
  },
};
