// The pages and their addresses. Each page is loaded when it is first shown.
import { createMemoryHistory, createRouter, createWebHashHistory, type LocationQueryValue, type RouteLocation, type Router } from 'vue-router';

/** One value of an address's query. */
function word(value: LocationQueryValue | LocationQueryValue[] | undefined): string | undefined {
  return (Array.isArray(value) ? value[0] : value) ?? undefined;
}

const pages = [
  { path: '/', name: 'overview', component: () => import('@/pages/OverviewPage.vue') },
  { path: '/meters', name: 'meters', component: () => import('@/pages/MetersPage.vue') },
  { path: '/meters/:account/:meter', name: 'meter', component: () => import('@/pages/MeterPage.vue'), props: true },
  { path: '/balances', name: 'balances', component: () => import('@/pages/BalancesPage.vue') },
  { path: '/renewals/:view?', name: 'renewals', component: () => import('@/pages/RenewalsPage.vue'), props: true },
  { path: '/quotas', name: 'quotas', component: () => import('@/pages/QuotasPage.vue') },
  { path: '/quotas/bill', name: 'bill', component: () => import('@/pages/BillPage.vue'), props: (route: RouteLocation) => ({ account: word(route.query.account), month: word(route.query.month) }) },
  { path: '/quotas/:account/:user', name: 'quota', component: () => import('@/pages/QuotaPage.vue'), props: true },
  { path: '/proxy', name: 'proxy', component: () => import('@/pages/ProxyPage.vue') },
  { path: '/proxy/:device', name: 'device', component: () => import('@/pages/DevicePage.vue'), props: true },
  { path: '/servers', name: 'servers', component: () => import('@/pages/ServersPage.vue') },
  { path: '/activity/:part?', name: 'activity', component: () => import('@/pages/ActivityPage.vue'), props: true },
  { path: '/settings/:part?', name: 'settings', component: () => import('@/pages/SettingsPage.vue'), props: true },
  { path: '/welcome', name: 'welcome', component: () => import('@/pages/WelcomePage.vue'), props: (route: RouteLocation) => ({ provider: word(route.query.provider) }) },
  { path: '/:rest(.*)*', name: 'nowhere', component: () => import('@/pages/NowherePage.vue') },
];

/** The router of the window; `memory` for tests. */
export function makeRouter(memory = false): Router {
  return createRouter({ history: memory ? createMemoryHistory() : createWebHashHistory(), routes: pages });
}
