// The page of renewals as a person uses it: list, calendar by keyboard, marking, form, calendar file, refusals.
import { describe, expect, it, vi } from 'vitest';
import { addDays, addMonths } from '@/composables/civil';
import { today } from '@/link/mock/renewals';
import { faults, openWindow, settled } from '@/testing/world';

const dialog = () => document.querySelector<HTMLElement>('[role="alertdialog"]');
const row = (page: Awaited<ReturnType<typeof openWindow>>['page'], id: string) => page.find(`[data-renewal="${id}"]`);

/** The page, once it is loaded. */
async function renewals(world = 'full') {
  const opened = await openWindow('/renewals', world);
  await vi.waitFor(() => expect(opened.page.find('.page h1').text()).toBe('Renewals'), 20_000);
  await settled();
  return opened;
}
async function calendar() {
  const opened = await renewals();
  await opened.page.findAll('.el-radio-button input')[1]?.setValue(true);
  await settled();
  return opened;
}

describe('the list', () => {
  it('says what is overdue first, and what has ended last', async () => {
    const { page } = await renewals();
    const rows = page.findAll('.renewal').map((one) => [one.attributes('data-renewal'), one.find('.due strong').text()]);
    expect(rows.slice(0, 3)).toEqual([['dns-bundle', 'Overdue by 4 days'], ['vpn', 'Due today'], ['copilot', 'Due in 2 days']]);
    expect(rows.at(-1)).toEqual(['old-host', 'Nothing is due any more']);
    expect(row(page, 'old-host').find('.renew').exists()).toBe(false);
  });
  it('leaves an amount that nobody typed unsaid, never zero', async () => {
    const { page } = await renewals();
    expect(row(page, 'cert').text()).toContain('amount not typed in');
    expect(row(page, 'cert').text()).not.toContain('0.00');
  });
  it('tells sums for each currency alone', async () => {
    const { page } = await renewals();
    expect(page.findAll('.total').map((one) => one.attributes('data-currency'))).toEqual(['CNY', 'EUR', 'USD']);
  });
});

describe('marking', () => {
  it('records a payment of today where no day is typed, after saying that it pays nothing', async () => {
    const { page, link } = await renewals();
    await row(page, 'vpn').find('.renew').trigger('click');
    await settled();
    expect(dialog()?.textContent).toContain('Nothing is paid by this');
    expect(await faults(dialog() ?? document.body)).toEqual([]);
    dialog()?.querySelector<HTMLElement>('.sure')?.click();
    await settled();
    expect(link.asked.filter((request) => request.request === 'mark_renewed')).toEqual([{ request: 'mark_renewed', renewal: 'vpn', date: null }]);
    expect(row(page, 'vpn').text()).toContain('Paid through');
  });
  it('refuses a day that is none beside its field', async () => {
    const { page, link } = await renewals();
    await row(page, 'vpn').find('.renew').trigger('click');
    await settled();
    const field = dialog()?.querySelector<HTMLInputElement>('.date input');
    if (!field) throw new Error('no field');
    field.value = '2026-02-30';
    field.dispatchEvent(new Event('input'));
    await settled();
    dialog()?.querySelector<HTMLElement>('.sure')?.click();
    await settled();
    expect(dialog()?.querySelector('.finding')?.textContent).toContain('YYYY-MM-DD');
    expect(link.asked.some((request) => request.request === 'mark_renewed')).toBe(false);
  });
  it('is taken back after a question', async () => {
    const { page, link } = await renewals();
    await row(page, 'dns-bundle').find('.clear').trigger('click');
    await settled();
    dialog()?.querySelector<HTMLElement>('.sure')?.click();
    await settled();
    expect(link.asked.find((request) => request.request === 'clear_renewed')).toMatchObject({ renewal: 'dns-bundle' });
  });
});

describe('the calendar', () => {
  it('is a grid with one day in the way of Tab, and every day in words', async () => {
    const { page } = await calendar();
    const days = page.findAll('[role="grid"] .day');
    expect(days.filter((day) => day.attributes('tabindex') === '0')).toHaveLength(1);
    expect(page.find(`[data-day="${today()}"]`).attributes('aria-label')).toContain('Mullvad VPN');
    expect(await faults()).toEqual([]);
  });
  it('is walked by keys, over the ends of months', async () => {
    const { page } = await calendar();
    const press = async (key: string) => {
      await page.find('.day[tabindex="0"]').trigger('keydown', { key });
      await settled();
      return page.find('.day[tabindex="0"]').attributes('data-day');
    };
    expect(await press('ArrowRight')).toBe(addDays(today(), 1));
    expect(await press('ArrowDown')).toBe(addDays(today(), 8));
    expect(await press('PageDown')).toBe(addMonths(addDays(today(), 8), 1));
    expect(document.activeElement?.getAttribute('data-day')).toBe(addMonths(addDays(today(), 8), 1));
  });
  it('shows what is due on the chosen day below it', async () => {
    const { page } = await calendar();
    expect(page.findAll('.renewal').map((one) => one.attributes('data-renewal'))).toEqual(['vpn']);
  });
});

describe('the form', () => {
  it('shows the dates while it is typed, what is wrong beside its field, and saves the one renewal', async () => {
    const { page, link } = await renewals();
    await page.find('.add').trigger('click');
    await settled();
    await page.find('.renewal-form .name input').setValue('Domain B');
    await vi.waitFor(() => expect(page.findAll('.preview li')).toHaveLength(12));
    expect(await faults()).toEqual([]);
    await page.find('.renewal-form .day input').setValue('32');
    await vi.waitFor(() => expect(page.find('.renewal-form .wrong').exists()).toBe(true));
    expect(page.find('.renewal-form .save').attributes('disabled')).toBeDefined();
    await page.find('.renewal-form .day input').setValue('31');
    await page.find('.renewal-form .amount input').setValue('12.50');
    await vi.waitFor(() => expect(page.find('.renewal-form .save').attributes('disabled')).toBeUndefined());
    await page.find('.renewal-form').trigger('submit');
    await settled();
    expect(link.asked.find((request) => request.request === 'save')).toMatchObject({ items: { renewal: [{ id: 'domain-b', name: 'Domain B', cycle: 'monthly', day: '31', amount: '12.50 CNY' }] }, remove: [] });
    expect(page.find('.renewal-form').exists()).toBe(false);
  });
  it('removes one renewal only after naming what follows', async () => {
    const { page, link } = await renewals();
    await row(page, 'cert').find('.remove').trigger('click');
    await settled();
    expect(dialog()?.textContent).toContain('Nothing is cancelled at the provider.');
    dialog()?.querySelector<HTMLElement>('.sure')?.click();
    await settled();
    expect(link.asked.find((request) => request.request === 'save')).toMatchObject({ remove: [{ kind: 'renewal', id: 'cert' }] });
  });
});

it('a calendar file is saved, and a refusal of it stands on the page', async () => {
  const { page, link } = await renewals();
  await page.find('.ics').trigger('click');
  await settled();
  expect(page.text()).toContain('tidegate-renewals.ics');
  link.refuse('renewals_ics', { code: 'outside', detail: 'the file could not be saved', retryable: false });
  await page.find('.ics').trigger('click');
  await settled();
  expect(page.find('.refusal').text()).toContain('the file could not be saved');
});

it('an empty list asks for the first one', async () => {
  const { page } = await renewals('empty');
  await page.find('.empty button').trigger('click');
  await settled();
  expect(page.find('.renewal-form').exists()).toBe(true);
  expect(page.find('.empty').exists()).toBe(false);
});
