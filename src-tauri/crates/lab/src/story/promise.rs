//! Each promise in a sentence, as the last line of a story holds it beside what was seen.

use super::words::{Both, both};
use crate::check::Invariant;

pub(super) fn of(invariant: Invariant) -> Both {
    let (zh, en) = safe(invariant)
        .or_else(|| told(invariant))
        .unwrap_or_else(|| alive(invariant));
    both(zh, en)
}

type Pair = (&'static str, &'static str);

const fn safe(invariant: Invariant) -> Option<Pair> {
    Some(match invariant {
        Invariant::S1 => (
            "没有先落盘的行动记录，就没有动手的请求",
            "nothing destructive leaves without a durable intent before it",
        ),
        Invariant::S2 => (
            "只动决定时冻结的目标",
            "only targets frozen at the decision are touched",
        ),
        Invariant::S3 => ("没有真数就不停机", "without truth there is no stop"),
        Invariant::S4 => (
            "归零或跳变要等第二个读数",
            "a fall to zero or a jump waits for a second reading",
        ),
        Invariant::S5 => (
            "没布防、已过期、静默或没有动手密钥，就没有请求",
            "no request unless armed, in time, awake and with the act key",
        ),
        Invariant::S6 => ("停机次数不超过保险", "stops stay within the belts"),
        Invariant::S7 => (
            "刚启动的机器有宽限，一天停机有限次",
            "a started server has its grace, and a day its number of stops",
        ),
        Invariant::S8 => ("受保护的从不碰", "what is protected is never a target"),
        Invariant::S9 => (
            "强停另要同意，软停不会自己升级",
            "a forced stop has its own consent, a soft one never becomes one",
        ),
        Invariant::S10 => (
            "恢复只动我们停掉的",
            "a restore touches only what was ours to undo",
        ),
        Invariant::S12 => (
            "同一读数重放，什么也不变",
            "the same reading again changes nothing",
        ),
        Invariant::S15 => (
            "跨周期不会拿旧数对新额度",
            "a closed period's number is never held against a new quota",
        ),
        Invariant::S16 => ("数额分毫不差", "amounts are exact"),
        Invariant::S17 => (
            "划拨和加购不算负消耗",
            "an allocation or a top-up is no negative burn",
        ),
        Invariant::S18 => (
            "拨动时钟不引发动作，也不缩短倒计时",
            "a changed clock causes no action and shortens no countdown",
        ),
        Invariant::S19 => (
            "两个实例里只有持租约者动手",
            "of two copies only the holder of the lease acts",
        ),
        Invariant::S20 => (
            "写不进盘就不动手、不标记，并告诉用户",
            "what cannot be written is not done and not marked, and the user is told",
        ),
        Invariant::S21 => (
            "状态坏了就撤防，告警照发",
            "unreadable state disarms, and alerts go on",
        ),
        Invariant::S23 => (
            "看的密钥不写，写的密钥不看",
            "the watch key never writes, the act key never polls",
        ),
        _ => return None,
    })
}

const fn told(invariant: Invariant) -> Option<Pair> {
    Some(match invariant {
        Invariant::S11 => ("消息不说得比记录更满", "no message claims more than the record"),
        Invariant::S13 => ("每级告警每周期只记一次", "each step is recorded once in a period"),
        Invariant::S14 => (
            "每次崩溃每通道至多重发一条，并标明",
            "at most one extra delivery per crash and channel, marked",
        ),
        Invariant::S22 => ("密钥不出现在任何输出里", "secrets appear in no output"),
        Invariant::S24 => (
            "审计链的改动都能指出来",
            "every change of the audit chain is named",
        ),
        Invariant::S25 => (
            "试算和回放碰不到网络和通道",
            "drafts and replays reach neither wire nor channel",
        ),
        Invariant::S26 => ("窗口只能叫列出的命令", "the window can only call what is listed"),
        Invariant::S27 => (
            "重试守平台的限额，重启也守",
            "retries respect the platforms' limits, across restarts",
        ),
        _ => return None,
    })
}

const fn alive(invariant: Invariant) -> Pair {
    match invariant {
        Invariant::L1 => (
            "越线、已布防、连得上：一个间隔加 30 秒内发出请求",
            "over the line, armed, reachable: a request within an interval and 30 s",
        ),
        Invariant::L2 => (
            "没有结果的行动，重启后 10 秒内接着做",
            "an intent without outcome is resumed within 10 s of a start",
        ),
        Invariant::L3 => (
            "不明的结果靠读状态弄清",
            "an unknown outcome is resolved by reading the state",
        ),
        Invariant::L4 => (
            "停机失败要退避重试，并告诉用户",
            "a failed stop is tried again, and the user is told",
        ),
        Invariant::L5 => (
            "又被启动的，一个间隔内发现",
            "a server started again is noticed within an interval",
        ),
        Invariant::L6 => (
            "每条消息都送到，或过期并在别处说明",
            "every message is delivered, or expires and is told elsewhere",
        ),
        Invariant::L7 => (
            "醒来后全部重读，失守要说",
            "after a sleep everything is read again, and the lapse is told",
        ),
        Invariant::L8 => ("失明说一次，复明说一次", "blind is raised once and cleared once"),
        Invariant::L9 => ("一处挂住不拖累别处", "one hanging source delays no other"),
        Invariant::L10 => (
            "钥匙串锁住就等，解锁后接着做",
            "a locked keychain is waited for, and work goes on after it",
        ),
        Invariant::L11 => (
            "迟到的数据更正旧周期，并说明",
            "late data corrects the closed period, and shows it",
        ),
        _ => ("运行不会停住", "a run does not come to a stand"),
    }
}
