export default {
  title: '服务器',
  empty: { title: '还没有服务器', text: '账户第一次读数后，服务器会出现在这里。' },
  absent: '平台上已经没有它了。',
  by_us: '由潮闸停止于',
  protect: '受保护',
  protect_of: '永不操作 {name}',
  is_protected: '它受保护：请先关闭保护。',
  last: '最近行动',
  stop: {
    open: '停止…',
    title: '停止 {name}？',
    consequence: '会请 {name} 的系统正常关机。直到你再次启动，它都保持停止。',
    forced: '会立即切断 {name} 的电源。未写入的数据会丢失。',
    force: '直接断电，不经过客户机系统',
    verb: '停止 {name}',
  },
  start: { open: '启动…', title: '启动 {name}？', consequence: '{name} 会重新运行并消耗流量。规则继续看着它。', forced: '', verb: '启动 {name}' },
};
