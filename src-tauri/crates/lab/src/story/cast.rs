//! The cast: each member that a story follows, in one line.

use tidegate_sim::Curve;

use super::subject::Subject;
use super::words::{Both, both, bytes, same, span};
use crate::plan::{CloudPlan, GuardPlan, MainPlan, PackagePlan, Plan, ServerPlan};

pub(super) fn lines(plan: &Plan, subject: &Subject) -> Vec<Both> {
    let mut lines = Vec::new();
    for cloud in plan.clouds.iter().filter(|cloud| subject.has(&cloud.name)) {
        lines.push(account(cloud));
        let servers = cloud.servers.iter().filter(|server| subject.has(&server.name));
        lines.extend(servers.map(server));
        let packages = cloud.packages.iter().filter(|package| subject.has(&package.name));
        lines.extend(packages.map(package));
    }
    lines.extend(
        plan.mains
            .iter()
            .filter(|main| subject.has(&main.name))
            .map(sub_accounts),
    );
    for purse in plan.purses.iter().filter(|purse| subject.has(&purse.name)) {
        let (name, left, every) = (&purse.name, &purse.left, span(purse.interval_s));
        lines.push(both(
            format!("余额 {name}：{left}，每 {every} 看一次"),
            format!("balance {name}: {left}, looked at every {every}"),
        ));
    }
    for of in plan.subscriptions.iter().filter(|of| subject.has(&of.name)) {
        let (name, used, total) = (&of.name, bytes(signed(of.used)), bytes(signed(of.total)));
        lines.push(both(
            format!("订阅 {name}：{total}，已用 {used}"),
            format!("subscription {name}: {total}, {used} used"),
        ));
    }
    for device in plan.devices.iter().filter(|device| subject.has(&device.name)) {
        let who = if device.is_agent {
            both("采集端", "an agent")
        } else {
            both("本机", "this guard")
        };
        let name = &device.name;
        lines.push(both(
            format!(
                "设备 {name}：由{}看着代理内核",
                who.clone().tell(tidegate_meter::Lang::Zh)
            ),
            format!(
                "device {name}: its proxy kernel is watched by {}",
                who.tell(tidegate_meter::Lang::En)
            ),
        ));
    }
    lines
}

fn account(cloud: &CloudPlan) -> Both {
    let (name, every) = (&cloud.name, span(cloud.interval_s));
    both(
        format!("账户 {name}：每 {every} 看一次"),
        format!("account {name}: looked at every {every}"),
    )
}

fn server(server: &ServerPlan) -> Both {
    let mut marks = vec![curve(&server.traffic)];
    marks.extend(server.is_off.then(|| both("关着", "off")));
    marks.extend(
        server
            .is_locked
            .then(|| both("已被平台锁定", "locked at the provider")),
    );
    marks.extend(server.is_protected.then(|| both("受保护", "protected")));
    let name = &server.name;
    listed(&format!("服务器 {name}："), &format!("server {name}: "), &marks)
}

fn package(package: &PackagePlan) -> Both {
    let (all, used, lag) = (bytes(package.quota), bytes(package.used), span(package.lag_s));
    let (name, servers) = (&package.name, package.servers.join(", "));
    let mut marks = vec![both(
        format!("{all}，已用 {used}，账单晚 {lag}，付 {servers} 的流量"),
        format!("{all}, {used} used, billed {lag} late, pays for {servers}"),
    )];
    marks.push(
        package
            .guard
            .as_ref()
            .map_or_else(|| both("没有守护", "no guard"), guard),
    );
    listed(&format!("流量包 {name}："), &format!("package {name}: "), &marks)
}

fn guard(guard: &GuardPlan) -> Both {
    let (zh, en) = if guard.is_armed {
        ("已布防", "armed")
    } else {
        ("只观察", "watching")
    };
    let line = guard.limit.map(|limit| limit.to_string());
    let countdown = span(guard.countdown_s);
    match line {
        Some(line) => both(
            format!("闸线 {line}，倒计时 {countdown}，{zh}"),
            format!("line at {line}, countdown {countdown}, {en}"),
        ),
        None => both(format!("没有闸线，{zh}"), format!("no line, {en}")),
    }
}

fn sub_accounts(main: &MainPlan) -> Both {
    let users = main.users.iter().map(|user| {
        let (name, per_day) = (&user.name, &user.per_day);
        match &user.allocated {
            Some(given) => both(
                format!("{name} 每天花 {per_day}，额度 {given}"),
                format!("{name} spends {per_day} a day of {given}"),
            ),
            None => both(
                format!("{name} 每天花 {per_day}，没有额度"),
                format!("{name} spends {per_day} a day without a quota"),
            ),
        }
    });
    let (name, lag) = (&main.name, span(main.bill_lag_s));
    listed(
        &format!("主账户 {name}（账单晚 {lag}）："),
        &format!("main account {name} (billed {lag} late): "),
        &users.collect::<Vec<_>>(),
    )
}

/// What a server sends, in words.
pub(super) fn curve(curve: &Curve) -> Both {
    match curve {
        Curve::Idle => both("什么也不发", "sends nothing"),
        Curve::Steady(rate) => {
            let rate = mbit(*rate);
            both(format!("一直发 {rate}"), format!("sends {rate} all the time"))
        }
        Curve::Burst {
            peak,
            every_s,
            lasting_s,
            ..
        } => {
            let (peak, every, lasting) = (mbit(*peak), span(*every_s), span(*lasting_s));
            both(
                format!("每 {every} 冲到 {peak}，持续 {lasting}"),
                format!("bursts to {peak} for {lasting} every {every}"),
            )
        }
        Curve::Round(_) => {
            let most = mbit(curve.fastest());
            both(
                format!("按昼夜起伏，最高 {most}"),
                format!("follows day and night, up to {most}"),
            )
        }
        Curve::Pieces(_) => {
            let most = mbit(curve.fastest());
            both(
                format!("先后不同，最高 {most}"),
                format!("changes as it goes, up to {most}"),
            )
        }
    }
}

/// `30 Mbit/s`; below one, in thousandths of it.
fn mbit(rate: u64) -> String {
    if rate >= 1_000_000 {
        format!("{} Mbit/s", rate / 1_000_000)
    } else {
        format!("{} kbit/s", rate / 1_000)
    }
}

fn listed(zh: &str, en: &str, marks: &[Both]) -> Both {
    use tidegate_meter::Lang::{En, Zh};
    let join = |lang, between: &str| {
        let texts: Vec<&str> = marks.iter().map(|mark| mark.get(lang)).collect();
        texts.join(between)
    };
    both(
        format!("{zh}{}", join(Zh, "，")),
        format!("{en}{}", join(En, ", ")),
    )
}

/// What holds for the whole run, as the first line.
pub(super) fn title(plan: &Plan) -> Both {
    let (seed, days, zone) = (plan.seed, span(plan.span_s), &plan.zone);
    let start = plan.start.to_jiff();
    let (zh, en) = match plan.mode {
        crate::plan::Mode::Safety => (same("安全"), same("safety")),
        crate::plan::Mode::Liveness => (same("复原"), same("liveness")),
    };
    both(
        format!(
            "种子 {seed}，{}模式：从 {start} 起 {days}，用户在 {zone}",
            zh.get(tidegate_meter::Lang::Zh)
        ),
        format!(
            "seed {seed}, {} mode: {days} from {start}, the user in {zone}",
            en.get(tidegate_meter::Lang::En)
        ),
    )
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
