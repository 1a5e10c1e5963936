//! Messages about leak checks: their texts, and the order of their lines. A difference is told as what it is, with what may
//! explain it; nobody is accused.

use tidegate_meter::{ByteBase, Lang};

use super::text::texts;
use super::voice::Voice;
use super::{Line, words as w};
use crate::{LeakNote, Message};

texts! {
    ELSEWHERE_TITLE = "{names}：机场计费比本地多 {difference}", "{names}: billed {difference} more than was sent from here";
    HERE_TITLE = "{names}：本地流量比机场计费多 {difference}", "{names}: {difference} more was sent from here than billed";
    RESOLVED_TITLE = "{names}：机场计费与本地流量又一致了", "{names}: bill and own count agree again";

    LABEL_BILLED = "机场计费", "Billed";
    LABEL_OURS = "本地折算", "Sent from here";
    LABEL_MAY = "容差", "May differ";
    LABEL_COVERAGE = "监测覆盖", "Watched";

    SPAN = "{start} 至 {end}", "{start} to {end}";
    COVERAGE = "这段时间的 {share} 里所有设备都在监测中", "all devices were watched in {share} of this time";
    ELSEWHERE_EFFECT = "连续两个时段都如此：可能有未监测的设备、订阅被共享或泄露，或流量绕过了内核；这些用量会提前耗尽套餐", "twice in a row: a device that is not watched, a shared or leaked subscription, or traffic past the kernels; it uses up the plan early";
    HERE_EFFECT = "连续两个时段都如此：可能有倍率低于 1 的节点、免费节点、归错订阅的节点，或面板入账较晚", "twice in a row: a node with a multiplier below one, a free node, a node of another subscription, or a panel that books late";
    ELSEWHERE_NEXT = "检查哪些设备没有装采集端；怀疑泄露时在机场面板重置订阅链接，再在账户里更新", "look for devices without an agent; if the address may have leaked, renew it at the panel and then in the account";
    HERE_NEXT = "在账户里设置节点倍率与内核里的订阅名称（feeds），再看下一次核对", "set the nodes' multipliers and what kernels call it (feeds) in the account, then see the next check";
    RESOLVED_EFFECT = "差异持续了{span}", "they differed for {span}";
}

/// The title of a message about a leak check; `None` for any other.
pub(super) fn title(message: &Message, lang: Lang) -> Option<String> {
    Some(match message {
        Message::Leak { leak } => {
            let text = if leak.elsewhere {
                ELSEWHERE_TITLE
            } else {
                HERE_TITLE
            };
            let difference = super::amount(leak.difference, ByteBase::Binary, lang);
            text.say(
                lang,
                &[("names", &names(&leak.names)), ("difference", &difference)],
            )
        }
        Message::LeakResolved { names: told, .. } => RESOLVED_TITLE.say(lang, &[("names", &names(told))]),
        _ => return None,
    })
}

/// The lines of a message about a leak check; `None` for any other.
pub(super) fn lines(message: &Message, voice: Voice<'_>) -> Option<Vec<Line>> {
    Some(match message {
        Message::Leak { leak } => found(leak, voice),
        Message::LeakResolved { since, .. } => {
            let span = voice.span(voice.now.since(*since));
            vec![voice.line(w::LABEL_TIDEGATE, voice.say(RESOLVED_EFFECT, &[("span", &span)]))]
        }
        _ => return None,
    })
}

fn found(leak: &LeakNote, voice: Voice<'_>) -> Vec<Line> {
    let amount = |quantity| voice.amount(quantity, ByteBase::Binary);
    let (start, end) = (voice.at(leak.span.start), voice.at(leak.span.end));
    let span = [("start", start.as_str()), ("end", end.as_str())];
    let share = amount(leak.coverage);
    let (effect, next) = if leak.elsewhere {
        (ELSEWHERE_EFFECT, ELSEWHERE_NEXT)
    } else {
        (HERE_EFFECT, HERE_NEXT)
    };
    vec![
        voice.line(LABEL_BILLED, amount(leak.billed)),
        voice.line(LABEL_OURS, amount(leak.ours)),
        voice.line(LABEL_MAY, amount(leak.tolerance)),
        voice.line(w::LABEL_SPAN, voice.say(SPAN, &span)),
        voice.line(LABEL_COVERAGE, voice.say(COVERAGE, &[("share", &share)])),
        voice.line(w::LABEL_EFFECT, voice.word(effect)),
        voice.line(w::LABEL_YOU, voice.word(next)),
    ]
}

fn names(names: &[String]) -> String {
    names.join(" + ")
}
