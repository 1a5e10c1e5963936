//! Lies in words: what is told wrong, about whom, and how long.

use tidegate_meter::Lang::{En, Zh};
use tidegate_sim::{Fault, Lie};

use super::words::{Both, both, span};

/// A lie as it begins.
pub(super) fn told(fault: &Fault) -> Both {
    let what = lie(&fault.lie);
    let subject = [&fault.account, &fault.subject].into_iter().flatten();
    let mut whom: Vec<&str> = subject.map(String::as_str).collect();
    whom.extend(fault.on.as_deref());
    let whom = whom.join(" / ");
    let long = fault.for_s.map(span);
    let zh = [long.clone(), fault.times.map(|times| format!("至多 {times} 次"))];
    let en = [
        long.map(|long| format!("for {long}")),
        fault.times.map(|times| format!("at most {times} times")),
    ];
    let joined = |marks: [Option<String>; 2], between: &str| {
        marks.into_iter().flatten().collect::<Vec<_>>().join(between)
    };
    let (zh, en) = (joined(zh, "，"), joined(en, ", "));
    if whom.is_empty() {
        return both(
            format!("谎言：{}（{zh}）", what.get(Zh)),
            format!("lie: {} ({en})", what.get(En)),
        );
    }
    both(
        format!("谎言〔{whom}〕：{}（{zh}）", what.get(Zh)),
        format!("lie [{whom}]: {} ({en})", what.get(En)),
    )
}

fn lie(lie: &Lie) -> Both {
    amount(lie)
        .or_else(|| list(lie))
        .or_else(|| stop(lie))
        .unwrap_or_else(|| gate(lie))
}

fn amount(lie: &Lie) -> Option<Both> {
    Some(match lie {
        Lie::AmountNull => both("数额是 null", "the amount is null"),
        Lie::AmountMissing => both("没有数额", "the amount is not there"),
        Lie::AmountZero => both("数额是 0，其实不是", "the amount is 0, and is not"),
        Lie::AmountGarbage => both("数额不是数", "the amount is no number"),
        Lie::AmountNegative => both("数额是负的", "the amount is below zero"),
        Lie::AmountOtherType => both("数额换了类型", "the amount has another type"),
        Lie::AmountHuge => both("数额大得离谱", "the amount is larger than any ledger"),
        Lie::Currency { code } => both(
            format!("币种说成 {code:?}"),
            format!("the currency is told as {code:?}"),
        ),
        Lie::Unit { measure_id } => both(
            format!("单位说成 {measure_id} 号"),
            format!("the unit is told as number {measure_id}"),
        ),
        Lie::Frozen => both("数额停在老地方", "the amount stays what it was"),
        Lie::UsedUp => both("说成用完了", "it is told as used up"),
        Lie::Masked => both("电话和邮箱打了星号", "telephone and mail are told with stars"),
        _ => return None,
    })
}

fn list(lie: &Lie) -> Option<Both> {
    Some(match lie {
        Lie::Missing => both("列表里漏掉了它", "it is left out of the list"),
        Lie::Empty => both("列表是空的", "the list is empty"),
        Lie::RepeatRow => both("翻页时重复一行", "paging repeats a row"),
        Lie::SkipRow => both("翻页时漏一行", "paging skips a row"),
        Lie::TotalWrong { by } => both(format!("总数差 {by}"), format!("the total is off by {by}")),
        Lie::Html => both("回了网页", "a page for people instead of JSON"),
        Lie::Malformed => both("JSON 断在半路", "JSON that breaks off"),
        Lie::NoMetadata => both("回答没有信封", "the answer has no envelope"),
        _ => return None,
    })
}

fn stop(lie: &Lie) -> Option<Both> {
    Some(match lie {
        Lie::StopRefused { code } => both(format!("停机被拒：{code}"), format!("a stop is refused: {code}")),
        Lie::StopIgnored => both(
            "停机说成了，机器照跑",
            "a stop is called done, and the server runs on",
        ),
        Lie::StopFails => both("停机任务失败", "a stop is accepted, and its job fails"),
        Lie::StopStuck => both("停机任务一直在跑", "a stop is accepted, and its job never ends"),
        Lie::StopSlow { seconds } => {
            let long = span(*seconds);
            both(format!("停机要 {long}"), format!("a stop takes {long}"))
        }
        Lie::Restarts { seconds } => {
            let later = span(*seconds);
            both(
                format!("停下的机器 {later} 后自己又开"),
                format!("a stopped server starts by itself {later} later"),
            )
        }
        Lie::Flapping => both("电源状态一次一个样", "every second look sees the opposite power"),
        Lie::ServerGone => both("服务器不存在了", "the server does not exist"),
        Lie::JobGone => both("任务记录没了", "the job's record is gone"),
        Lie::Ignored => both("写入说成了，其实没有", "a write is called done, and is not"),
        Lie::Unheard => both(
            "请求没到，连接就断了",
            "the connection breaks before the request is heard",
        ),
        Lie::Arrears => both(
            "账户欠费，动作被拒",
            "the account owes money: actions are refused",
        ),
        _ => return None,
    })
}

fn gate(lie: &Lie) -> Both {
    match lie {
        Lie::Status { status } | Lie::Refuses { status } => {
            both(format!("回 {status}"), format!("answers {status}"))
        }
        Lie::Throttled { .. } | Lie::ThrottledUntil { .. } => {
            both("嫌请求太多", "too many requests, it says")
        }
        Lie::Refused => both("连不上", "nothing listens"),
        Lie::Hanging => both("做了，但不回答", "acts, and never answers"),
        Lie::Truncated => both("回答只来一半", "half of the body comes"),
        Lie::Broken => both("做了，连接却断了", "acts, and the connection breaks"),
        Lie::Slow { ms } => both(format!("慢 {ms} 毫秒"), format!("slower by {ms} ms")),
        Lie::RightRemoved { right } => {
            both(format!("权限 {right} 没了"), format!("the right {right} is gone"))
        }
        Lie::KeyRotated => both("密钥不认了", "the key is not known"),
        Lie::TokenExpired => both("令牌过期", "the token has expired"),
        Lie::Skewed { ms } => both(
            format!("平台时钟差 {ms} 毫秒"),
            format!("the gateway's clock is off by {ms} ms"),
        ),
        Lie::OtherSite { code } => both(
            format!("说账户在另一站：{code}"),
            format!("the account belongs to the other site: {code}"),
        ),
        Lie::ErrorCode { code, .. } => both(format!("拒绝：{code}"), format!("refuses with {code}")),
        Lie::Code { code } => both(
            format!("消息平台回 {code}"),
            format!("the platform answers {code}"),
        ),
        other => {
            let word = serde_json::to_value(other).unwrap_or_default();
            let word = word
                .get("lie")
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default()
                .to_owned();
            both(word.clone(), word)
        }
    }
}
