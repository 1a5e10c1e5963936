// Channels, mailboxes and tokens as a person sets them up: tried first, secrets one way, consequences before deeds.
import { describe, expect, it, vi } from 'vitest';
import { faults, openWindow, settled } from '@/testing/world';

type Page = Awaited<ReturnType<typeof openWindow>>['page'];
const dialog = () => document.querySelector<HTMLElement>('[role="alertdialog"]');
const enabled = (page: Page, at: string) => vi.waitFor(() => expect(page.find(at).attributes('disabled')).toBeUndefined());

/** A part of the settings, once a word of it is shown. */
async function part(path: string, says: string, world = 'full') {
  const opened = await openWindow(path, world);
  await vi.waitFor(() => expect(opened.page.text()).toContain(says), 20_000);
  await settled();
  return opened;
}

describe('a channel', () => {
  const kind = async (page: Page, id: string) => {
    await page.find('.add').trigger('click');
    await settled();
    await page.find(`.kinds input[value="${id}"]`).setValue();
    await settled();
  };

  it.each(['feishu', 'dingtalk', 'wecom', 'telegram', 'slack', 'webhook', 'smtp', 'desktop'])('of the kind %s has its fields, usable by everybody', async (id) => {
    const { page } = await part('/settings/channels', 'night');
    await kind(page, id);
    expect(page.findAll('.channel-form [class*="field-"]').length > 0).toBe(id !== 'desktop');
    expect(await faults()).toEqual([]);
  });
  it('is tried before it is saved, with the word of its platform', async () => {
    const { page, link } = await part('/settings/channels', 'night');
    await kind(page, 'telegram');
    expect(page.find('.channel-form .save').attributes('disabled')).toBeDefined();
    await page.find('.field-token input').setValue('FAKE:TOKEN');
    await page.find('.field-chat_id input').setValue('-1001');
    await enabled(page, '.channel-form .save');
    await page.find('.channel-form .try').trigger('click');
    await settled();
    expect(link.asked.find((request) => request.request === 'try_channel')).toMatchObject({ channel: { kind: 'telegram', chat_id: '-1001', token: 'vault:telegram' }, secrets: { token: 'FAKE:TOKEN' } });
    expect(page.find('.channel-form .good').text()).toContain('code 0');
    expect(link.asked.some((request) => request.request === 'save')).toBe(false);
    await page.find('.channel-form').trigger('submit');
    await settled();
    expect(link.asked.find((request) => request.request === 'save')).toMatchObject({ items: { channel: [{ id: 'telegram', language: 'en' }] }, secrets: { telegram: { token: 'FAKE:TOKEN' } } });
    expect(page.find('.channel-form').exists()).toBe(false);
  });
  it('tells beside the field what its platform or the guard refuses', async () => {
    const { page, link } = await part('/settings/channels', 'night');
    await kind(page, 'smtp');
    await page.find('.field-port input').setValue('70000');
    await vi.waitFor(() => expect(page.find('.channel-form .wrong').text()).toContain('1 to 65535'));
    for (const [key, text] of [['port', '465'], ['host', 'smtp.qq.com'], ['from', 'me@qq.com'], ['to', 'a@x.example, b@x.example']]) await page.find(`.field-${key} input`).setValue(text);
    await enabled(page, '.channel-form .save');
    link.refuse('try_channel', { code: 'outside', detail: '535: renew the code', retryable: false });
    await page.find('.channel-form .try').trigger('click');
    await settled();
    expect(page.find('.channel-form .refusal').text()).toContain('535: renew the code');
    expect(link.asked.find((request) => request.request === 'try_channel')).toMatchObject({ channel: { port: 465, to: ['a@x.example', 'b@x.example'] } });
  });
  it('keeps what was typed when the guard tells that something else was configured', async () => {
    const { page, link } = await part('/settings/channels', 'night');
    await kind(page, 'dingtalk');
    await page.find('.field-url input').setValue('FAKE-URL');
    link.tell({ event: 'configured', at: new Date().toISOString(), accounts: 1, channels: 0, guards: 0 });
    await settled();
    expect((page.find('.field-url input').element as HTMLInputElement).value).toBe('FAKE-URL');
  });
  it('is edited without showing its secrets, and keeps what no field shows', async () => {
    const { page, link } = await part('/settings/channels', 'own');
    await page.find('[data-channel="own"] .edit').trigger('click');
    await settled();
    const url = page.find('.field-url input').element as HTMLInputElement;
    expect([url.value, url.placeholder]).toEqual(['', 'Stored; empty keeps it']);
    await page.find('.field-ok_pointer input').setValue('/code');
    await enabled(page, '.channel-form .save');
    await page.find('.channel-form').trigger('submit');
    await settled();
    expect(link.asked.find((request) => request.request === 'save')).toMatchObject({ items: { channel: [{ id: 'own', url: 'vault:own', severity: 'warning', headers: { 'X-Team': 'env:TEAM' }, ok_pointer: '/code' }] }, secrets: {} });
  });
  it('shows what a webhook would send while its template is written', async () => {
    const { page } = await part('/settings/channels', 'night');
    await kind(page, 'webhook');
    expect(page.find('.preview').text()).toContain('"severity": "warning"');
    await page.find('.field-template textarea').setValue('{"a": "{{money}}"}');
    expect(page.find('.template .wrong').text()).toContain('money');
    await page.find('.field-template textarea').setValue('{"a": "{{step}}"}');
    expect(JSON.parse(page.find('.preview').text())).toEqual({ a: '95%' });
  });
});

describe('a mailbox', () => {
  it('that cannot be read says why and what to do, and is looked at on demand', async () => {
    const { page, link } = await part('/settings/mailboxes', 'Billing inbox');
    expect(page.find('[data-mailbox="old"]').text()).toContain('AUTHENTICATIONFAILED');
    expect(page.find('[data-mailbox="old"]').text()).toContain('authorization code');
    expect(page.text()).toContain('Mail stays unread, and a mail never triggers an action');
    await page.find('[data-mailbox="old"] .scan').trigger('click');
    await settled();
    expect(link.asked.find((request) => request.request === 'scan_mailbox')).toMatchObject({ mailbox: 'old' });
    expect(page.find('.rules').text()).toContain('Low balance');
  });
  it('finds its server by the address, is tried, and then saved', async () => {
    const { page, link } = await part('/settings/mailboxes', 'Billing inbox');
    await page.find('.add').trigger('click');
    await settled();
    await page.find('.field-username input').setValue('me@163.com');
    await settled();
    expect((page.find('.field-host input').element as HTMLInputElement).value).toBe('imap.163.com');
    expect(page.find('.mailbox-form').text()).toContain('authorization code');
    expect(await faults()).toEqual([]);
    await page.find('.field-password input').setValue('wrong');
    await page.find('.mailbox-form .try').trigger('click');
    await settled();
    expect(page.find('.mailbox-form .no').text()).toContain('Make a new authorization code.');
    await page.find('.field-password input').setValue('FAKE-CODE');
    await settled();
    expect(page.find('.mailbox-form .no').exists()).toBe(false);
    await page.find('.mailbox-form .try').trigger('click');
    await settled();
    expect(page.find('.works').text()).toContain('24 mails would be looked at. 2 fit a rule:');
    await enabled(page, '.mailbox-form .save');
    await page.find('.mailbox-form').trigger('submit');
    await settled();
    expect(link.asked.find((request) => request.request === 'save')).toMatchObject({ items: { mailbox: [{ id: 'me', host: 'imap.163.com', port: 993, username: 'me@163.com', password: 'vault:me' }] }, secrets: { me: { password: 'FAKE-CODE' } } });
  });
  it('keeps what no field shows, and its password where none is typed', async () => {
    const { page, link } = await part('/settings/mailboxes', 'Billing inbox');
    await page.find('[data-mailbox="work"] .edit').trigger('click');
    await settled();
    await enabled(page, '.mailbox-form .save');
    await page.find('.mailbox-form').trigger('submit');
    await settled();
    expect(link.asked.find((request) => request.request === 'save')).toMatchObject({ items: { mailbox: [{ id: 'work', days: 7, extra: ['到期提醒'], password: 'vault:work' }] }, secrets: {} });
  });
  it('says where its password stands when that is not the keychain', async () => {
    const { page } = await part('/settings/mailboxes', 'Billing inbox');
    await page.find('[data-mailbox="old"] .edit').trigger('click');
    await settled();
    expect(page.find('.mailbox-form').text()).toContain('Stands outside the keychain (env:OLD_MAIL)');
  });
  it('goes only after a question', async () => {
    const { page, link } = await part('/settings/mailboxes', 'Billing inbox');
    await page.find('[data-mailbox="old"] .remove').trigger('click');
    await settled();
    expect(dialog()?.textContent).toContain('Nothing is changed in it.');
    dialog()?.querySelector<HTMLElement>('.sure')?.click();
    await settled();
    expect(link.asked.find((request) => request.request === 'save')).toMatchObject({ remove: [{ kind: 'mailbox', id: 'old' }] });
  });
  it('has what its mails said on the page of what happened, page by page', async () => {
    const { page, link } = await part('/activity/mail', 'Hetzner');
    expect(page.findAll('.finding')).toHaveLength(50);
    expect(page.findAll('.finding')[0]?.text()).toContain('domain verified');
    expect(page.findAll('.finding')[2]?.text()).toContain('unverified sender');
    await page.find('.older').trigger('click');
    await settled();
    expect(link.asked.filter((request) => request.request === 'findings').at(-1)).toMatchObject({ before: 'finding-049' });
    expect(page.findAll('.finding')).toHaveLength(63);
    expect(page.find('.older').exists()).toBe(false);
  });
});

describe('a token', () => {
  it('is made with what was ticked, shown once, and gone after that', async () => {
    const { page, link } = await part('/settings/tokens', 'dashboard');
    await page.find('.add').trigger('click');
    await settled();
    const field = (at: string) => document.querySelector<HTMLInputElement>(`.el-dialog ${at}`);
    expect(document.querySelector<HTMLButtonElement>('.el-dialog .make')?.disabled).toBe(true);
    expect(document.querySelector('.el-dialog')?.textContent).toContain('stops and starts servers');
    expect(await faults(document.querySelector('.el-dialog') ?? document.body)).toEqual([]);
    const name = field('.name input');
    if (!name) throw new Error('no field');
    name.value = 'grafana';
    name.dispatchEvent(new Event('input'));
    field('.scope-ingest input')?.click();
    await settled();
    document.querySelector<HTMLFormElement>('.form-dialog')?.dispatchEvent(new Event('submit'));
    await settled();
    expect(link.asked.find((request) => request.request === 'create_token')).toEqual({ request: 'create_token', name: 'grafana', scopes: ['read', 'ingest'], seconds: 7_776_000 });
    expect(page.find('.shown .secret').text()).toContain('tg_FAKE');
    expect(page.find('.shown').text()).toContain('never shown again');
    expect(await faults()).toEqual([]);
    await page.find('.shown .done').trigger('click');
    expect(document.body.textContent).not.toContain('tg_FAKE');
  });
  it('is revoked only after a question that names it', async () => {
    const { page, link } = await part('/settings/tokens', 'dashboard');
    await page.find('[data-token="deploy"] .revoke').trigger('click');
    await settled();
    expect(dialog()?.textContent).toContain('Revoke deploy?');
    expect(link.asked.some((request) => request.request === 'revoke_token')).toBe(false);
    dialog()?.querySelector<HTMLElement>('.sure')?.click();
    await settled();
    expect(link.asked.find((request) => request.request === 'revoke_token')).toEqual({ request: 'revoke_token', token: 'token-2' });
    expect(page.find('[data-token="deploy"]').text()).toContain('Revoked');
    expect(page.find('[data-token="deploy"] .revoke').exists()).toBe(false);
  });
  it('that is revoked or has ended stands last, and where the door is stands above', async () => {
    const { page } = await part('/settings/tokens', 'dashboard');
    expect(page.findAll('.token').slice(2).map((row) => row.attributes('data-token')).sort()).toEqual(['old-script', 'trial']);
    expect(page.find('.door').text()).toContain('tidegated run --listen 127.0.0.1:8787');
  });
});
