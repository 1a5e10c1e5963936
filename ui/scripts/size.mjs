// Fails when what the window loads before its first picture is larger than its budget. With `--bytes` it only says how
// large that is, for `make bench`.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Compressed bytes of script that the first page may need: the desktop's promise of a quick window. */
const BUDGET = 250 * 1024;

const html = readFileSync(new URL('../dist/index.html', import.meta.url), 'utf8');
const files = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]);
if (files.length === 0) throw new Error('dist/index.html names no script; build first');
const sizes = files.map((file) => gzipSync(readFileSync(new URL(`../dist/${file}`, import.meta.url))).length);
const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
if (process.argv.includes('--bytes')) {
  console.log(total);
} else {
  files.forEach((file, index) => console.log(`${file}  ${(sizes[index] / 1024).toFixed(1)} KB`));
  console.log(`initial script ${(total / 1024).toFixed(1)} KB of ${BUDGET / 1024} KB, compressed`);
  if (total > BUDGET) process.exit(1);
}
