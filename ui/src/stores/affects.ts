// Which views an event makes old. A view that the event names is patched at once where the event carries the value
// (patch.ts), and read anew once per batch. Tested in stores.test.ts.
import type { ChangeEvent } from '@/bindings/api';

/** The views that are kept. */
export type ViewName =
  | 'status' | 'meters' | 'guards' | 'targets' | 'actions' | 'alerts' | 'deliveries' | 'channels'
  | 'overview' | 'lapses' | 'settings' | 'items' | 'backups' | 'audit' | 'catalogue' | 'renewals' | 'mailboxes' | 'tokens' | 'quotas' | 'quota' | 'bill'
  | 'flows' | 'flow_line' | 'live' | 'devices' | 'subscriptions' | 'report';

type EventName = ChangeEvent['event'];

/** What stands at sub-accounts; which of them is told by `about` of each view. */
const QUOTA: readonly ViewName[] = ['quotas', 'quota'];
const ACTION: readonly ViewName[] = ['overview', 'actions', 'status', 'meters', 'guards', 'audit', ...QUOTA];
const ALERT: readonly ViewName[] = ['overview', 'alerts', 'status', 'meters', 'guards'];

/** `all`: everything that is kept is read anew. A new event needs a line; `vue-tsc` asks for it. */
export const AFFECTS: Record<EventName, readonly ViewName[] | 'all'> = {
  reading: ['overview', 'meters', 'guards', 'status', 'bill', 'subscriptions', ...QUOTA],
  unread: ['overview', 'meters', 'guards', 'status', 'subscriptions', ...QUOTA],
  step: ALERT,
  reminder: ALERT,
  resolved: ALERT,
  blind: ALERT,
  blind_resolved: ALERT,
  planned: ACTION,
  rechecked: ACTION,
  sent: ACTION,
  accepted: ACTION,
  verifying: ACTION,
  verified: [...ACTION, 'targets'],
  failed: ACTION,
  unknown: ACTION,
  cancelled: ACTION,
  abandoned: ACTION,
  held: ACTION,
  due: ACTION,
  delivery: ['deliveries', 'status'],
  delivered: ['deliveries', 'channels', 'status', 'report'],
  undelivered: ['deliveries', 'channels', 'status', 'report'],
  renewal_due: ['renewals', ...ALERT],
  renewal_marked: ['renewals', 'alerts', 'audit'],
  lapse: ['overview', 'lapses', 'audit'],
  mode: ['overview', 'guards', 'meters', 'status', 'items', 'audit'],
  configured: 'all',
  power: ['targets', ...QUOTA],
  targets: ['targets', ...QUOTA],
  protected: ['targets', 'audit', ...QUOTA],
  looked: ['overview', 'status'],
  mailbox: ['overview', 'alerts', 'status', 'mailboxes'],
  answered: ['overview', 'alerts', 'audit'],
  tested: ['channels'],
  noted: ['audit', 'tokens'],
  quota: ['bill', 'audit', ...QUOTA],
  flows: ['flows', 'flow_line', 'devices', 'live'],
  device: ['devices', 'live', 'audit'],
  live: ['live'],
  subscription: ['subscriptions'],
  report: ['report'],
  lease: ['overview', 'status'],
  program: ['overview', 'status', 'alerts'],
  program_resolved: ['overview', 'status', 'alerts'],
  paused: ['overview', 'status', 'meters', 'guards', 'audit'],
  settings: ['settings', 'audit'],
  reopened: 'all',
  demo: 'all',
};

/** What of the kept views an event makes old; an event of a newer guard makes everything old. */
export function affected(event: ChangeEvent): readonly ViewName[] | 'all' {
  return (AFFECTS as Partial<typeof AFFECTS>)[event.event] ?? 'all';
}
