export default {
  nav: { label: '页面', overview: '总览', meters: '计量', servers: '服务器', quotas: '额度', balances: '余额', renewals: '续费', proxy: '代理', activity: '动态', settings: '设置', welcome: '开始使用' },
  brand: '潮闸',
  demo_text: '标有“模拟”的都是虚构的；不会碰任何真实的东西。',
  skip: '跳到内容',
  status: {
    paused: '自动行动已暂停至 {moment}。',
    loading: '正在询问守护进程…',
    next: '{age}再次检查。',
    soon: '即将再次检查。',
  },
  pause: { label: '暂停', paused: '已暂停', hint: '读数和消息照常。', hour: '1 小时', tomorrow: '到明天零点', resumed: '直到我恢复（最长 30 天）', resume: '现在恢复' },
  refresh: '刷新',
  refreshing: '正在读取…',
  lost: '守护进程自 {moment} 起没有回答。显示的内容可能已旧；会自动重新连接。',
  condition: '需要你处理：{text}',
  demo: '演示',
  not_found: { title: '没有这个页面', text: '它可能已被移除。', back: '回到总览' },
};
