// The proxy page as a person uses it: what is known, what is missing and said so, names as data, hosts only when asked for,
// invitations shown once.
import { describe, expect, it, vi } from 'vitest';
import { HOSTILE } from '@/link/mock/flows';
import { applyLink } from '@/stores/changes';
import { alertDialog, dialog, press, type } from '@/testing/hands';
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

describe('what passes now', () => {
  it('is told with its age and of how many devices, and moves when the guard says so', async () => {
    const { page, link, asked } = await open();
    for (const part of ['MiB/s', 'Received', 'Sent', 'as of', 'from 2 of 4 devices', 'The line begins now']) expect(page.find('.live').text()).toContain(part);
    const before = asked('live').length;
    for (let n = 0; n < 3; n += 1) {
      link.world.proxy.pulse();
      await settled();
    }
    expect(asked('live')).toHaveLength(before + 3);
    expect(asked('flows').length).toBeLessThanOrEqual(2);
    expect(page.find('.live-line .down').attributes('d')).toMatch(/^M.*H.*V/);
    expect(page.find('.live-line').attributes('aria-label')).toContain('received');
    expect(page.find('.live').text()).not.toContain('The line begins now');
  });
  it('is a dash where no device tells it, never a zero', async () => {
    const { page, link } = await open();
    link.world.proxy.devices = link.world.proxy.devices.map((one) => ({ ...one, rate: null }));
    link.world.proxy.pulse();
    await settled();
    expect(page.find('.live').text()).toContain('No device tells its rate now.');
    expect(page.findAll('.live .rate').map((one) => one.text())).toEqual(['—Received', '—Sent']);
  });
  it('is not asked while nobody looks, and the line breaks there', async () => {
    const { page, link, asked } = await open();
    link.world.proxy.pulse();
    await settled();
    const state = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    const before = asked('live').length;
    link.world.proxy.pulse();
    link.world.proxy.pulse();
    await settled();
    expect(asked('live')).toHaveLength(before);
    state.mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    await settled();
    expect(asked('live')).toHaveLength(before + 1);
    expect(page.findAll('.live-line .down')).toHaveLength(2);
    state.mockRestore();
  });
});

describe('subscriptions', () => {
  it('say what is left, for how long, when it ends and when it is counted anew', async () => {
    const { page } = await open();
    const text = page.find('[data-subscription="airport-a"]').text();
    for (const part of ['38%', '75.79', 'left of 200 GiB', 'Enough until it is counted anew in 10 days.', 'today about 9.87 GiB', 'expires', 'told by the panel', 'as of 7 minutes ago', '日本 02 [1.5x] × 1.5']) expect(text).toContain(part);
    expect(page.find('[data-subscription="airport-a"] [role="img"]').attributes('aria-label')).toBe('主力机场: 38% left');
    expect(page.find('[data-subscription="airport-b"] .odd').text()).toBe('Used elsewhere');
  });
  it('that cannot be read keep their last values greyed, with the reason and the age', async () => {
    const { page } = await open();
    const blind = page.find('[data-subscription="airport-c"]');
    expect(blind.classes()).toContain('blind');
    expect(blind.text()).toContain('answers a page instead of the subscription');
    expect(blind.text()).toContain('as of 9 hours ago');
    expect(blind.find('.lasts').exists()).toBe(false);
  });
  it('without a limit have no share, and one never read no number', async () => {
    const { page, link } = await open();
    expect(page.find('[data-subscription="airport-d"] .inside').text()).toBe('∞');
    const [first] = link.world.proxy.subscriptions;
    if (!first) throw new Error('no subscription');
    link.world.proxy.subscriptions = [{ ...first, account: 'fresh', as_of: null, used: null, total: null, remaining: null, today: null, leak: null }];
    link.tell({ event: 'subscription', at: '', account: 'fresh' });
    await settled();
    const fresh = page.find('[data-subscription="fresh"]');
    expect(fresh.find('.inside').text()).toBe('—');
    expect(fresh.find('.share-ring').classes()).toContain('unknown');
    expect(fresh.find('.amount').exists()).toBe(false);
    expect(page.find('.leaks').text()).toContain('Not compared yet: Nightjar Cloud.');
  });
  it('are compared with what our devices sent: verdict, both sums, difference, tolerance, coverage', async () => {
    const { page } = await open();
    const leak = page.find('[data-leak="airport-b"]');
    for (const part of ['Used elsewhere', 'others may use this subscription', '5.9 GiB', '2.3 GiB', '+3.58 GiB', '± 655.35 MiB', '100%']) expect(leak.text()).toContain(part);
    expect(leak.find('.interval').text()).toMatch(/^\w+\s\d+,\s\d\d:\d\d\s–\s\w+\s\d+,\s\d\d:\d\d$/);
    expect(page.find('[data-leak="airport-c"]').text()).toContain('Not decidable');
    expect(page.find('[data-leak="airport-c"] [data-figure="coverage"]').text()).toContain('71%');
  });
});

it('a difference that only one check found is said to be that, and not at the subscription', async () => {
  const { page, link } = await open();
  link.world.proxy.subscriptions = link.world.proxy.subscriptions.map((one) => (one.leak ? { ...one, leak: { ...one.leak, confirmed: false } } : one));
  link.tell({ event: 'subscription', at: '', account: 'airport-b' });
  await settled();
  expect(page.find('[data-leak="airport-b"] .unconfirmed').text()).toContain('once the next one agrees');
  expect(page.find('[data-leak="airport-a"] .unconfirmed').exists()).toBe(false);
  expect(page.find('[data-subscription="airport-b"] .odd').exists()).toBe(false);
});

describe('traffic', () => {
  it('tells what was estimated, what is nobody’s, and who was not watched', async () => {
    const { page } = await open();
    const text = page.find('.traffic').text();
    for (const part of ['Through proxies', '4% estimated', 'nobody can say where they went', 'Not watched all the time: Laptop of Li 46%', 'in no figure here', 'Asia/Shanghai']) expect(text).toContain(part);
  });
  it('is told apart by device, node, group, subscription and way, of today and of thirty days', async () => {
    const { page, asked } = await open();
    expect(asked('flows').at(-1)).toMatchObject({ by: ['device', 'kind'], device: null });
    expect(page.findAll('.flows tbody tr').map((one) => one.attributes('data-row'))).toEqual(['desk', 'router', 'laptop', 'lab']);
    await choose(page, '.split', 1);
    expect(page.find('.flows [data-row="香港 01"]').text()).toContain('GiB');
    expect(page.find('.flows [data-row=""]').text()).toContain('nobody can say');
    await choose(page, '.split', 4);
    expect(asked('flows').at(-1)).toMatchObject({ by: ['kind'] });
    expect(page.find('.flows [data-row="unattributed"]').text()).toContain('Unattributed');
    await choose(page, '.period', 2);
    const last = asked('flows').at(-1);
    if (last?.request !== 'flows') throw new Error('not asked');
    expect((Date.parse(last.through) - Date.parse(last.from)) / 86_400_000).toBe(29);
    expect(await faults()).toEqual([]);
  });
  it('is read anew when flows of a device were counted', async () => {
    const { link, asked } = await open();
    const [flows, line] = [asked('flows').length, asked('flow_line').length];
    link.tell({ event: 'flows', at: '', device: 'router' });
    await settled();
    expect([asked('flows').length, asked('flow_line').length]).toEqual([flows + 1, line + 1]);
  });
  it('takes a name for what it is: text', async () => {
    const { page } = await open('/proxy', '.flows', 'hostile');
    const rows = () => page.findAll('.flows tbody tr').filter((one) => one.text().includes(HOSTILE));
    for (const split of [0, 1, 2]) {
      await choose(page, '.split', split);
      expect(rows()).toHaveLength(1);
    }
    expect(page.find('.coverage').text()).toContain(HOSTILE);
    expect(page.find('[data-device="lab"]').text()).toContain(HOSTILE);
    await page.find('.connections .open').trigger('click');
    await page.find('.hosts input').setValue(true);
    expect(page.find('.connections').text()).toContain(`${HOSTILE}.example:80`);
    expect(document.querySelector('img')).toBeNull();
  });
  it('stands as rows too, with the gaps named', async () => {
    const { page } = await open();
    await page.find('.line .table').trigger('click');
    await settled();
    expect(page.find('.line table').text()).toContain('not watched');
    expect(page.findAll('.line thead th').map((one) => one.text())).toEqual(['Time', 'Through proxies', 'Direct', 'Unattributed']);
  });
  it('that cannot be asked says why at its place, and what is known stays', async () => {
    const { page, link } = await open();
    link.refuse('flows', { code: 'store', detail: 'the database is locked', retryable: true });
    link.tell({ event: 'flows', at: '', device: 'desk' });
    await settled();
    expect(page.find('.traffic .refusal').text()).toContain('the database is locked');
    expect(page.find('.flows').exists()).toBe(true);
    expect(page.find('.line .refusal').exists()).toBe(false);
    await page.find('.traffic .refusal button').trigger('click');
    await settled();
    expect(page.find('.traffic .refusal').exists()).toBe(false);
  });
});

describe('devices', () => {
  it('say how they are heard of, what is odd about them, and what to do', async () => {
    const { page } = await open();
    const of = (device: string) => page.find(`[data-device="${device}"]`).text();
    for (const part of ['Watched', 'asked from here', '100% of today watched', 'mihomo v1.19.32']) expect(of('desk')).toContain(part);
    expect(of('router')).toContain('Its clock is 3 minutes 20 seconds ahead of this one; its minutes are moved back by that.');
    for (const part of ['Agent silent', 'Nothing was heard of it for 5 hours.', '46% of today watched']) expect(of('laptop')).toContain(part);
    for (const part of ['Kernel does not answer', '2 batches were not believed', '3 batches still kept there']) expect(of('lab')).toContain(part);
    expect(page.find('[data-device="old-nas"]').exists()).toBe(false);
    await page.find('.devices .ended').trigger('click');
    expect(of('old-nas')).toContain('Ended');
    expect(await faults()).toEqual([]);
  });
  it('have a page each, with their flows alone and what passes by node', async () => {
    const { page, link, asked } = await open('/proxy/router', '.flows');
    expect(page.find('h1').text()).toContain('客厅路由器');
    expect(page.find('.nodes').text()).toContain('新加坡 03');
    expect(asked('flows').at(-1)).toMatchObject({ device: 'router', by: ['node', 'kind'] });
    expect(asked('flow_line').at(-1)).toMatchObject({ device: 'router' });
    const before = asked('flows').length;
    link.tell({ event: 'flows', at: '', device: 'desk' });
    await settled();
    expect(asked('flows')).toHaveLength(before);
    expect(page.find('.end').exists()).toBe(true);
    expect(await faults()).toEqual([]);
    const local = await open('/proxy/desk', '.flows');
    expect(local.page.find('.end').exists()).toBe(false);
    expect(local.page.text()).toContain('asked by the account home-kernel');
  });
  it('are ended only after what follows was said', async () => {
    const { page, asked } = await open('/proxy/lab', '.flows', 'hostile');
    await page.find('.end').trigger('click');
    await settled();
    const said = alertDialog();
    expect(said?.textContent).toContain('what it has not handed in yet is lost');
    expect(said?.textContent).toContain('It still keeps 3 batches that would be lost.');
    expect(document.querySelector('.sure')?.textContent).toBe(`End ${HOSTILE}`);
    expect(asked('end_device')).toHaveLength(0);
    await press('.sure');
    expect(asked('end_device')).toEqual([{ request: 'end_device', device: 'lab' }]);
    expect(page.find('.page').text()).toContain('Ended');
  });
  it('that are not there say so', async () => {
    const { page } = await open('/proxy/nobody', '.empty');
    expect(page.text()).toContain('There is no such page');
  });
});

describe('an invitation', () => {
  it('makes an id of the name, shows the code once with its command, and asks before it is closed unread', async () => {
    const { page, link, asked } = await open();
    await page.find('.invite').trigger('click');
    await settled();
    expect(dialog()?.textContent).toContain('Agents cannot reach this program yet.');
    expect(dialog()?.textContent).toContain('tidegated run --listen');
    await type('.name input', 'Kitchen Router');
    expect(document.querySelector<HTMLInputElement>('.el-dialog .device-id input')?.value).toBe('kitchen-router');
    expect(await faults(dialog() ?? document.body)).toEqual([]);
    await press('.make');
    expect(asked('invite_agent')).toEqual([{ request: 'invite_agent', device: 'kitchen-router', name: 'Kitchen Router' }]);
    expect(dialog()?.querySelector('.secret')?.textContent).toBe('FAKE-0000-0000-0000-0000');
    expect(dialog()?.querySelector('.command')?.textContent).toBe('tidegate-agent --report-to https://YOUR-ADDRESS --code FAKE-0000-0000-0000-0000');
    expect(dialog()?.querySelector('[role="timer"]')).not.toBeNull();
    expect(await faults(dialog() ?? document.body)).toEqual([]);
    await press('.leave');
    expect(dialog()?.textContent).toContain('Neither the code nor the command was copied.');
    await press('.leave');
    expect(dialog()).toBeNull();
    expect(page.find('[data-invite="kitchen-router"]').text()).toContain('Kitchen Router (kitchen-router) is invited');
    expect(JSON.stringify(link.asked)).not.toContain('FAKE-0000');
    expect(document.body.innerHTML).not.toContain('FAKE-0000');
  });
  it('names the door where it is open, and what is wrong with an id', async () => {
    const { page, link } = await open();
    link.world.proxy.door = 'https://gate.example';
    link.tell({ event: 'device', at: '', device: 'desk' });
    await settled();
    await page.find('.invite').trigger('click');
    await settled();
    expect(dialog()?.querySelector('.closed')).toBeNull();
    await type('.name input', 'Router');
    expect(document.querySelector<HTMLInputElement>('.el-dialog .device-id input')?.value).toBe('router-2');
    await type('.device-id input', 'Not An Id');
    expect(document.querySelector<HTMLButtonElement>('.el-dialog .make')?.disabled).toBe(true);
    await type('.device-id input', 'desk');
    expect(dialog()?.textContent).toContain('it needs no agent');
    await type('.device-id input', 'router');
    expect(dialog()?.textContent).toContain('its agent of now is refused once the new one has come');
    link.refuse('invite_agent', { code: 'refused', detail: 'too many invitations wait', retryable: false });
    await press('.make');
    expect(dialog()?.querySelector('.refusal')?.textContent).toContain('too many invitations wait');
    await press('.make');
    expect(dialog()?.querySelector('.command')?.textContent).toContain('--report-to https://gate.example ');
  });
  it('that has ended shows no code any more, and another is made', async () => {
    const { page, link } = await open('/proxy/laptop', '.flows');
    const answer = link.world.proxy.answer.bind(link.world.proxy);
    link.world.proxy.answer = (request) => {
      const found = answer(request);
      return request.request === 'invite_agent' && found?.response === 'invited' ? { ...found, data: { ...found.data, expires_at: new Date(Date.now() - 1000).toISOString() } } : found;
    };
    await page.find('.again').trigger('click');
    await settled();
    expect(document.querySelector<HTMLInputElement>('.el-dialog .device-id input')?.disabled).toBe(true);
    await press('.make');
    expect(dialog()?.textContent).toContain('The code has ended.');
    expect(dialog()?.querySelector('.secret')).toBeNull();
    link.world.proxy.answer = answer;
    await press('.anew');
    expect(dialog()?.querySelector('.secret')).not.toBeNull();
  });
});

describe('connections', () => {
  it('show no host before somebody asks, and none again after the list was closed', async () => {
    const { page } = await open();
    const shown = () => page.find('.connections').text();
    expect(page.text()).not.toContain('video.example.com');
    await page.find('.connections .open').trigger('click');
    expect(page.findAll('.connection')).toHaveLength(12);
    expect(shown()).toContain('hidden');
    expect(page.html()).not.toContain('video.example.com');
    expect(page.html()).not.toContain('firefox');
    expect(shown()).toContain('hidden until you ask, never stored, never logged');
    await page.find('.hosts input').setValue(true);
    expect(shown()).toContain('video.example.com:443');
    await page.find('.connections .more').trigger('click');
    expect(page.findAll('.connection')).toHaveLength(46);
    expect(await faults()).toEqual([]);
    await page.find('.connections .open').trigger('click');
    await page.find('.connections .open').trigger('click');
    expect(page.html()).not.toContain('video.example.com');
  });
});

describe('the page', () => {
  it.each(['calm', 'lost'])('stands in the %s world', async (world) => {
    const { page } = await open('/proxy', '.flows', world);
    expect(page.find('h1').text()).toBe('Proxy');
    applyLink({ state: 'connected' });
  });
  it('that cannot be read says why, and is read on request', async () => {
    const { page } = await open('/proxy', '.refusal', 'error');
    expect(page.find('.refusal').text()).toContain('the database is locked by another program');
    expect(page.find('.begin').exists()).toBe(false);
  });
  it('has no fault that axe finds', async () => {
    await open();
    expect(await faults()).toEqual([]);
  });
});
