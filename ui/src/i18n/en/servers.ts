export default {
  title: 'Servers',
  empty: { title: 'No servers yet', text: 'Servers appear here with the first reading of an account.' },
  absent: 'No longer there at the provider.',
  by_us: 'stopped by Tidegate',
  protect: 'Protected',
  protect_of: 'Never touch {name}',
  is_protected: 'It is protected: switch that off first.',
  last: 'Last action',
  stop: {
    open: 'Stop…',
    title: 'Stop {name}?',
    consequence: 'The guest system of {name} is asked to shut down. It stays stopped until you start it again.',
    forced: 'The power of {name} is cut at once. What is not written is lost.',
    force: 'Cut the power instead of asking the guest system',
    verb: 'Stop {name}',
  },
  start: { open: 'Start…', title: 'Start {name}?', consequence: '{name} runs and uses traffic again. Its guard watches on.', forced: '', verb: 'Start {name}' },
};
