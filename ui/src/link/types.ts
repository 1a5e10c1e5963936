// What the window knows of the guard: the requests, which answer belongs to which, and the one way to ask.
// A new request needs one line in `Answers`; `vue-tsc` fails until it stands there. Tested in link.test.ts.
import type { ApiError, ChangeBatch, Request, Response } from '@/bindings/api';

/** Which kind of answer each request gets; the words are those of the Rust enum. */
type Answers = {
  version: 'version';
  status: 'status';
  accounts: 'accounts';
  meters: 'meters';
  check: 'meters';
  targets: 'targets';
  validate: 'plan';
  plan: 'plan';
  apply: 'plan';
  export: 'text';
  guards: 'guards';
  arm_preview: 'armed';
  arm: 'armed';
  disarm: 'done';
  hold: 'done';
  cancel: 'done';
  stop_now: 'done';
  stop: 'planned';
  start: 'planned';
  restore: 'planned';
  pause: 'done';
  resume: 'done';
  protect: 'done';
  actions: 'actions';
  alerts: 'alerts';
  acknowledge: 'done';
  snooze: 'done';
  channels: 'channels';
  test_channel: 'tested';
  deliveries: 'deliveries';
  retry_delivery: 'done';
  history: 'history';
  replay: 'replay';
  audit_verify: 'audit_verdict';
  audit: 'audit';
  lapses: 'lapses';
  overview: 'overview';
  tray: 'tray';
  chart: 'chart';
  trend: 'trend';
  statistics: 'statistics';
  export_history: 'exported';
  what_if: 'what_if';
  backup: 'done';
  vault_list: 'vault_items';
  vault_set: 'done';
  vault_delete: 'done';
  doctor: 'doctor';
  items: 'items';
  draft: 'draft';
  save: 'plan';
  try_account: 'tried';
  try_channel: 'tested';
  catalogue: 'catalogue';
  flows: 'flows';
  flow_line: 'flow_line';
  live: 'live';
  devices: 'devices';
  invite_agent: 'invited';
  end_device: 'done';
  import_flows: 'imported';
  import_samples: 'done';
  subscriptions: 'subscriptions';
  report: 'report';
  send_report: 'report';
  settings: 'settings';
  save_settings: 'settings';
  backups: 'backups';
  backup_now: 'backup';
  restore_backup: 'restored';
  demo: 'demo';
  mailboxes: 'mailboxes';
  findings: 'mail_findings';
  scan_mailbox: 'mailboxes';
  try_mailbox: 'tried_mailbox';
  mail_rules: 'mail_rules';
  tokens: 'tokens';
  create_token: 'made_token';
  revoke_token: 'done';
  renewals: 'renewals';
  renewal_preview: 'dues';
  mark_renewed: 'renewed';
  clear_renewed: 'renewed';
  renewals_ics: 'text';
  quotas: 'quotas';
  quota: 'quota';
  ledger: 'ledger';
  ledger_csv: 'text';
  bill: 'bill';
  cloud_projects: 'cloud_projects';
  cloud_policies: 'cloud_policies';
  sync_quotas: 'quotas';
  allocate: 'allocated';
  link_project: 'done';
  unlink_project: 'done';
  toggle_projects: 'done';
  quota_rules: 'done';
  create_sub_account: 'made_sub_account';
  create_sub_account_key: 'made_sub_account';
  change_policy: 'done';
};

/** The word of a request. */
export type Kind = Request['request'];

/** A request of one kind. */
export type Asked<K extends Kind> = Extract<Request, { request: K }>;

/** What a request is answered with: `undefined` where the answer is only "done". */
export type Answer<K extends Kind> = Answers[K] extends infer R
  ? Extract<Response, { response: R }> extends { data: infer D }
    ? D
    : undefined
  : never;

/** Whether the guard answers; `missed`: batches were lost and everything is to be read anew. */
export type LinkState = { state: 'connected' } | { state: 'disconnected' } | { state: 'missed'; missed: number };

/** What the window must know before it asks anything. */
export type WindowInfo = { language: 'zh-CN' | 'en'; version: string };

/** Ends a listening. */
export type Unlisten = () => void;

/** How the window reaches the guard. One implementation asks Tauri, the other is a world made up for development. */
export interface Link {
  /** One request, one answer. Rejects with a `Refusal`. */
  ask<K extends Kind>(request: Asked<K>): Promise<Answer<K>>;
  /** One batch per transaction of the guard, in order. */
  onChanges(listener: (batch: ChangeBatch) => void): Promise<Unlisten>;
  onLink(listener: (state: LinkState) => void): Promise<Unlisten>;
  /** The path of a page that the tray or a notice asks for. */
  onPage(listener: (path: string) => void): Promise<Unlisten>;
  linkState(): Promise<LinkState>;
  /** Whether anybody can see the page: while nobody can, no change wakes it, and what it missed is told at its return. */
  seen(seen: boolean): Promise<void>;
  windowInfo(): Promise<WindowInfo>;
  /** Keeps a text in the downloads folder; answers where. */
  saveText(name: string, text: string): Promise<string>;
  /** Shows the program's folder in the system's file manager. */
  openDataFolder(): Promise<void>;
}

/** An `ApiError` that can be thrown. */
export class Refusal extends Error {
  readonly code: ApiError['code'];
  readonly detail: string;
  readonly findings: NonNullable<ApiError['findings']>;
  readonly retryable: boolean;

  constructor(error: ApiError) {
    super(`${error.code}: ${error.detail}`);
    this.name = 'Refusal';
    this.code = error.code;
    this.detail = error.detail;
    this.findings = error.findings ?? [];
    this.retryable = error.retryable;
  }

  /** Whatever was thrown, as a refusal; what has no known shape is a failure of the link. */
  static from(thrown: unknown): Refusal {
    if (thrown instanceof Refusal) return thrown;
    if (isApiError(thrown)) return new Refusal(thrown);
    return new Refusal({ code: 'link', detail: String(thrown), retryable: true });
  }
}

function isApiError(value: unknown): value is ApiError {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
}

/** Fails to compile when a request of the bindings has no line above, or a line names none. */
export type EveryRequestIsAnswered = [Kind] extends [keyof Answers]
  ? [keyof Answers] extends [Kind]
    ? true
    : never
  : never;
export const everyRequestIsAnswered: EveryRequestIsAnswered = true;
