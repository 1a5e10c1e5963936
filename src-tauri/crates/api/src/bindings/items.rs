//! The fields of the configuration format as TypeScript. Written by hand, since the Rust side reads them from text;
//! `tests/bindings.rs` compares the names with what the format knows.

pub(super) const TEXT: &str = r#"
/** An account in the fields of the configuration format; what is left out is at its default. */
export type AccountItem = {
  id: string,
  /** `huawei`, `volcengine`, or one that is told by a spec. */
  provider: string,
  name?: string,
  enabled?: boolean,
  site?: "auto" | "china" | "international",
  /** Empty: all that the key may enter. */
  regions?: Array<string>,
  /** A span such as `5m`. */
  interval?: string,
  interval_near?: string,
  endpoint?: string,
  /** What else the provider asks for and is no secret, by the names of its fields. */
  params?: Record<string, string>,
  /** References such as `vault:hw-main`, never a secret. */
  secret?: Record<string, string>,
  /** A credential of its own for acting. */
  act?: { secret: Record<string, string>, },
  mapping?: Array<{ meter: string, server: string, region: string, name?: string, }>,
  /** Servers and sub-accounts that are never touched. */
  protect?: Array<string>,
};

/** A channel in the fields of the configuration format; which of them a kind knows is told by the catalogue. */
export type ChannelItem = {
  id: string,
  kind: "feishu" | "dingtalk" | "wecom" | "telegram" | "slack" | "webhook" | "smtp" | "desktop",
  enabled?: boolean,
  language?: "zh-CN" | "en",
  /** It takes messages of this severity and above. */
  severity?: "info" | "warning" | "critical",
  /** A reference such as `vault:ops`, as are all fields that the catalogue calls secret. */
  url?: string,
  secret?: string,
  keyword?: string,
  /** Who is called by name in a critical message: `all`, or ids of the platform. */
  mention?: Array<string>,
  /** Telegram: a reference. */
  token?: string,
  chat_id?: string,
  thread_id?: string,
  /** Another address of the API. */
  base?: string,
  /** Webhook: a reference. */
  authorization?: string,
  /** References by the names of their headers. */
  headers?: Record<string, string>,
  method?: "POST" | "PUT",
  /** A JSON body with places such as `{{title}}`. */
  template?: string,
  ok_pointer?: string,
  ok_equals?: string,
  /** Mail. */
  host?: string,
  port?: number,
  tls?: "implicit" | "starttls" | "none",
  username?: string,
  /** A reference. */
  password?: string,
  from?: string,
  to?: Array<string>,
  /** A certificate in PEM form that is trusted besides the system's. */
  ca?: string,
};

/** A guard in the fields of the configuration format. Its mode is changed by `arm` and `disarm` alone. */
export type GuardItem = {
  id: string,
  account: string,
  /** A meter's id, or `*` for every traffic package. */
  meter?: string,
  enabled?: boolean,
  /** `70%`, `20 GB`, `2d` */
  steps?: Array<string>,
  /** `10 GB`, `98%`, `predictive 5 GB` */
  limit?: string,
  action?: "warn" | "stop",
  /** A span such as `60s`. */
  countdown?: string,
  /** Empty: every channel. */
  channels?: Array<string>,
  /** `30 Mbit`, `1 Gbit` */
  bandwidth?: string,
  forced?: boolean,
  restart?: "suspend" | "again",
  start_after_reset?: boolean,
  belts?: {
    agreeing?: number,
    fresh_intervals?: number,
    window_settle?: string,
    start_grace?: string,
    actions_guard?: number,
    actions_all?: number,
    protect?: Array<string>,
  },
};

/** A renewal in the fields of the configuration format. Until when it is paid is told by `renewals`. */
export type RenewalItem = {
  id: string,
  name?: string,
  enabled?: boolean,
  owner?: string,
  /** `weekly`, `monthly`, `yearly`, `every 90 days`, `every 3 months`, `once`, `trial`. */
  cycle: string,
  /** `1` to `7`, `1` to `31`, `MM-DD`, or a date for the cycles that have one. */
  day: string,
  /** Such as `68 CNY`. */
  amount?: string,
  /** The provider renews it and takes the money by itself. */
  auto_renew?: boolean,
  /** On how many days before a due date to remind; 0 is the day itself. */
  remind?: Array<number>,
  /** Paid through this date before it was known here. */
  paid?: string,
  note?: string,
  /** Empty: every channel. */
  channels?: Array<string>,
};

/** A rule for mails in the fields of the configuration format. */
export type MailRuleItem = {
  id: string,
  /** Empty: every known sender. */
  from_domains?: Array<string>,
  subject_any?: Array<string>,
  /** Two of these in the text; empty: those of the subject. */
  body_any?: Array<string>,
  none_of?: Array<string>,
  kind: "low_balance" | "overdue" | "expiring" | "suspended" | "payment_failed" | "receipt" | "notice",
  severity?: "info" | "warning" | "critical",
  /** What ¥ or $ means there: `CNY`. */
  currency_hint?: string,
};

/** A mailbox in the fields of the configuration format. */
export type MailboxItem = {
  id: string,
  name?: string,
  enabled?: boolean,
  host: string,
  /** 993 with `implicit`, else 143. */
  port?: number,
  /** `none` only to this machine. Default `implicit`. */
  tls?: "implicit" | "starttls" | "none",
  username: string,
  /** A reference such as `vault:mail`. */
  password: string,
  /** Default `INBOX`. */
  folder?: string,
  /** Default `15m`. */
  interval?: string,
  /** How many days the first look goes back; default 3. */
  days?: number,
  /** The name under which its server signs what it checked; its own where none is given. */
  authserv?: string,
  /** They come before the built-in ones. */
  rules?: Array<MailRuleItem>,
  /** Words beside the built-in rules. */
  extra?: Array<string>,
  /** Words in place of the built-in rules. */
  replace?: Array<string>,
  /** Empty: every channel. */
  channels?: Array<string>,
};
"#;
