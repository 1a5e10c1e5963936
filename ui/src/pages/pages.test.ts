// Every page in every state: drawn, without a fault of accessibility, in both languages.
import { describe, expect, it, vi } from 'vitest';
import { loadLanguage } from '@/i18n';
import { useOverview } from '@/stores';
import { faults, openWindow, settled } from '@/testing/world';

const PAGES: [string, string][] = [
  ['/', 'ecs-hk-01'],
  ['/meters', 'ecs-bj-03'],
  ['/meters/hw-main/pkg-ecs-bj-03', '38.2'],
  ['/balances', 'OpenRouter lab'],
  ['/renewals', 'Mullvad VPN'],
  ['/quotas', 'render-bot'],
  ['/quotas/bill', 'team-chat'],
  ['/quotas/volc-main/60000001', 'AKLTFAKER1'],
  ['/quotas/volc-main/60000002', 'FlowLimitExceeded'],
  ['/quotas/volc-lab/70000001', 'relay'],
  ['/meters/volc-main/quota-60000002', '31.07'],
  ['/servers', 'game-hk-01'],
  ['/activity', 'ecs-sg-02'],
  ['/activity/actions', 'game-hk-01'],
  ['/activity/deliveries', 'ops'],
  ['/activity/mail', 'Hetzner'],
  ['/activity/audit', 'window'],
  ['/settings/accounts', 'hw-main'],
  ['/settings/channels', 'night'],
  ['/settings/mailboxes', 'imap.gmail.com'],
  ['/settings/tokens', 'deploy'],
  ['/settings/guards', '70%'],
  ['/settings/backup', 'tidegate-'],
  ['/settings/general', '/home/you'],
  ['/settings/about', '0.1.0'],
  ['/welcome', 'policy'],
  ['/nowhere', ''],
];

describe.each(['en', 'zh-CN'] as const)('in %s', (language) => {
  it.each(PAGES)('%s is drawn and can be used by everybody', async (path, says) => {
    await loadLanguage(language);
    const { page } = await openWindow(path);
    const read = () => page.text() + [...page.element.parentElement?.querySelectorAll('input') ?? []].map((field) => field.value).join(' ');
    // A page is loaded when it is first shown.
    if (path !== '/welcome') await vi.waitFor(() => expect(read()).toContain(says), 5000);
    const text = read();
    expect(text).not.toMatch(/\b(undefined|NaN|null|\[object)\b/);
    expect(text).not.toMatch(/\b(common|frame|words|overview|meter|balances|quotas|renewals|servers|activity|settings|mail|tokens|wizard|errors)\.[a-z_.]+/);
    expect(await faults()).toEqual([]);
  });
});

describe.each(['empty', 'lost', 'error', 'calm'])('a guard that is %s', (world) => {
  it.each(['/', '/meters', '/balances', '/quotas', '/quotas/bill', '/renewals', '/servers', '/activity', '/activity/mail', '/settings/channels', '/settings/mailboxes', '/settings/tokens'])('is shown on %s as what it is', async (path) => {
    const { page } = await openWindow(path, world);
    expect(page.text()).not.toMatch(/\b(undefined|NaN|\[object)\b/);
    if (world === 'error') expect(page.text()).toContain('The database could not be used');
    if (world === 'lost') expect(page.text()).toContain('The guard does not answer since');
    if (world === 'empty' && path === '/') expect(page.text()).toContain('Nothing to guard yet');
    if (world === 'empty' && path === '/balances') expect(page.text()).toContain('No balance is watched yet');
    if (world === 'empty' && path === '/renewals') expect(page.text()).toContain('Nothing to renew yet');
    if (world === 'empty' && path === '/quotas') expect(page.text()).toContain('No sub-accounts yet');
    expect(await faults()).toEqual([]);
  });
});

it.each(['/meters', '/balances', '/quotas', '/renewals'])('a slow answer keeps the place of %s, and says nothing that is not known', async (path) => {
  const { page } = await openWindow(path, 'slow');
  await vi.waitFor(() => expect(page.find('main .el-skeleton').exists()).toBe(true), 20_000);
  expect(page.find('main').text()).not.toMatch(/\d/);
  expect(page.find('.empty').exists()).toBe(false);
});

it('a blind meter shows its last good value with its age, never as a level', async () => {
  const { page } = await openWindow('/');
  const row = page.findAll('article.meter').find((one) => one.text().includes('legacy-01'));
  expect(row?.text()).toContain('last known: 61.4 GB');
  expect(row?.find('.figure').exists()).toBe(false);
  expect(row?.find('.fill').exists()).toBe(false);
});

it('a countdown is held first, and stopped only after a second question', async () => {
  const { page, link } = await openWindow('/');
  await page.find('.flight .now').trigger('click');
  await settled();
  const dialog = document.querySelector('[role="alertdialog"]');
  expect(dialog?.textContent).toContain('What runs on it is interrupted.');
  expect(link.asked.some((request) => request.request === 'stop_now')).toBe(false);
  (dialog?.querySelector('.sure') as HTMLElement).click();
  await settled();
  expect(link.asked.filter((request) => request.request === 'stop_now')).toHaveLength(1);
});

it('a guard is edited beside its history', async () => {
  const { page, link } = await openWindow('/meters/hw-main/pkg-ecs-bj-03');
  await page.find('.guard .edit').trigger('click');
  await settled();
  const limit = page.find('.editor .limit input');
  expect((limit.element as HTMLInputElement).value).toBe('10 GB');
  await limit.setValue('soon');
  await vi.waitFor(() => expect(page.find('.editor .wrong').exists()).toBe(true));
  expect(page.find('.editor .save').attributes('disabled')).toBeDefined();
  await limit.setValue('20 GB');
  await vi.waitFor(() => expect(page.find('.editor .wrong').exists()).toBe(false));
  await page.find('.editor').trigger('submit');
  await settled();
  expect(link.asked.find((request) => request.request === 'save')).toMatchObject({ items: { guard: [{ limit: '20 GB' }] } });
});

it('a server is stopped by hand only when its name was typed', async () => {
  const { page, link } = await openWindow('/servers');
  await page.find('[data-target="srv-ecs-bj-03"] .stop').trigger('click');
  await settled();
  const sure = document.querySelector<HTMLButtonElement>('[role="alertdialog"] .sure');
  expect(sure?.disabled).toBe(true);
  const word = document.querySelector<HTMLInputElement>('[role="alertdialog"] .word input');
  if (!word || !sure) throw new Error('no dialog');
  word.value = 'ecs-bj-03';
  word.dispatchEvent(new Event('input'));
  await settled();
  expect(sure.disabled).toBe(false);
  sure.click();
  await settled();
  expect(link.asked.at(-1) ?? link.asked).toBeDefined();
  expect(link.asked.find((request) => request.request === 'stop')).toMatchObject({ target: 'srv-ecs-bj-03', typed_name: 'ecs-bj-03', forced: false });
});

it('a batch of changes is applied at once, without a question by time', async () => {
  const { page, link } = await openWindow('/');
  const before = link.asked.length;
  link.tell({ event: 'reading', at: new Date().toISOString(), account: 'hw-main', meter: 'pkg-ecs-bj-03', name: 'x', used: null, limit: { value: '200000000000', unit: 'bytes' }, remaining: { value: '12000000000', unit: 'bytes' }, window: null, as_of: new Date().toISOString(), level: 'warning' });
  const shown = useOverview().data?.meters.find((meter) => meter.meter === 'pkg-ecs-bj-03');
  expect(shown?.remaining?.value).toBe('12000000000');
  expect(page.exists()).toBe(true);
  await settled();
  expect(link.asked.slice(before).map((request) => request.request).sort()).toEqual(['overview', 'status']);
});
