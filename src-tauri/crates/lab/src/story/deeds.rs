//! What happens, in words: at the providers, by the person, to the machine, to the disk.

use super::cast::curve;
use super::lies;
use super::words::{Both, both, bytes, span};
use crate::plan::{At, Deed, DiskDeed, MachineDeed, UserDeed, WorldDeed};

pub(super) fn told(deed: &Deed) -> Both {
    match deed {
        Deed::World(deed) => of_world(deed),
        Deed::User(deed) => of_user(deed),
        Deed::Machine(deed) => of_machine(deed),
        Deed::Disk(deed) => of_disk(deed),
    }
}

fn of_world(deed: &WorldDeed) -> Both {
    match deed {
        WorldDeed::Lie { fault } => lies::told(fault),
        WorldDeed::Power { server, on: true } => both(
            format!("有人手动启动 {server}"),
            format!("somebody starts {server} by hand"),
        ),
        WorldDeed::Power { server, on: false } => both(
            format!("有人手动停掉 {server}"),
            format!("somebody stops {server} by hand"),
        ),
        WorldDeed::Traffic { server, curve: of } => {
            let of = curve(of);
            both(
                format!("{server} 从现在起{}", of.get(tidegate_meter::Lang::Zh)),
                format!("from now on {server} {}", of.get(tidegate_meter::Lang::En)),
            )
        }
        WorldDeed::Foreign { cloud, server } => both(
            format!("{cloud} 里多了一台别人的 {server}"),
            format!("{server}, somebody else's, appears in {cloud}"),
        ),
        WorldDeed::RotateKey { cloud } => both(
            format!("{cloud} 的密钥被换掉，配置还不知道"),
            format!("the key of {cloud} is replaced, and the configuration does not know"),
        ),
        WorldDeed::Money { purse, left } => {
            both(format!("{purse} 剩 {left}"), format!("{purse} has {left} left"))
        }
        WorldDeed::Volcengine { main, deed } => {
            let word = deed
                .get("deed")
                .and_then(serde_json::Value::as_str)
                .unwrap_or("?");
            both(
                format!("有人在 {main} 动手：{word}"),
                format!("other hands at {main}: {word}"),
            )
        }
        WorldDeed::KernelRestart { .. }
        | WorldDeed::KernelLie { .. }
        | WorldDeed::PanelLie { .. }
        | WorldDeed::PanelReset { .. } => of_proxy(deed),
        WorldDeed::Latency { ms } => both(
            format!("从现在起每个回答要 {ms} 毫秒"),
            format!("every answer takes {ms} ms from now on"),
        ),
        WorldDeed::TopUp { .. }
        | WorldDeed::Correct { .. }
        | WorldDeed::Renew { .. }
        | WorldDeed::Unsubscribe { .. } => of_package(deed),
    }
}

fn of_proxy(deed: &WorldDeed) -> Both {
    match deed {
        WorldDeed::KernelRestart { device } => both(
            format!("{device} 的代理内核重启"),
            format!("the proxy kernel of {device} restarts"),
        ),
        WorldDeed::KernelLie { device, lie, for_s } => {
            let (word, long) = (format!("{lie:?}"), span(*for_s));
            both(
                format!("{device} 的代理内核说谎：{word}，{long}"),
                format!("the proxy kernel of {device} lies for {long}: {word}"),
            )
        }
        WorldDeed::PanelLie {
            subscription,
            word,
            for_s,
        } => {
            let (word, long) = (format!("{word:?}"), span(*for_s));
            both(
                format!("{subscription} 的面板说谎：{word}，{long}"),
                format!("the panel of {subscription} lies for {long}: {word}"),
            )
        }
        WorldDeed::PanelReset { subscription } => both(
            format!("{subscription} 的面板重新计数"),
            format!("the panel of {subscription} counts anew"),
        ),
        _ => both("", ""),
    }
}

fn of_package(deed: &WorldDeed) -> Both {
    match deed {
        WorldDeed::TopUp { package, bytes: more } => {
            let more = bytes(*more);
            both(
                format!("{package} 加购 {more}"),
                format!("{package} gets {more} more"),
            )
        }
        WorldDeed::Correct { package, bytes: by } => {
            let by = bytes(*by);
            both(
                format!("平台把 {package} 的用量更正 {by}"),
                format!("the provider corrects what {package} used by {by}"),
            )
        }
        WorldDeed::Renew { package, overlap_s } => {
            let overlap = span(*overlap_s);
            both(
                format!("{package} 续费：新包编号不同，与旧包并存 {overlap}"),
                format!("{package} is renewed under another id, beside the old one for {overlap}"),
            )
        }
        WorldDeed::Unsubscribe { package } => {
            both(format!("{package} 退订"), format!("{package} is given back"))
        }
        _ => both("", ""),
    }
}

fn of_user(deed: &UserDeed) -> Both {
    match deed {
        UserDeed::Arm { guard, for_s } => {
            let long = span(*for_s);
            both(
                format!("用户布防 {guard}，{long}"),
                format!("the user arms {guard} for {long}"),
            )
        }
        UserDeed::Disarm { guard } => both(format!("用户撤防 {guard}"), format!("the user disarms {guard}")),
        UserDeed::Cancel { guard } => both(
            format!("用户取消 {guard} 的倒计时"),
            format!("the user calls off the countdowns of {guard}"),
        ),
        UserDeed::Snooze { guard, for_s } => {
            let long = span(*for_s);
            both(
                format!("用户让 {guard} 静默 {long}"),
                format!("the user snoozes {guard} for {long}"),
            )
        }
        UserDeed::Acknowledge { guard } => both(
            format!("用户确认 {guard} 的告警"),
            format!("the user acknowledges the alerts of {guard}"),
        ),
        UserDeed::Pause { for_s } => {
            let long = span(*for_s);
            both(
                format!("用户暂停全部自动动作 {long}"),
                format!("the user pauses all automatic actions for {long}"),
            )
        }
        UserDeed::Resume => both("用户结束暂停", "the user ends the pause"),
        UserDeed::Protect { server, .. } => both(
            format!("用户保护 {server}"),
            format!("the user protects {server}"),
        ),
        UserDeed::Restore { guard } => both(
            format!("用户恢复 {guard} 停掉的东西"),
            format!("the user restores what {guard} stopped"),
        ),
        UserDeed::Limit { guard, limit } => both(
            format!("用户把 {guard} 的闸线改成 {limit}"),
            format!("the user moves the line of {guard} to {limit}"),
        ),
        UserDeed::Allocate { main, user, amount } => both(
            format!("用户给 {main}/{user} 再划 {amount}"),
            format!("the user gives {main}/{user} {amount} more"),
        ),
        UserDeed::WhatIf { guard, limit } => both(
            format!("用户试算 {guard} 的闸线 {limit}，不保存"),
            format!("the user tries {limit} as the line of {guard}, unsaved"),
        ),
    }
}

fn of_machine(deed: &MachineDeed) -> Both {
    match deed {
        MachineDeed::Sleep { for_s } => long("机器睡眠 ", "the machine sleeps for ", *for_s),
        MachineDeed::JumpWall { ms } => {
            let by = span(ms.unsigned_abs() / 1000);
            if *ms < 0 {
                both(
                    format!("系统时钟被拨回 {by}"),
                    format!("the wall clock is set back by {by}"),
                )
            } else {
                both(
                    format!("系统时钟被拨快 {by}"),
                    format!("the wall clock is set ahead by {by}"),
                )
            }
        }
        MachineDeed::Crash { at, down_s } => {
            let down = span(*down_s);
            let (zh, en) = match at {
                At::Now => ("进程被杀".to_owned(), "the process is killed".to_owned()),
                At::Commit(count) => (
                    format!("再提交 {count} 次后进程被杀"),
                    format!("the process is killed after {count} more commits"),
                ),
                At::Exchange(count) => (
                    format!("再发 {count} 个请求后进程被杀"),
                    format!("the process is killed after {count} more requests left"),
                ),
            };
            both(
                format!("{zh}，{down} 后重启"),
                format!("{en}, and starts again {down} later"),
            )
        }
        MachineDeed::SecondCopy { for_s } => long(
            "第二个实例打开同一个库，持续 ",
            "a second copy runs on the same database for ",
            *for_s,
        ),
        MachineDeed::Freeze { for_s } => long("进程被冻结 ", "the process is frozen for ", *for_s),
        MachineDeed::LockKeychain { for_s } => long("钥匙串锁住 ", "the keychain is locked for ", *for_s),
        MachineDeed::Offline { for_s } => long("断网 ", "no network for ", *for_s),
    }
}

fn of_disk(deed: &DiskDeed) -> Both {
    match deed {
        DiskDeed::Full { for_s } => long("磁盘满，持续 ", "the disk is full for ", *for_s),
        DiskDeed::FailingCommit { after } => both(
            format!("再成功 {after} 次后，一次提交落盘失败"),
            format!("after {after} good ones a commit fails to sync"),
        ),
        DiskDeed::Flip { bits } => both(
            format!("下次崩溃时库里有 {bits} 个比特翻转"),
            format!("{bits} bits of the database flip at the next crash"),
        ),
    }
}

fn long(zh: &str, en: &str, seconds: u64) -> Both {
    let span = span(seconds);
    both(format!("{zh}{span}"), format!("{en}{span}"))
}
