export default {
  nav: { label: 'Pages', overview: 'Overview', meters: 'Meters', servers: 'Servers', quotas: 'Quotas', balances: 'Balances', renewals: 'Renewals', proxy: 'Proxy', activity: 'Activity', settings: 'Settings', welcome: 'First steps' },
  brand: 'Tidegate',
  demo_text: 'Everything marked simulated is made up; nothing real is touched.',
  skip: 'Skip to the content',
  status: {
    paused: 'Automatic actions are paused until {moment}.',
    loading: 'Asking the guard…',
    next: 'Next check {age}.',
    soon: 'Next check in a moment.',
  },
  pause: { label: 'Pause', paused: 'Paused', hint: 'Watching and messages go on.', hour: 'For 1 hour', tomorrow: 'Until tomorrow', resumed: 'Until I resume (30 days at most)', resume: 'Resume now' },
  refresh: 'Refresh',
  refreshing: 'Looking…',
  lost: 'The guard does not answer since {moment}. What is shown may be old; it is connected again by itself.',
  condition: 'Needs you: {text}',
  demo: 'Demonstration',
  not_found: { title: 'There is no such page', text: 'It may have been removed.', back: 'To the overview' },
};
