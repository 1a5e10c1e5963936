//! What the views say in words, in zh-CN and en side by side: states, ages and sums of what other crates decided. Owns
//! the words; the texts of messages and of a guard's sentence stand in the catalogue of `channels`.

pub(crate) use tidegate_channels::catalogue::Text;

/// Declares texts as constants, and a list of them for the tests.
macro_rules! texts {
    ($($name:ident = $zh:literal, $en:literal;)*) => {
        $(pub(crate) const $name: Text = Text::new($zh, $en);)*
        #[cfg(test)]
        const ALL: &[(&str, Text)] = &[$((stringify!($name), $name)),*];
    };
}

texts! {
    LEFT = "剩余 {left}", "{left} left";
    LEFT_OF = "剩余 {left} / {whole}", "{left} left of {whole}";
    USED = "已用 {used}", "{used} used";
    USED_OF = "已用 {used} / {whole}", "{used} used of {whole}";
    BLIND = "失明：{reason}", "blind: {reason}";
    NO_READING = "还没有读数", "no reading yet";
    NAMED = "{name}：{text}", "{name}: {text}";

    MAILBOX_READ = "最近读取于 {at}", "read at {at}";
    MAILBOX_NEW = "还没有读取过", "not read yet";

    SUBSCRIPTION_BLIND = "这次没有读到用量（{reason}）：{detail}。显示的是上一次的数字；{next}。", "No usage was read this time ({reason}): {detail}. What is shown is what was known last; {next}.";
    LASTS_RANGE = "按近 7、14、28 天的速度还能用 {days} 天。", "Lasts {days} days at the rates of the last 7, 14 and 28 days.";
    LASTS_SHORT_OF_RESET = "还能用 {days} 天，最早会在重置前 {short} 天用完；省着用，或加购流量。", "Lasts {days} days and may run out {short} days before the reset; use less, or buy more.";
    LASTS_SHORT_OF_EXPIRY = "还能用 {days} 天，最早会在到期前 {short} 天用完；省着用，或加购流量。", "Lasts {days} days and may run out {short} days before it expires; use less, or buy more.";
    LASTS_UNTIL_RESET = "够用到 {days} 天后的重置，届时约剩 {spare}。", "Enough until the reset in {days} days, with about {spare} left over.";
    LASTS_UNTIL_EXPIRY = "够用到 {days} 天后到期，届时约剩 {spare}；记得续费。", "Enough until it expires in {days} days, with about {spare} left over; remember to renew.";
    LASTS_NO_SAMPLE = "还没有估计：没有前后两次读数。", "No estimate: there are no two readings yet.";
    LASTS_TOO_YOUNG = "还没有估计：只有 {days} 个整天的数据，满 3 天后才有。", "No estimate: {days} full days of data, and three are needed.";
    LASTS_NO_USE = "没有估计：这段时间几乎没有使用。", "No estimate: next to nothing was used.";
    LASTS_UNLIMITED = "面板没有给出总量：不限量，或没有告知。", "The panel tells no whole: it is unlimited, or not told.";
    LASTS_USED_UP = "已用完；等待重置，或加购流量。", "Used up; wait for the reset, or buy more.";
    LASTS_EXPIRED = "已到期；续费后才能继续使用。", "Expired; renew it to go on.";
    LEAK_AGREES = "机场计费 {billed}，本地折算 {ours}，在容差 {tolerance} 之内（监测覆盖 {coverage}）。", "Billed {billed}, sent from here {ours}: within {tolerance} (watched {coverage}).";
    LEAK_ELSEWHERE = "机场计费 {billed}，本地折算 {ours}，连续两次多出 {difference}（容差 {tolerance}，监测覆盖 {coverage}）：可能有未监测的设备或订阅泄露；检查设备，必要时重置订阅链接。", "Billed {billed}, sent from here {ours}: {difference} more, twice in a row (may differ {tolerance}, watched {coverage}). A device may be unwatched or the link leaked; look at the devices, and renew the link if need be.";
    LEAK_ELSEWHERE_ONCE = "机场计费 {billed}，本地折算 {ours}，多出 {difference}（容差 {tolerance}，监测覆盖 {coverage}）；面板入账可能较晚，等下一次核对。", "Billed {billed}, sent from here {ours}: {difference} more (may differ {tolerance}, watched {coverage}). Panels may book late; wait for the next check.";
    LEAK_HERE = "本地折算 {ours}，机场计费 {billed}，连续两次少计 {difference}（容差 {tolerance}，监测覆盖 {coverage}）：可能有倍率低于 1 或归错订阅的节点；检查倍率与内核里的名称。", "Sent from here {ours}, billed {billed}: {difference} less, twice in a row (may differ {tolerance}, watched {coverage}). A node may count less than once or be of another subscription; look at multipliers and names.";
    LEAK_HERE_ONCE = "本地折算 {ours}，机场计费 {billed}，少计 {difference}（容差 {tolerance}，监测覆盖 {coverage}）；面板入账可能较晚，等下一次核对。", "Sent from here {ours}, billed {billed}: {difference} less (may differ {tolerance}, watched {coverage}). Panels may book late; wait for the next check.";
    LEAK_NOT_WATCHED = "无法判断：这段时间只有 {coverage} 里所有设备都在监测中；检查离线的采集端。", "Nobody can say: all devices were watched in {coverage} of this time only; look for agents that are offline.";
    LEAK_RESET = "无法判断：订阅在这段时间里重置过；等下一次核对。", "Nobody can say: it was counted anew within this time; wait for the next check.";
    LEAK_NO_DEVICE = "无法判断：没有被监测的设备；添加内核或采集端。", "Nobody can say: no device is watched; add a kernel or an agent.";

    DEVICE_ENDED = "已停用，不再收取；已计入的流量仍保留。重新邀请即可继续。", "Ended: nothing is taken from it any more, and what was counted stays. Invite it again to go on.";
    DEVICE_REVOKED = "它的令牌已被吊销，交来的流量不再收取。重新邀请这台设备即可继续。", "Its token was revoked, so that nothing is taken from it. Invite the device again to go on.";
    DEVICE_NEW_AGENT = "已登记，还没有交来流量。确认那台机器上的 tidegated agent 在运行，并能连到它的内核。", "Enrolled, and nothing was handed in yet. Make sure that tidegated agent runs on that machine and reaches its kernel.";
    DEVICE_NEW_KERNEL = "还没有连上它的内核。检查账户 {account} 的控制地址与密钥。", "Its kernel was not reached yet. Check controller and secret of the account {account}.";
    DEVICE_SILENT = "{since} 起没有消息；期间的流量由它自己保存，连上后补交。若不应如此，检查那台机器上的 tidegated agent。", "Not heard of since {since}; what it counts meanwhile is kept there and handed in later. If it should be there, look at tidegated agent on that machine.";
    DEVICE_LOST = "它的内核没有回答，期间的流量无从得知。确认内核在运行，并检查账户 {account} 的控制地址与密钥。", "Its kernel does not answer, and what passes meanwhile is not known. Make sure that it runs, and check controller and secret of the account {account}.";
    DEVICE_CLOCK_AHEAD = "正在采集；它的时钟快了 {span}，流量已挪到正确的分钟。请在那台机器上开启网络对时。", "Watched; its clock is {span} ahead, and its flows are moved to the right minutes. Switch on time synchronisation there.";
    DEVICE_CLOCK_BEHIND = "正在采集；它的时钟慢了 {span}，流量已挪到正确的分钟。请在那台机器上开启网络对时。", "Watched; its clock is {span} behind, and its flows are moved to the right minutes. Switch on time synchronisation there.";
    DEVICE_QUARANTINED = "正在采集；有 {n} 批流量不可信，没有计入，已另行保留。若不再信任它，停用或重新邀请它。", "Watched; batches that could not be true: {n}, counted nowhere and kept aside. If it is not trusted any more, end it or invite it anew.";
    DEVICE_MISSING = "正在采集；有 {n} 批流量在那台机器上丢失，没有计入。检查那里的磁盘空间。", "Watched; batches that were lost on that machine: {n}, counted nowhere. Check the space on its disk.";
    DEVICE_BACKLOG = "正在补交：那台机器上还有 {n} 批流量。无需操作。", "Catching up; batches still kept on that machine: {n}. Nothing needs to be done.";
    DEVICE_WATCHED = "正在采集。无需操作。", "Watched. Nothing needs to be done.";

    EMPTY = "还没有账户。", "No account yet.";
    NOT_RUNNING = "没有在值守。", "Nothing is on guard.";
    NOT_HOLDER = "由另一个潮闸值守。", "Another copy of Tidegate is on guard.";
    ACTING_COUNTDOWN = "将于 {at} {verb} {target}。", "About to {verb} {target} at {at}.";
    ACTING_DUE = "正要{verb} {target}。", "About to {verb} {target}.";
    ACTING_STATE = "{verb} {target}：{state}。", "To {verb} {target}: {state}.";
    ACTING_MORE = "另有 {n} 个行动。", "{n} more actions.";
    ACTING_MORE_ONE = "另有 {n} 个行动。", "{n} more action.";
    CRITICAL = "告急：{name}，{left}。", "Critical: {name}, {left}.";
    WARNING = "注意：{name}，{left}。", "Warning: {name}, {left}.";
    BLIND_SINCE = "{name} 自 {since} 起失明。", "Blind on {name} since {since}.";
    BLIND_NEVER = "{name} 失明，还没有读到过数据。", "Blind on {name}; it was never read.";
    PAUSED = "自动行动已暂停至 {until}，观察与通知照常。", "Automatic actions are paused until {until}; watching and messages go on.";
    CONDITION = "潮闸自身需要处理：{condition}。", "Tidegate itself needs a person: {condition}.";
    STOPPED = "{name} 的服务器已由潮闸停止。", "The server of {name} was stopped by Tidegate.";
    DISABLED = "{name} 已由潮闸停用。", "{name} was disabled by Tidegate.";
    CALM = "一切平静。", "All calm.";
    ARMED = "{n} 条规则已布防", "{n} guards armed";
    ARMED_ONE = "{n} 条规则已布防", "{n} guard armed";
    WATCHING = "{n} 条只观察", "{n} watching";
    NO_GUARD = "没有规则", "no guard";
    COMMA = "，", ", ";
    STOP = "。", ".";
    DOT = " · ", " · ";
    SPACE = "", " ";
    AND_MORE = "{names} 等 {n} 台", "{names} and {n} more";

    QUIT_ARMED = "退出后，{names} 越过闸线也不会被停止，也没有人告诉你。", "Once closed, nothing stops {names} at the limit, and nobody tells you.";
    QUIT_WATCHING = "退出后，{n} 个计量没有人看。", "Once closed, nobody watches {n} meters.";
    QUIT_WATCHING_ONE = "退出后，{n} 个计量没有人看。", "Once closed, nobody watches {n} meter.";
    QUIT_OPEN = "进行中的行动要到下次启动才会跟进。", "The action in flight is followed up only at the next start.";

    TODAY_WARNINGS = "{n} 次提醒", "{n} warnings";
    TODAY_WARNINGS_ONE = "{n} 次提醒", "{n} warning";
    TODAY_CRITICALS = "{n} 次告急", "{n} critical";
    TODAY_STOPS = "停止 {n} 次，{at} 已确认", "{n} stops, verified {at}";
    TODAY_STOPS_ONE = "停止 {n} 次，{at} 已确认", "{n} stop, verified {at}";

    GAP_UNREAD = "没有读数", "no reading";
    MARK_STEP = "越过阶梯", "a step was crossed";
    MARK_RENEWED = "新周期", "a new window";
    MARK_TOPPED_UP = "充值或增购", "topped up";
    MARK_ACTION = "{verb} {target}：{state}", "{verb} {target}: {state}";

    NEXT_COUNTING = "{due} 到期时再查一次，仍越线才会发出请求", "checked once more at {due}; the request leaves only if it is still over";
    NEXT_ASKED = "{due} 发出请求；发出前再读一次对象的状态", "the request leaves at {due}, after the target's state was read once more";
    NEXT_PROOF = "正在读取平台状态，得到证据才算完成", "the provider's state is being read; it is done only with proof";
    NEXT_RETRY = "{at} 再试", "tried again at {at}";
    NEXT_ABANDONED = "请在平台控制台查看 {target} 的状态，再手动处理", "look at {target} in the provider's console, then act by hand";

    DELIVERY_PENDING = "等待发送", "waits to be sent";
    DELIVERY_RETRY = "{at} 再试", "tried again at {at}";
    DELIVERY_SENDING = "正在发送", "on its way";
    DELIVERY_DELIVERED = "平台于 {at} 收下", "taken by the platform at {at}";
    DELIVERY_REFUSED = "平台拒绝；更正通道设置后可重试", "refused for good; correct the channel, then retry";
    DELIVERY_EXPIRED = "放置太久，已停止发送；仍需要时可重试", "given up as too old; retry if it is still of use";

    VERDICT_NONE = "这段时间没有读数，无从判断。", "There are no readings in this span to judge.";
    VERDICT_QUIET = "这段时间里不会提醒，也不会停止。", "It would have neither warned nor stopped anything.";
    VERDICT_WARNED = "会提醒 {warned}，不会停止。", "It would have warned {warned} and stopped nothing.";
    VERDICT_ACTED = "会提醒 {warned}，停止 {acted}。", "It would have warned {warned} and stopped {acted}.";
    VERDICT_FALSE = "会提醒 {warned}，停止 {acted}，其中 {false}本不需要。", "It would have warned {warned} and stopped {acted}, {false} needlessly.";
    TIMES = "{n} 次", "{n} times";
    TIMES_ONE = "1 次", "once";
    VERDICT_MISSED = "有 {n} 个周期用尽而没有及时停止。", "{n} windows were used up without a stop in time.";
    VERDICT_MISSED_ONE = "有 {n} 个周期用尽而没有及时停止。", "{n} window was used up without a stop in time.";

    AUDIT = "{actor}：{deed}", "{actor}: {deed}";
    AUDIT_OF = "{actor}：{deed} {subject}", "{actor}: {deed} {subject}";
    ACTOR_ENGINE = "潮闸", "Tidegate";
    ACTOR_WINDOW = "窗口", "window";
    ACTOR_TRAY = "托盘", "tray";
    ACTOR_CLI = "命令行", "command line";
    ACTOR_AGENT = "设备", "an agent";
    ACTOR_API = "接口", "API";
    ACTOR_PERSON = "有人", "a person";

    QUOTA_MISSING = "云端自 {since} 起不再列出它", "The cloud has not listed it since {since}";
    QUOTA_KEPT = "已花的仍记在账上", "what it spent stays in the book";
    QUOTA_NO_PROJECT = "没有关联项目，花费未知", "No project linked, spending unknown";
    QUOTA_LINK = "请关联一个", "link one";
    QUOTA_UNKNOWN = "花费未知：{reason}", "Spending unknown: {reason}";
    QUOTA_UNREAD = "还没有读到账单", "The bill was not read yet";
    QUOTA_UNREAD_NEXT = "下次读取后才有花费", "the next look tells what it spent";
    QUOTA_DISABLING = "正在停用", "Being disabled";
    QUOTA_RESTORING = "正在恢复", "Being restored";
    QUOTA_PIECES = "潮闸逐项核实", "each piece is verified";
    QUOTA_PARTLY = "部分停用：{pieces} 仍有效", "Partly disabled: still open: {pieces}";
    QUOTA_PARTLY_BARE = "部分停用：还有能花钱的途径", "Partly disabled: it can still spend";
    QUOTA_AGAIN = "{at} 再试", "trying again {at}";
    QUOTA_AGAIN_NOW = "正在再试", "trying again now";
    QUOTA_NOT_AGAIN = "不再自动重试，请在云控制台关闭其余部分，或再次停用", "nobody tries again: close the rest in the cloud's console, or disable it once more";
    QUOTA_DISABLED = "已停用，{at} 核实", "Disabled, verified {at}";
    QUOTA_DISABLED_USED_UP = "额度用完，已停用，{at} 核实", "Used up; disabled, verified {at}";
    QUOTA_DISABLED_ELSEWHERE = "已停用，不是潮闸停用的", "Disabled, and not by Tidegate";
    QUOTA_TOP_UP = "划拨新额度后可以恢复", "restore it after a new allocation";
    QUOTA_RESTORABLE = "可以恢复", "it can be restored";
    QUOTA_THEIRS = "潮闸不会动它", "Tidegate leaves that alone";
    QUOTA_USED_UP = "额度用完，超出 {over}", "Used up, {over} over";
    QUOTA_USED_UP_JUST = "额度刚好用完", "Used up, nothing left";
    QUOTA_LEFT = "剩余 {left} / {granted}", "{left} of {granted} left";
    QUOTA_NONE_WATCHED = "没有额度，只观察", "No quota: only watched";
    QUOTA_NONE_BLOCKED = "没有额度，不许花费", "No quota, and blocked: whatever it spends is over";
    QUOTA_SPENT = "已花 {spent}", "{spent} spent";
    QUOTA_PROTECTED = "受保护，从不停用", "protected: never disabled";
    QUOTA_EXEMPT = "按它的设置不自动停用", "its rules keep it from being disabled";
    QUOTA_UNGUARDED = "没有规则守护它，没有人会得到通知", "no guard watches it: nobody is told";
    QUOTA_WARNED = "用完时只通知", "only a message when it is used up";
    QUOTA_UNARMED = "规则没有布防，用完时只通知", "its guard is not armed: only a message when it is used up";
    QUOTA_ARMED = "用完时停用", "disabled when it is used up";
    QUOTA_UNGUARDED_NOW = "没有规则守护它，什么也不会发生", "no guard watches it: nothing happens";
    QUOTA_WARNED_NOW = "规则只通知，不停用", "its guard only tells, it does not disable";
    QUOTA_UNARMED_NOW = "规则没有布防，不会停用", "its guard is not armed: it is not disabled";
    QUOTA_ARMED_NOW = "规则会停用它", "its guard disables it";
    QUOTA_LAG = "账单落后 {lag}", "the bill runs {lag} behind";
    QUOTA_AND = "；", "; ";

    QUOTA_POLICY_UNDONE = "没有授予策略 {name}：{detail}", "Policy {name} is not attached: {detail}";
    QUOTA_KEY_UNDONE = "没有创建访问密钥：{detail}", "No access key was made: {detail}";
    QUOTA_PROJECT_UNDONE = "没有关联项目 {name}：{detail}", "Project {name} is not linked: {detail}";
    QUOTA_LIST_UNDONE = "还没有列入清单，下次读取时会有：{detail}", "It is not in the list yet, the next look finds it: {detail}";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tidegate_meter::Lang;

    use super::*;

    fn places(text: &str) -> BTreeSet<&str> {
        let parts = text.split('{').skip(1);
        parts.filter_map(|part| Some(part.split_once('}')?.0)).collect()
    }

    #[test]
    fn both_languages_have_the_same_places() {
        for (name, text) in ALL {
            assert_eq!(places(text.of(Lang::Zh)), places(text.of(Lang::En)), "{name}");
        }
    }

    #[test]
    fn chinese_is_chinese_and_english_is_not() {
        let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        for (name, text) in ALL {
            assert!(!han(text.of(Lang::En)), "{name}: {}", text.of(Lang::En));
            let filled = places(text.of(Lang::Zh))
                .iter()
                .fold(text.of(Lang::Zh).to_owned(), |rest, place| {
                    rest.replace(place, "")
                });
            let only_signs = !filled.chars().any(char::is_alphabetic);
            assert!(
                only_signs || han(text.of(Lang::Zh)),
                "{name}: {}",
                text.of(Lang::Zh)
            );
        }
    }

    #[test]
    fn a_count_of_one_has_its_own_form() {
        assert_eq!(ARMED.count(ARMED_ONE, Lang::En, 1), "1 guard armed");
        assert_eq!(ARMED.count(ARMED_ONE, Lang::En, 2), "2 guards armed");
    }
}
