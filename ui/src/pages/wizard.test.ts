// An account at a provider that only tells balances, added by hand: chosen, tried, guarded, kept.
import { describe, expect, it, vi } from 'vitest';
import { faults, openWindow, settled } from '@/testing/world';

type Page = Awaited<ReturnType<typeof openWindow>>['page'];

/** The first run, at the choice of a provider. */
async function choosing() {
  const opened = await openWindow('/welcome');
  await vi.waitFor(() => expect(opened.page.find('.hello .add').exists()).toBe(true), 20_000);
  await opened.page.find('.hello .add').trigger('click');
  await settled();
  return opened;
}
const choose = (page: Page, id: string) => page.find(`[data-provider="${id}"] input`).setValue(true);
async function next(page: Page) {
  await page.find('form.step').trigger('submit');
  await settled();
}

describe('the choice', () => {
  it('is found by name and by kind, and keeps what was chosen while it is hidden', async () => {
    const { page } = await choosing();
    const offered = () => page.findAll('.which [data-provider]').map((one) => one.attributes('data-provider'));
    expect(offered()[0]).toBe('huawei');
    await page.find('.search input').setValue('router');
    expect(offered()).toEqual(['openrouter']);
    expect(page.find('.note').text()).toContain('Chosen: Huawei Cloud');
    await page.find('.search input').setValue('');
    await page.findAll('.categories input').at(-1)?.setValue(true);
    expect(offered()).toEqual(['proxy', 'subscription', 'kiwivm']);
    expect(await faults()).toEqual([]);
  });
  it('says what must be known of a provider before its key is asked for', async () => {
    const { page } = await choosing();
    await choose(page, 'groq');
    expect(page.find('.note').text()).toContain('Groq has no balance API');
    await choose(page, 'zhipu');
    expect(page.find('.note').text()).toContain('Experimental');
    await choose(page, 'uniapi');
    expect(page.find('.note').text()).toContain('Not yet verified with a real key');
    await choose(page, 'deepseek');
    expect(page.find('.note').exists()).toBe(false);
  });
});

it('a consent to a cost is ticked, and nothing is asked before', async () => {
  const { page, link } = await choosing();
  await choose(page, 'aws-ce');
  await next(page);
  expect(page.find('.step').text()).toContain('Each question costs 0.01 USD');
  await page.find('.field-ak input').setValue('FAKEAK');
  await page.find('.field-sk input').setValue('FAKESK');
  expect(page.find('.try').attributes('disabled')).toBeDefined();
  await page.find('.field-consent input').setValue(true);
  expect(page.find('.try').attributes('disabled')).toBeUndefined();
  expect(await faults()).toEqual([]);
  await next(page);
  expect(link.asked.find((request) => request.request === 'try_account')).toMatchObject({ account: { params: { ak: 'FAKEAK', consent: 'yes' } }, secrets: { sk: 'FAKESK' } });
});

it('a wrong key stays at its field with the reason, a right one leads to readings and a threshold each', async () => {
  const { page, link } = await choosing();
  await choose(page, 'deepseek');
  await next(page);
  await page.find('.field-key input').setValue('wrong');
  await next(page);
  expect(page.find('.no').text()).toContain('the provider refuses the key');
  await page.find('.field-key input').setValue('FAKE-KEY');
  await next(page);
  expect(page.find('h1').text()).toBe('2 meters found');
  await page.find('.next').trigger('click');
  await settled();
  expect(await faults()).toEqual([]);
  const fields = page.findAll('.found .value input');
  expect(fields.map((field) => (field.element as HTMLInputElement).value)).toEqual(['8', '1']);
  await fields[0]?.setValue('a lot');
  expect(page.find('.keep').attributes('disabled')).toBeDefined();
  await fields[0]?.setValue('20');
  await fields[1]?.setValue('');
  await next(page);
  expect(link.asked.filter((request) => request.request === 'save')).toEqual([expect.objectContaining({
    items: { account: [expect.objectContaining({ provider: 'deepseek' })], channel: [], guard: [expect.objectContaining({ meter: 'total', steps: ['20 CNY'], action: 'warn' })] },
  })]);
  expect(page.find('.wizard').text()).toContain('Where shall messages go?');
});

it('a cloud with servers keeps its policy to copy', async () => {
  const { page } = await choosing();
  await next(page);
  expect(page.find('.policy').text()).toContain('bss:*:get*');
});

describe('an account that is there', () => {
  it('gets a new key and keeps its other values, which are shown; a key never is', async () => {
    const { page, link } = await openWindow('/settings/accounts');
    await vi.waitFor(() => expect(page.find('[data-account="moonshot"]').exists()).toBe(true), 20_000);
    await page.find('[data-account="moonshot"] .keys').trigger('click');
    await settled();
    expect((page.find('.field-key input').element as HTMLInputElement).value).toBe('');
    expect(await faults()).toEqual([]);
    await page.find('.field-key input').setValue('FAKE-NEW');
    await page.find('[data-account="moonshot"] form').trigger('submit');
    await settled();
    expect(link.asked.find((request) => request.request === 'save')).toMatchObject({
      items: { account: [{ id: 'moonshot', params: { host: 'api.moonshot.cn' }, secret: { key: 'vault:moonshot' } }] }, secrets: { moonshot: { key: 'FAKE-NEW' } },
    });
    expect(page.find('[data-account="moonshot"] form').exists()).toBe(false);
  });
  it('keeps its key where none is typed', async () => {
    const { page, link } = await openWindow('/settings/accounts');
    await vi.waitFor(() => expect(page.find('[data-account="hw-main"]').exists()).toBe(true), 20_000);
    await page.find('[data-account="hw-main"] .keys').trigger('click');
    await settled();
    await page.find('[data-account="hw-main"] form').trigger('submit');
    await settled();
    const saved = link.asked.find((request) => request.request === 'save');
    expect(saved).toMatchObject({ secrets: {} });
    expect(saved?.request === 'save' && saved.items.account[0]).not.toHaveProperty('params');
  });
});
