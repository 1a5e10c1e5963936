// What an event says about a view at once, before the view is read anew. Pure; tested in stores.test.ts.
import type { ActionView, ChangeEvent, GuardView, MetersView, MeterView, OverviewView, StatusView, TargetView } from '@/bindings/api';

/** A reading moves its meter; why its guards say what they say is read anew. */
export function patchMeters(view: MetersView, event: ChangeEvent): MetersView {
  if (event.event !== 'reading' && event.event !== 'unread') return view;
  const meters = view.meters.map((meter): MeterView => {
    const same = meter.account === event.account && (meter.meter === event.meter || event.meter === null);
    if (!same) return meter;
    if (event.event === 'reading') {
      const { used, limit, remaining, window, as_of } = event;
      return { ...meter, outcome: 'known', reason: null, detail: null, used, limit, remaining, window, as_of, fetched_at: event.at, last_good: null };
    }
    return blinded(meter, event.blind);
  });
  return { ...view, meters };
}

/** What was true becomes the last good value; nothing stays as if it were true. */
function blinded(meter: MeterView, blind: { reason: string; detail: string }): MeterView {
  const { remaining, used, as_of } = meter;
  const last_good = meter.outcome === 'known' && as_of !== null ? { remaining, used, as_of } : meter.last_good;
  return { ...meter, outcome: 'blind', ...blind, used: null, limit: null, remaining: null, window: null, as_of: null, last_good };
}

const MOVES = new Set(['planned', 'rechecked', 'sent', 'accepted', 'verifying', 'verified', 'failed', 'unknown', 'cancelled', 'abandoned']);

/** A transition of an action, with its receipt or proof. */
export function patchActions(view: ActionView[], event: ChangeEvent): ActionView[] {
  if (event.event === 'held') {
    const { intent, until } = event;
    return view.map((action) => (action.id === intent ? { ...action, due: until } : action));
  }
  if (!('intent' in event) || !MOVES.has(event.event)) return view;
  return view.map((action) => {
    if (action.id !== event.intent) return action;
    const moved = { ...action, state: event.event, updated_at: event.at };
    if (event.event === 'accepted') moved.receipt = event.receipt;
    if (event.event === 'verified') moved.proof = event.proof;
    return moved;
  });
}

/** Arming and disarming. */
export function patchGuards(view: GuardView[], event: ChangeEvent): GuardView[] {
  if (event.event !== 'mode') return view;
  const { guard: id, armed_until } = event;
  return view.map((guard) => (guard.id === id ? { ...guard, armed_until, mode: armed_until ? 'armed' : 'watch' } : guard));
}

/** The power state of a server. */
export function patchTargets(view: TargetView[], event: ChangeEvent): TargetView[] {
  if (event.event !== 'power') return view;
  const { account, target, power, at } = event;
  return view.map((row) => (row.account === account && row.target.id === target.id ? { ...row, power, power_at: at } : row));
}

/** The lease. */
export function patchStatus(view: StatusView, event: ChangeEvent): StatusView {
  if (event.event === 'lease') return { ...view, holder: event.holder };
  return view;
}

/** The overview is made of the views above. */
export function patchOverview(view: OverviewView, event: ChangeEvent): OverviewView {
  const status = patchStatus(view.status, event);
  const meters = patchMeters({ meters: view.meters, blind_accounts: [] }, event).meters;
  const open = patchActions(view.open, event);
  return { ...view, status, meters, open };
}
