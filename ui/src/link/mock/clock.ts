// Instants of the made-up world, told from its own now.

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The instant `ms` milliseconds from now; negative: ago. */
export function at(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

let counter = 0;

/** A fresh id in the form of the real ones. */
export function id(): string {
  counter += 1;
  return `0192f0aa-0000-7000-8000-${String(counter).padStart(12, '0')}`;
}

/** Numbers between 0 and 1, the same at each start. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}
