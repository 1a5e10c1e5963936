// The list of sub-accounts and the bill as a person uses them: what each says, what is unknown, what is charged to nobody.
import { describe, expect, it, vi } from 'vitest';
import { month } from '@/link/mock/quotas';
import { faults, openWindow, settled } from '@/testing/world';

type Page = Awaited<ReturnType<typeof openWindow>>['page'];
const row = (page: Page, name: string) => page.find(`[data-user="${name}"]`);

/** A page, once it is loaded. */
async function open(path: string, says: string, world = 'full') {
  const opened = await openWindow(path, world);
  await vi.waitFor(() => expect(opened.page.find('.page').text()).toContain(says), 20_000);
  await settled();
  return opened;
}
const list = (world = 'full') => open('/quotas', 'team-chat', world);

describe('the list', () => {
  it('begins with the worst', async () => {
    const { page } = await list();
    expect(page.findAll('.quota').map((one) => one.attributes('data-user'))).toEqual(['intern-li', 'render-bot', 'newcomer', 'team-search', 'team-chat', 'ops-admin', 'lab-notebook', 'relay-cn']);
    expect(page.findAll('[data-account]').map((one) => one.attributes('data-account'))).toEqual(['volc-main', 'volc-lab']);
  });
  it('says of each what was granted and spent, the share to its last digit, and how it stands', async () => {
    const { page } = await list();
    const text = row(page, 'team-search').text();
    for (const part of ['搜索组', '600.01', 'left', 'granted ¥ 3000.00', 'spent ¥ 2399.988', '79.9996%', 'Warning', 'Enabled', 'Projects 2 of 3', '1 day 2 hours ago']) expect(text).toContain(part);
    expect(row(page, 'team-search').findAll('.step')).toHaveLength(3);
    expect(row(page, 'team-search').findAll('.step.crossed')).toHaveLength(1);
  });
  it('says overspent instead of a negative remainder', async () => {
    const { page } = await list();
    expect(row(page, 'render-bot').text()).toContain('12.40');
    expect(row(page, 'render-bot').text()).toContain('overspent');
    expect(row(page, 'render-bot').text()).not.toContain('-12.40');
    expect(row(page, 'render-bot').find('.standing').text()).toBe('Disabled');
    expect(row(page, 'intern-li').find('.standing').text()).toBe('Disabled in part');
  });
  it('never takes what is not known for nothing', async () => {
    const { page } = await list();
    const blind = row(page, 'newcomer');
    expect(blind.text()).toContain('Spending not known: no project is charged to it');
    expect(blind.find('.amount').exists()).toBe(false);
    expect(blind.find('.fill').exists()).toBe(false);
    expect(blind.text()).not.toContain('0.00 ');
  });
  it('tells spending without a quota as that, without a bar', async () => {
    const { page } = await list();
    expect(row(page, 'lab-notebook').text()).toContain('spent, without a quota');
    expect(row(page, 'lab-notebook').find('.bar').exists()).toBe(false);
  });
  it('tells how old the bill is, how late it runs, what is nobody’s, and why it cannot be read', async () => {
    const { page } = await list();
    const head = page.find('[data-account="volc-main"]').text();
    for (const part of [month(), 'bill read 3 hours ago', 'money spent in the last 1 day is not in it yet', '¥ 47.913 charged to nobody']) expect(head).toContain(part);
    expect(page.find('[data-account="volc-lab"] .blind').text()).toContain('Nothing is disabled while blind.');
  });
  it('is searched by names and notes', async () => {
    const { page } = await list();
    await page.find('.find input').setValue('yuan');
    expect(page.findAll('.quota').map((one) => one.attributes('data-user'))).toEqual(['team-search']);
    expect(page.findAll('[data-account]')).toHaveLength(1);
    await page.find('.find input').setValue('nobody at all');
    expect(page.text()).toContain('No sub-account has “nobody at all”');
    expect(await faults()).toEqual([]);
  });
  it('is read anew by account, and a refusal stands at that account', async () => {
    const { page, link } = await list();
    await page.find('[data-account="volc-main"] .sync').trigger('click');
    await settled();
    expect(link.asked.find((request) => request.request === 'sync_quotas')).toEqual({ request: 'sync_quotas', account: 'volc-main', lang: 'en' });
    link.refuse('sync_quotas', { code: 'outside', detail: 'FlowLimitExceeded', retryable: true });
    await page.find('[data-account="volc-lab"] .sync').trigger('click');
    await settled();
    expect(page.find('[data-account="volc-lab"] .refusal').text()).toContain('FlowLimitExceeded');
    expect(page.find('[data-account="volc-main"] .refusal').exists()).toBe(false);
  });
  it('opens the projects of one, and switches all of them', async () => {
    const { page, link } = await list();
    await row(page, 'team-search').find('.projects').trigger('click');
    await settled();
    const dialog = document.querySelector('.el-dialog');
    expect(dialog?.textContent).toContain('Projects of team-search');
    expect([...dialog?.querySelectorAll('[data-project]') ?? []].map((one) => one.getAttribute('data-project'))).toEqual(['search', 'search-eval', 'search-old']);
    expect(await faults(dialog ?? document.body)).toEqual([]);
    expect(dialog?.querySelector('.all')?.textContent).toBe('Charge all');
    dialog?.querySelector<HTMLElement>('.all')?.click();
    await settled();
    expect(link.asked.find((request) => request.request === 'toggle_projects')).toEqual({ request: 'toggle_projects', account: 'volc-main', user: '60000003', project: null, on: true });
    expect(row(page, 'team-search').text()).toContain('Projects 3 of 3');
  });
  it('of no account leads to adding one', async () => {
    const { page } = await open('/quotas', 'No sub-accounts yet', 'empty');
    await page.find('.empty button').trigger('click');
    await vi.waitFor(() => expect(page.find('.wizard').exists()).toBe(true), 20_000);
  });
});

describe('the bill', () => {
  it('unfolds to projects, ends with what is nobody’s, and says that it is not final', async () => {
    const { page } = await open('/quotas/bill', 'team-chat');
    expect(page.findAll('.bill tbody').at(-1)?.text()).toContain('Charged to nobody');
    expect(page.find('.running').text()).toContain('late bills and refunds change it');
    const first = page.find('[data-row="60000001"]');
    expect(first.text()).toContain('309.59');
    expect(first.findAll('.project')).toHaveLength(0);
    await first.find('.unfold').trigger('click');
    expect(first.findAll('.project').map((one) => one.text())).toEqual([expect.stringContaining('render'), expect.stringContaining('assets')]);
    expect(first.text()).toContain('40%');
    expect(first.find('.unfold').attributes('aria-expanded')).toBe('true');
    expect(await faults()).toEqual([]);
  });
  it('has its account and month in the address, and is asked for just them', async () => {
    const { page, link } = await open(`/quotas/bill?account=volc-main&month=${month(1)}`, 'team-chat');
    expect(link.asked.filter((request) => request.request === 'bill')).toEqual([{ request: 'bill', account: 'volc-main', month: month(1) }]);
    expect(page.find('.running').exists()).toBe(false);
    page.findAllComponents({ name: 'ElSelect' }).find((one) => one.classes('month'))?.vm.$emit('update:modelValue', month());
    await settled();
    expect(link.asked.filter((request) => request.request === 'bill').at(-1)).toMatchObject({ month: month() });
    expect(page.find('.running').exists()).toBe(true);
  });
  it('is read anew when its account is, and not for another one', async () => {
    const { link } = await open('/quotas/bill', 'team-chat');
    const asked = () => link.asked.filter((request) => request.request === 'bill').length;
    const before = asked();
    const reading = (account: string) => link.tell({ event: 'reading', at: '', account, meter: 'm', name: '', used: null, limit: null, remaining: null, window: null, as_of: '', level: 'calm' });
    reading('hw-main');
    await settled();
    expect(asked()).toBe(before);
    reading('volc-main');
    await settled();
    expect(asked()).toBe(before + 1);
  });
});

describe('elsewhere', () => {
  it('a sub-account is disabled and restored, never stopped and started', async () => {
    const { page } = await open('/activity/actions', 'render-bot');
    const card = page.find('[data-action="deed-render"]');
    expect(card.find('h2').text()).toContain('Disable render-bot');
    expect(card.text()).toContain('Sub-account');
    expect(card.text()).not.toContain('Power');
    await card.find('.restore').trigger('click');
    await settled();
    expect(document.querySelector('[role="alertdialog"]')?.textContent).toContain('It can spend again.');
  });
  it('its guard says what it does to a sub-account, and one that only warns tells no overshoot', async () => {
    const { page } = await open('/meters/volc-main/quota-60000003', 'team-search');
    expect(page.find('.guard').text()).toContain('disables the sub-account after a countdown');
    expect(page.find('.guard').text()).toContain('May disable team-search, and nothing else.');
    expect(page.find('.to-quota').attributes('href')).toContain('/quotas/volc-main/60000003');
    const warns = await open('/meters/hw-main/balance', '余额');
    expect(warns.page.find('.guard').text()).toContain('only warns');
    expect(warns.page.find('.guard').text()).not.toContain('overshoot');
  });
  it('is no server', async () => {
    const { page, link } = await openWindow('/servers');
    link.world.targets = [...link.world.targets, { account: 'volc-main', target: { kind: 'sub_account', id: '60000001', name: 'render-bot', region: '' }, protected: false, power: null, power_at: null, stopped_by_us_at: null, present: true, meters: [], addresses: [], simulated: false }];
    link.tell({ event: 'targets', at: '', account: 'volc-main' });
    await vi.waitFor(() => expect(page.text()).toContain('game-hk-01'), 20_000);
    await settled();
    expect(page.text()).not.toContain('render-bot');
  });
});
