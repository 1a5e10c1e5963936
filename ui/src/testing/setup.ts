// What every test begins with: one language, and the pieces of a browser that the test's document lacks.
import { beforeEach, vi } from 'vitest';
import { loadLanguage } from '@/i18n';

class Observed {
  observe(): void { /* Nothing has a size here. */ }
  unobserve(): void { /* … */ }
  disconnect(): void { /* … */ }
}
vi.stubGlobal('ResizeObserver', Observed);
// Nothing is fetched from anywhere; the list of licences comes with the package.
vi.stubGlobal('fetch', () => Promise.resolve(new Response('serde 1.0\tMIT OR Apache-2.0\n')));

beforeEach(async () => {
  await loadLanguage('en');
});
