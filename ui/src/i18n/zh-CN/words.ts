// 多个页面共用的词：状态、种类、原因。键与接口一致。
export default {
  level: { calm: '平静', warning: '提醒', critical: '告急', acting: '行动中', stopped: '已停止', blind: '失明', paused: '已暂停', none: '未守护' },
  mode: { watch: '只看不动', armed: '布防至 {date}' },
  power: { running: '运行中', stopping: '正在停止', stopped: '已停止', starting: '正在启动', gone: '已不存在', other: '其他：{word}', unknown: '未知' },
  delivery: { pending: '等待中', sending: '发送中', delivered: '已送达', refused: '被拒绝', expired: '已过期' },
  reason: {
    auth: '密钥被平台拒绝',
    scope: '密钥缺少权限或属于另一站点',
    rate: '平台限流',
    transient: '网络或平台故障',
    shape: '平台的回答格式不符',
    missing: '回答中没有这个计量',
    stale: '数据太旧',
    implausible: '数值不合理，等待第二次读数',
    locked: '钥匙串已锁定或不存在',
    disabled: '账户已在潮闸中关闭',
  },
};
