// 按接口的错误码：被拒绝的是什么，下一步做什么。
export default {
  title: {
    bad_request: '这个请求无法执行',
    config_invalid: '有需要改正的地方',
    not_found: '它已经不在了',
    refused: '出于安全被拒绝；没有做任何改动',
    not_running: '守护进程没有运行',
    not_holder: '另一个潮闸正在值守',
    outside: '对方没有正常回答',
    store: '数据库无法使用',
    link: '守护进程没有回答',
  },
  next: {
    bad_request: '没有做任何改动。改正后再试。',
    config_invalid: '没有做任何改动。改正标出的字段后再保存。',
    not_found: '请返回重新选择；列表会重新读取。',
    refused: '排除阻碍后再试。',
    not_running: '从托盘或菜单启动潮闸，然后再试。',
    not_holder: '请使用正在值守的那一个，或先结束它。',
    outside: '检查网络和密钥后再试。',
    store: '检查磁盘是否有空间、能否写入，然后再试。',
    link: '会自动重新连接；期间没有做任何改动。',
  },
};
