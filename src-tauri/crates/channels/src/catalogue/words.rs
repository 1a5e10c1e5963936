//! Labels, states, reasons, spans: the small words that many messages share.

use tidegate_guard::{ActionKind, IntentState, PowerState, StopManner};
use tidegate_meter::{Lang, Reason, TargetKind};

use super::text::{Text, texts};

texts! {
    LABEL_ACCOUNT = "账户", "Account";
    LABEL_TARGET = "对象", "Target";
    LABEL_LEFT = "余量", "Left";
    LABEL_AS_OF = "数据时间", "As of";
    LABEL_FORECAST = "预测", "Forecast";
    LABEL_TIDEGATE = "潮闸", "Tidegate";
    LABEL_YOU = "下一步", "Next step";
    LABEL_REASON = "原因", "Reason";
    LABEL_DETAIL = "详情", "Detail";
    LABEL_SINCE = "开始于", "Since";
    LABEL_LAST_TRUTH = "最近一次有效读数", "Last reading";
    LABEL_DUE = "计划时间", "Due";
    LABEL_PROOF = "证据", "Proof";
    LABEL_RECEIPT = "平台回执", "Receipt";
    LABEL_SPAN = "时段", "Span";
    LABEL_EFFECT = "影响", "Effect";

    COLON = "：", ": ";
    COMMA = "，", ", ";
    SEMICOLON = "；", "; ";
    STOP_SIGN = "。", ".";

    SECOND = "{n} 秒", "{n} second";
    SECONDS = "{n} 秒", "{n} seconds";
    MINUTE = "{n} 分钟", "{n} minute";
    MINUTES = "{n} 分钟", "{n} minutes";
    HOUR = "{n} 小时", "{n} hour";
    HOURS = "{n} 小时", "{n} hours";
    DAY = "{n} 天", "{n} day";
    DAYS = "{n} 天", "{n} days";
    CREDITS = "{n} 积分", "{n} credits";
    AGO = "{span}前", "{span} ago";
    AHEAD = "{span}后", "in {span}";
    JUST_NOW = "刚刚", "just now";
    AT_WITH_AGE = "{at}（{age}）", "{at} ({age})";
    NEVER = "从未有过", "never";

    SERVER_STOP = "停止", "stop";
    SERVER_START = "启动", "start";
    SUB_ACCOUNT_STOP = "停用", "disable";
    SUB_ACCOUNT_START = "恢复", "restore";
    WARN_ONLY = "提醒", "warn about";
    SERVER = "服务器", "server";
    SUB_ACCOUNT = "子账号", "sub-account";
    MANNER_SOFT = "正常关机", "soft";
    MANNER_FORCED = "强制断电", "forced";

    POWER_RUNNING = "运行中", "running";
    POWER_STOPPING = "正在关机", "stopping";
    POWER_STOPPED = "已停止", "stopped";
    POWER_STARTING = "正在启动", "starting";
    POWER_GONE = "已不存在", "gone";

    STATE_PLANNED = "倒计时中", "counting down";
    STATE_RECHECKED = "已复查，即将发出", "checked again, about to be sent";
    STATE_SENT = "已发出，结果未知", "sent, outcome not known";
    STATE_ACCEPTED = "平台已接受，尚未生效", "accepted, not yet in effect";
    STATE_VERIFYING = "等待平台状态", "waiting for the provider's state";
    STATE_VERIFIED = "已由平台状态确认", "confirmed by the provider's state";
    STATE_FAILED = "未成功", "did not succeed";
    STATE_UNKNOWN = "结果未知，正在读取状态", "outcome unknown, the state is being read";
    STATE_CANCELLED = "已取消", "called off";
    STATE_ABANDONED = "已放弃，需要人工查看", "given up, a person must look";

    REASON_AUTH = "密钥被平台拒绝", "the provider refuses the key";
    REASON_SCOPE = "密钥缺少权限或属于另一站点", "the key lacks a right or belongs to the other site";
    REASON_RATE = "平台限流", "the provider throttles us";
    REASON_TRANSIENT = "网络或平台故障", "network or provider fault";
    REASON_SHAPE = "平台的回答格式不符", "the answer has an unexpected form";
    REASON_MISSING = "回答中没有这个计量", "the answer lacks this meter";
    REASON_STALE = "数据太旧", "the data is too old";
    REASON_IMPLAUSIBLE = "数值不合理，等待第二次读数", "the value is implausible, a second reading is awaited";
    REASON_LOCKED = "钥匙串已锁定或不存在", "the keychain is locked or absent";
    REASON_DISABLED = "账户已在潮闸中关闭", "the account is switched off in Tidegate";

    NEXT_AUTH = "检查密钥是否正确、未过期，以及本机时间；改好后自动继续", "check the key, its expiry and this machine's clock; Tidegate continues by itself";
    NEXT_SCOPE = "在平台给该密钥补上详情中的权限，或更正站点", "grant the key the right named in the detail, or correct the site";
    NEXT_RATE = "无需操作；潮闸稍后再读", "nothing to do; Tidegate reads again later";
    NEXT_TRANSIENT = "检查网络与平台状态；潮闸会继续尝试", "check the network and the provider's status page; Tidegate keeps trying";
    NEXT_SHAPE = "在平台控制台核对数值，并把详情报告给我们", "look the value up in the provider's console, and report the detail";
    NEXT_MISSING = "在平台核对流量包是否仍在，或指定对应关系", "check at the provider that the package still exists, or set its mapping";
    NEXT_STALE = "在平台控制台核对数值", "look the value up in the provider's console";
    NEXT_IMPLAUSIBLE = "在平台控制台核对数值；第二次读数一致后自动继续", "look the value up in the provider's console; Tidegate continues when a second reading agrees";
    NEXT_LOCKED = "解锁钥匙串；之后自动继续", "unlock the keychain; Tidegate continues by itself";
    NEXT_DISABLED = "在设置中重新打开该账户", "switch the account on again in the settings";

    CAUSE_ASLEEP = "电脑处于睡眠", "the computer slept";
    CAUSE_STOPPED = "潮闸没有运行", "Tidegate was not running";
    CAUSE_OFFLINE = "没有网络", "there was no network";
    CAUSE_CLOCK = "系统时间跳变", "the system clock jumped";
    CAUSE_OTHER = "{cause}", "{cause}";
    LAPSE_NEXT_ASLEEP = "需要不间断守护时，关闭睡眠，或在一直开机的机器上运行 tidegated", "keep the computer awake, or run tidegated on a machine that stays on";
    LAPSE_NEXT_STOPPED = "打开“登录时启动”，或在一直开机的机器上运行 tidegated", "turn on start at login, or run tidegated on a machine that stays on";
    LAPSE_NEXT_OFFLINE = "检查网络", "check the network";
    LAPSE_NEXT_CLOCK = "打开系统的自动对时", "turn on automatic time in the system's settings";
}

/// The provider's power word, or the state's own.
pub(crate) fn power(state: &PowerState, lang: Lang) -> &str {
    match state {
        PowerState::Running => POWER_RUNNING.of(lang),
        PowerState::Stopping => POWER_STOPPING.of(lang),
        PowerState::Stopped => POWER_STOPPED.of(lang),
        PowerState::Starting => POWER_STARTING.of(lang),
        PowerState::Gone => POWER_GONE.of(lang),
        PowerState::Other { word } => word,
    }
}

/// The verb of an action on a kind of target.
pub(crate) const fn verb(action: ActionKind, kind: TargetKind) -> Text {
    match (action, kind) {
        (ActionKind::Stop, TargetKind::Server) => SERVER_STOP,
        (ActionKind::Start, TargetKind::Server) => SERVER_START,
        (ActionKind::Stop, TargetKind::SubAccount) => SUB_ACCOUNT_STOP,
        (ActionKind::Start, TargetKind::SubAccount) => SUB_ACCOUNT_START,
        (ActionKind::Warn, _) => WARN_ONLY,
    }
}

/// The noun of a kind of target.
pub(crate) const fn noun(kind: TargetKind) -> Text {
    match kind {
        TargetKind::Server => SERVER,
        TargetKind::SubAccount => SUB_ACCOUNT,
    }
}

/// How a target is stopped.
pub(crate) const fn manner(manner: StopManner) -> Text {
    match manner {
        StopManner::Soft => MANNER_SOFT,
        StopManner::Forced => MANNER_FORCED,
    }
}

/// Where an action stands.
pub(crate) const fn intent(state: IntentState) -> Text {
    match state {
        IntentState::Planned => STATE_PLANNED,
        IntentState::Rechecked => STATE_RECHECKED,
        IntentState::Sent => STATE_SENT,
        IntentState::Accepted => STATE_ACCEPTED,
        IntentState::Verifying => STATE_VERIFYING,
        IntentState::Verified => STATE_VERIFIED,
        IntentState::Failed => STATE_FAILED,
        IntentState::Unknown => STATE_UNKNOWN,
        IntentState::Cancelled => STATE_CANCELLED,
        IntentState::Abandoned => STATE_ABANDONED,
    }
}

/// Why there is no truth.
pub(crate) const fn reason(reason: Reason) -> Text {
    match reason {
        Reason::Auth => REASON_AUTH,
        Reason::Scope => REASON_SCOPE,
        Reason::Rate => REASON_RATE,
        Reason::Transient => REASON_TRANSIENT,
        Reason::Shape => REASON_SHAPE,
        Reason::Missing => REASON_MISSING,
        Reason::Stale => REASON_STALE,
        Reason::Implausible => REASON_IMPLAUSIBLE,
        Reason::Locked => REASON_LOCKED,
        Reason::Disabled => REASON_DISABLED,
    }
}

/// What a person can do about it.
pub(crate) const fn reason_next(reason: Reason) -> Text {
    match reason {
        Reason::Auth => NEXT_AUTH,
        Reason::Scope => NEXT_SCOPE,
        Reason::Rate => NEXT_RATE,
        Reason::Transient => NEXT_TRANSIENT,
        Reason::Shape => NEXT_SHAPE,
        Reason::Missing => NEXT_MISSING,
        Reason::Stale => NEXT_STALE,
        Reason::Implausible => NEXT_IMPLAUSIBLE,
        Reason::Locked => NEXT_LOCKED,
        Reason::Disabled => NEXT_DISABLED,
    }
}

/// The cause of a lapse and what a person can do about it.
pub(crate) fn lapse(cause: &str) -> (Text, Option<Text>) {
    match cause {
        "asleep" => (CAUSE_ASLEEP, Some(LAPSE_NEXT_ASLEEP)),
        "stopped" => (CAUSE_STOPPED, Some(LAPSE_NEXT_STOPPED)),
        "offline" => (CAUSE_OFFLINE, Some(LAPSE_NEXT_OFFLINE)),
        "clock" => (CAUSE_CLOCK, Some(LAPSE_NEXT_CLOCK)),
        _ => (CAUSE_OTHER, None),
    }
}
