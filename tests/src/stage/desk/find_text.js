// The visible, usable thing that a person reads as the given text: exact words first, then a beginning.
const wanted = arguments[0];
const usable = 'button, a, [role="button"], [role="tab"], [role="menuitem"], [role="option"], [role="radio"],' +
  ' [role="switch"], label, summary, li.el-select-dropdown__item, .el-radio-button__inner';
// What still moves is not clicked: a person's eye waits as well.
const moving = document.getAnimations().filter((one) => one.playState === 'running').map((one) => one.effect?.target);
const shown = (element) => {
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return box.width > 0 && box.height > 0 && style.visibility !== 'hidden' && !element.disabled
    && !moving.some((one) => one?.contains(element) && one.matches('[class*="el-"]'));
};
const words = (element) => (element.getAttribute('aria-label') || element.innerText || '').trim();
const all = [...document.querySelectorAll(usable)].filter(shown);
// What was opened last stands last in the page: a dialog's button wins over the one below it.
const exact = all.filter((element) => words(element) === wanted || (element.innerText || '').trim() === wanted);
const begins = all.filter((element) => words(element).startsWith(wanted));
return exact.at(-1) || begins.at(-1) || null;
