// One sub-account as a person uses its page: grants, projects, rules, keys, rights, a disable and its undoing.
import { describe, expect, it, vi } from 'vitest';
import type { Kind } from '@/link';
import { alertDialog, dialog, press, type } from '@/testing/hands';
import { faults, openWindow, settled } from '@/testing/world';

const send = async () => {
  document.querySelector<HTMLFormElement>('.form-dialog')?.dispatchEvent(new Event('submit'));
  await settled();
};

/** The page of one sub-account, once it is loaded. */
async function open(user: string, account = 'volc-main') {
  const opened = await openWindow(`/quotas/${account}/${user}`);
  await vi.waitFor(() => expect(opened.page.find('.head h1').exists()).toBe(true), 20_000);
  await settled();
  const asked = (kind: Kind) => opened.link.asked.filter((request) => request.request === kind);
  return { ...opened, asked };
}

describe('a grant', () => {
  it('shows the total that it comes to before it is made, and stands in the ledger after', async () => {
    const { page, asked } = await open('60000003');
    await page.find('.head .allocate').trigger('click');
    await settled();
    expect(dialog()?.querySelector<HTMLButtonElement>('.make')?.disabled).toBe(true);
    await type('.amount-field input', '0.000001');
    expect(dialog()?.querySelector('.after')?.textContent).toBe('¥ 3000.000001');
    await type('.note input', ' 追加 ');
    expect(await faults(dialog() ?? document.body)).toEqual([]);
    await send();
    expect(asked('allocate')).toEqual([{ request: 'allocate', account: 'volc-main', user: '60000003', amount: '0.000001 CNY', note: '追加', below_spent: false, after: 1, lang: 'en' }]);
    expect(dialog()).toBeNull();
    expect(page.find('.ledger-part .entry').text()).toContain('¥ 3000.000001');
  });
  it('of more than was granted cannot be taken back', async () => {
    const { page, asked } = await open('60000003');
    await page.find('.head .allocate').trigger('click');
    await settled();
    await press('.less input');
    await type('.amount-field input', '3000.000001');
    expect(dialog()?.textContent).toContain('More than was granted cannot be taken back');
    await send();
    expect(asked('allocate')).toEqual([]);
  });
  it('below what is spent is taken back only once that was confirmed', async () => {
    const { page, asked } = await open('60000003');
    await page.find('.head .allocate').trigger('click');
    await settled();
    await press('.less input');
    await type('.amount-field input', '601');
    expect(dialog()?.querySelector<HTMLButtonElement>('.make')?.disabled).toBe(true);
    expect(dialog()?.querySelector('.below')?.textContent).toContain('its guard may disable it');
    await press('.below input');
    await send();
    expect(asked('allocate')).toMatchObject([{ amount: '-601 CNY', below_spent: true }]);
  });
  it('is asked about too while what is spent is not known', async () => {
    const { page, asked } = await open('60000004');
    await page.find('.head .allocate').trigger('click');
    await settled();
    await press('.less input');
    await type('.amount-field input', '1');
    expect(dialog()?.querySelector('.below')?.textContent).toContain('not known now');
    await send();
    expect(asked('allocate')).toEqual([]);
  });
  it('that somebody else got ahead of is looked at again before it is made', async () => {
    const { page, link, asked } = await open('60000003');
    await page.find('.head .allocate').trigger('click');
    await settled();
    await type('.amount-field input', '50');
    // Another program grants meanwhile; the batch that tells it comes after our request has left.
    const tell = vi.spyOn(link.world.book, 'tell').mockReturnValue();
    link.world.answer({ request: 'allocate', account: 'volc-main', user: '60000003', amount: '500 CNY', note: '', below_spent: false, lang: 'en' });
    tell.mockRestore();
    await send();
    expect(dialog()?.querySelector('.refusal')?.textContent).toContain('the ledger has changed meanwhile');
    expect(dialog()?.querySelector('.changed')?.textContent).toContain('¥ 3500.00');
    expect(dialog()?.querySelector<HTMLButtonElement>('.make')?.disabled).toBe(true);
    await press('.take');
    expect(dialog()?.querySelector('.after')?.textContent).toBe('¥ 3550.00');
    await send();
    expect(asked('allocate').at(-1)).toMatchObject({ amount: '50 CNY', after: 2 });
    expect(dialog()).toBeNull();
  });
  it('to a disabled one offers to restore it', async () => {
    const { page, asked } = await open('60000001');
    await page.find('.head .allocate').trigger('click');
    await settled();
    await type('.amount-field input', '100');
    await send();
    expect(alertDialog()?.textContent).toContain('It was granted, and is still disabled.');
    await press('.sure', alertDialog());
    expect(asked('restore')).toEqual([{ request: 'restore', action: 'deed-render' }]);
    expect(page.find('.standing').text()).toBe('Being restored');
  });
});

describe('the ledger', () => {
  it('is told newest first, page by page, and kept as a file', async () => {
    const { page, asked } = await open('60000006');
    expect(page.findAll('.entry')).toHaveLength(50);
    expect(page.find('.entry').text()).toContain('#62');
    await page.find('.older').trigger('click');
    await settled();
    expect(asked('ledger').at(-1)).toMatchObject({ before: 13, limit: 50 });
    expect(page.findAll('.entry')).toHaveLength(62);
    expect(page.find('.older').exists()).toBe(false);
    await page.find('.ledger-part .csv').trigger('click');
    await settled();
    expect(page.find('.ledger-part').text()).toContain('ledger-team-chat.csv');
  });
});

describe('a disable', () => {
  it('needs the name typed, and lists what is closed and what goes on', async () => {
    const { page, asked } = await open('60000006');
    await page.find('.head .disable').trigger('click');
    await settled();
    const text = alertDialog()?.textContent ?? '';
    for (const part of ['denies everything', 'One key is made inactive', 'console login is switched off', 'Ark API keys go on', '12 hours']) expect(text).toContain(part);
    expect(alertDialog()?.querySelector<HTMLButtonElement>('.sure')?.disabled).toBe(true);
    expect(await faults(alertDialog() ?? document.body)).toEqual([]);
    await type('.word input', 'team-chat');
    await press('.sure', alertDialog());
    expect(asked('stop')).toEqual([{ request: 'stop', account: 'volc-main', target: '60000006', typed_name: 'team-chat', forced: false }]);
    expect(page.find('.standing').text()).toBe('Being disabled');
    expect(page.find('.head .disable').exists()).toBe(false);
  });
  it('is told piece by piece, with what failed and why', async () => {
    const { page } = await open('60000002');
    const pieces = page.findAll('.deed-part .pieces li');
    expect(pieces.map((one) => one.classes()[0])).toEqual(['done', 'done', 'failed', 'asked', 'waiting']);
    expect(pieces[2]?.text()).toContain('FlowLimitExceeded');
    expect(page.find('.deed-part h2').text()).toContain('2 of 5 pieces');
    expect(page.find('.survives').text()).toContain('Running servers');
    expect(page.find('.head .restore').exists()).toBe(false);
  });
  it('is undone in reverse, and what was so before is left', async () => {
    const { page } = await open('60000001');
    await page.find('.head .restore').trigger('click');
    await settled();
    const lines = (at: string) => [...alertDialog()?.querySelectorAll(`${at} li`) ?? []].map((one) => one.textContent ?? '');
    expect(lines('.undone')).toEqual(['console login', 'access key AKLTFAKER1', 'the policy that denies everything']);
    expect(lines('.left')).toEqual([expect.stringContaining('it was so before the disable')]);
    expect(await faults(alertDialog() ?? document.body)).toEqual([]);
  });
  it('of a protected one is not offered before that is taken off', async () => {
    const { page, asked } = await open('60000007');
    expect(page.find('.head .disable').attributes('disabled')).toBeDefined();
    await page.find('.protect input').trigger('click');
    await settled();
    expect(asked('protect')).toEqual([{ request: 'protect', account: 'volc-main', target: '60000007', protected: false }]);
    expect(page.find('.head .disable').attributes('disabled')).toBeUndefined();
  });
});

describe('a project', () => {
  it('is added with the share that is free, and counts from now unless that is chosen', async () => {
    const { page, asked } = await open('60000003');
    await page.find('.projects-part .add').trigger('click');
    await settled();
    const text = dialog()?.textContent ?? '';
    for (const part of ['noted as its baseline', 'may cross a step or use up the quota']) expect(text).toContain(part);
    page.findAllComponents({ name: 'ElSelect' }).find((one) => one.classes('project'))?.vm.$emit('update:modelValue', 'assets');
    await settled();
    expect(dialog()?.querySelector<HTMLInputElement>('.share-field input')?.value).toBe('0%');
    expect(dialog()?.textContent).toContain('Shared with render-bot, team-chat');
    await type('.share-field input', '12.5%');
    await press('.month input');
    expect(await faults(dialog() ?? document.body)).toEqual([]);
    await send();
    expect(asked('link_project')).toEqual([{ request: 'link_project', account: 'volc-main', user: '60000003', project: 'assets', share: '12.5%', from: 'month' }]);
    expect(page.find('[data-project="assets"]').text()).toContain('12.5%');
  });
  it('whose share is refused stays typed, with the refusal beneath', async () => {
    const { page, link } = await open('60000003');
    await page.find('.projects-part .add').trigger('click');
    await settled();
    page.findAllComponents({ name: 'ElSelect' }).find((one) => one.classes('project'))?.vm.$emit('update:modelValue', 'assets');
    await settled();
    link.refuse('link_project', { code: 'refused', detail: 'project assets belongs to render-bot (40%), team-chat (60%)', retryable: false });
    await send();
    expect(dialog()?.querySelector('.refusal')?.textContent).toContain('belongs to render-bot');
  });
  it('is switched alone, and removed only after what follows was said', async () => {
    const { page, asked } = await open('60000003');
    await page.find('[data-project="search-old"] .el-switch input').trigger('click');
    await settled();
    expect(asked('toggle_projects')).toEqual([{ request: 'toggle_projects', account: 'volc-main', user: '60000003', project: 'search-old', on: true }]);
    await page.find('[data-project="search"] .remove').trigger('click');
    await settled();
    expect(alertDialog()?.textContent).toContain('(¥ 2100.50) stays');
    await press('.sure', alertDialog());
    expect(asked('unlink_project')).toMatchObject([{ project: 'search' }]);
    expect(page.find('[data-project="search"]').exists()).toBe(false);
  });
});

describe('the rules', () => {
  it('take steps of any decimals, or those of the guard', async () => {
    const { page, asked } = await open('60000003');
    expect(page.find('[data-rule="steps"]').text()).toContain('50% · 80% · 99.5% (its own)');
    await page.find('.rules-part .edit').trigger('click');
    await settled();
    await type('.own-steps input', '80%, soon');
    await send();
    expect(dialog()?.querySelector('.refusal')?.textContent).toContain('"soon" is no share');
    await type('.own-steps input', '33.3333%，99.9999%');
    await press('.disable input');
    await press('.endpoints input');
    expect(await faults(dialog() ?? document.body)).toEqual([]);
    await send();
    expect(asked('quota_rules').at(-1)).toEqual({ request: 'quota_rules', account: 'volc-main', user: '60000003', steps: ['33.3333%', '99.9999%'], disable: false, without_quota: 'watch', endpoints: true, instances: false, note: '负责人：阿远 / owner: Yuan' });
    expect(page.find('[data-rule="steps"]').text()).toContain('33.3333% · 99.9999%');
    await page.find('.rules-part .edit').trigger('click');
    await settled();
    await press('.theirs input');
    await press('.block input');
    await send();
    expect(asked('quota_rules').at(-1)).toMatchObject({ steps: null, without_quota: 'block' });
  });
});

describe('a key', () => {
  it('is made after a question, and its secret shown once: closing it uncopied is asked about', async () => {
    const { page, asked } = await open('60000003');
    await page.find('.make-key').trigger('click');
    await settled();
    expect(alertDialog()?.textContent).toContain('at most two keys');
    await press('.sure', alertDialog());
    expect(asked('create_sub_account_key')).toEqual([{ request: 'create_sub_account_key', account: 'volc-main', user: '60000003' }]);
    expect(dialog()?.textContent).toContain('It is not stored, neither here nor at the provider');
    expect(await faults(dialog() ?? document.body)).toEqual([]);
    await press('.leave');
    expect(dialog()?.textContent).toContain('The secret was not copied.');
    expect(document.activeElement?.classList.contains('back')).toBe(true);
    await press('.back');
    expect(dialog()?.querySelector('.secret')?.textContent).toContain('FAKE');
    await press('.leave');
    await press('.leave');
    expect(document.body.textContent).not.toContain('FAKE0000');
    expect(page.findAll('[data-key]')).toHaveLength(2);
  });
  it('that was copied is closed without a question', async () => {
    const { page } = await open('60000003');
    await page.find('.make-key').trigger('click');
    await settled();
    await press('.sure', alertDialog());
    document.querySelector('.secret')?.dispatchEvent(new Event('copy'));
    await press('.leave');
    expect(document.querySelector('.secret')).toBeNull();
  });
});

describe('a policy', () => {
  it('of the allow-list is attached in a project, and detached where it holds', async () => {
    const { page, asked } = await open('60000001');
    expect(page.find('[data-policy="TidegateDenyAll"]').text()).toContain('not on the allow-list');
    expect(page.find('[data-policy="TidegateDenyAll"] .detach').exists()).toBe(false);
    expect(page.find('.policies-part').text()).toContain('developers');
    await page.find('.policies-part .attach').trigger('click');
    await settled();
    const select = (name: string) => page.findAllComponents({ name: 'ElSelect' }).find((one) => one.classes(name));
    expect(dialog()?.querySelector('.where')?.textContent).toContain('everywhere');
    select('policy')?.vm.$emit('update:modelValue', 'ArkReadOnlyAccess');
    select('where')?.vm.$emit('update:modelValue', 'assets');
    await settled();
    expect(await faults(dialog() ?? document.body)).toEqual([]);
    await send();
    await page.find('[data-policy="ArkFullAccess"] .detach').trigger('click');
    await settled();
    expect(alertDialog()?.textContent).toContain('in render');
    await press('.sure', alertDialog());
    expect(asked('change_policy')).toEqual([
      { request: 'change_policy', account: 'volc-main', user: '60000001', policy: 'ArkReadOnlyAccess', project: 'assets', attach: true },
      { request: 'change_policy', account: 'volc-main', user: '60000001', policy: 'ArkFullAccess', project: 'render', attach: false },
    ]);
    expect(page.find('[data-policy="ArkFullAccess"]').exists()).toBe(false);
  });
});

describe('a new sub-account', () => {
  it('is made with what was typed, tells its secret once, and opens', async () => {
    const { page, link } = await openWindow('/quotas');
    await vi.waitFor(() => expect(page.find('.quota').exists()).toBe(true), 20_000);
    await page.find('[data-account="volc-main"] .create').trigger('click');
    await settled();
    await type('.name input', 'no spaces here');
    expect(dialog()?.querySelector('.wrong')?.textContent).toContain('1 to 64 letters');
    expect(dialog()?.querySelector<HTMLButtonElement>('.make')?.disabled).toBe(true);
    await type('.name input', 'translator@team-1');
    await type('.label input', '翻译');
    await type('.email input', 'x@y.invalid');
    await press('.policy-ArkFullAccess input');
    page.findAllComponents({ name: 'ElSelect' }).find((one) => one.classes('project'))?.vm.$emit('update:modelValue', 'campaign-26');
    await settled();
    expect(await faults(dialog() ?? document.body)).toEqual([]);
    await send();
    expect(link.asked.find((request) => request.request === 'create_sub_account')).toEqual({
      request: 'create_sub_account', account: 'volc-main', name: 'translator@team-1', title: '翻译', about: '', email: 'x@y.invalid', phone: '', project: 'campaign-26', policies: ['ArkFullAccess'], key: true, lang: 'en',
    });
    expect(dialog()?.textContent).toContain('The e-mail was refused by the provider');
    document.querySelector('.secret')?.dispatchEvent(new Event('copy'));
    await press('.leave');
    await vi.waitFor(() => expect(page.find('.head h1').text()).toContain('翻译'), 20_000);
    expect(page.find('[data-project="campaign-26"]').exists()).toBe(true);
  });
  it('that is refused keeps what was typed', async () => {
    const { page } = await openWindow('/quotas');
    await vi.waitFor(() => expect(page.find('.quota').exists()).toBe(true), 20_000);
    await page.find('[data-account="volc-main"] .create').trigger('click');
    await settled();
    await type('.name input', 'render-bot');
    await send();
    expect(dialog()?.querySelector('.refusal')?.textContent).toContain('UserAlreadyExists');
    expect(dialog()?.querySelector<HTMLInputElement>('.name input')?.value).toBe('render-bot');
  });
});

it('rights that cannot be read are said to be unread, not absent', async () => {
  const { page } = await open('70000001', 'volc-lab');
  expect(page.text()).toContain('may be missing, not absent');
  expect(page.text()).not.toContain('It has no access key');
  expect(page.text()).not.toContain('No policy is attached');
  expect(page.find('[data-project="relay"]').text()).toContain('not known');
});

it('one that is no longer there says so', async () => {
  const { page } = await openWindow('/quotas/volc-main/1');
  await vi.waitFor(() => expect(page.text()).toContain('It is no longer there'), 20_000);
});
