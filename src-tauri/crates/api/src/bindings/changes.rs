//! Change batches as TypeScript: the engine's events as they are told. Written by hand, since the engine knows nothing
//! of TypeScript; `tests/bindings.rs` compares every event's fields with what is really told.

pub(super) const TEXT: &str = r#"
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
"#;
