// The book of the made-up world's sub-accounts: what is asked of it, and what a person changes in it.
import type { AllocatedView, Amount, BillRowView, BillView, ChangeEvent, CloudProjectView, MadeSubAccount, QuotaDetailView, QuotasView, QuotaView, Request, Response } from '@/bindings/api';
import { minus, scaled, signOf, sumOf } from '@/composables/decimal';
import { Refusal } from '../types';
import { at, DAY, HOUR } from './clock';
import * as scene from './quotas';

type Lang = 'zh-CN' | 'en';
const RANK = { critical: 0, blind: 1, warning: 2, calm: 3 };
const COSTS: Record<string, string> = { assets: '20.6' };
const UNCHARGED: [string, string][] = [['default', '40.113'], ['-', '7.8']];
const SURVIVES: Record<Lang, string[]> = {
  'zh-CN': ['方舟 API Key 不受影响，用它的调用会继续计费。', '已扮演的角色最长 12 小时内仍然有效。', '运行中的服务器和存储继续计费。'],
  en: ['Ark API keys go on: what calls with them is still billed.', 'Roles that were assumed before stay valid for up to 12 hours.', 'Running servers and storage are billed on.'],
};
const refused = (detail: string, code: 'refused' | 'bad_request' | 'not_found' = 'refused') => new Refusal({ code, detail, retryable: false });
const csvLine = (cells: string[]) => cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');

export class QuotaBook {
  users: scene.Made[];
  tell: (...events: ChangeEvent[]) => void = () => undefined;

  constructor(users: scene.Made[]) {
    this.users = users;
  }

  /** The answer, or nothing where the request is no business of the book. */
  answer(request: Request): Response | undefined {
    switch (request.request) {
      case 'sync_quotas':
      case 'quotas': return { response: 'quotas', data: this.all(request.lang) };
      case 'quota': return { response: 'quota', data: this.detail(this.of(request), request.lang) };
      case 'ledger': {
        const rows = this.of(request).ledger.filter((row) => row.seq < (request.before ?? Infinity));
        return { response: 'ledger', data: { entries: rows.slice(0, request.limit), more: rows.length > request.limit } };
      }
      case 'ledger_csv': {
        const rows = this.of(request).ledger.map((row) => csvLine([String(row.seq), row.at, row.amount.value, row.total.value, row.amount.unit, row.note, row.by]));
        return { response: 'text', data: ['number,time,amount,total,unit,note,by', ...rows, ''].join('\r\n') };
      }
      case 'bill': return { response: 'bill', data: this.bill(request.account, request.month ?? scene.month()) };
      case 'cloud_projects': return { response: 'cloud_projects', data: this.projects(request.account) };
      case 'cloud_policies': return { response: 'cloud_policies', data: scene.POLICIES };
      case 'allocate': return { response: 'allocated', data: this.allocate(request) };
      case 'create_sub_account': return { response: 'made_sub_account', data: this.create(request) };
      case 'create_sub_account_key': return { response: 'made_sub_account', data: this.key(this.of(request)) };
      default: return this.change(request) ? { response: 'done' } : undefined;
    }
  }

  /** A disable or a restore by hand begins; whether the target is a sub-account of the book. */
  begin(user: string, disable: boolean): boolean {
    const known = this.users.find((one) => one.user === user);
    if (!known) return false;
    this.put({ ...known, standing: disable ? 'disabling' : 'restoring' });
    return true;
  }

  /** Whose disable an action is. */
  closedBy(action: string): string | undefined {
    return this.users.find((user) => user.closed?.action === action)?.user;
  }

  protect(user: string, on: boolean): void {
    const known = this.users.find((one) => one.user === user);
    if (known) this.put({ ...known, protected: on });
  }

  private of({ account, user }: { account: string; user: string }): scene.Made {
    const found = this.users.find((one) => one.account === account && one.user === user);
    if (!found) throw refused('no such sub-account', 'not_found');
    return found;
  }

  private put(user: scene.Made): void {
    this.users = this.users.map((one) => (one.user === user.user && one.account === user.account ? user : one));
    this.tell({ event: 'quota', at: at(0), account: user.account, user: user.user });
  }

  private all(lang: Lang): QuotasView {
    const users = this.users.map((user) => scene.viewOf(user, lang));
    const share = (view: QuotaView) => scaled(view.share?.value ?? '0', 6);
    users.sort((a, b) => RANK[a.level] - RANK[b.level] || (share(a) < share(b) ? 1 : -1));
    return { accounts: scene.accounts(lang).filter((one) => this.users.some((user) => user.account === one.account)), users };
  }

  private detail(user: scene.Made, lang: Lang): QuotaDetailView {
    const { closed, projects, keys, login, policies, groups, email, phone } = user;
    const unread = user.standing === 'unknown';
    return {
      quota: scene.viewOf(user, lang), projects, email, phone, blind: unread ? (lang === 'en' ? 'the provider refuses the key' : '密钥被平台拒绝') : null, survives: SURVIVES[lang],
      ...(unread ? { keys: [], login: null, policies: [], groups: [] } : { keys, login, policies, groups }),
      closed: closed && { ...closed, state: closed.state[lang], pieces: closed.pieces.map((piece) => ({ what: piece.what[lang], state: piece.state, why: piece.why?.[lang] ?? null, at: piece.at ?? null })) },
      restorable: closed?.disable && user.standing === 'disabled' ? closed.action : null,
    };
  }

  private allocate(asked: Extract<Request, { request: 'allocate' }>): AllocatedView {
    const user = this.of(asked);
    const view = scene.viewOf(user, 'en');
    const match = /^(-?\d+(?:\.\d{1,6})?) ([A-Z]{3})$/.exec(asked.amount);
    if (!match) throw refused('amount: such as "100 CNY" or "-12.50 CNY"', 'bad_request');
    if (asked.after !== undefined && asked.after !== null && asked.after !== view.entries) throw refused('the ledger has changed meanwhile: look at the total and try again');
    const amount: Amount = { value: match[1] ?? '', unit: match[2] ?? '' };
    const total = sumOf(user.granted ?? { ...amount, value: '0' }, amount);
    if (!total || signOf(total) < 0) throw refused('the total would fall below nothing');
    const below = view.spent && sumOf(total, minus(view.spent));
    const taken = amount.value.startsWith('-') && !asked.below_spent;
    if (taken && (!below || signOf(below) < 0)) throw refused('amount: what is spent would be above the total; confirm that the quota may fall below it');
    const entry = { seq: view.entries + 1, amount, total, note: asked.note, by: 'window', at: at(0) };
    this.put({ ...user, granted: total, ledger: [entry, ...user.ledger] });
    return { entry, quota: scene.viewOf(this.of(asked), 'en'), restorable: user.closed?.disable && user.standing === 'disabled' ? user.closed.action : null };
  }

  private create(asked: Extract<Request, { request: 'create_sub_account' }>): MadeSubAccount {
    if (!/^[A-Za-z0-9_.@-]{1,64}$/.test(asked.name)) throw refused('name: 1 to 64 of letters, digits, _ . - @', 'bad_request');
    if (this.users.some((user) => user.name === asked.name)) throw refused(`UserAlreadyExists: ${asked.name}`);
    const user = scene.fresh(asked.account, asked.name, asked.title);
    user.policies = asked.policies.map((name) => ({ name, system: true, everywhere: true, projects: [], ours_to_change: true }));
    if (asked.project) user.projects = [scene.linked(asked.project, '100%', true)];
    this.users = [...this.users, user];
    const undone = asked.email.endsWith('.invalid') ? ['The e-mail was refused by the provider: it stays empty.'] : [];
    return asked.key ? { ...this.key(user), undone } : { user: user.user, name: user.name, key: null, secret: null, undone };
  }

  private key(user: scene.Made): MadeSubAccount {
    if (user.keys.length >= 2) throw refused('AccessKeyLimitExceeded: it has two keys already');
    const key = { id: `AKLTFAKE${user.user.slice(-4)}N${user.keys.length}`, active: true, created_at: at(0) };
    this.put({ ...user, keys: [...user.keys, key] });
    return { user: user.user, name: user.name, key: key.id, secret: `FAKE${'0'.repeat(44)}`, undone: [] };
  }

  private change(request: Request): boolean {
    switch (request.request) {
      case 'link_project': {
        const user = this.of(request);
        if (!/^\d+(\.\d+)?%$/.test(request.share)) throw refused('share: such as 100% or 40%', 'bad_request');
        this.put({ ...user, projects: [...user.projects, scene.linked(request.project, request.share, request.from === 'now')] });
        return true;
      }
      case 'unlink_project': {
        const user = this.of(request);
        this.put({ ...user, projects: user.projects.filter((one) => one.project !== request.project) });
        return true;
      }
      case 'toggle_projects': {
        const user = this.of(request);
        this.put({ ...user, projects: user.projects.map((one) => (request.project === null || request.project === undefined || one.project === request.project ? { ...one, on: request.on } : one)) });
        return true;
      }
      case 'quota_rules': {
        const { steps, disable, without_quota, endpoints, instances, note } = request;
        const wrong = steps?.find((step) => !/^\d+(\.\d+)?%$/.test(step));
        if (wrong !== undefined) throw refused(`steps: "${wrong}" is no share of what was granted, such as 80% or 99.5%`, 'bad_request');
        this.put({ ...this.of(request), rules: { steps, steps_in_force: steps ?? ['50%', '80%', '90%'], disable, without_quota, endpoints, instances, note } });
        return true;
      }
      case 'change_policy': {
        const user = this.of(request);
        const others = user.policies.filter((one) => one.name !== request.policy);
        const known = user.policies.find((one) => one.name === request.policy) ?? { name: request.policy, system: true, everywhere: false, projects: [], ours_to_change: true };
        const project = request.project;
        const changed = project ? { ...known, projects: [...known.projects.filter((one) => one !== project), ...(request.attach ? [project] : [])] } : { ...known, everywhere: request.attach };
        this.put({ ...user, policies: changed.everywhere || changed.projects.length > 0 ? [...others, changed] : others });
        return true;
      }
      default: return false;
    }
  }

  private projects(account: string): CloudProjectView[] {
    const linked = this.users.filter((user) => user.account === account).flatMap((user) => user.projects.map((one) => ({ ...one, user: user.name })));
    const names = [...new Set([...linked.map((one) => one.project), 'default', 'campaign-26', 'archive'])].sort();
    return names.map((name) => {
      const of = linked.filter((one) => one.project === name);
      const taken = of.reduce((sum, one) => sum + Number(one.share.replace('%', '')), 0);
      return { name, title: name === 'default' ? '默认项目' : '', users: of.map((one) => one.user), free: `${100 - taken}%` };
    });
  }

  private bill(account: string, month: string): BillView {
    const running = month === scene.month();
    const rows = this.users.filter((user) => user.account === account).flatMap((user): BillRowView[] => {
      const projects = user.projects.flatMap((one) => (one.this_month && one.on ? [{ project: one.project, cost: scene.money(COSTS[one.project] ?? one.this_month.value), charged: one.this_month, share: one.share }] : []));
      return projects.length > 0 ? [{ user: user.user, name: user.name, amounts: [sum(projects.map((one) => one.charged))], projects }] : [];
    });
    const nobody = UNCHARGED.map(([project, value]) => ({ project, cost: scene.money(value), charged: scene.money(value), share: null }));
    const all: BillRowView[] = [...rows, { user: null, name: '', amounts: [sum(nobody.map((one) => one.charged))], projects: nobody }];
    return { account, month, months: [0, 1, 2].map((back) => scene.month(back)), at: at(running ? -3 * HOUR : -9 * DAY), running, totals: [sum(all.flatMap((row) => row.amounts))], rows: all };
  }
}

function sum(amounts: Amount[]): Amount {
  return amounts.reduce((a, b) => sumOf(a, b) ?? a, scene.money('0'));
}
