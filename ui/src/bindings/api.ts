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
limit: number, } | { "request": "alerts", 
/**
 * Only unresolved ones.
 */
open: boolean, 
/**
 * At most so many.
 */
limit: number, 
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
seconds: number, } | { "request": "channels" } | { "request": "test_channel", 
/**
 * Which.
 */
channel: string, } | { "request": "deliveries", 
/**
 * At most so many.
 */
limit: number, 
/**
 * Of the texts.
 */
lang: "zh-CN" | "en", } | { "request": "retry_delivery", 
/**
 * Which.
 */
delivery: string, } | { "request": "history", 
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
points: number, } | { "request": "replay", 
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
days: number, } | { "request": "audit_verify" } | { "request": "audit", 
/**
 * After this number; 0 from the start.
 */
after: number, 
/**
 * At most so many.
 */
limit: number, } | { "request": "lapses", 
/**
 * At most so many.
 */
limit: number, } | { "request": "backup", 
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
lang: "zh-CN" | "en", };

export type Response = { "response": "done" } | { "response": "version", "data": VersionView } | { "response": "status", "data": StatusView } | { "response": "accounts", "data": Array<AccountView> } | { "response": "meters", "data": MetersView } | { "response": "targets", "data": Array<TargetView> } | { "response": "plan", "data": Plan } | { "response": "text", "data": string } | { "response": "guards", "data": Array<GuardView> } | { "response": "armed", "data": ArmedView } | { "response": "planned", "data": ActionView } | { "response": "actions", "data": Array<ActionView> } | { "response": "alerts", "data": Array<AlertView> } | { "response": "channels", "data": Array<ChannelView> } | { "response": "tested", "data": TestedView } | { "response": "deliveries", "data": Array<DeliveryView> } | { "response": "history", "data": Array<PointView> } | { "response": "replay", "data": Array<ReplayView> } | { "response": "audit_verdict", "data": { verdict: "intact", head: { seq: number, hash: string } } | { verdict: "broken", seq: number, fault: string } } | { "response": "audit", "data": Array<AuditView> } | { "response": "lapses", "data": Array<LapseView> } | { "response": "vault_items", "data": VaultView } | { "response": "doctor", "data": Array<FootingView> };

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
items: Array<PlanItem>, };

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

export type ItemKind = "account" | "channel" | "guard";

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
conditions: Array<[string, string]>, };

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
meters: number, };

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
guards: Array<MeterGuardView>, };

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
why: WhyView | null, };

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
addresses: Array<string>, };

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
meters: Array<GuardMeterView>, };

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
updated_at: string, };

export type ActionEventView = { 
/**
 * To.
 */
to: string, 
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
snoozed_until: string | null, };

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
secrets: { [key in string]: string }, };

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
delivered_at: string | null, };

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
cause: string, };

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

/** One transaction's events, in order; told after it became durable. */
export type ChangeBatch = { seq: number, at: string, events: Array<ChangeEvent>, };

/** `event` names what happened: reading, step, planned, sent, accepted, verified, delivered, blind, … */
export type ChangeEvent = { event: string, at: string, } & Record<string, unknown>;
