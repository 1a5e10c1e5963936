// One sub-account with everything that stands at it, kept while its page or dialog is open.
import { aboutUser } from '@/composables/quotas';
import { language } from '@/composables/useLanguage';
import { ask } from '@/link';
import { pageView } from '@/stores/view';

/** Read at once, and anew when something changed that may be about it. */
export function useQuota(account: string, user: string) {
  const view = pageView({
    name: 'quota',
    read: () => ask({ request: 'quota', account, user, lang: language() }),
    about: (event): boolean => aboutUser(event, account, user, view.data?.quota.meter),
  });
  return view;
}
