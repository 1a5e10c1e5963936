// The stores: server state only, one per view of the guard. A page calls `follow()` on what it shows and reads `data`,
// `error` and `loading`; change batches do the rest (changes.ts). What a page alone needs is asked by the page.
import { defineStore } from 'pinia';
import { language } from '@/composables/useLanguage';
import { ask } from '@/link';
import { patchActions, patchGuards, patchMeters, patchOverview, patchStatus, patchTargets } from './patch';
import { keepView } from './view';

/** Rows of a list that are kept: the newest; older ones are in the database. */
const ROWS = 200;

export const useStatus = defineStore('status', () =>
  keepView({ name: 'status', read: () => ask({ request: 'status' }), patch: patchStatus }));

export const useMeters = defineStore('meters', () =>
  keepView({ name: 'meters', read: () => ask({ request: 'meters', account: null, lang: language() }), patch: patchMeters }));

export const useGuards = defineStore('guards', () =>
  keepView({ name: 'guards', read: () => ask({ request: 'guards', lang: language() }), patch: patchGuards }));

export const useTargets = defineStore('targets', () =>
  keepView({ name: 'targets', read: () => ask({ request: 'targets', account: null }), patch: patchTargets }));

export const useActions = defineStore('actions', () =>
  keepView({ name: 'actions', read: () => ask({ request: 'actions', open: false, limit: ROWS, lang: language() }), patch: patchActions }));

export const useAlerts = defineStore('alerts', () =>
  keepView({ name: 'alerts', read: () => ask({ request: 'alerts', open: false, limit: ROWS, lang: language() }) }));

export const useDeliveries = defineStore('deliveries', () =>
  keepView({ name: 'deliveries', read: () => ask({ request: 'deliveries', limit: ROWS, lang: language() }) }));

export const useChannels = defineStore('channels', () =>
  keepView({ name: 'channels', read: () => ask({ request: 'channels' }) }));

export const useLapses = defineStore('lapses', () =>
  keepView({ name: 'lapses', read: () => ask({ request: 'lapses', limit: ROWS, lang: language() }) }));

export const useSettings = defineStore('settings', () =>
  keepView({ name: 'settings', read: () => ask({ request: 'settings' }) }));

export const useItems = defineStore('items', () =>
  keepView({ name: 'items', read: () => ask({ request: 'items' }) }));

export const useBackups = defineStore('backups', () =>
  keepView({ name: 'backups', read: () => ask({ request: 'backups' }) }));

/** What there is to set up; a spec file that is loaded anew changes it. */
export const useCatalogue = defineStore('catalogue', () =>
  keepView({ name: 'catalogue', read: () => ask({ request: 'catalogue', lang: language() }) }));

export const useRenewals = defineStore('renewals', () =>
  keepView({ name: 'renewals', read: () => ask({ request: 'renewals', lang: language() }) }));

export const useMailboxes = defineStore('mailboxes', () =>
  keepView({ name: 'mailboxes', read: () => ask({ request: 'mailboxes', lang: language() }) }));

/** Their names and scopes; a token itself is told once, when it is made. */
export const useTokens = defineStore('tokens', () =>
  keepView({ name: 'tokens', read: () => ask({ request: 'tokens' }) }));

/** Every sub-account, the worst first. */
export const useQuotas = defineStore('quotas', () =>
  keepView({ name: 'quotas', read: () => ask({ request: 'quotas', account: null, lang: language() }) }));

/** What passes through proxies now; told anew at most once in two seconds, and asked only while a page shows it. */
export const useLive = defineStore('live', () =>
  keepView({ name: 'live', read: () => ask({ request: 'live' }) }));

/** Devices whose kernels are counted, and invitations that wait. */
export const useDevices = defineStore('devices', () =>
  keepView({ name: 'devices', read: () => ask({ request: 'devices' }) }));

/** Subscriptions, the shortest first. */
export const useSubscriptions = defineStore('subscriptions', () =>
  keepView({ name: 'subscriptions', read: () => ask({ request: 'subscriptions' }) }));

/** All of the overview in one answer. */
export const useOverview = defineStore('overview', () =>
  keepView({ name: 'overview', read: () => ask({ request: 'overview', lang: language() }), patch: patchOverview }));
