// Made from the Rust types of `tidegate-api`; renew with:
//   cargo run -p tidegate-api --example bindings -- --write

export type Request = { "request": "version" } | { "request": "status" } | { "request": "accounts" } | { "request": "meters", 
/**
 * Only of this account.
 */
account: string | null, 
/**
 * Of the sentences.
 */
lang: "zh-CN" | "en", } | { "request": "check", 
/**
 * Only these; empty: all.
 */
accounts: Array<string>, 
/**
 * Of the sentences.
 */
lang: "zh-CN" | "en", } | { "request": "targets", 
/**
 * Only of this account.
 */
account: string | null, } | { "request": "validate", 
/**
 * The TOML.
 */
text: string, } | { "request": "plan", 
/**
 * The TOML.
 */
text: string, 
/**
 * Whether what the text does not mention goes.
 */
prune: boolean, } | { "request": "apply", 
/**
 * The TOML.
 */
text: string, 
/**
 * Whether what the text does not mention goes.
 */
prune: boolean, } | { "request": "export" } | { "request": "guards", 
/**
 * Of the sentences.
 */
lang: "zh-CN" | "en", } | { "request": "arm_preview", 
/**
 * Which.
 */
guard: string, 
/**
 * For how long, in seconds.
 */
seconds: number, } | { "request": "arm", 
/**
 * Which.
 */
guard: string, 
/**
 * For how long, in seconds.
 */
seconds: number, } | { "request": "disarm", 
/**
 * Which.
 */
guard: string, } | { "request": "hold", 
/**
 * Which.
 */
action: string, 
/**
 * By how much, in seconds.
 */
seconds: number, } | { "request": "cancel", 
/**
 * Which.
 */
action: string, } | { "request": "stop_now", 
/**
 * Which.
 */
action: string, } | { "request": "stop", 
/**
 * Whose.
 */
account: string, 
/**
 * Which.
 */
target: string, 
/**
 * The server's name or id as the person confirmed it.
 */
typed_name: string, 
/**
 * Cut the power instead of asking the guest system.
 */
forced: boolean, } | { "request": "start", 
/**
 * Whose.
 */
account: string, 
/**
 * Which.
 */
target: string, 
/**
 * The server's name or id as the person confirmed it.
 */
typed_name: string, } | { "request": "restore", 
/**
 * Which stop.
 */
action: string, } | { "request": "pause", 
/**
 * For how long, in seconds.
 */
seconds: number, } | { "request": "resume" } | { "request": "protect", 
/**
 * Whose.
 */
account: string, 
/**
 * Which.
 */
target: string, 
/**
 * On or off.
 */
protected: boolean, } | { "request": "actions", 
/**
 * Only those that have not ended.
 */
open: boolean, 
/**
 * At most so many.
 */
limit: number, 
/**
 * Only those made before this one.
 */
before?: string | null, 
/**
 * Of the texts.
 */
lang?: "zh-CN" | "en", } | { "request": "alerts", 
/**
 * Only unresolved ones.
 */
open: boolean, 
/**
 * At most so many.
 */
limit: number, 
/**
 * Only those made before this one.
 */
before?: string | null, 
/**
 * Of the texts.
 */
lang: "zh-CN" | "en", } | { "request": "acknowledge", 
/**
 * Which.
 */
alert: string, 
/**
 * Why; may be empty.
 */
reason: string, } | { "request": "snooze", 
/**
 * Which.
 */
alert: string, 
/**
 * For how long, in seconds.
 */
seconds: number, 
/**
 * Why; may be empty. Kept in the audit.
 */
reason?: string, } | { "request": "channels" } | { "request": "test_channel", 
/**
 * Which.
 */
channel: string, } | { "request": "deliveries", 
/**
 * At most so many.
 */
limit: number, 
/**
 * Only those made before this one.
 */
before?: string | null, 
/**
 * Of the texts.
 */
lang: "zh-CN" | "en", } | { "request": "retry_delivery", 
/**
 * Which.
 */
delivery: string, } | { "request": "history" } & HistoryAsked | { "request": "replay", 
/**
 * Which.
 */
guard: string, 
/**
 * Another limit than the configured one, in its text form.
 */
limit: string | null, 
/**
 * Other steps than the configured ones.
 */
steps: Array<string> | null, 
/**
 * How far back.
 */
days: number, } | { "request": "chart" } & ChartAsked | { "request": "trend" } & TrendAsked | { "request": "statistics" } & StatisticsAsked | { "request": "export_history" } & ExportAsked | { "request": "what_if" } & WhatIfAsked | { "request": "tray", 
/**
 * Of the texts.
 */
lang: "zh-CN" | "en", } | { "request": "overview", 
/**
 * Of the texts.
 */
lang: "zh-CN" | "en", } | { "request": "audit_verify" } | { "request": "audit", 
/**
 * After this number; 0 from the start.
 */
after: number, 
/**
 * At most so many.
 */
limit: number, 
/**
 * The newest before this number, newest first; a number beyond all begins at the end.
 */
before?: number | null, 
/**
 * Of the texts.
 */
lang?: "zh-CN" | "en", } | { "request": "lapses", 
/**
 * At most so many.
 */
limit: number, 
/**
 * Only those that began before this.
 */
before?: string | null, 
/**
 * Of the texts.
 */
lang?: "zh-CN" | "en", } | { "request": "backup", 
/**
 * The new file; it must not exist.
 */
file: string, } | { "request": "vault_list" } | { "request": "vault_set", 
/**
 * The item.
 */
item: string, 
/**
 * Its fields; a field that is not named keeps its value.
 */
fields: Record<string, string>, } | { "request": "vault_delete", 
/**
 * The item.
 */
item: string, } | { "request": "doctor", 
/**
 * Also asks each account's provider.
 */
outside: boolean, 
/**
 * Of the texts.
 */
lang: "zh-CN" | "en", } | { "request": "items" } | { "request": "draft", 
/**
 * What would be put over the configured items.
 */
items: Items, 
/**
 * What would go.
 */
remove: Array<ItemRef>, 
/**
 * Of the sentences.
 */
lang: "zh-CN" | "en", } | { "request": "save", 
/**
 * What is put over the configured items.
 */
items: Items, 
/**
 * What goes.
 */
remove: Array<ItemRef>, 
/**
 * Secrets by vault item and field; a field that is not named keeps its value.
 */
secrets: Record<string, Record<string, string>>, } | { "request": "try_account", 
/**
 * The account.
 */
account: AccountItem, 
/**
 * Its secrets by field, those of the acting credential as `act.ak`; what is not named comes from its reference.
 */
secrets: Record<string, string>, 
/**
 * Of the sentences.
 */
lang: "zh-CN" | "en", } | { "request": "try_channel", 
/**
 * The channel.
 */
channel: ChannelItem, 
/**
 * Its secrets by field; what is not named comes from its reference.
 */
secrets: Record<string, string>, 
/**
 * Of the sentences.
 */
lang: "zh-CN" | "en", } | { "request": "renewals", 
/**
 * Of the words.
 */
lang: "zh-CN" | "en", } | { "request": "renewal_preview" } & RenewalPreview | { "request": "mark_renewed" } & RenewalMark | { "request": "clear_renewed" } & RenewalClear | { "request": "renewals_ics", 
/**
 * Of the words.
 */
lang: "zh-CN" | "en", } | { "request": "quotas" } & QuotasAsked | { "request": "quota" } & QuotaAsked | { "request": "ledger" } & LedgerAsked | { "request": "ledger_csv" } & SubAccountRef | { "request": "bill" } & BillAsked | { "request": "cloud_projects" } & AccountAsked | { "request": "cloud_policies" } & AccountAsked | { "request": "sync_quotas" } & QuotasAsked | { "request": "allocate" } & Allocate | { "request": "link_project" } & LinkProject | { "request": "unlink_project" } & UnlinkProject | { "request": "toggle_projects" } & ToggleProjects | { "request": "quota_rules" } & QuotaRules | { "request": "create_sub_account" } & CreateSubAccount | { "request": "create_sub_account_key" } & SubAccountRef | { "request": "change_policy" } & ChangePolicy | { "request": "flows" } & FlowsAsked | { "request": "flow_line" } & FlowLineAsked | { "request": "live" } | { "request": "devices" } | { "request": "invite_agent" } & InviteAgent | { "request": "end_device" } & DeviceAsked | { "request": "import_flows" } & ImportFlows | { "request": "import_samples" } & ImportSamples | { "request": "subscriptions" } | { "request": "report" } & ReportAsked | { "request": "send_report" } & ReportAsked | { "request": "mailboxes", 
/**
 * Of the sentences.
 */
lang: "zh-CN" | "en", } | { "request": "findings" } & FindingsAsked | { "request": "scan_mailbox", 
/**
 * Which.
 */
mailbox: string, 
/**
 * Of the sentences.
 */
lang: "zh-CN" | "en", } | { "request": "try_mailbox", 
/**
 * The mailbox.
 */
mailbox: MailboxItem, 
/**
 * Its secrets by field; what is not named comes from its reference.
 */
secrets: Record<string, string>, 
/**
 * Of the texts.
 */
lang: "zh-CN" | "en", } | { "request": "mail_rules", 
/**
 * Of the texts.
 */
lang: "zh-CN" | "en", } | { "request": "catalogue", 
/**
 * Of the texts.
 */
lang: "zh-CN" | "en", } | { "request": "settings" } | { "request": "save_settings", 
/**
 * What changes.
 */
change: SettingsChange, } | { "request": "tokens" } | { "request": "create_token", 
/**
 * Its name.
 */
name: string, 
/**
 * What it may do.
 */
scopes: Array<Scope>, 
/**
 * When it ends by itself, in seconds; null: never.
 */
seconds: number | null, } | { "request": "revoke_token", 
/**
 * Which.
 */
token: string, } | { "request": "backups" } | { "request": "backup_now" } | { "request": "restore_backup", 
/**
 * The copy's name, as `backups` tells it.
 */
name: string, } | { "request": "demo", 
/**
 * Begin or end.
 */
on: boolean, 
/**
 * About how many minutes the package lasts, 2 to 60; null: 4.
 */
minutes: number | null, 
/**
 * Of its names and notices.
 */
lang: "zh-CN" | "en", };

export type Response = { "response": "done" } | { "response": "version", "data": VersionView } | { "response": "status", "data": StatusView } | { "response": "accounts", "data": Array<AccountView> } | { "response": "meters", "data": MetersView } | { "response": "targets", "data": Array<TargetView> } | { "response": "plan", "data": Plan } | { "response": "text", "data": string } | { "response": "guards", "data": Array<GuardView> } | { "response": "armed", "data": ArmedView } | { "response": "planned", "data": ActionView } | { "response": "actions", "data": Array<ActionView> } | { "response": "alerts", "data": Array<AlertView> } | { "response": "channels", "data": Array<ChannelView> } | { "response": "tested", "data": TestedView } | { "response": "deliveries", "data": Array<DeliveryView> } | { "response": "history", "data": Array<PointView> } | { "response": "replay", "data": Array<ReplayView> } | { "response": "chart", "data": ChartView } | { "response": "trend", "data": TrendView } | { "response": "statistics", "data": StatisticsView } | { "response": "exported", "data": ExportPage } | { "response": "what_if", "data": WhatIfView } | { "response": "tray", "data": TrayView } | { "response": "overview", "data": OverviewView } | { "response": "audit_verdict", "data": { verdict: "intact", head: { seq: number, hash: string } } | { verdict: "broken", seq: number, fault: string } } | { "response": "audit", "data": Array<AuditView> } | { "response": "lapses", "data": Array<LapseView> } | { "response": "vault_items", "data": VaultView } | { "response": "doctor", "data": Array<FootingView> } | { "response": "items", "data": ItemsView } | { "response": "draft", "data": DraftView } | { "response": "tried", "data": TriedView } | { "response": "mailboxes", "data": Array<MailboxView> } | { "response": "mail_findings", "data": Array<MailFindingView> } | { "response": "tried_mailbox", "data": TriedMailboxView } | { "response": "mail_rules", "data": MailRulesView } | { "response": "catalogue", "data": CatalogueView } | { "response": "settings", "data": SettingsView } | { "response": "backups", "data": Array<BackupView> } | { "response": "backup", "data": BackupView } | { "response": "tokens", "data": Array<TokenView> } | { "response": "made_token", "data": MadeToken } | { "response": "restored", "data": RestoredView } | { "response": "demo", "data": DemoView } | { "response": "renewals", "data": RenewalsView } | { "response": "dues", "data": DuesView } | { "response": "renewed", "data": RenewedView } | { "response": "quotas", "data": QuotasView } | { "response": "quota", "data": QuotaDetailView } | { "response": "ledger", "data": LedgerView } | { "response": "allocated", "data": AllocatedView } | { "response": "bill", "data": BillView } | { "response": "cloud_projects", "data": Array<CloudProjectView> } | { "response": "cloud_policies", "data": Array<CloudPolicyView> } | { "response": "made_sub_account", "data": MadeSubAccount } | { "response": "flows", "data": FlowsView } | { "response": "flow_line", "data": FlowLineView } | { "response": "live", "data": LiveView } | { "response": "devices", "data": DevicesView } | { "response": "invited", "data": InvitedView } | { "response": "imported", "data": number } | { "response": "subscriptions", "data": SubscriptionsView } | { "response": "report", "data": ReportView };

export type ApiError = { 
/**
 * The class.
 */
code: ErrorCode, 
/**
 * One short line: what refused, and why.
 */
detail: string, 
/**
 * For `config_invalid`: each mistake.
 */
findings?: Array<{ line: number, path: string, code: string } & Record<string, unknown>>, 
/**
 * Whether the same request may succeed later without any change.
 */
retryable: boolean, };

export type ErrorCode = "bad_request" | "config_invalid" | "not_found" | "refused" | "not_running" | "not_holder" | "outside" | "store" | "link";

export type Plan = { 
/**
 * Every item of the text and, when pruning, every item that goes.
 */
items: Array<PlanItem>, 
/**
 * Vault items that go, because nothing refers to them any more; only saving takes them out.
 */
vault_removed: Array<string>, };

export type PlanItem = { 
/**
 * Which kind.
 */
kind: ItemKind, 
/**
 * Its id.
 */
id: string, 
/**
 * What happens.
 */
change: Change, 
/**
 * The fields that differ, for a change.
 */
fields: Array<string>, 
/**
 * An armed guard goes back to watch, because what it would do has changed.
 */
disarmed: boolean, };

export type ItemKind = "account" | "channel" | "guard" | "renewal" | "mailbox";

export type Change = "add" | "change" | "remove" | "unchanged";

export type VersionView = { 
/**
 * `tidegate`.
 */
name: string, 
/**
 * Its version.
 */
version: string, 
/**
 * The version of these requests; another one is refused by the link.
 */
protocol: number, };

export type StatusView = { 
/**
 * Now.
 */
at: string, 
/**
 * The loops run.
 */
running: boolean, 
/**
 * The answering process holds the lease.
 */
holder: boolean, 
/**
 * The worst level of any guard.
 */
level: "calm" | "warning" | "critical" | "blind", 
/**
 * Accounts.
 */
accounts: Array<AccountView>, 
/**
 * Guards that act, and until when.
 */
armed: Array<[string, string]>, 
/**
 * Actions that have not ended.
 */
open: Array<string>, 
/**
 * Automatic actions are paused until then.
 */
paused_until: string | null, 
/**
 * Messages that wait.
 */
deliveries_waiting: number, 
/**
 * Conditions of the program itself that need a person: name and one line.
 */
conditions: Array<[string, string]>, 
/**
 * All of it in one sentence, in both languages.
 */
sentence: SaidView, 
/**
 * The followed configuration file; null while none is followed.
 */
config_file: ConfigFileView | null, };

export type ConfigFileView = { 
/**
 * The file's name without its folder; `environment` where variables are the configuration.
 */
name: string, 
/**
 * Whether its newest text was taken.
 */
state: ConfigFileState, 
/**
 * Its first mistake in one line, when it was not.
 */
error: string | null, 
/**
 * The line of the mistake.
 */
line: number | null, 
/**
 * The field of the mistake.
 */
field: string | null, 
/**
 * When it was read last.
 */
read_at: string, 
/**
 * Texts taken since the start.
 */
applied: number, 
/**
 * Texts refused since the start.
 */
refused: number, };

export type ConfigFileState = "good" | "refused";

export type AccountView = { 
/**
 * Which.
 */
account: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Whether it is read.
 */
enabled: boolean, 
/**
 * The reason why nothing of it can be read, if so.
 */
reason: string | null, 
/**
 * The detail of the reason.
 */
detail: string | null, 
/**
 * Looked at last.
 */
looked_at: string | null, 
/**
 * Looked at next.
 */
next_at: string | null, 
/**
 * The interval in force, in seconds.
 */
interval: number, 
/**
 * Meters known.
 */
meters: number, 
/**
 * Made up by the demonstration.
 */
simulated: boolean, };

export type MetersView = { 
/**
 * Each meter.
 */
meters: Array<MeterView>, 
/**
 * Accounts of which nothing could be read; empty when all were.
 */
blind_accounts: Array<AccountView>, };

export type MeterView = { 
/**
 * Whose.
 */
account: string, 
/**
 * Which.
 */
meter: string, 
/**
 * Its name.
 */
name: string, 
/**
 * What it measures.
 */
kind: "traffic" | "balance" | "spending" | "renewal", 
/**
 * `known` or `blind`.
 */
outcome: "known" | "blind", 
/**
 * Why blind.
 */
reason: string | null, 
/**
 * The detail of the reason.
 */
detail: string | null, 
/**
 * Used; null while blind: absence is never zero.
 */
used: { value: string, unit: string } | null, 
/**
 * The whole.
 */
limit: { value: string, unit: string } | null, 
/**
 * Left.
 */
remaining: { value: string, unit: string } | null, 
/**
 * The span it counts in.
 */
window: WindowView | null, 
/**
 * When it was true.
 */
as_of: string | null, 
/**
 * When it was fetched.
 */
fetched_at: string | null, 
/**
 * The newest truth while blind.
 */
last_good: LastGood | null, 
/**
 * Whether people count it in GiB rather than GB.
 */
binary: boolean, 
/**
 * What it measures the use of.
 */
targets: Array<{ kind: string, id: string, name: string, region: string }>, 
/**
 * Guards on it.
 */
guards: Array<MeterGuardView>, 
/**
 * The account's name.
 */
account_name: string, 
/**
 * The worst level of its guards; null when no guard watches it.
 */
level: "calm" | "warning" | "critical" | "blind" | null, 
/**
 * What to show it as.
 */
state: MeterState, 
/**
 * Since when there is no truth; null while there is, and when there never was any.
 */
blind_since: string | null, 
/**
 * Whose time `as_of` is.
 */
as_of_source: AsOfSource | null, 
/**
 * How far the provider's numbers run behind, as learned; in milliseconds.
 */
lag_ms: number | null, 
/**
 * How long it lasts; null while blind and when no guard watches it.
 */
forecast: ForecastView | null, 
/**
 * Made up by the demonstration.
 */
simulated: boolean, };

export type WindowView = { 
/**
 * How it came to be.
 */
kind: "day" | "month" | "year" | "cycle" | "life", 
/**
 * First instant.
 */
start: string, 
/**
 * First instant after it.
 */
end: string | null, };

export type LastGood = { 
/**
 * Left.
 */
remaining: { value: string, unit: string } | null, 
/**
 * Used.
 */
used: { value: string, unit: string } | null, 
/**
 * When it was true.
 */
as_of: string, };

export type MeterGuardView = { 
/**
 * Which.
 */
id: string, 
/**
 * Its level.
 */
level: "calm" | "warning" | "critical" | "blind", 
/**
 * `watch` or `armed`.
 */
mode: "watch" | "armed", 
/**
 * Armed until then.
 */
armed_until: string | null, 
/**
 * What it does, or why it does nothing; null before the first judgement.
 */
why: WhyView | null, 
/**
 * Its thresholds, in the order of the configuration.
 */
steps: Array<StepView>, 
/**
 * Its line.
 */
limit: LimitView | null, 
/**
 * What the line asks for.
 */
action: "warn" | "stop" | "start", 
/**
 * Before an automatic action, in seconds.
 */
countdown: number, 
/**
 * How far it can overshoot, as a sentence.
 */
contract: string, 
/**
 * What it may stop while armed, and nothing else.
 */
targets: Array<{ kind: string, id: string, name: string, region: string }>, 
/**
 * Held by a person until then.
 */
held_until: string | null, 
/**
 * Its action that has not ended.
 */
open_action: string | null, };

export type WhyView = { 
/**
 * The class: `blind`, `acting`, `under`, `act`, or the first belt that blocks (`watch`, `agreeing`, …).
 */
code: string, 
/**
 * The sentence in the asked language.
 */
text: string, 
/**
 * The facts.
 */
args: Record<string, unknown>, };

export type TargetView = { 
/**
 * Whose.
 */
account: string, 
/**
 * What.
 */
target: { kind: string, id: string, name: string, region: string }, 
/**
 * On the protect list.
 */
protected: boolean, 
/**
 * The last state read: `running`, `stopped`, …; null when none was.
 */
power: Record<string, string> | null, 
/**
 * When it was read.
 */
power_at: string | null, 
/**
 * Stopped by us, verified, and not started again since.
 */
stopped_by_us_at: string | null, 
/**
 * Still there at the provider.
 */
present: boolean, 
/**
 * The meters that measure it.
 */
meters: Array<string>, 
/**
 * Public addresses.
 */
addresses: Array<string>, 
/**
 * Made up by the demonstration.
 */
simulated: boolean, };

export type GuardView = { 
/**
 * Which.
 */
id: string, 
/**
 * Whose meters.
 */
account: string, 
/**
 * Whether it judges.
 */
enabled: boolean, 
/**
 * `watch` or `armed`.
 */
mode: "watch" | "armed", 
/**
 * Armed until then.
 */
armed_until: string | null, 
/**
 * The frozen targets while armed.
 */
frozen: Array<{ kind: string, id: string, name: string, region: string }>, 
/**
 * Thresholds in their text form.
 */
steps: Array<string>, 
/**
 * The line in its text form.
 */
limit: string | null, 
/**
 * What the line asks for.
 */
action: "warn" | "stop" | "start", 
/**
 * Before an automatic action, in seconds.
 */
countdown: number, 
/**
 * Where its messages go; empty: every channel.
 */
channels: Array<string>, 
/**
 * Each of its meters.
 */
meters: Array<GuardMeterView>, 
/**
 * Made up by the demonstration.
 */
simulated: boolean, };

export type GuardMeterView = { 
/**
 * Which.
 */
meter: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its level.
 */
level: "calm" | "warning" | "critical" | "blind", 
/**
 * Left at the newest truth.
 */
remaining: { value: string, unit: string } | null, 
/**
 * When that was true.
 */
as_of: string | null, 
/**
 * Whether people count it in GiB rather than GB.
 */
binary: boolean, 
/**
 * The sentence.
 */
why: WhyView | null, 
/**
 * How far it can overshoot, as a sentence.
 */
contract: string, 
/**
 * Held by a person until then.
 */
held_until: string | null, };

export type ArmedView = { 
/**
 * Which guard.
 */
guard: string, 
/**
 * Until when.
 */
until: string, 
/**
 * What it may stop, and nothing else.
 */
targets: Array<{ kind: string, id: string, name: string, region: string }>, };

export type ActionView = { 
/**
 * Which.
 */
id: string, 
/**
 * The guard that decided; null when a person asked.
 */
guard: string | null, 
/**
 * Whose.
 */
account: string, 
/**
 * The meter it was decided on.
 */
meter: string | null, 
/**
 * What.
 */
action: "warn" | "stop" | "start", 
/**
 * On what.
 */
target: { kind: string, id: string, name: string, region: string }, 
/**
 * Where it stands.
 */
state: string, 
/**
 * When it is, or was, due.
 */
due: string, 
/**
 * Failed tries.
 */
tries: number, 
/**
 * The provider's receipt.
 */
receipt: { job: string | null, request: string | null, at: string } | null, 
/**
 * What shows that it took effect.
 */
proof: Record<string, unknown> | null, 
/**
 * Where it stands, in words.
 */
state_text: string, 
/**
 * Who decided: the guard's id, or the person's way in (`window`, `cli`, `tray`, `api`).
 */
by: string, 
/**
 * A person asked for it.
 */
by_person: boolean, 
/**
 * The sentence at the decision; null when a person asked.
 */
why: string | null, 
/**
 * The power state read before the request left.
 */
before: Record<string, string> | null, 
/**
 * The power state that ended it.
 */
after: Record<string, string> | null, 
/**
 * When its request left.
 */
sent_at: string | null, 
/**
 * When it is tried again after a failure.
 */
retry_at: string | null, 
/**
 * What went wrong last, as the provider or Tidegate said it.
 */
error: string | null, 
/**
 * What a person can do about it.
 */
next: string | null, 
/**
 * It can be called off.
 */
cancellable: boolean, 
/**
 * Its countdown runs: it can be held, or ended now.
 */
holdable: boolean, 
/**
 * It is a verified stop that can be undone.
 */
restorable: boolean, 
/**
 * Its transitions, oldest first.
 */
events: Array<ActionEventView>, 
/**
 * When it was made.
 */
created_at: string, 
/**
 * When it last changed.
 */
updated_at: string, 
/**
 * Made up by the demonstration.
 */
simulated: boolean, };

export type ActionEventView = { 
/**
 * To.
 */
to: string, 
/**
 * That state in words.
 */
text: string, 
/**
 * When.
 */
at: string, 
/**
 * Its facts.
 */
facts: unknown, };

export type AlertView = { 
/**
 * Which.
 */
id: string, 
/**
 * The guard; null for the program itself.
 */
guard: string | null, 
/**
 * Whose meter.
 */
account: string | null, 
/**
 * Which meter.
 */
meter: string | null, 
/**
 * Its key within guard, meter and window.
 */
key: string, 
/**
 * How loud.
 */
severity: "info" | "warning" | "critical", 
/**
 * One line in the asked language.
 */
title: string, 
/**
 * What Tidegate did, does or will do about it; empty when the message does not say.
 */
sentence: string, 
/**
 * What a person can do; empty when there is nothing to do.
 */
next: string, 
/**
 * Neither resolved nor acknowledged nor quiet: it asks for a person.
 */
asks: boolean, 
/**
 * Raised.
 */
raised_at: string, 
/**
 * Resolved.
 */
resolved_at: string | null, 
/**
 * Acknowledged, and why.
 */
acknowledged: [string, string] | null, 
/**
 * Quiet until then.
 */
snoozed_until: string | null, 
/**
 * Made up by the demonstration.
 */
simulated: boolean, };

export type ChannelView = { 
/**
 * Which.
 */
id: string, 
/**
 * Its kind.
 */
kind: string, 
/**
 * Whether it is used.
 */
enabled: boolean, 
/**
 * Its language.
 */
language: "zh-CN" | "en", 
/**
 * Its secrets by reference: `env:NAME`, `vault:NAME`.
 */
secrets: { [key in string]: string }, 
/**
 * When it last took a message.
 */
last_success: string | null, 
/**
 * What it said when it last did not take one, and when; null once it took one after that.
 */
last_error: [string, string] | null, 
/**
 * Messages that wait for it.
 */
waiting: number, };

export type TestedView = { 
/**
 * Which channel.
 */
channel: string, 
/**
 * When it was taken.
 */
at: string, 
/**
 * The platform's word.
 */
word: string, };

export type DeliveryView = { 
/**
 * Which.
 */
id: string, 
/**
 * Where to.
 */
channel: string, 
/**
 * The alert it tells of.
 */
alert: string | null, 
/**
 * The action it tells of.
 */
action: string | null, 
/**
 * The message's code.
 */
code: string, 
/**
 * One line in the asked language.
 */
title: string, 
/**
 * Where it stands.
 */
state: "pending" | "sending" | "delivered" | "refused" | "expired", 
/**
 * Tries.
 */
tries: number, 
/**
 * Whether an earlier copy may have arrived.
 */
repeat: boolean, 
/**
 * The last refusal.
 */
error: string | null, 
/**
 * Where it stands and what comes next, in words.
 */
next: string, 
/**
 * It can be tried again by hand.
 */
retryable: boolean, 
/**
 * Made.
 */
created_at: string, 
/**
 * Not before.
 */
next_at: string, 
/**
 * Delivered.
 */
delivered_at: string | null, 
/**
 * Made up by the demonstration.
 */
simulated: boolean, };

export type PointView = { 
/**
 * When it was true.
 */
as_of: string, 
/**
 * Left.
 */
remaining: { value: string, unit: string } | null, 
/**
 * Used.
 */
used: { value: string, unit: string } | null, };

export type ReplayView = { 
/**
 * Which meter.
 */
meter: string, 
/**
 * The report: readings, when it would have warned and acted, lead times, false stops.
 */
report: Record<string, unknown>, };

export type AuditView = { 
/**
 * Its number.
 */
seq: number, 
/**
 * When.
 */
at: string, 
/**
 * Who.
 */
actor: string, 
/**
 * What.
 */
event: string, 
/**
 * All of it in one line.
 */
text: string, 
/**
 * The facts.
 */
facts: unknown, 
/**
 * The hash.
 */
hash: string, };

export type LapseView = { 
/**
 * From.
 */
start: string, 
/**
 * To.
 */
end: string, 
/**
 * `asleep`, `stopped`, `offline`, `clock`.
 */
cause: string, 
/**
 * The cause in words.
 */
text: string, };

export type MeterState = "unguarded" | "calm" | "stopped" | "warning" | "blind" | "critical" | "acting";

export type AsOfSource = "provider" | "fetch";

export type ForecastView = { "forecast": "known", 
/**
 * Used up in an hour, likely.
 */
burn_likely: { value: string, unit: string }, 
/**
 * Used up in an hour, at most.
 */
burn_upper: { value: string, unit: string }, 
/**
 * Readings that it rests on.
 */
samples: number, 
/**
 * When it runs out at the upper rate; null: it lasts the window.
 */
early: string | null, 
/**
 * At the likely rate.
 */
likely: string | null, 
/**
 * At the lower rate.
 */
late: string | null, 
/**
 * It may run out before its window ends, at the upper rate.
 */
ends_before_window: boolean, 
/**
 * In words: `runs out in 3–5 days`.
 */
text: string, } | { "forecast": "accumulating", 
/**
 * Readings so far.
 */
samples: number, 
/**
 * Readings that it takes.
 */
samples_needed: number, 
/**
 * From the first reading to the last, in seconds.
 */
seconds: number, 
/**
 * The seconds that it takes.
 */
seconds_needed: number, 
/**
 * Changes of the value so far.
 */
changes: number, 
/**
 * Changes that it takes.
 */
changes_needed: number, 
/**
 * What is missing, in words.
 */
text: string, };

export type StepView = { 
/**
 * As configured: `70%`, `20 GB`, `2d`.
 */
text: string, 
/**
 * What is left when it fires; null when that cannot be said yet.
 */
at: { value: string, unit: string } | null, 
/**
 * Crossed now.
 */
crossed: boolean, };

export type LimitView = { 
/**
 * As configured: `10 GB`, `98%`, `predictive 5 GB`.
 */
text: string, 
/**
 * What is left when it is crossed; for a predictive line as of now; null when that cannot be said yet.
 */
at: { value: string, unit: string } | null, 
/**
 * It moves with the burn.
 */
predictive: boolean, 
/**
 * Crossed now.
 */
crossed: boolean, };

export type VaultView = { 
/**
 * Its backend.
 */
backend: string, 
/**
 * Names of its items.
 */
items: Array<string>, };

export type FootingView = { 
/**
 * What was looked at: `home`, `database`, `lease`, `vault`, `clock`, `disk`, `link`, `account:ID`, `channel:ID`.
 */
what: string, 
/**
 * Whether it holds.
 */
ok: boolean, 
/**
 * What was found.
 */
found: string, 
/**
 * What to do, when it does not hold.
 */
next: string | null, };

export type ChartView = { 
/**
 * Whose.
 */
account: string, 
/**
 * Which.
 */
meter: string, 
/**
 * Its name.
 */
name: string, 
/**
 * The unit of every value: `bytes`, `CNY`, `credits`, `days`, `percent`.
 */
unit: string, 
/**
 * Digits after the point: a raw value of 1 is 10^-scale of the unit.
 */
scale: number, 
/**
 * Whether people count it in GiB rather than GB.
 */
binary: boolean, 
/**
 * From.
 */
start: number, 
/**
 * To.
 */
end: number, 
/**
 * Whether the values are what is left, or what is used where only that is known.
 */
of: "remaining" | "used", 
/**
 * The line, oldest first.
 */
points: ChartPoints, 
/**
 * Where nothing was read: the line is broken there.
 */
gaps: Array<GapView>, 
/**
 * The windows it counts in.
 */
windows: Array<SpanView>, 
/**
 * Thresholds of its guards.
 */
steps: Array<StepLineView>, 
/**
 * Lines of its guards.
 */
limits: Array<LimitLineView>, 
/**
 * Where it goes from here; null when no rate is known.
 */
forecast: BandView | null, 
/**
 * What happened, oldest first.
 */
markers: Array<MarkerView>, 
/**
 * Made up by the demonstration.
 */
simulated: boolean, };

export type ChartPoints = { 
/**
 * Instants.
 */
at: Array<number>, 
/**
 * Raw values.
 */
value: Array<string>, };

export type GapView = { 
/**
 * The last reading before it.
 */
start: number, 
/**
 * The first reading after it.
 */
end: number, 
/**
 * `asleep`, `stopped`, `offline`, `clock` (a lapse), the reason of a blindness (`auth`, `rate`, …), or `unread`.
 */
reason: string, 
/**
 * That in words.
 */
text: string, };

export type SpanView = { 
/**
 * First instant.
 */
start: number, 
/**
 * First instant after it; null when it has none, or it is not known.
 */
end: number | null, 
/**
 * The whole, raw.
 */
limit: string | null, };

export type StepLineView = { 
/**
 * Whose.
 */
guard: string, 
/**
 * As configured.
 */
text: string, 
/**
 * What is left when it fires, raw; null when that cannot be said yet.
 */
at: string | null, };

export type LimitLineView = { 
/**
 * Whose.
 */
guard: string, 
/**
 * As configured.
 */
text: string, 
/**
 * What is left when it is crossed, raw; null when that cannot be said yet.
 */
at: string | null, 
/**
 * It moves with the burn: the level is as of now.
 */
predictive: boolean, };

export type BandView = { 
/**
 * At the upper rate.
 */
early: ChartPoints, 
/**
 * At the likely rate.
 */
likely: ChartPoints, 
/**
 * At the lower rate.
 */
late: ChartPoints, };

export type MarkerKind = "step" | "limit" | "blind" | "planned" | "ended" | "stopped" | "restored" | "renewed" | "topped_up";

export type MarkerView = { 
/**
 * When.
 */
at: number, 
/**
 * What.
 */
kind: MarkerKind, 
/**
 * The alert or action, where it is one.
 */
id: string | null, 
/**
 * In words.
 */
text: string, };

export type TrendView = { 
/**
 * Whose.
 */
account: string, 
/**
 * Which.
 */
meter: string, 
/**
 * Its name.
 */
name: string, 
/**
 * The unit of every value: `bytes`, `CNY`, `credits`, `days`, `percent`.
 */
unit: string, 
/**
 * Whether people count it in GiB rather than GB.
 */
binary: boolean, 
/**
 * From.
 */
start: string, 
/**
 * To.
 */
end: string, 
/**
 * Whether the values are what is left, or what is used where only that is known.
 */
of: "remaining" | "used", 
/**
 * What they come to; null when nothing was read in the span.
 */
figures: FiguresView | null, 
/**
 * When a window began, it was topped up, or a counter began again.
 */
events: Array<string>, 
/**
 * Silences longer than three intervals and out of the usual pace.
 */
gaps: number, 
/**
 * How long they were together, in seconds.
 */
silent: number, 
/**
 * Thresholds of its guards.
 */
steps: Array<StepView>, 
/**
 * Lines of its guards.
 */
limits: Array<LimitView>, 
/**
 * Where it goes from here; null when no guard watches it.
 */
forecast: ForecastView | null, 
/**
 * The line, oldest first, at most 500 points; lowest and highest of every stretch are kept.
 */
points: Array<TrendPointView>, };

export type TrendPointView = { 
/**
 * When it was fetched.
 */
at: string, 
/**
 * Decimal text.
 */
value: string, };

export type FiguresView = { 
/**
 * Readings behind them.
 */
readings: number, 
/**
 * The first.
 */
first: SampleView, 
/**
 * The last.
 */
last: SampleView, 
/**
 * The lowest.
 */
lowest: SampleView, 
/**
 * The highest.
 */
highest: SampleView, 
/**
 * The average over time: each value counts for as long as it was the newest, silences for nothing.
 */
average: { value: string, unit: string }, 
/**
 * Last less first, whatever happened between.
 */
change: { value: string, unit: string }, 
/**
 * That as a percentage of the first; null when the first is nothing.
 */
change_share: { value: string, unit: string } | null, 
/**
 * What was used up: new windows, top-ups and counters that began again left out, corrections taken off.
 */
burned: { value: string, unit: string }, 
/**
 * That for a day; null when no time lies between two comparable readings.
 */
burned_daily: { value: string, unit: string } | null, };

export type SampleView = { 
/**
 * When it was fetched.
 */
at: string, 
/**
 * What it was.
 */
value: { value: string, unit: string }, };

export type StatisticsView = { 
/**
 * From.
 */
start: string, 
/**
 * To.
 */
end: string, 
/**
 * Alerts raised.
 */
alerts: number, 
/**
 * How many of them are resolved.
 */
resolved: number, 
/**
 * By what they tell: `share`, `headroom`, `runout`, `limit`, `blind`, …; the most frequent first.
 */
by_code: Array<CountView>, 
/**
 * By how loud they are.
 */
by_severity: Array<["info" | "warning" | "critical", number]>, 
/**
 * The ten accounts with the most.
 */
top_accounts: Array<CountView>, 
/**
 * Messages made, by channel and result.
 */
deliveries: Array<DeliveriesView>, 
/**
 * Actions made, by account and state.
 */
actions: Array<ActionsView>, 
/**
 * Looks at meters, by account, over the whole days in UTC that the span touches.
 */
checks: Array<ChecksView>, };

export type CountView = { 
/**
 * What.
 */
name: string, 
/**
 * How often.
 */
count: number, };

export type DeliveriesView = { 
/**
 * Which channel.
 */
channel: string, 
/**
 * Where they stand.
 */
state: "pending" | "sending" | "delivered" | "refused" | "expired", 
/**
 * How many.
 */
count: number, };

export type ActionsView = { 
/**
 * Whose.
 */
account: string, 
/**
 * Where they stand.
 */
state: string, 
/**
 * How many.
 */
count: number, };

export type ChecksView = { 
/**
 * Whose.
 */
account: string, 
/**
 * Looks at a meter that gave truth.
 */
known: number, 
/**
 * Looks at a meter that gave none.
 */
blind: number, 
/**
 * The blind share, in percent; null without any look.
 */
blind_share: { value: string, unit: string } | null, };

export type ExportPage = { 
/**
 * Its columns, the same on every page of one export.
 */
columns: Array<ColumnView>, 
/**
 * Its rows, a cell for each column; null: not known. May be empty on a page that is not the last.
 */
rows: Array<Array<string | null>>, 
/**
 * What the next page is asked with; null on the last.
 */
next: string | null, };

export type ColumnView = { 
/**
 * Its name, the same in every language.
 */
name: string, 
/**
 * What it holds.
 */
kind: ColumnKind, };

export type ColumnKind = "text" | "time" | "amount" | "count" | "flag";

export type HistoryAsked = { 
/**
 * Whose.
 */
account: string, 
/**
 * Which.
 */
meter: string, 
/**
 * From.
 */
start: string, 
/**
 * To.
 */
end: string, 
/**
 * At most so many points; older spans are told by their rollups.
 */
points: number, };

export type ChartAsked = { 
/**
 * Whose.
 */
account: string, 
/**
 * Which.
 */
meter: string, 
/**
 * From.
 */
start: string, 
/**
 * To.
 */
end: string, 
/**
 * At most so many points, 4 to 2000; lowest and highest of every stretch are kept.
 */
points: number, 
/**
 * Of the texts.
 */
lang: "zh-CN" | "en", };

export type WhatIfAsked = { 
/**
 * Whose.
 */
account: string, 
/**
 * On which meter, whatever the draft names.
 */
meter: string, 
/**
 * The draft.
 */
guard: GuardItem, 
/**
 * How far back, 1 to 90.
 */
days: number, 
/**
 * Of the texts.
 */
lang: "zh-CN" | "en", };

export type Exported = { "what": "readings", 
/**
 * Whose.
 */
account: string, 
/**
 * Which.
 */
meter: string, 
/**
 * How finely.
 */
every?: Every, } | { "what": "alerts" } | { "what": "deliveries" } | { "what": "actions" };

export type Every = "raw" | "hour" | "day";

export type TrendAsked = { 
/**
 * Whose.
 */
account: string, 
/**
 * Which.
 */
meter: string, 
/**
 * From.
 */
start: string, 
/**
 * To.
 */
end: string, 
/**
 * Of the texts.
 */
lang: "zh-CN" | "en", };

export type StatisticsAsked = { 
/**
 * From.
 */
start: string, 
/**
 * To.
 */
end: string, };

export type ExportAsked = { 
/**
 * What.
 */
what: Exported, 
/**
 * From.
 */
start: string, 
/**
 * To.
 */
end: string, 
/**
 * The `next` of the page before; null for the first.
 */
after?: string | null, 
/**
 * Of the titles.
 */
lang: "zh-CN" | "en", };

export type WhatIfView = { 
/**
 * Readings judged.
 */
readings: number, 
/**
 * The first of them.
 */
from: string | null, 
/**
 * The last of them.
 */
to: string | null, 
/**
 * When it would have warned.
 */
warned: Array<WarnedView>, 
/**
 * When it would have acted.
 */
acted: Array<ActedView>, 
/**
 * Actions in windows that ended with something left.
 */
false_stops: number, 
/**
 * Windows that were used up without an action in time.
 */
missed: number, 
/**
 * All of it in one sentence.
 */
verdict: string, 
/**
 * How far it could overshoot, as a sentence.
 */
contract: string, 
/**
 * Not every warning and action is listed: there were more than one answer holds.
 */
cut: boolean, };

export type WarnedView = { 
/**
 * When.
 */
at: string, 
/**
 * The step as configured; `limit` for the line.
 */
step: string, 
/**
 * What was left.
 */
remaining: { value: string, unit: string } | null, 
/**
 * From here to the crossing of the line in the same window, in seconds.
 */
lead: number | null, };

export type ActedView = { 
/**
 * When its request would have left.
 */
at: string, 
/**
 * What was left at the decision.
 */
remaining: { value: string, unit: string } | null, 
/**
 * From here until all was used up in the same window, in seconds; null when it never was.
 */
lead: number | null, 
/**
 * What the history says about it.
 */
verdict: "saved" | "late" | "false" | "open", };

export type SaidView = { 
/**
 * Simplified Chinese.
 */
"zh-CN": string, 
/**
 * English.
 */
en: string, };

export type TrayState = "calm" | "stopped" | "warning" | "paused" | "blind" | "critical" | "acting";

export type TrayView = { 
/**
 * The icon's shape.
 */
state: TrayState, 
/**
 * What is left of the worst meter in percent, a multiple of 5, rounded down; 0 while nothing is known.
 */
fill: number, 
/**
 * All of it in one sentence; nothing in it moves by itself.
 */
sentence: string, 
/**
 * The worst meters, at most three.
 */
lines: Array<TrayLineView>, 
/**
 * Actions that have not ended, the next one due first.
 */
actions: Array<TrayActionView>, 
/**
 * Automatic actions are paused until then.
 */
paused_until: string | null, 
/**
 * Guards that act.
 */
armed: number, 
/**
 * What becomes unprotected when the program ends; empty when nothing does.
 */
unprotected_on_quit: string, 
/**
 * The next look at any account.
 */
next_look_at: string | null, 
/**
 * The demonstration is part of it.
 */
simulated: boolean, };

export type TrayLineView = { 
/**
 * Whose.
 */
account: string, 
/**
 * Which.
 */
meter: string, 
/**
 * `ecs-hk-01: 38.2 GB left of 200 GB`
 */
text: string, 
/**
 * `12 minutes ago`
 */
age_text: string, 
/**
 * When it was true.
 */
as_of: string | null, 
/**
 * What it is shown as.
 */
state: MeterState, 
/**
 * Made up by the demonstration.
 */
simulated: boolean, };

export type TrayActionView = { 
/**
 * Which.
 */
id: string, 
/**
 * What it does.
 */
action: "warn" | "stop" | "start", 
/**
 * On what.
 */
target: { kind: string, id: string, name: string, region: string }, 
/**
 * When it is due.
 */
due: string, 
/**
 * Where it stands.
 */
state: string, 
/**
 * `Stop ecs-hk-01: counting down`
 */
text: string, 
/**
 * Its countdown runs: it can be held, or ended now.
 */
holdable: boolean, 
/**
 * It can be called off.
 */
cancellable: boolean, 
/**
 * Made up by the demonstration.
 */
simulated: boolean, };

export type OverviewView = { 
/**
 * The engine as a whole.
 */
status: StatusView, 
/**
 * All of it in one sentence, in the asked language.
 */
sentence: string, 
/**
 * As the tray shows it.
 */
state: TrayState, 
/**
 * Every meter, worst first.
 */
meters: Array<MeterView>, 
/**
 * Accounts of which nothing can be read.
 */
blind_accounts: Array<AccountView>, 
/**
 * Actions that have not ended, the next one due first.
 */
open: Array<ActionView>, 
/**
 * The newest actions that have ended, newest first.
 */
ended: Array<ActionView>, 
/**
 * What happened since midnight in the user's zone.
 */
today: TodayView, 
/**
 * The newest spans in which nothing was guarding, newest first.
 */
lapses: Array<LapseView>, 
/**
 * The next look at any account.
 */
next_look_at: string | null, };

export type TodayView = { 
/**
 * Since then.
 */
since: string, 
/**
 * Alerts raised: warnings.
 */
warnings: number, 
/**
 * Alerts raised: critical ones.
 */
criticals: number, 
/**
 * Stops that are proved, newest first.
 */
stops: Array<StoppedView>, 
/**
 * In words: `1 warning · 1 stop, verified 14:02`; empty when nothing happened.
 */
text: string, };

export type StoppedView = { 
/**
 * Which action.
 */
id: string, 
/**
 * On what.
 */
target: { kind: string, id: string, name: string, region: string }, 
/**
 * When the proof was read.
 */
at: string, };

export type Items = { 
/**
 * Accounts.
 */
account: Array<AccountItem>, 
/**
 * Channels.
 */
channel: Array<ChannelItem>, 
/**
 * Guards.
 */
guard: Array<GuardItem>, 
/**
 * Renewals.
 */
renewal?: Array<RenewalItem>, 
/**
 * Mailboxes.
 */
mailbox?: Array<MailboxItem>, };

export type ItemRef = { 
/**
 * Which kind.
 */
kind: ItemKind, 
/**
 * Its id.
 */
id: string, };

export type SettingsChange = { 
/**
 * The language of the program.
 */
language?: LanguageChoice, 
/**
 * The look of the window.
 */
theme?: ThemeChoice, 
/**
 * Quiet hours; null ends them.
 */
quiet_hours?: QuietHoursView | null, 
/**
 * When reports are sent, and where.
 */
report?: ReportSettings, 
/**
 * What a new guard begins with.
 */
guard_defaults?: GuardDefaults, 
/**
 * Whether the desktop starts the program at login; refused where there is no desktop.
 */
start_at_login?: boolean, 
/**
 * Whether the first run is over.
 */
welcomed?: boolean, };

export type RenewalPreview = { 
/**
 * `weekly`, `monthly`, `yearly`, `every 90 days`, `every 3 months`, `once` or `trial`.
 */
cycle: string, 
/**
 * `1` to `7`, `1` to `31`, `MM-DD`, or a date for the cycles that have one.
 */
day: string, 
/**
 * Paid through this date.
 */
paid?: string | null, 
/**
 * Counted from; null: today in the user's zone.
 */
today?: string | null, };

export type RenewalMark = { 
/**
 * Of which renewal.
 */
renewal: string, 
/**
 * The due date it was paid for, or the day of the payment; null: what is due by today, else the next due date. The
 * same date twice is one payment.
 */
date?: string | null, };

export type RenewalClear = { 
/**
 * Of which renewal.
 */
renewal: string, };

export type FindingsAsked = { 
/**
 * Only of this mailbox.
 */
mailbox?: string | null, 
/**
 * Only of this kind: `low_balance`.
 */
kind?: string | null, 
/**
 * Only `sure` or `possible` ones.
 */
certainty?: string | null, 
/**
 * Only those made before this one.
 */
before?: string | null, 
/**
 * At most so many.
 */
limit: number, 
/**
 * Of the texts.
 */
lang: "zh-CN" | "en", };

export type ItemsView = { 
/**
 * Accounts.
 */
account: Array<AccountItem>, 
/**
 * Channels.
 */
channel: Array<ChannelItem>, 
/**
 * Guards; whether one is armed is told by `guards`.
 */
guard: Array<GuardItem>, 
/**
 * Renewals; until when one is paid is told by `renewals`.
 */
renewal: Array<RenewalItem>, 
/**
 * Mailboxes.
 */
mailbox: Array<MailboxItem>, };

export type DraftView = { 
/**
 * Every mistake; empty when it may be saved.
 */
findings: Array<FindingView>, 
/**
 * What saving would change; null while there are mistakes.
 */
plan: Plan | null, 
/**
 * What each guard of the draft that has a limit would do on each meter.
 */
contracts: Array<ContractView>, };

export type FindingView = { 
/**
 * The field in the draft: `guard[0].limit`; empty for the whole.
 */
path: string, 
/**
 * The class: `missing`, `not_allowed`, `unknown_key`, `duplicate`, `dangling`, `literal_secret`, ….
 */
code: string, 
/**
 * What is wrong and what is allowed, in the asked language.
 */
text: string, };

export type ContractView = { 
/**
 * Which guard of the draft.
 */
guard: string, 
/**
 * Which meter.
 */
meter: string, 
/**
 * Its name.
 */
meter_name: string, 
/**
 * The contract in the asked language.
 */
text: string, 
/**
 * The reserve that covers the overshoot, where the bandwidth is known.
 */
reserve_advised: { value: string, unit: string } | null, 
/**
 * False for a meter that the guard names and nobody has read yet: the contract is then the provider's usual one.
 */
matched: boolean, };

export type TriedView = { 
/**
 * Whether meters could be read.
 */
ok: boolean, 
/**
 * The class of what is in the way.
 */
reason: string | null, 
/**
 * What the provider said, in our words.
 */
detail: string | null, 
/**
 * What to do, in the asked language.
 */
next: string | null, 
/**
 * The provider's site that took the key.
 */
site: string | null, 
/**
 * The regions the key may enter.
 */
regions: Array<string>, 
/**
 * Meters found, each with its reading.
 */
meters: Array<MeterView>, 
/**
 * Servers found.
 */
targets: Array<TargetView>, 
/**
 * Rights the key lacks, each in words.
 */
missing_rights: Array<string>, 
/**
 * How long it took.
 */
took_ms: number, };

export type MailboxView = { 
/**
 * Which.
 */
mailbox: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Whether it is read.
 */
enabled: boolean, 
/**
 * Its server.
 */
host: string, 
/**
 * The folder.
 */
folder: string, 
/**
 * Between two looks, in seconds.
 */
interval: number, 
/**
 * Tried last.
 */
tried_at: string | null, 
/**
 * Read last.
 */
read_at: string | null, 
/**
 * Mails looked at then.
 */
looked_at: number, 
/**
 * Mails that waited for the next look.
 */
waiting: number, 
/**
 * Why it cannot be read, if it cannot.
 */
reason: string | null, 
/**
 * The detail of the reason.
 */
detail: string | null, 
/**
 * Since when it cannot be read.
 */
failing_since: string | null, 
/**
 * Looks in a row that failed.
 */
failures: number, 
/**
 * How it stands, in one sentence.
 */
text: string, };

export type MailFindingView = { 
/**
 * Its id; `null` for one of a try, which is not stored.
 */
id: string | null, 
/**
 * In which mailbox.
 */
mailbox: string, 
/**
 * When it was found; `null` for one of a try.
 */
at: string | null, 
/**
 * When the server took it in.
 */
received: string, 
/**
 * What it is about.
 */
kind: "low_balance" | "overdue" | "expiring" | "suspended" | "payment_failed" | "receipt" | "notice", 
/**
 * That in words.
 */
kind_text: string, 
/**
 * `sure`: told at once. `possible`: told once a day.
 */
certainty: "sure" | "possible", 
/**
 * How loud it is.
 */
severity: "info" | "warning" | "critical", 
/**
 * The rule that took it.
 */
rule: string, 
/**
 * The service, where it is known.
 */
service: string | null, 
/**
 * The amount beside a word such as "balance"; `null` where none is named, or it could be read in two ways.
 */
amount: Amount | null, 
/**
 * The words it was read from.
 */
amount_words: string | null, 
/**
 * The day beside a word such as "due": `2026-12-01`.
 */
due: string | null, 
/**
 * The words it was read from.
 */
due_words: string | null, 
/**
 * The sender's address; empty where there is none, or more than one.
 */
sender: string, 
/**
 * The mailbox's own server vouches for the sender's domain.
 */
verified: boolean, 
/**
 * The subject.
 */
subject: string, };

export type TriedMailboxView = { 
/**
 * It could be read.
 */
ok: boolean, 
/**
 * Mails that the first look would look at.
 */
looked_at: number, 
/**
 * Mails beyond those.
 */
waiting: number, 
/**
 * What would be found.
 */
findings: Array<MailFindingView>, 
/**
 * Why it cannot be read, if it cannot.
 */
reason: string | null, 
/**
 * The detail of the reason.
 */
detail: string | null, 
/**
 * What a person can do.
 */
next: string | null, 
/**
 * How long it took, in milliseconds.
 */
took_ms: number, };

export type MailRulesView = { 
/**
 * Rules, the first that fires decides.
 */
rules: Array<MailRuleItem>, 
/**
 * Senders known for such mails.
 */
senders: Array<{ domain: string, service: string, currency?: string }>, 
/**
 * Each kind with its words.
 */
kinds: Array<[string, string]>, };

export type CatalogueView = { 
/**
 * Providers.
 */
providers: Array<ProviderEntry>, 
/**
 * Kinds of channels.
 */
channels: Array<ChannelKindEntry>, 
/**
 * Guards to begin with.
 */
templates: Array<TemplateEntry>, 
/**
 * What stands where nothing is said.
 */
defaults: DefaultsView, };

export type ProviderEntry = { 
/**
 * Its word in the configuration.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * The fields of its credential.
 */
fields: Array<FieldEntry>, 
/**
 * Its sites: `auto` first.
 */
sites: Array<ChoiceEntry>, 
/**
 * Policies to copy into the provider's console.
 */
policies: Array<PolicyEntry>, 
/**
 * Where a key is made, as plain text.
 */
keys_at: string, 
/**
 * `ai`, `gateway`, `data`, `cloud` or `network`.
 */
category: string, 
/**
 * How much is promised: `supported`, `experimental`, `community`, or `own` for a user's own description.
 */
standing: string, 
/**
 * Where the facts come from: `sdk`, `docs`, `code` or `memory`.
 */
confidence: string, 
/**
 * What a person must know; may be empty.
 */
note: string, 
/**
 * The provider's own page; empty where there is none.
 */
docs_url: string, 
/**
 * Between two looks, where the account says nothing.
 */
interval: string, 
/**
 * Never asked more often.
 */
interval_least: string, };

export type FieldEntry = { 
/**
 * Its key.
 */
key: string, 
/**
 * Its label.
 */
label: string, 
/**
 * Whether it goes into the vault.
 */
secret: boolean, 
/**
 * Whether it must be filled in.
 */
required: boolean, 
/**
 * What belongs there.
 */
hint: string, 
/**
 * What it looks like.
 */
form: FieldForm, 
/**
 * What may stand there; empty: anything that fits.
 */
choices: Array<string>, 
/**
 * What it is when it is left empty.
 */
default: string | null, };

export type FieldForm = "line" | "text" | "list" | "number" | "choice";

export type ChoiceEntry = { 
/**
 * Its word in the configuration.
 */
id: string, 
/**
 * Its name.
 */
name: string, };

export type PolicyEntry = { 
/**
 * `watch` reads only; `act` also stops and starts.
 */
id: string, 
/**
 * What it allows, in one sentence.
 */
name: string, 
/**
 * The text to copy.
 */
text: string, };

export type ChannelKindEntry = { 
/**
 * Its word in the configuration.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its fields.
 */
fields: Array<FieldEntry>, 
/**
 * How it is set up, in one sentence.
 */
hint: string, 
/**
 * Whether this program can use it: `desktop` needs one.
 */
available: boolean, };

export type TemplateEntry = { 
/**
 * Which.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * What it does, in one sentence.
 */
sentence: string, 
/**
 * Which provider's meters it is for.
 */
provider: string, 
/**
 * Its fields; `id`, `account` and `meter` are added by whoever uses it.
 */
guard: Partial<GuardItem>, };

export type DefaultsView = { 
/**
 * Between two looks.
 */
interval: string, 
/**
 * Between two looks near a limit.
 */
interval_near: string, 
/**
 * Before an automatic action.
 */
countdown: string, 
/**
 * How long an arming lasts.
 */
arm: string, };

export type SettingsView = { 
/**
 * The language of the program.
 */
language: LanguageChoice, 
/**
 * The look of the window.
 */
theme: ThemeChoice, 
/**
 * When reports are sent, and where. None is as long as there is neither a device nor a subscription.
 */
report: ReportSettings, 
/**
 * Quiet hours, if any.
 */
quiet_hours: QuietHoursView | null, 
/**
 * What a new guard begins with.
 */
guard_defaults: GuardDefaults, 
/**
 * Whether the desktop starts the program at login; null where there is no desktop, or it does not say.
 */
start_at_login: boolean | null, 
/**
 * Whether the first run is over.
 */
welcomed: boolean, 
/**
 * Whether the demonstration is on.
 */
demo: boolean, 
/**
 * The program's folder.
 */
data_folder: string, 
/**
 * Where secrets live: `keychain`, `file`, `environment`, `memory`.
 */
vault: string, 
/**
 * The zone of the user, where nothing else is said.
 */
zone: string, };

export type TokenView = { 
/**
 * Which.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * What it may do.
 */
scopes: Array<Scope>, 
/**
 * When it was made.
 */
created_at: string, 
/**
 * When it ends by itself; null: never.
 */
expires_at: string | null, 
/**
 * When it was shown last, to the minute; null: never.
 */
last_used_at: string | null, 
/**
 * When it was revoked; null while it stands.
 */
revoked_at: string | null, };

export type MadeToken = { 
/**
 * As it is listed.
 */
token: TokenView, 
/**
 * The token itself: shown here and never again.
 */
secret: string, };

export type Scope = "read" | "write" | "act" | "ingest";

export type LanguageChoice = "system" | "zh-CN" | "en";

export type ThemeChoice = "system" | "light" | "dark";

export type QuietHoursView = { 
/**
 * First minute, `22:30`.
 */
start: string, 
/**
 * First minute after it, `07:00`; before the start: the next day.
 */
end: string, 
/**
 * The zone: an IANA name such as `Asia/Shanghai`, `UTC`, or an offset such as `+08:00`.
 */
zone: string, };

export type GuardDefaults = { 
/**
 * Thresholds.
 */
steps: Array<string>, 
/**
 * The line.
 */
limit: string | null, 
/**
 * What the line asks for.
 */
action: "warn" | "stop", 
/**
 * Before an automatic action.
 */
countdown: string, };

export type BackupView = { 
/**
 * Its name; a restore names it.
 */
name: string, 
/**
 * When it was made.
 */
at: string, 
/**
 * Its size.
 */
bytes: number, };

export type RestoredView = { 
/**
 * The backup of the state that stood before.
 */
kept: string, 
/**
 * Guards that were armed in the backup and only watch now.
 */
disarmed: Array<string>, };

export type DemoView = { 
/**
 * Whether it runs.
 */
on: boolean, 
/**
 * Its account.
 */
account: string | null, 
/**
 * Its armed guard.
 */
guard: string | null, 
/**
 * When its package runs dry if nobody steps in.
 */
dry_at: string | null, };

export type RenewalsView = { 
/**
 * Today.
 */
today: string, 
/**
 * The most urgent first; what is not due any more last.
 */
renewals: Array<RenewalView>, 
/**
 * What those cost that are switched on and come again, each currency by itself.
 */
totals: Array<RenewalTotal>, };

export type RenewalView = { 
/**
 * Which.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Whose it is.
 */
owner: string | null, 
/**
 * Whether it reminds.
 */
enabled: boolean, 
/**
 * Its cycle, as it is configured.
 */
cycle: string, 
/**
 * Its day, as it is configured.
 */
day: string, 
/**
 * Both in words.
 */
repeats: string, 
/**
 * What it costs each time; null when nobody entered it.
 */
amount: { value: string, unit: string } | null, 
/**
 * The provider renews it by itself.
 */
auto_renew: boolean, 
/**
 * On how many days before a due date it reminds; 0 is the day itself.
 */
remind: Array<number>, 
/**
 * What its owner noted.
 */
note: string | null, 
/**
 * Where its messages go; empty: every channel.
 */
channels: Array<string>, 
/**
 * Paid through this date.
 */
paid: string | null, 
/**
 * The oldest open due date; null when nothing falls due any more.
 */
next_due: string | null, 
/**
 * When the cycle that ends with it began.
 */
cycle_start: string | null, 
/**
 * Days from today to it; negative when overdue.
 */
days: number | null, 
/**
 * How many open due dates have passed.
 */
overdue: number, 
/**
 * How urgent it is.
 */
state: "overdue" | "due" | "soon" | "ahead" | "settled" | "off", 
/**
 * The open alert.
 */
alert: string | null, };

export type RenewalTotal = { 
/**
 * The currency.
 */
currency: string, 
/**
 * A twelfth of a year.
 */
per_month: { value: string, unit: string } | null, 
/**
 * A year.
 */
per_year: { value: string, unit: string } | null, };

export type DuesView = { 
/**
 * The next ones, oldest first.
 */
due: Array<string>, 
/**
 * Days from today to the first: 0 on its day, negative when overdue, null when there is none.
 */
days: number | null, };

export type RenewedView = { 
/**
 * Which.
 */
renewal: string, 
/**
 * Paid through this date; null when nothing is marked.
 */
paid: string | null, 
/**
 * The oldest due date that is still open; null when nothing falls due any more.
 */
next_due: string | null, };

export type AccountAsked = { 
/**
 * Which.
 */
account: string, };

export type QuotasAsked = { 
/**
 * Only of this account.
 */
account?: string | null, 
/**
 * Of the sentences.
 */
lang: "zh-CN" | "en", };

export type QuotaAsked = { 
/**
 * Whose.
 */
account: string, 
/**
 * Its id at the provider.
 */
user: string, 
/**
 * Of the sentences.
 */
lang: "zh-CN" | "en", };

export type LedgerAsked = { 
/**
 * Whose.
 */
account: string, 
/**
 * Its id at the provider.
 */
user: string, 
/**
 * Only entries before this number.
 */
before?: number | null, 
/**
 * At most so many.
 */
limit: number, };

export type BillAsked = { 
/**
 * Whose.
 */
account: string, 
/**
 * `YYYY-MM` in the provider's billing zone; null: the running month.
 */
month?: string | null, };

export type Allocate = { 
/**
 * Whose.
 */
account: string, 
/**
 * Its id at the provider.
 */
user: string, 
/**
 * How much more, or less below zero: `100 CNY`, `-12.50 CNY`.
 */
amount: string, 
/**
 * What it is for, at most 500 characters.
 */
note: string, 
/**
 * The total may fall below what is spent already.
 */
below_spent: boolean, 
/**
 * The number of the last entry as the person saw it; another one refuses. Null: whatever it is.
 */
after?: number | null, 
/**
 * Of the sentences in the answer.
 */
lang: "zh-CN" | "en", };

export type CountFrom = "now" | "month";

export type LinkProject = { 
/**
 * Whose.
 */
account: string, 
/**
 * Its id at the provider.
 */
user: string, 
/**
 * The project's name.
 */
project: string, 
/**
 * The part of its cost that is charged: `100%` where it belongs to one sub-account alone.
 */
share: string, 
/**
 * From when.
 */
from: CountFrom, };

export type UnlinkProject = { 
/**
 * Whose.
 */
account: string, 
/**
 * Its id at the provider.
 */
user: string, 
/**
 * The project's name.
 */
project: string, };

export type ToggleProjects = { 
/**
 * Whose.
 */
account: string, 
/**
 * Its id at the provider.
 */
user: string, 
/**
 * The project's name; null: all of the sub-account.
 */
project?: string | null, 
/**
 * On or off.
 */
on: boolean, };

export type WithoutQuota = "watch" | "block";

export type QuotaRules = { 
/**
 * Whose.
 */
account: string, 
/**
 * Its id at the provider.
 */
user: string, 
/**
 * Steps in percent, any decimals: `["50%", "99.5%"]`; null: those of the guard.
 */
steps: Array<string> | null, 
/**
 * A guard may disable it.
 */
disable: boolean, 
/**
 * What holds while nothing was allocated.
 */
without_quota: WithoutQuota, 
/**
 * Disabling it also stops model endpoints that it deployed.
 */
endpoints: boolean, 
/**
 * Disabling it also stops servers, paid by use, in projects that are charged to it alone.
 */
instances: boolean, 
/**
 * What its owner noted.
 */
note: string, };

export type CreateSubAccount = { 
/**
 * Whose.
 */
account: string, 
/**
 * Its user name: 1 to 64 of letters, digits, `_`, `.`, `-`, `@`.
 */
name: string, 
/**
 * Its name for people.
 */
title: string, 
/**
 * What it is for.
 */
about: string, 
/**
 * E-mail; empty: none.
 */
email: string, 
/**
 * Telephone; empty: none.
 */
phone: string, 
/**
 * A first project to charge to it, from now; null: none.
 */
project?: string | null, 
/**
 * Policies to attach, of those that `cloud_policies` lists.
 */
policies: Array<string>, 
/**
 * Make an access key too; its secret is in the answer, once.
 */
key: boolean, 
/**
 * Of the sentences in the answer.
 */
lang: "zh-CN" | "en", };

export type ChangePolicy = { 
/**
 * Whose.
 */
account: string, 
/**
 * The sub-account's id at the provider.
 */
user: string, 
/**
 * The policy's name.
 */
policy: string, 
/**
 * Only in this project; null: everywhere.
 */
project?: string | null, 
/**
 * Attach, else detach.
 */
attach: boolean, };

export type SubAccountRef = { 
/**
 * Whose.
 */
account: string, 
/**
 * Its id at the provider.
 */
user: string, };

export type QuotasView = { 
/**
 * Accounts whose provider has sub-accounts.
 */
accounts: Array<QuotaAccountView>, 
/**
 * The sub-accounts.
 */
users: Array<QuotaView>, };

export type QuotaAccountView = { 
/**
 * Which.
 */
account: string, 
/**
 * Its name.
 */
name: string, 
/**
 * The running month of its bill, `YYYY-MM`.
 */
month: string, 
/**
 * When the bill was read last, whole.
 */
billed_at: string | null, 
/**
 * Why it cannot be read now, in words; null when it can.
 */
blind: string | null, 
/**
 * What the running month's rows cost that are charged to nobody, by currency.
 */
unattributed: Array<{ value: string, unit: string }>, 
/**
 * How far the bill runs behind use, in hours: money spent in that time is not seen yet.
 */
delay_hours: number, };

export type QuotaView = { 
/**
 * Whose.
 */
account: string, 
/**
 * Its id at the provider.
 */
user: string, 
/**
 * Its user name.
 */
name: string, 
/**
 * Its name for people; empty: none.
 */
title: string, 
/**
 * The meter that measures it.
 */
meter: string, 
/**
 * Granted in all; null when nothing ever was.
 */
granted: { value: string, unit: string } | null, 
/**
 * Charged to it until now; null when that is not known.
 */
spent: { value: string, unit: string } | null, 
/**
 * What is left; below zero when overspent.
 */
left: { value: string, unit: string } | null, 
/**
 * Spent of granted, in percent, rounded down to 1e-4.
 */
share: { value: string, unit: string } | null, 
/**
 * As of when the spending stands.
 */
as_of: string | null, 
/**
 * Why the spending is not known now, in words.
 */
blind: string | null, 
/**
 * How it stands at the provider.
 */
standing: "enabled" | "disabling" | "partly_disabled" | "disabled" | "restoring" | "missing" | "unknown", 
/**
 * The level of its guards.
 */
level: "calm" | "warning" | "critical" | "blind", 
/**
 * One sentence: what is so, and what follows.
 */
sentence: string, 
/**
 * Projects that are charged now.
 */
projects_on: number, 
/**
 * Projects linked.
 */
projects: number, 
/**
 * Its rules.
 */
rules: QuotaRulesView, 
/**
 * The number of the last entry of its ledger; 0: there is none.
 */
entries: number, 
/**
 * Never touched: on the protect list, or the identity that we use ourselves.
 */
protected: boolean, 
/**
 * Made up by the demonstration.
 */
simulated: boolean, };

export type QuotaRulesView = { 
/**
 * Its own steps; null: those of the guard.
 */
steps: Array<string> | null, 
/**
 * The steps in force.
 */
steps_in_force: Array<string>, 
/**
 * A guard may disable it.
 */
disable: boolean, 
/**
 * What holds while nothing was allocated.
 */
without_quota: WithoutQuota, 
/**
 * Endpoints go with it.
 */
endpoints: boolean, 
/**
 * Servers go with it.
 */
instances: boolean, 
/**
 * What its owner noted.
 */
note: string, };

export type QuotaDetailView = { 
/**
 * As in the list.
 */
quota: QuotaView, 
/**
 * Projects, also those that are not charged now.
 */
projects: Array<QuotaProjectView>, 
/**
 * Why keys, login and policies could not be read, in words; then they are empty.
 */
blind: string | null, 
/**
 * E-mail, as far as the provider shows it.
 */
email: string, 
/**
 * Telephone, as far as the provider shows it.
 */
phone: string, 
/**
 * Its access keys.
 */
keys: Array<AccessKeyView>, 
/**
 * Whether it may log in; null: it has no login, or that could not be read.
 */
login: boolean | null, 
/**
 * Its policies.
 */
policies: Array<AttachedPolicyView>, 
/**
 * Groups whose rights it has too.
 */
groups: Array<string>, 
/**
 * The last disable or restore, piece by piece.
 */
closed: ClosedDeedView | null, 
/**
 * What goes on although it is disabled, one sentence each.
 */
survives: Array<string>, 
/**
 * The last verified disable that a restore would undo.
 */
restorable: string | null, };

export type QuotaProjectView = { 
/**
 * Its name.
 */
project: string, 
/**
 * Charged now.
 */
on: boolean, 
/**
 * The part that is charged.
 */
share: string, 
/**
 * Since when it is linked.
 */
since: string, 
/**
 * The first month that counts.
 */
first_month: string, 
/**
 * What it had cost in that month before it counted; null while that is not known.
 */
baseline: { value: string, unit: string } | null, 
/**
 * Charged for the running month.
 */
this_month: { value: string, unit: string } | null, 
/**
 * Charged in all.
 */
in_all: { value: string, unit: string } | null, };

export type AccessKeyView = { 
/**
 * Its id.
 */
id: string, 
/**
 * In force.
 */
active: boolean, 
/**
 * When it was made.
 */
created_at: string | null, };

export type AttachedPolicyView = { 
/**
 * Its name.
 */
name: string, 
/**
 * The provider's, else somebody's own.
 */
system: boolean, 
/**
 * It holds everywhere.
 */
everywhere: boolean, 
/**
 * Projects it holds in.
 */
projects: Array<string>, 
/**
 * It may be attached and detached here.
 */
ours_to_change: boolean, };

export type ClosedDeedView = { 
/**
 * Which action.
 */
action: string, 
/**
 * Disable, else restore.
 */
disable: boolean, 
/**
 * Its state.
 */
state: string, 
/**
 * Each piece, in the order in which it was done.
 */
pieces: Array<PieceView>, };

export type PieceView = { 
/**
 * What it is, in words.
 */
what: string, 
/**
 * How far it is.
 */
state: "waiting" | "asked" | "done" | "was_so" | "failed" | "skipped", 
/**
 * Why it failed or was skipped, in words.
 */
why: string | null, 
/**
 * When it was seen to be so.
 */
at: string | null, };

export type LedgerView = { 
/**
 * The entries.
 */
entries: Array<AllocationView>, 
/**
 * There are older ones.
 */
more: boolean, };

export type AllocationView = { 
/**
 * Its number, from 1.
 */
seq: number, 
/**
 * Granted, or taken back below zero.
 */
amount: { value: string, unit: string }, 
/**
 * The total after it.
 */
total: { value: string, unit: string }, 
/**
 * What it is for.
 */
note: string, 
/**
 * Who did it.
 */
by: string, 
/**
 * When.
 */
at: string, };

export type AllocatedView = { 
/**
 * The entry.
 */
entry: AllocationView, 
/**
 * The sub-account after it.
 */
quota: QuotaView, 
/**
 * A verified disable that can be undone now.
 */
restorable: string | null, };

export type BillView = { 
/**
 * Whose.
 */
account: string, 
/**
 * `YYYY-MM`.
 */
month: string, 
/**
 * Months that there are, newest first.
 */
months: Array<string>, 
/**
 * When it was read whole last; null: never.
 */
at: string | null, 
/**
 * It may still change.
 */
running: boolean, 
/**
 * What all of it costs, by currency.
 */
totals: Array<{ value: string, unit: string }>, 
/**
 * Who spent it; those rows unfold to projects. The last one, without a user, is what nobody is charged for.
 */
rows: Array<BillRowView>, };

export type BillRowView = { 
/**
 * The sub-account's id; null: nobody.
 */
user: string | null, 
/**
 * Its name; empty for nobody.
 */
name: string, 
/**
 * Charged in this month, by currency.
 */
amounts: Array<{ value: string, unit: string }>, 
/**
 * By project.
 */
projects: Array<BillProjectView>, };

export type BillProjectView = { 
/**
 * Its name as the bill tells it.
 */
project: string, 
/**
 * What it cost in all in this month.
 */
cost: { value: string, unit: string }, 
/**
 * What of it this row is charged.
 */
charged: { value: string, unit: string }, 
/**
 * By which share; null for what nobody is charged.
 */
share: string | null, };

export type CloudProjectView = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its name for people.
 */
title: string, 
/**
 * Sub-accounts it is charged to now.
 */
users: Array<string>, 
/**
 * The part of it that is charged to nobody: `60%`.
 */
free: string, };

export type CloudPolicyView = { 
/**
 * Its name.
 */
name: string, 
/**
 * The provider's, else somebody's own.
 */
system: boolean, 
/**
 * What it allows, in the provider's words.
 */
about: string, };

export type MadeSubAccount = { 
/**
 * The sub-account's id.
 */
user: string, 
/**
 * Its user name.
 */
name: string, 
/**
 * The key's id; null: none was asked for, or it could not be made.
 */
key: string | null, 
/**
 * The key's secret: shown here and never again.
 */
secret: string | null, 
/**
 * What could not be done although the sub-account was made, one sentence each.
 */
undone: Array<string>, };

export type FlowsAsked = { 
/**
 * The first day.
 */
from: string, 
/**
 * The last day, itself in it; at most 400 days after the first.
 */
through: string, 
/**
 * Only of this device.
 */
device?: string | null, 
/**
 * Told apart by these; empty: one sum.
 */
by: Array<FlowBy>, 
/**
 * At most so many rows, the most bytes first.
 */
limit: number, };

export type FlowBy = "device" | "node" | "group" | "feed" | "kind" | "day";

export type FlowLineAsked = { 
/**
 * From.
 */
start: string, 
/**
 * To.
 */
end: string, 
/**
 * Only of this device.
 */
device?: string | null, 
/**
 * At most so many steps, 4 to 2000.
 */
points: number, };

export type InviteAgent = { 
/**
 * Its slug: a new one, or one whose agent is to be replaced.
 */
device: string, 
/**
 * Its name for people.
 */
name: string, };

export type DeviceAsked = { 
/**
 * Which.
 */
device: string, };

export type ReportSpan = "daily" | "weekly";

export type ImportFlows = { 
/**
 * Whose.
 */
device: string, 
/**
 * What it is called, where it is not known yet.
 */
name: string, 
/**
 * The epoch of its history.
 */
epoch: string, 
/**
 * The next batch of it; null: only the question.
 */
batch: unknown, };

export type ImportSamples = { 
/**
 * Whose.
 */
account: string, 
/**
 * At most 1000.
 */
samples: Array<EarlierSample>, };

export type EarlierSample = { 
/**
 * When.
 */
at: string, 
/**
 * Used.
 */
used: { value: string, unit: string }, 
/**
 * The whole; null when none was told.
 */
total: { value: string, unit: string } | null, 
/**
 * When it expires.
 */
expires_at: string | null, };

export type ReportAsked = { 
/**
 * Of which days.
 */
span: ReportSpan, 
/**
 * The last of them; today where it is not told.
 */
day?: string | null, 
/**
 * Of the texts.
 */
lang: "zh-CN" | "en", };

export type ReportSettings = { 
/**
 * Every day.
 */
daily: boolean, 
/**
 * At this time of day in the user's zone: `23:55`.
 */
at: string, 
/**
 * Every week on this day: `mon` to `sun`; null: never.
 */
weekly: string | null, 
/**
 * Where they go; empty: every channel.
 */
channels: Array<string>, 
/**
 * Not on a day without any flow, alert or action.
 */
quiet_when_idle: boolean, };

export type BytesView = { 
/**
 * Sent.
 */
up: { value: string, unit: string }, 
/**
 * Received.
 */
down: { value: string, unit: string }, 
/**
 * Both.
 */
total: { value: string, unit: string }, 
/**
 * The part of both that was spread by estimate.
 */
estimated: { value: string, unit: string }, };

export type FlowKindsView = { 
/**
 * Through a proxy node.
 */
proxy: BytesView, 
/**
 * Past every proxy.
 */
direct: BytesView, 
/**
 * Refused by a rule.
 */
reject: BytesView, 
/**
 * Nobody can say.
 */
unattributed: BytesView, };

export type FlowsView = { 
/**
 * In whose days.
 */
zone: string, 
/**
 * The first day.
 */
from: string, 
/**
 * The last day, itself in it.
 */
through: string, 
/**
 * All of it.
 */
sum: FlowKindsView, 
/**
 * Told apart as asked, the most bytes first.
 */
rows: Array<FlowRowView>, 
/**
 * What the rows beyond the asked number come to, if there are any.
 */
rest: FlowRestView | null, 
/**
 * How much of these days each device was watched.
 */
coverage: Array<CoverageView>, };

export type FlowRowView = { 
/**
 * The device.
 */
device: string | null, 
/**
 * The node; empty: nobody can say.
 */
node: string | null, 
/**
 * The group.
 */
group: string | null, 
/**
 * The kernel's name of the subscription; empty: none.
 */
feed: string | null, 
/**
 * What became of them.
 */
kind: "proxy" | "direct" | "reject" | "unattributed" | null, 
/**
 * The day.
 */
day: string | null, 
/**
 * How many.
 */
bytes: BytesView, };

export type FlowRestView = { 
/**
 * How many rows.
 */
rows: number, 
/**
 * What they come to.
 */
bytes: BytesView, };

export type CoverageView = { 
/**
 * Which device.
 */
device: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Seconds in which its kernel was watched.
 */
watched: number, 
/**
 * Seconds that could have been: what has passed of the days since it was first known.
 */
of: number, };

export type FlowLineView = { 
/**
 * The length of a step in seconds: a minute, some minutes, an hour, a day.
 */
step: number, 
/**
 * Oldest first, without a gap.
 */
points: Array<FlowPointView>, };

export type FlowPointView = { 
/**
 * Its start.
 */
at: string, 
/**
 * What passed; null when no device was watched.
 */
bytes: FlowKindsView | null, };

export type LiveView = { 
/**
 * Now.
 */
at: string, 
/**
 * Each device whose kernel is watched from here, and each agent that was heard of.
 */
devices: Array<LiveDeviceView>, 
/**
 * Connections of kernels that are watched from here, the fastest first, at most 200. Never stored.
 */
connections: Array<ConnectionView>, };

export type DeviceState = "watched" | "lost" | "silent" | "ended" | "new";

export type LiveDeviceView = { 
/**
 * Which.
 */
device: string, 
/**
 * Its name.
 */
name: string, 
/**
 * How it is heard of.
 */
state: DeviceState, 
/**
 * As of when; of an agent the end of its last minute.
 */
as_of: string | null, 
/**
 * Bytes a second that it sends; null when it is not known now.
 */
up_rate: number | null, 
/**
 * Bytes a second that it receives.
 */
down_rate: number | null, 
/**
 * Open connections; null when not told.
 */
connections: number | null, 
/**
 * The same by node, the fastest first.
 */
nodes: Array<LiveNodeView>, };

export type LiveNodeView = { 
/**
 * Its name.
 */
node: string, 
/**
 * What becomes of its bytes.
 */
kind: "proxy" | "direct" | "reject" | "unattributed", 
/**
 * Open connections.
 */
connections: number, 
/**
 * Bytes a second up.
 */
up_rate: number, 
/**
 * Bytes a second down.
 */
down_rate: number, };

export type ConnectionView = { 
/**
 * Whose.
 */
device: string, 
/**
 * Through which node.
 */
node: string, 
/**
 * What the rule named.
 */
group: string, 
/**
 * What becomes of its bytes.
 */
kind: "proxy" | "direct" | "reject" | "unattributed", 
/**
 * Where it leads.
 */
host: string, 
/**
 * Which program opened it; empty when not told.
 */
process: string, 
/**
 * Sent and received so far.
 */
bytes: BytesView, 
/**
 * When it was opened.
 */
since: string | null, };

export type DevicesView = { 
/**
 * Every device, also those that were ended.
 */
devices: Array<DeviceView>, 
/**
 * Invitations that wait.
 */
invites: Array<InviteView>, 
/**
 * Whether agents can reach this program: its HTTP door is open beyond this machine, or not.
 */
door: string | null, };

export type DeviceView = { 
/**
 * Which.
 */
device: string, 
/**
 * Its name.
 */
name: string, 
/**
 * The account that watches its kernel from here; null: an agent.
 */
account: string | null, 
/**
 * How it is heard of.
 */
state: DeviceState, 
/**
 * The same in a sentence, with what to do.
 */
said: SaidView, 
/**
 * First known.
 */
since: string, 
/**
 * Heard of last.
 */
seen_at: string | null, 
/**
 * Its kernel: `mihomo v1.19.32`.
 */
kernel: string | null, 
/**
 * The version of its agent.
 */
agent: string | null, 
/**
 * How far its clock is ahead of ours, in milliseconds, where it matters.
 */
clock_ahead_ms: number | null, 
/**
 * Batches that it still keeps.
 */
backlog: number | null, 
/**
 * Batches that were not believed.
 */
quarantined: number, 
/**
 * Today.
 */
today: FlowKindsView, 
/**
 * How much of today it was watched.
 */
coverage: CoverageView, };

export type InviteView = { 
/**
 * For which device.
 */
device: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Until when.
 */
expires_at: string, };

export type InvitedView = { 
/**
 * For which device.
 */
device: string, 
/**
 * The code.
 */
code: string, 
/**
 * Until when it is good.
 */
expires_at: string, };

export type SubscriptionsView = { 
/**
 * Each.
 */
subscriptions: Array<SubscriptionView>, };

export type SubscriptionView = { 
/**
 * Which account.
 */
account: string, 
/**
 * Its name.
 */
name: string, 
/**
 * When what stands here was true; null when it was never read.
 */
as_of: string | null, 
/**
 * Why the newest look gave nothing, in a sentence; null when it gave truth.
 */
blind: SaidView | null, 
/**
 * Used.
 */
used: { value: string, unit: string } | null, 
/**
 * The whole; null when unlimited or not told.
 */
total: { value: string, unit: string } | null, 
/**
 * Left.
 */
remaining: { value: string, unit: string } | null, 
/**
 * Used today; null without a sample of yesterday.
 */
today: { value: string, unit: string } | null, 
/**
 * Samples around midnight are far apart, or it was counted anew: `today` is a guess.
 */
today_estimated: boolean, 
/**
 * When it expires.
 */
expires_at: string | null, 
/**
 * When it is counted anew.
 */
reset: ResetView | null, 
/**
 * For how long it lasts.
 */
left: DaysLeftView, 
/**
 * The newest leak check.
 */
leak: LeakView | null, 
/**
 * What kernels call it.
 */
feeds: Array<string>, 
/**
 * Its nodes that count other than once.
 */
nodes: Array<NodeView>, };

export type ResetView = { 
/**
 * On which day of the month.
 */
day: number, 
/**
 * Next.
 */
next: string, 
/**
 * Who says so: `told` by the panel, `set` by the user, `learned` from two resets.
 */
by: string, };

export type DaysLeftView = { 
/**
 * `range`, `until_reset`, `until_expiry`, `no_estimate`, `unlimited`, `used_up`.
 */
kind: string, 
/**
 * Days at least, at the fastest rate of the last 7, 14 and 28 days.
 */
least: number | null, 
/**
 * Days at most, at the slowest.
 */
most: number | null, 
/**
 * The same in a sentence.
 */
said: SaidView, };

export type LeakView = { 
/**
 * The interval of both sides.
 */
start: string, 
/**
 * Its end.
 */
end: string, 
/**
 * `agrees`, `used_elsewhere`, `counted_here`, `not_decidable`.
 */
verdict: string, 
/**
 * The check right before came to the same difference: only then it is told.
 */
confirmed: boolean, 
/**
 * What the panel billed.
 */
billed: { value: string, unit: string }, 
/**
 * What our devices sent through its nodes, as it would be billed.
 */
ours: { value: string, unit: string }, 
/**
 * Billed less ours.
 */
difference: { value: string, unit: string }, 
/**
 * How much may differ.
 */
tolerance: { value: string, unit: string }, 
/**
 * The part of the interval in which every device was watched, in percent.
 */
coverage: { value: string, unit: string }, 
/**
 * The same in a sentence.
 */
said: SaidView, };

export type NodeView = { 
/**
 * Its name.
 */
node: string, 
/**
 * By how much: `1.5`.
 */
multiplier: string, 
/**
 * Who says so: its `name`, or the `user`.
 */
by: string, };

export type ReportView = { 
/**
 * Of which days.
 */
span: ReportSpan, 
/**
 * The first day.
 */
from: string, 
/**
 * The last day.
 */
through: string, 
/**
 * When it was made.
 */
at: string, 
/**
 * Its headline.
 */
subject: string, 
/**
 * All of it in plain text.
 */
text: string, 
/**
 * The mail as HTML, complete, without anything remote and without script.
 */
html: string, 
/**
 * Where it was sent, newest state; empty when it was not.
 */
sent: Array<ReportSentView>, };

export type ReportSentView = { 
/**
 * Which.
 */
channel: string, 
/**
 * `pending`, `sent`, `failed`.
 */
state: string, 
/**
 * When.
 */
at: string | null, };

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

/** One transaction's events, in order; told after it became durable. A gap in `seq` means that batches were missed. */
export type ChangeBatch = { seq: number, at: string, events: Array<ChangeEvent>, };

export type Amount = { value: string, unit: string };
export type Target = { kind: string, id: string, name: string, region: string };
export type LevelName = "calm" | "warning" | "critical" | "blind";
export type SeverityName = "info" | "warning" | "critical";
export type Blindness = { reason: string, detail: string };

/** What every event has; `simulated` stands where the demonstration tells it. */
export type EventBase = { at: string, simulated?: boolean };

/** `event` names what happened. */
export type ChangeEvent = EventBase & (
  | { event: "reading", account: string, meter: string, name: string, used: Amount | null, limit: Amount | null, remaining: Amount | null, window: WindowView | null, as_of: string, level: LevelName }
  | { event: "unread", account: string, meter: string | null, blind: Blindness }
  | { event: "step", alert: string, account: string, guard: string, meter: string, key: string, step: string, severity: SeverityName, remaining: Amount | null, share: Amount | null, why: Record<string, unknown> }
  | { event: "reminder", guard: string, meter: string, key: string }
  | { event: "resolved", guard: string, meter: string, key: string, by_new_window: boolean }
  | { event: "blind", alert: string, account: string, guard: string, meter: string, blind: Blindness, since: string | null }
  | { event: "blind_resolved", guard: string, meter: string, reason: string, since: string }
  | { event: "planned", intent: string, guard: string | null, meter: string | null, account: string, action: "warn" | "stop" | "start", target: Target, due: string }
  | { event: "rechecked", intent: string, target: Target }
  | { event: "sent", intent: string, target: Target }
  | { event: "accepted", intent: string, target: Target, receipt: { job: string | null, request: string | null, at: string } }
  | { event: "verifying", intent: string, target: Target, power: Record<string, string> | null }
  | { event: "verified", intent: string, target: Target, proof: Record<string, unknown> }
  | { event: "failed", intent: string, target: Target, detail: string, retry_at: string | null }
  | { event: "unknown", intent: string, target: Target, detail: string }
  | { event: "cancelled", intent: string, target: Target, by: string }
  | { event: "abandoned", intent: string, target: Target, detail: string }
  | { event: "held", intent: string, until: string }
  | { event: "due", intent: string, due: string }
  | { event: "delivery", delivery: string, channel: string, state: "pending" | "sending" | "expired" }
  | { event: "delivered", delivery: string, channel: string, code: string, repeat: boolean }
  | { event: "undelivered", delivery: string, channel: string, code: string, detail: string, retry_at: string | null }
  | { event: "renewal_due", alert: string, renewal: string, due: string, days: number }
  | { event: "renewal_marked", renewal: string, paid: string | null }
  | { event: "lapse", start: string, end: string, cause: string }
  | { event: "mode", guard: string, armed_until: string | null }
  | { event: "configured", accounts: number, channels: number, guards: number }
  | { event: "power", account: string, target: Target, power: Record<string, string> }
  | { event: "targets", account: string }
  | { event: "protected", account: string, target: string, protected: boolean }
  | { event: "looked", account: string, next_at: string | null, blind: Blindness | null }
  | { event: "mailbox", mailbox: string, found: number, blind: Blindness | null }
  | { event: "answered", alert: string, acknowledged: boolean, snoozed_until: string | null }
  | { event: "paused", until: string | null }
  | { event: "tested", channel: string, taken: boolean }
  | { event: "noted", what: string }
  | { event: "lease", holder: boolean }
  | { event: "program", condition: string, detail: string }
  | { event: "program_resolved", condition: string }
  | { event: "settings" }
  | { event: "quota", account: string, user: string | null }
  | { event: "flows", device: string }
  | { event: "device", device: string }
  | { event: "live" }
  | { event: "subscription", account: string }
  | { event: "report", kind: "daily" | "weekly", day: string }
  | { event: "reopened" }
  | { event: "demo", on: boolean }
);
