// Ids that people do not have to think of. Tested in ids.test.ts.

/** A name as an id: lower case letters, digits and dashes, `fallback` where nothing of it is left. */
export function slug(name: string, fallback: string): string {
  const text = name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40);
  return text === '' ? fallback : text;
}

/** The id, or with the first number that is free. */
export function freeId(wanted: string, taken: string[]): string {
  if (!taken.includes(wanted)) return wanted;
  for (let n = 2; ; n += 1) {
    if (!taken.includes(`${wanted}-${n}`)) return `${wanted}-${n}`;
  }
}
