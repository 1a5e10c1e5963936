//! Words of the judgement: belts, forecast, the line, the contract.

use super::text::texts;

texts! {
    LEFT = "剩余 {left}", "{left} left";
    LEFT_ABOVE = "剩余 {left}，比闸线 {limit} 高 {distance}", "{left} left, {distance} above the limit of {limit}";
    LEFT_BELOW = "剩余 {left}，比闸线 {limit} 低 {distance}", "{left} left, {distance} below the limit of {limit}";
    LEFT_LIMIT = "剩余 {left}，闸线为 {limit}", "{left} left, the limit is {limit}";
    LEFT_UNKNOWN = "余量未知，无法与余量门槛比较", "what is left is not known and cannot be compared with a threshold";
    LOWER_BOUND = "计入滞后后至少还剩 {left}", "at least {left} truly left, lag counted in";
    LIMIT_SHARE = "“已用 {share}”", "{share} used";
    LIMIT_PREDICTIVE = "“停下时预留 {reserve}”", "{reserve} in reserve when it has come to rest";

    ACCUMULATING = "正在积累：{needed}中的 {span}", "accumulating: {span} of {needed}";
    ACCUMULATING_CHANGES = "正在积累：数值变化 {changes}/{needed} 次", "accumulating: {changes} of {needed} changes of the value";
    ACCUMULATING_SAMPLES = "正在积累样本（{samples}/{needed}）", "accumulating {samples} of {needed} samples";
    RUNS_OUT = "预计 {span}后用完", "runs out in {span}";
    RUNS_OUT_EARLIEST = "最快 {span}后用完，按较慢的用速可撑到周期结束", "runs out in {span} at the earliest, and lasts the window at a slower pace";
    RUNS_OUT_NOW = "随时可能用完", "may run out at any moment";
    LASTS = "按目前用速可撑到周期结束", "lasts the window at the current pace";
    BAND_DAYS = "{early}–{late} 天", "{early}–{late} days";
    BAND_HOURS = "{early}–{late} 小时", "{early}–{late} hours";
    BAND_MINUTES = "{early}–{late} 分钟", "{early}–{late} minutes";

    BLIND_SINCE = "失明（{reason}），始于 {since}；失明时不会行动", "blind ({reason}) since {since}; nothing is acted on while blind";
    ACTING = "行动进行中：{state}，计划时间 {due}", "an action is in flight: {state}, due {due}";
    WILL_ACT = "已越过闸线，将行动", "over the limit: it acts";
    OVER_BLOCKED = "已越过闸线，但不会行动：{belts}", "over the limit, but it does not act: {belts}";
    CALM = "未越过闸线，无需行动", "not over the limit, nothing to do";
    CALM_BLOCKED = "未越过闸线；即使越过也不会行动：{belts}", "not over the limit; even then it would not act: {belts}";
    WARNS_ONLY = "这条规则只提醒，不会停任何东西", "this guard only warns, it stops nothing";
    WARNS_OVER = "已越过闸线；这条规则只提醒，不会停任何东西", "over the limit; this guard only warns, it stops nothing";
    MORE_BELTS = "另有 {n} 项", "{n} more";

    BELT_WATCH = "只看不动（未布防）", "it only watches (not armed)";
    BELT_EXPIRED = "布防已于 {at} 到期", "its arming expired at {at}";
    BELT_AGREEING = "等待第二次一致的读数（{seen}/{needed}）", "a further agreeing reading is awaited ({seen} of {needed})";
    BELT_OLD = "读数已有 {age}，超过允许的 {allowed}", "the reading is {age} old, more than the {allowed} allowed";
    BELT_QUARANTINED = "数值突变，等待后续读数确认", "the value jumped, further readings must bear it out";
    BELT_SETTLING = "周期刚开始，{until} 前不行动", "the window has just begun, no action before {until}";
    BELT_GRACE = "{target} 刚启动，{until} 前不行动", "{target} was started a moment ago, no action before {until}";
    BELT_TARGET_COUNT = "24 小时内已对 {target} 行动 {actions} 次，上限 {allowed} 次", "{target} was acted on {actions} times in 24 h, {allowed} are allowed";
    BELT_GUARD_COUNT = "本规则 24 小时内已行动 {actions} 次，上限 {allowed} 次", "this guard acted {actions} times in 24 h, {allowed} are allowed";
    BELT_ALL_COUNT = "全部规则 24 小时内已行动 {actions} 次，上限 {allowed} 次", "all guards acted {actions} times in 24 h, {allowed} are allowed";
    BELT_PROTECTED = "{target} 受保护", "{target} is protected";
    BELT_NOT_FROZEN = "{target} 不在布防时冻结的名单中", "{target} is not among the targets frozen at arming";
    BELT_COVERED = "{target} 还有“{meter}”可用，未越过闸线", "{meter} of {target} is not over the limit";
    BELT_NO_TARGET = "没有对应的服务器", "no target is known for this meter";
    BELT_SUSPENDED = "{target} 在潮闸行动后被人重新启动，本周期内暂停", "somebody started {target} again after Tidegate acted, suspended until the window resets";
    BELT_PAUSED = "自动行动已暂停至 {until}", "automatic actions are paused until {until}";
    BELT_HELD = "本规则被按住至 {until}", "this guard is held until {until}";
    BELT_NO_CREDENTIAL = "缺少用于行动的密钥", "the credential that acts is missing";
    BELT_NOT_HOLDER = "另一个潮闸正在值守，或数据无法可靠写入", "another copy of Tidegate is on guard, or writes are not durable";
    BELT_UNREADABLE = "无法读取{what}", "{what} could not be read";
    BELT_OTHER_WINDOW = "读数属于上一个周期", "the reading belongs to the last window";
    BELT_NO_ACTION = "没有设置闸线或动作", "no limit or no action is set";
    BELT_NOTHING_RUNNING = "名单中没有仍在运行的对象", "none of the frozen targets is running";
    BELT_NO_CONSENT = "强制断电需要单独同意，尚未给出", "a forced stop needs a consent of its own, which was not given";
    BELT_STILL_OVER = "仍在闸线之外，不会重新启动", "still over the limit, so nothing is started";
    SPARED = "按已见的最快用速也够用到周期结束，不行动", "it lasts to the end of its window even at the fastest pace seen, so nothing is done";
    BELT_NOT_OVER = "最新读数没有越过闸线", "the fresh reading is not over the limit";
    WHAT_POWER = "服务器状态", "the target's state";
    WHAT_PROTECT = "保护名单", "the protect list";
    WHAT_ACTIONS = "行动次数", "the count of actions";
    WHAT_CREDENTIAL = "密钥", "the credential";
    WHAT_OTHER_PACKAGE = "该服务器的另一个流量包", "another package of the server";
    WHAT_OTHER = "“{what}”", "{what}";

    CONTRACT_BOUND = "最多可能超出 {overshoot}（{late}，每 {interval} 读一次，倒计时 {countdown}，关机约 {latency}）；建议预留 {reserve}。", "can overshoot by at most {overshoot} ({late}, read every {interval}, countdown {countdown}, a stop takes {latency}); advised reserve {reserve}.";
    CONTRACT_UNBOUND = "超出多少无法估计：带宽与用速都未知（{late}，每 {interval} 读一次，倒计时 {countdown}，关机约 {latency}）；请填写带宽，或等待积累样本。", "the overshoot cannot be bounded: neither bandwidth nor pace is known ({late}, read every {interval}, countdown {countdown}, a stop takes {latency}); set the bandwidth, or wait for samples.";
    LATE_MEASURED = "数据滞后 {lag}", "data up to {lag} late";
    LATE_ASSUMED = "数据滞后尚未测得，按 {lag} 计", "data taken to be up to {lag} late, which is not measured yet";
    NOT_KNOWN = "未知", "not known";
}
