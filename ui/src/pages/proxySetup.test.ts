// What is set up for proxy traffic as a person does it: the report that cannot do anything, when it is sent, and the three
// ways to begin.
import { describe, expect, it, vi } from 'vitest';
import { alertDialog, dialog, press } from '@/testing/hands';
import { faults, openWindow, settled } from '@/testing/world';

type Page = Awaited<ReturnType<typeof openWindow>>['page'];

async function open(path = '/proxy', mark = '.flows', world = 'full') {
  const opened = await openWindow(path, world);
  await vi.waitFor(() => expect(opened.page.find(mark).exists()).toBe(true), 20_000);
  await settled();
  const asked = (kind: string) => opened.link.asked.filter((request) => request.request === kind);
  return { ...opened, asked };
}
async function choose(page: Page, group: string, at: number): Promise<void> {
  await page.findAll(`${group} input`).at(at)?.setValue(true);
  await settled();
}

describe('the report', () => {
  it('is asked only when it is looked at, and is shown as a document that can do nothing', async () => {
    const { page, asked } = await open();
    expect(asked('report')).toHaveLength(0);
    await page.find('.preview').trigger('click');
    await settled();
    const frame = page.find('iframe');
    expect(frame.attributes('sandbox')).toBe('');
    expect(frame.attributes('srcdoc')).toContain('Through proxies');
    expect(frame.attributes('title')).toContain('Preview of Traffic of');
    expect((window as unknown as { stolen?: boolean }).stolen).toBeUndefined();
    await choose(page, '.as', 1);
    expect(page.find('iframe').exists()).toBe(false);
    expect(page.find('pre.text').text()).toContain('Direct: 6.3 GiB');
    await choose(page, '.span', 1);
    expect(asked('report').at(-1)).toEqual({ request: 'report', span: 'weekly', day: null, lang: 'en' });
    expect(await faults()).toEqual([]);
  });
  it('is sent only once it was confirmed, and tells which channel took it', async () => {
    const { page, link, asked } = await open();
    await page.find('.preview').trigger('click');
    await settled();
    expect(page.find('.report').text()).toContain('It was not sent yet.');
    await page.find('.send').trigger('click');
    await settled();
    expect(alertDialog()?.textContent).toContain('What is sent cannot be taken back.');
    expect(asked('send_report')).toHaveLength(0);
    link.refuse('send_report', { code: 'outside', detail: 'the mail server refused it', retryable: true });
    await press('.sure');
    expect(alertDialog()?.textContent).toContain('the mail server refused it');
    await press('.sure');
    expect(asked('send_report').at(-1)).toEqual({ request: 'send_report', span: 'daily', day: null, lang: 'en' });
    expect(page.find('.went').text()).toContain('ops taken');
    expect(page.find('.went').text()).toContain('post waiting');
  });
});

describe('the settings of the report', () => {
  it('are kept in one piece: days, time, channels, and silence on idle days', async () => {
    const { page, asked } = await open('/settings/reports', '.form');
    await vi.waitFor(() => expect(page.find('.daily').exists()).toBe(true), 20_000);
    await settled();
    await page.find('.at input').setValue('24:70');
    expect(page.find('.field.wrong').text()).toContain('Hours and minutes, such as 23:55.');
    expect(page.find('.save').attributes('disabled')).toBeDefined();
    await page.find('.at input').setValue('00:10');
    await page.find('.channel-post input').setValue(true);
    await page.find('.idle input').setValue(true);
    page.findAllComponents({ name: 'ElSelect' }).find((one) => one.classes('weekly'))?.vm.$emit('update:modelValue', 'mon');
    await settled();
    expect(await faults()).toEqual([]);
    await page.find('form').trigger('submit');
    await settled();
    expect(asked('save_settings')).toEqual([{ request: 'save_settings', change: { report: { daily: true, at: '00:10', weekly: 'mon', channels: ['post'], quiet_when_idle: true } } }]);
    expect(page.find('form').text()).toContain('Saved.');
  });
});

describe('the first time', () => {
  it('there are three ways to begin, and each leads there', async () => {
    const { page } = await open('/proxy', '.begin', 'empty');
    expect(page.findAll('[data-way]').map((one) => one.attributes('data-way'))).toEqual(['kernel', 'agent', 'subscription']);
    expect(page.find('.live').exists()).toBe(false);
    expect(await faults()).toEqual([]);
    await page.find('[data-way="agent"] button').trigger('click');
    await settled();
    expect(dialog()?.textContent).toContain('Invite an agent');
    await press('.el-dialog__headerbtn');
    await page.find('[data-way="kernel"] button').trigger('click');
    await vi.waitFor(() => expect(page.find('.wizard [data-provider="proxy"].is-checked').exists()).toBe(true), 20_000);
  });
  it('a kernel needs no key, and is told to be counted from now on', async () => {
    const { page, asked } = await open('/welcome?provider=proxy', '.wizard .next', 'full');
    await page.find('.wizard .next').trigger('submit');
    await settled();
    expect(page.find('.wizard h1').text()).toBe('How it is reached');
    expect((page.find('.field-controller input').element as HTMLInputElement).value).toBe('auto');
    expect(page.find('.field-secret input').attributes('type')).toBe('password');
    await page.find('.wizard form').trigger('submit');
    await settled();
    expect(page.find('.wizard h1').text()).toBe('The kernel answers');
    await page.find('.next').trigger('click');
    expect(page.find('.wizard').text()).toContain('A kernel has nothing that runs out');
    await page.find('.wizard form').trigger('submit');
    await settled();
    const saved = asked('save').at(-1);
    expect(saved).toMatchObject({ items: { account: [{ provider: 'proxy', params: { controller: 'auto', logs: 'on' }, secret: {} }], guard: [] } });
  });
  it('a subscription keeps its address as a secret, and warns by share and by days', async () => {
    const { page, asked } = await open('/welcome?provider=subscription', '.wizard .next', 'full');
    await page.find('.wizard .next').trigger('submit');
    await settled();
    expect(page.find('.field-url input').attributes('type')).toBe('password');
    await page.find('.field-url input').setValue('https://panel.example/FAKE');
    await page.find('.wizard form').trigger('submit');
    await settled();
    await page.find('.next').trigger('click');
    expect(page.find('[data-meter="traffic"]').text()).toContain('75.79\u00a0GiB left of 200 GiB');
    await page.find('.wizard form').trigger('submit');
    await settled();
    const saved = asked('save').at(-1);
    if (saved?.request !== 'save') throw new Error('not saved');
    expect(saved.items.guard.map((guard) => [guard.meter, guard.steps])).toEqual([['traffic', ['80%']], ['expiry', ['7 days']]]);
    expect(JSON.stringify(saved.items)).not.toContain('panel.example');
    expect(Object.values(saved.secrets)).toEqual([{ url: 'https://panel.example/FAKE' }]);
  });
});
