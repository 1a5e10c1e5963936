// For how long automatic actions pause. The same choices stand in the tray.

/** What a person chooses. */
export const PAUSES = ['hour', 'tomorrow', 'resumed'] as const;
export type Pause = (typeof PAUSES)[number];

const HOUR = 3600;
/** No pause is longer: a forgotten one must not leave servers unguarded for good. */
export const LONGEST_PAUSE = 30 * 24 * HOUR;

/** The choice in seconds; "tomorrow" begins at the next midnight of this machine. */
export function pauseSeconds(choice: Pause, now = new Date()): number {
  if (choice === 'hour') return HOUR;
  if (choice === 'resumed') return LONGEST_PAUSE;
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  return Math.max(1, Math.round((midnight.getTime() - now.getTime()) / 1000));
}
