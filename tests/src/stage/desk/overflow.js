// Elements that stick out of the window or of their parent, and text that is cut off, each in a few words.
const faults = [];
const name = (element) => `${element.tagName.toLowerCase()}.${String(element.className?.baseVal ?? element.className).split(' ').join('.')} "${(element.innerText ?? '').trim().slice(0, 40)}"`;
if (document.documentElement.scrollWidth > window.innerWidth + 1) {
  faults.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${window.innerWidth}`);
}
for (const element of document.querySelectorAll('#app *')) {
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  if (box.width === 0 || box.height === 0 || style.visibility === 'hidden' || style.position === 'absolute' || style.position === 'fixed') continue;
  if (element.closest('svg, canvas, .scroll, pre, .unseen, [class*="el-slider"], [class*="el-skeleton"]')) continue;
  const parent = element.parentElement.getBoundingClientRect();
  const scrolls = ['auto', 'scroll', 'hidden'].includes(getComputedStyle(element.parentElement).overflowX);
  if (!scrolls && style.display !== 'inline' && box.right > parent.right + 2 && parent.width > 0) faults.push(`wider than its parent: ${name(element)}`);
  const holdsText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
  if (holdsText && style.display !== 'inline' && element.scrollWidth > element.clientWidth + 2 && style.overflowX === 'hidden') faults.push(`cut off: ${name(element)}`);
}
return [...new Set(faults)].slice(0, 20);
