// What a guard can stop: a server, or a sub-account of a cloud. Each has its own words: stop and start, disable and restore.

/** The kinds of targets, as the texts name them. */
export type TargetKind = 'server' | 'sub_account';

/** The kind of a target; what is not told is a server. */
export function kindOf(target: { kind: string } | undefined): TargetKind {
  return target?.kind === 'sub_account' ? 'sub_account' : 'server';
}

/** The page of a sub-account. */
export function quotaPage(account: string, user: string) {
  return { name: 'quota', params: { account, user } };
}

/** Where a subscription is added, and where a kernel on this machine or in its network is. */
export const addSubscription = { name: 'welcome', query: { provider: 'subscription' } } as const;
export const addKernel = { name: 'welcome', query: { provider: 'proxy' } } as const;
