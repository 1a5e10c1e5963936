// The made-up guard's memory, and what it answers. Commands change it and tell it, as the real one would.
import type { ActionView, ChangeEvent, MeterView, MailboxItem, OverviewView, RenewalItem, Request, Response, SettingsView, StatusView, TargetView, TokenView } from '@/bindings/api';
import { hasEnded } from '@/composables/actions';
import { Refusal } from '../types';
import { chart, whatIf } from './chart';
import { at, DAY, MINUTE, SECOND } from './clock';
import { guarded, guardId, guards } from './guards';
import * as balances from './balances';
import * as channels from './channels';
import * as mail from './mail';
import { HOSTILE } from './flows';
import { foundSubscription } from './proxy';
import { ProxyBook } from './proxyBook';
import { QuotaBook } from './quotaBook';
import * as quotas from './quotas';
import * as renewals from './renewals';
import * as records from './records';
import * as scene from './scene';
import * as setup from './setup';
import * as tokens from './tokens';

type Lang = 'zh-CN' | 'en';
export type WorldName = 'full' | 'calm' | 'empty' | 'welcome' | 'lost' | 'error' | 'slow' | 'hostile';

const RANK = ['acting', 'critical', 'blind', 'warning', 'stopped', 'unguarded', 'calm'];

export class World {
  meters: MeterView[];
  targets: TargetView[];
  settings: SettingsView;
  renewal: RenewalItem[];
  mailbox: MailboxItem[];
  tokens: TokenView[];
  book: QuotaBook;
  proxy: ProxyBook;
  paid = new Map<string, string | null>();
  pausedUntil: string | null = null;
  actionStates = new Map<string, Partial<ActionView>>();
  armed = new Map<string, string | null>();
  private listener: (...events: ChangeEvent[]) => void = () => undefined;

  constructor(readonly name: WorldName, settings: Partial<SettingsView> = {}) {
    const bare = name === 'empty' || name === 'welcome';
    this.book = new QuotaBook(bare ? [] : quotas.users().filter((user) => name !== 'calm' || /chat|ops/.test(user.name)));
    this.book.tell = (...events) => this.tell(...events);
    this.proxy = new ProxyBook(!bare, name === 'hostile' ? HOSTILE : 'Lab');
    this.proxy.tell = (...events) => this.tell(...events);
    this.meters = bare ? [] : [...scene.meters(), ...balances.meters(), ...quotas.meters(this.book.users)].filter((meter) => name !== 'calm' || /api|db|docs|mail|cdn|credits|characters|quota/.test(meter.meter));
    this.targets = bare ? [] : scene.targets();
    this.renewal = bare ? [] : renewals.items().filter((item) => name !== 'calm' || !/dns|vpn|old/.test(item.id));
    this.mailbox = bare ? [] : mail.items();
    this.tokens = bare ? [] : tokens.tokens();
    this.paid = new Map(this.renewal.map((item) => [item.id, renewals.paidAtFirst(item)]));
    this.settings = setup.settings({ ...settings, welcomed: name !== 'welcome' });
  }

  tell(...events: ChangeEvent[]): void {
    this.listener(...events);
  }

  /** Whoever is told what changes. */
  listen(listener: (...events: ChangeEvent[]) => void): void {
    this.listener = listener;
  }

  answer(request: Request): Response {
    const answer = this.book.answer(request) ?? this.proxy.answer(request) ?? this.query(request) ?? this.command(request);
    if (!answer) throw new Refusal({ code: 'bad_request', detail: `the made-up guard does not know ${request.request}`, retryable: false });
    return answer;
  }

  private seen(lang: Lang): MeterView[] {
    const meters = guarded(this.meters, lang).map((meter) => ({
      ...meter,
      guards: meter.guards.map((guard) => {
        const until = this.armed.get(guard.id);
        return until === undefined ? guard : { ...guard, armed_until: until, mode: until ? 'armed' as const : 'watch' as const };
      }),
    }));
    return meters.sort((a, b) => RANK.indexOf(a.state) - RANK.indexOf(b.state));
  }

  private actions(lang: Lang): ActionView[] {
    if (this.meters.length === 0 || this.name === 'calm') return [];
    return records.actions(lang).map((action) => {
      const changed = { ...action, ...this.actionStates.get(action.id) };
      return changed.state === 'planned' ? changed : { ...changed, holdable: false, cancellable: false };
    });
  }

  private status(lang: Lang): StatusView {
    const seen = this.seen(lang);
    const armed = seen.flatMap((meter) => meter.guards.flatMap((guard): [string, string][] => (guard.armed_until ? [[guard.id, guard.armed_until]] : [])));
    const accounts = this.meters.length === 0 ? [] : [...scene.accounts(), ...balances.accounts(), ...quotas.looked()].filter((account) => this.name !== 'calm' || account.reason === null);
    const critical = seen.filter((meter) => meter.level === 'critical').length;
    const level = seen.some((meter) => meter.level === 'critical') ? 'critical' : 'calm';
    const watching = seen.filter((meter) => meter.level !== null).length - armed.length;
    const sentence = {
      'zh-CN': seen.length === 0 ? '还没有守护任何东西。' : level === 'calm' ? `一切平静；${armed.length} 条规则已布防，${watching} 条只看。` : `${critical} 个计量告急；1 个行动进行中；${armed.length} 条规则已布防，${watching} 条只看。`,
      en: seen.length === 0 ? 'Nothing is guarded yet.' : level === 'calm' ? `All calm; ${armed.length} guards armed, ${watching} watching.` : `${critical} meters are critical; 1 action in flight; ${armed.length} guards armed, ${watching} watching.`,
    };
    return { at: at(0), running: true, holder: true, level, accounts, armed, open: this.actions(lang).filter((a) => !hasEnded(a)).map((a) => a.id), paused_until: this.pausedUntil, deliveries_waiting: 1, conditions: [], config_file: null, sentence };
  }

  private overview(lang: Lang): OverviewView {
    const status = this.status(lang);
    const actions = this.actions(lang);
    const busy = this.name !== 'calm' && this.meters.length > 0;
    const stops = actions.filter((action) => action.state === 'verified').map((action) => ({ id: action.id, target: action.target, at: action.updated_at }));
    return {
      status, sentence: status.sentence[lang], state: this.pausedUntil ? 'paused' : busy ? 'acting' : 'calm', meters: this.seen(lang),
      blind_accounts: status.accounts.filter((account) => account.reason !== null), open: actions.filter((a) => !hasEnded(a)), ended: actions.filter(hasEnded),
      today: { since: at(-10 * 3600 * SECOND), warnings: busy ? 1 : 0, criticals: busy ? 3 : 0, stops, text: busy ? (lang === 'en' ? '3 critical · 1 warning · 2 stops, verified' : '3 次告急 · 1 次提醒 · 2 次停止，已确认') : (lang === 'en' ? 'nothing happened' : '没有事情发生') },
      lapses: busy ? records.lapses(lang) : [], next_look_at: busy || this.meters.length > 0 ? at(2 * MINUTE) : null,
    };
  }

  private query(request: Request): Response | undefined {
    const meter = 'meter' in request ? guarded(this.meters, 'lang' in request && request.lang ? request.lang : 'en').find((m) => m.meter === request.meter && m.account === request.account) : undefined;
    const lang: Lang = ('lang' in request && request.lang) || 'en';
    switch (request.request) {
      case 'version': return { response: 'version', data: { name: 'tidegate', version: '0.1.0', protocol: 1 } };
      case 'status': return { response: 'status', data: this.status(lang) };
      case 'overview': return { response: 'overview', data: this.overview(lang) };
      case 'accounts': return { response: 'accounts', data: this.status(lang).accounts };
      case 'check':
      case 'meters': return { response: 'meters', data: { meters: this.seen(lang), blind_accounts: this.status(lang).accounts.filter((a) => a.reason) } };
      case 'targets': return { response: 'targets', data: this.targets };
      case 'guards': return { response: 'guards', data: guards(this.meters, lang) };
      case 'actions': return { response: 'actions', data: this.actions(lang).filter((a) => !request.open || !hasEnded(a)) };
      case 'alerts': return { response: 'alerts', data: this.meters.length === 0 ? [] : records.alerts(lang) };
      case 'deliveries': return { response: 'deliveries', data: this.meters.length === 0 ? [] : records.deliveries(lang) };
      case 'lapses': return { response: 'lapses', data: records.lapses(lang) };
      case 'audit': return { response: 'audit', data: records.audit(request.after, request.before ?? null, request.limit) };
      case 'audit_verify': return { response: 'audit_verdict', data: { verdict: 'intact', head: { seq: 140, hash: '9f'.repeat(32) } } };
      case 'channels': return { response: 'channels', data: this.meters.length === 0 ? [] : setup.channels() };
      case 'history': if (meter) return { response: 'history', data: records.history(meter, request.start, request.end, request.points) }; break;
      case 'chart': if (meter) return { response: 'chart', data: chart(meter, request.start, request.end, request.points, lang) }; break;
      case 'trend': if (meter) return { response: 'trend', data: balances.trend(meter, request.start, request.end) }; break;
      case 'what_if': if (meter) return { response: 'what_if', data: whatIf(meter, request.guard.limit, request.days, lang) }; break;
      case 'catalogue': return { response: 'catalogue', data: setup.catalogue(lang) };
      case 'items': return { response: 'items', data: setup.items(guards(this.meters, lang), this.renewal, this.mailbox, this.meters.length > 0) };
      case 'renewals': return { response: 'renewals', data: renewals.renewals(this.renewal, this.paid, lang) };
      case 'renewal_preview': return { response: 'dues', data: renewals.preview(request.cycle, request.day, request.paid ?? null, request.today ?? undefined) };
      case 'renewals_ics': return { response: 'text', data: renewals.ics(this.renewal) };
      case 'mailboxes': return { response: 'mailboxes', data: mail.mailboxes(this.mailbox, lang) };
      case 'findings': return { response: 'mail_findings', data: this.mailbox.length === 0 ? [] : mail.findings(request.before ?? null, request.limit, lang) };
      case 'mail_rules': return { response: 'mail_rules', data: mail.rules(lang) };
      case 'try_mailbox': return { response: 'tried_mailbox', data: mail.tried(Object.values(request.secrets).join('').includes('wrong'), lang) };
      case 'tokens': return { response: 'tokens', data: this.tokens };
      case 'settings': return { response: 'settings', data: this.settings };
      case 'backups': return { response: 'backups', data: setup.backups() };
      case 'doctor': return { response: 'doctor', data: [{ what: 'database', ok: true, found: 'intact', next: null }] };
      case 'draft': return { response: 'draft', data: this.draft(request) };
      case 'arm_preview': return { response: 'armed', data: { guard: request.guard, until: at(request.seconds * SECOND), targets: this.targetsOf(request.guard) } };
      case 'try_account': return { response: 'tried', data: this.tried(Object.values(request.secrets).join('').includes('wrong'), lang, request.account.provider) };
      default: return undefined;
    }
    throw new Refusal({ code: 'not_found', detail: 'no such meter', retryable: false });
  }

  private targetsOf(guard: string) {
    return this.meters.filter((meter) => guardId(meter) === guard).flatMap((meter) => meter.targets);
  }

  private draft(request: Extract<Request, { request: 'draft' }>) {
    const findings = request.items.guard.flatMap((guard, n) => (guard.limit && !/^(predictive )?[\d.]+ ?(GB|GiB|%)$/.test(guard.limit)
      ? [{ path: `guard[${n}].limit`, code: 'not_allowed', text: request.lang === 'en' ? 'A limit is such as "10 GB", "98%" or "predictive 5 GB".' : '闸线的写法如 "10 GB"、"98%" 或 "predictive 5 GB"。' }] : []));
    findings.push(...request.items.guard.flatMap((guard, n) => ((guard.steps ?? []).some((step) => !/^\d+(\.\d+)? ?([A-Za-z]+|%|d|h)$/.test(step))
      ? [{ path: `guard[${n}].steps`, code: 'not_allowed', text: request.lang === 'en' ? 'A step is an amount with its unit, such as "50 CNY", or "80%".' : '告警线是带单位的数额，如 "50 CNY"，或 "80%"。' }] : [])));
    findings.push(...channels.findings(request.items.channel, request.items.mailbox ?? [], request.lang === 'en'));
    findings.push(...renewals.findings(request.items.renewal ?? [], request.lang));
    const items = [...request.items.guard.map((g) => ['guard', g.id] as const), ...request.items.account.map((a) => ['account', a.id] as const), ...request.items.channel.map((c) => ['channel', c.id] as const)];
    return {
      findings,
      plan: findings.length > 0 ? null : { items: items.map(([kind, id]) => ({ kind, id, change: 'change' as const, fields: ['limit'], disarmed: kind === 'guard' })), vault_removed: [] },
      contracts: request.items.guard.filter((guard) => guard.limit).map((guard) => ({ guard: guard.id, meter: guard.meter ?? '*', meter_name: 'ecs-hk-01 · 流量包', text: guarded(this.meters, request.lang)[0]?.guards[0]?.contract ?? '', reserve_advised: null, matched: true })),
    };
  }

  private tried(wrong: boolean, lang: Lang, provider: string) {
    const told = provider !== 'huawei';
    const meters = provider === 'proxy' ? [] : provider === 'subscription' ? foundSubscription() : told ? balances.found() : scene.meters().slice(0, 2);
    return wrong
      ? { ok: false, reason: 'auth', detail: 'the key was refused: InvalidAccessKeyId', next: lang === 'en' ? 'Copy the key anew from the console.' : '请从控制台重新复制密钥。', site: null, regions: [], meters: [], targets: [], missing_rights: [], took_ms: 412 }
      : { ok: true, reason: null, detail: null, next: null, site: told ? null : 'international', regions: told ? [] : ['ap-southeast-1'], meters, targets: told ? [] : scene.targets().slice(0, 2), missing_rights: [], took_ms: 1830 };
  }

  private change(action: string, change: Partial<ActionView>): void {
    this.actionStates.set(action, { ...this.actionStates.get(action), ...change });
  }

  private command(request: Request): Response | undefined {
    const target = scene.server('ecs-hk-01');
    switch (request.request) {
      case 'hold': {
        const until = at(request.seconds * SECOND);
        this.change(request.action, { due: until });
        this.tell({ event: 'held', at: at(0), intent: request.action, until });
        break;
      }
      case 'cancel': this.change(request.action, { state: 'cancelled' }); this.tell({ event: 'cancelled', at: at(0), intent: request.action, target, by: 'window' }); break;
      case 'stop_now': this.change(request.action, { state: 'accepted' }); this.tell({ event: 'sent', at: at(0), intent: request.action, target }); break;
      case 'pause': this.pausedUntil = at(request.seconds * SECOND); this.tell({ event: 'lease', at: at(0), holder: true }); break;
      case 'resume': this.pausedUntil = null; this.tell({ event: 'lease', at: at(0), holder: true }); break;
      case 'arm': {
        const until = at(Math.min(request.seconds * SECOND, 30 * DAY));
        this.armed.set(request.guard, until);
        this.tell({ event: 'mode', at: at(0), guard: request.guard, armed_until: until });
        return { response: 'armed', data: { guard: request.guard, until, targets: this.targetsOf(request.guard) } };
      }
      case 'disarm': this.armed.set(request.guard, null); this.tell({ event: 'mode', at: at(0), guard: request.guard, armed_until: null }); break;
      case 'protect':
        this.book.protect(request.target, request.protected);
        this.targets = this.targets.map((row) => (row.target.id === request.target ? { ...row, protected: request.protected } : row));
        this.tell({ event: 'configured', at: at(0), accounts: 3, channels: 3, guards: 14 });
        break;
      case 'save_settings':
        this.settings = { ...this.settings, ...(request.change as Partial<SettingsView>) };
        this.tell({ event: 'settings', at: at(0) });
        return { response: 'settings', data: this.settings };
      case 'demo':
        this.settings = { ...this.settings, demo: request.on };
        this.tell({ event: 'demo', at: at(0), on: request.on });
        return { response: 'demo', data: { on: request.on, account: 'tidegate-demo', guard: 'tidegate-demo-traffic', dry_at: at(4 * MINUTE) } };
      case 'stop':
      case 'start':
      case 'restore': {
        const user = request.request === 'restore' ? this.book.closedBy(request.action) : request.target;
        if (user) this.book.begin(user, request.request === 'stop');
        const planned = this.actions('en')[0];
        return planned && { response: 'planned', data: planned };
      }
      case 'test_channel': return { response: 'tested', data: { channel: request.channel, at: at(0), word: 'code 0' } };
      case 'try_channel': return { response: 'tested', data: { channel: request.channel.id, at: at(0), word: 'code 0' } };
      case 'mark_renewed':
      case 'clear_renewed':
        this.paid.set(request.renewal, request.request === 'mark_renewed' ? renewals.covers(this.renewal.find((item) => item.id === request.renewal), request.date ?? null) : null);
        this.tell({ event: 'renewal_marked', at: at(0), renewal: request.renewal, paid: this.paid.get(request.renewal) ?? null });
        return { response: 'renewed', data: { renewal: request.renewal, paid: this.paid.get(request.renewal) ?? null, next_due: null } };
      case 'save': {
        const added = [...request.items.account, ...request.items.channel, ...request.items.guard].length;
        const gone = new Set([...(request.items.renewal ?? []).map((item) => item.id), ...request.remove.filter((item) => item.kind === 'renewal').map((item) => item.id)]);
        this.renewal = [...this.renewal.filter((item) => !gone.has(item.id)), ...(request.items.renewal ?? [])];
        const boxes = new Set([...(request.items.mailbox ?? []).map((item) => item.id), ...request.remove.filter((item) => item.kind === 'mailbox').map((item) => item.id)]);
        this.mailbox = [...this.mailbox.filter((item) => !boxes.has(item.id)), ...(request.items.mailbox ?? [])];
        this.tell({ event: 'configured', at: at(0), accounts: added, channels: 0, guards: 0 });
        return { response: 'plan', data: { items: [], vault_removed: [] } };
      }
      case 'scan_mailbox': return { response: 'mailboxes', data: mail.mailboxes(this.mailbox.filter((item) => item.id === request.mailbox), request.lang) };
      case 'create_token': {
        const made = tokens.made(this.tokens.length + 1, request.name, request.scopes, request.seconds);
        this.tokens = [...this.tokens, made.token];
        return { response: 'made_token', data: made };
      }
      case 'revoke_token': this.tokens = this.tokens.map((token) => (token.id === request.token ? { ...token, revoked_at: at(0) } : token)); break;
      case 'backup_now': return { response: 'backup', data: setup.backups()[0] ?? { name: '', at: at(0), bytes: 0 } };
      case 'restore_backup': return { response: 'restored', data: { kept: 'before-restore.db', disarmed: ['guard-pkg-ecs-hk-01'] } };
      case 'acknowledge':
      case 'snooze':
      case 'retry_delivery': this.tell({ event: 'reopened', at: at(0) }); break;
      default: return undefined;
    }
    return { response: 'done' };
  }
}
