/** Tests that cannot pass under Wine, with the reasons. */

/** Debian's Wine 8.0 keeps the name of a file that is removed while it is open, as Windows does. */
const REMOVED =
  "Wine opens a file that was removed and is still open, and counts its name: Windows " +
  "does neither (tests/files/log_file_test.ts plays Windows)";

/** By the title of the test. */
export const notCarried: Readonly<Record<string, string>> = {
  "a file that was removed is created again, with the buffered records": REMOVED,
  "records that were written to a file after its removal are written to the next one": REMOVED,
  "any number of short records is written again": REMOVED,
  "a file that was removed is created again although no further record comes": REMOVED,
  "records that were written after the removal of their folder are reported as lost": REMOVED,
  "a record whose beginning was removed is reported": REMOVED,
  "records that find their folder removed are reported as lost": REMOVED,
  "namer and rotator are options, attributes or methods": REMOVED,
  "a file that is removed repeatedly loses no later record": REMOVED,
  "each file of a roll-over, and a file that is created again, begins with the mark": REMOVED,
  "a device never rolls over, and is checked again only after an interval":
    "the test uses /dev/null, which Windows has not",
};
