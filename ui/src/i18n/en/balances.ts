export default {
  title: 'Balances',
  find: 'Find a balance',
};
