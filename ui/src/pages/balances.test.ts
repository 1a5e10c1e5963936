// The page of balances as a person uses it: what each says, what is missing, one threshold changed, the trend.
import { describe, expect, it, vi } from 'vitest';
import { faults, openWindow, settled } from '@/testing/world';

type Page = Awaited<ReturnType<typeof openWindow>>['page'];
const row = (page: Page, meter: string) => page.find(`[data-meter="${meter}"]`);

/** The page, once it is loaded. */
async function balances(world = 'full') {
  const opened = await openWindow('/balances', world);
  await vi.waitFor(() => expect(opened.page.find('.page h1').text()).toBe('Balances'), 20_000);
  await settled();
  return opened;
}

describe('a row', () => {
  it('says what is left, its threshold, its sentence, how long it lasts and how old it is', async () => {
    const { page } = await balances();
    const text = row(page, 'deepseek-team/total-cny').text();
    for (const part of ['8.35', 'left', 'Threshold 10 CNY', 'below the step', 'runs out in 2–4 days', '3 minutes ago']) expect(text).toContain(part);
  });
  it('that is blind shows a dash and its reason, and the last good value with its age', async () => {
    const { page } = await balances();
    const blind = row(page, 'moonshot/available');
    expect(blind.find('.dash').exists()).toBe(true);
    expect(blind.find('.amount').exists()).toBe(false);
    expect(blind.text()).toContain('network or provider fault');
    expect(blind.text()).toContain('last known: ¥ 63.80, 5 hours ago');
  });
  it('shows a balance below nothing as what it is, and a true zero as zero', async () => {
    const { page } = await balances();
    expect(row(page, 'aliyun/available').find('.amount').text()).toContain('-3.20');
    expect(row(page, 'deepseek-team/granted-cny').find('.amount').text()).toContain('0.00');
  });
  it('says yes where a provider only tells yes or no', async () => {
    const { page } = await balances();
    expect(row(page, 'deepseek-team/usable').find('.flag').text()).toBe('Yes');
    expect(row(page, 'deepseek-team/usable').text()).not.toContain('100%');
  });
  it('says in words what has no limit, and spent against limit where there is one', async () => {
    const { page } = await balances();
    expect(row(page, 'gateway/token').text()).toContain('used, without a limit');
    expect(row(page, 'openai-org/project-web').text()).toContain('spent, no limit is set');
    expect(row(page, 'openai-org/month').text()).toContain('spent of $ 100.00');
    expect(row(page, 'gateway/token').find('.edit').exists()).toBe(false);
  });
});

it('a provider without a balance API says so, and an account that cannot be read says why', async () => {
  const { page } = await balances();
  expect(page.find('[data-provider="groq"]').text()).toContain('Groq has no balance API');
  expect(page.find('[data-account="azure"]').text()).toContain('the client may not read this budget');
});

it('a threshold is changed in place, and nothing else is saved with it', async () => {
  const { page, link } = await balances();
  await row(page, 'openrouter/credits').find('.edit').trigger('click');
  await settled();
  const field = page.find('.threshold .value input');
  expect((field.element as HTMLInputElement).value).toBe('5');
  expect(await faults()).toEqual([]);
  await field.setValue('a lot');
  await vi.waitFor(() => expect(page.find('.threshold .finding').exists()).toBe(true));
  expect(page.find('.threshold .save').attributes('disabled')).toBeDefined();
  await field.setValue('7.5');
  await vi.waitFor(() => expect(page.find('.threshold .save').attributes('disabled')).toBeUndefined());
  await page.find('.threshold').trigger('submit');
  await settled();
  const saves = link.asked.filter((request) => request.request === 'save');
  expect(saves).toHaveLength(1);
  expect(saves[0]).toMatchObject({ items: { account: [], channel: [], guard: [{ id: 'guard-openrouter-credits', meter: 'credits', account: 'openrouter', steps: ['7.5 USD'] }] }, remove: [], secrets: {} });
  expect(page.find('.threshold').exists()).toBe(false);
});

it('a refused threshold stays typed, with the refusal beside it', async () => {
  const { page, link } = await balances();
  await row(page, 'openrouter-lab/credits').find('.edit').trigger('click');
  await settled();
  expect(page.text()).toContain('A guard of its own is made for this meter.');
  link.refuse('save', { code: 'not_holder', detail: 'another copy guards', retryable: true });
  await page.find('.threshold').trigger('submit');
  await settled();
  expect(page.find('.threshold .refusal').text()).toContain('another copy guards');
});

it('the page is searched, narrowed to what needs a look, and shown as cards', async () => {
  const { page } = await balances();
  await page.find('.find input').setValue('openrouter lab');
  expect(page.findAll('.balance').map((one) => one.attributes('data-meter'))).toEqual(['openrouter-lab/credits']);
  await page.find('.find input').setValue('nowhere');
  expect(page.text()).toContain('No balance has “nowhere”');
  await page.find('.find input').setValue('');
  await page.findAll('.tools .el-radio-button input')[1]?.setValue(true);
  await settled();
  expect(page.findAll('.balance.calm, .balance.unguarded')).toHaveLength(0);
  expect(page.findAll('.balance').length).toBeGreaterThan(3);
  await page.find('.as-cards').trigger('click');
  expect(page.findAll('.balance').every((one) => one.classes('card'))).toBe(true);
  expect(await faults()).toEqual([]);
});

it('a trend tells change, rate, lowest, highest and average, asked when it is opened', async () => {
  const { page, link } = await balances();
  expect(link.asked.some((request) => request.request === 'trend')).toBe(false);
  await row(page, 'openrouter/credits').find('.trend').trigger('click');
  await settled();
  const asked = link.asked.filter((request) => request.request === 'trend' || (request.request === 'chart' && request.points === 500));
  expect(asked.map((request) => request.request).sort()).toEqual(['chart', 'trend']);
  const drawer = document.querySelector('.el-drawer');
  expect([...drawer?.querySelectorAll('[data-figure]') ?? []].map((one) => one.getAttribute('data-figure'))).toEqual(['change', 'rate', 'burned', 'lowest', 'highest', 'average']);
  expect(drawer?.textContent).toContain('$ 1.58 a day');
  expect(await faults(drawer ?? document.body)).toEqual([]);
});

it('an empty page leads to the wizard', async () => {
  const { page } = await balances('empty');
  await page.find('.empty button').trigger('click');
  await vi.waitFor(() => expect(page.find('.wizard').exists()).toBe(true), 20_000);
});

it('the page of meters tells what was used where there is no limit, and does not call it unread', async () => {
  const { page } = await openWindow('/meters');
  await vi.waitFor(() => expect(page.findAll('article.meter').length).toBeGreaterThan(3), 20_000);
  const used = page.findAll('article.meter').find((one) => one.text().includes('Project web'));
  expect(used?.text()).toContain('21.40');
  expect(used?.text()).toContain('spent, no limit is set');
  expect(used?.text()).not.toContain('never read');
});
