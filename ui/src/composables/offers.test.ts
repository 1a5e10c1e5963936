// The wizard for every provider: offered by name and kind, its fields told from secrets, its guards in its own currency.
import { describe, expect, it, beforeEach } from 'vitest';
import { useLink } from '@/link';
import { mockLink, type MockLink } from '@/link/mock';
import { beginnings, filled, isConsent, offered } from './offers';
import { useWizard } from './useWizard';

let link: MockLink;
const asked = (kind: string) => link.asked.filter((request) => request.request === kind);
beforeEach(() => {
  link = mockLink();
  useLink(link);
});

describe('providers', () => {
  it('are offered by kind and by name', async () => {
    const { providers } = await link.ask({ request: 'catalogue', lang: 'en' });
    expect(offered(providers, '', 'all')).toHaveLength(providers.length);
    expect(offered(providers, '', 'network').map((entry) => entry.id)).toEqual(['proxy', 'subscription', 'kiwivm']);
    expect(offered(providers, 'ROUTER', 'all').map((entry) => entry.id)).toEqual(['openrouter']);
    expect(offered(providers, 'router', 'cloud')).toEqual([]);
  });
  it('have fields that are secret and fields that are not', async () => {
    const { providers } = await link.ask({ request: 'catalogue', lang: 'en' });
    const fields = providers.find((entry) => entry.id === 'moonshot')?.fields ?? [];
    expect(beginnings(fields)).toEqual({ key: '', host: 'api.moonshot.cn' });
    const typed = { key: ' FAKE-KEY ', host: 'api.moonshot.ai' };
    expect(filled(fields, typed, true)).toEqual({ key: 'FAKE-KEY' });
    expect(filled(fields, typed, false)).toEqual({ host: 'api.moonshot.ai' });
    expect(providers.flatMap((entry) => entry.fields).filter(isConsent).map((field) => field.key)).toEqual(['consent']);
  });
});

describe('the wizard of a provider without servers', () => {
  async function begun(provider: string) {
    const wizard = useWizard();
    await wizard.begin();
    wizard.pick(provider);
    wizard.step.value = 'provider';
    return wizard;
  }
  it('has no policy to copy, and goes back over it as well', async () => {
    const wizard = await begun('moonshot');
    wizard.next();
    expect(wizard.step.value).toBe('keys');
    wizard.back();
    expect(wizard.step.value).toBe('provider');
    wizard.pick('huawei');
    wizard.next();
    expect(wizard.step.value).toBe('policy');
  });
  it('is complete only with its consent', async () => {
    const wizard = await begun('aws-ce');
    Object.assign(wizard.form.fields, { ak: 'FAKEAK', sk: 'FAKESK' });
    expect(wizard.complete.value).toBe(false);
    wizard.form.fields.consent = 'yes';
    expect(wizard.complete.value).toBe(true);
  });
  it('keeps secrets in the vault, the rest in the account, and a threshold for each balance in its own unit', async () => {
    const wizard = await begun('moonshot');
    wizard.form.name = 'Kimi';
    wizard.form.fields.key = 'FAKE-KEY';
    await wizard.tryKeys();
    expect(wizard.step.value).toBe('found');
    expect(wizard.tried.value?.meters.map((meter) => meter.meter)).toEqual(['total', 'granted']);
    expect(wizard.thresholds).toEqual({ total: '8', granted: '1' });
    wizard.thresholds.total = '12.50';
    wizard.thresholds.granted = '';
    await wizard.keep();
    expect(asked('save')).toEqual([expect.objectContaining({
      items: {
        account: [{ id: 'kimi', provider: 'moonshot', name: 'Kimi', params: { host: 'api.moonshot.cn' }, secret: { key: 'vault:kimi' } }], channel: [],
        guard: [{ id: 'kimi-total', account: 'kimi', meter: 'total', action: 'warn', steps: ['12.50 CNY'] }],
      },
      secrets: { kimi: { key: 'FAKE-KEY' } },
    })]);
    expect(wizard.form.fields.key).toBe('');
  });
  it('forgets what was typed for the provider before', async () => {
    const wizard = await begun('moonshot');
    wizard.form.fields.key = 'FAKE-KEY';
    wizard.pick('deepseek');
    expect(wizard.form.fields).toEqual({ key: '' });
  });
});
