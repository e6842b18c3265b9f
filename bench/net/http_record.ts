/** The fields of `extra` of the records of the group `http`. */

/** Four fields as services add them; a new object each time, as in a program. */
export function extraOf(i: number): Record<string, unknown> {
  return {
    user_id: 1_000_000 + i,
    path: "/api/v1/sphinxes/42",
    status: 200,
    cached: false,
  };
}
