import { describe, expect, it } from 'vitest';
import { LONGEST_PAUSE, PAUSES, pauseSeconds } from './pause';

describe('a pause', () => {
  it('ends tomorrow at the next midnight of this machine', () => {
    expect(pauseSeconds('tomorrow', new Date(2026, 10, 21, 23, 30))).toBe(1800);
    expect(pauseSeconds('tomorrow', new Date(2026, 10, 21, 0, 0))).toBe(86_400);
  });

  it('is never longer than the guard allows', () => {
    for (const choice of PAUSES) {
      expect(pauseSeconds(choice)).toBeGreaterThan(0);
      expect(pauseSeconds(choice)).toBeLessThanOrEqual(30 * 86_400);
    }
    expect(pauseSeconds('resumed')).toBe(LONGEST_PAUSE);
  });
});
