//! What the person does: arming, holding back, undoing, trying out.

use super::{guards, money};
use crate::plan::{Deed, Plan, UserDeed};
use crate::seed::Stream;

type Kind = (u32, fn(Stream, &Plan) -> Option<UserDeed>);

const KINDS: [Kind; 12] = [
    (16, arm),
    (8, disarm),
    (10, cancel),
    (8, snooze),
    (10, acknowledge),
    (7, pause),
    (5, |_, _| Some(UserDeed::Resume)),
    (6, protect),
    (14, restore),
    (10, line),
    (14, allocate),
    (8, what_if),
];

/// Something that a person of this plan can do: kinds whose subject is missing are drawn again, once.
pub(super) fn draw(stream: Stream, plan: &Plan) -> Option<Deed> {
    let kind = |name: &str| {
        let (_, kind) = stream.named(name).weighed(&KINDS, |(weight, _)| *weight)?;
        kind(stream.named(name).named("deed"), plan)
    };
    kind("first").or_else(|| kind("second")).map(Deed::User)
}

/// The id of one of the guards, with the bytes of its package; sub-accounts have no bytes.
fn guard(stream: Stream, plan: &Plan) -> Option<(String, i64)> {
    let ids: Vec<(String, i64)> = plan.guards();
    let id = stream
        .named("guard")
        .choose(ids.iter().map(|(id, _)| id.as_str()))?;
    ids.iter().find(|(of, _)| of == id).cloned()
}

fn hours(stream: Stream) -> u64 {
    stream.named("for").spread(600, 3 * 86_400)
}

fn arm(stream: Stream, plan: &Plan) -> Option<UserDeed> {
    let (guard, _) = guard(stream, plan)?;
    Some(UserDeed::Arm {
        guard,
        for_s: hours(stream).max(3600),
    })
}

fn disarm(stream: Stream, plan: &Plan) -> Option<UserDeed> {
    let (guard, _) = guard(stream, plan)?;
    Some(UserDeed::Disarm { guard })
}

fn cancel(stream: Stream, plan: &Plan) -> Option<UserDeed> {
    let (guard, _) = guard(stream, plan)?;
    Some(UserDeed::Cancel { guard })
}

fn snooze(stream: Stream, plan: &Plan) -> Option<UserDeed> {
    let (guard, _) = guard(stream, plan)?;
    Some(UserDeed::Snooze {
        guard,
        for_s: hours(stream),
    })
}

fn acknowledge(stream: Stream, plan: &Plan) -> Option<UserDeed> {
    let (guard, _) = guard(stream, plan)?;
    Some(UserDeed::Acknowledge { guard })
}

fn pause(stream: Stream, _: &Plan) -> Option<UserDeed> {
    Some(UserDeed::Pause { for_s: hours(stream) })
}

fn protect(stream: Stream, plan: &Plan) -> Option<UserDeed> {
    let cloud = super::lies::cloud(stream, plan)?;
    let server = stream
        .named("server")
        .choose(cloud.servers.iter().map(|of| of.name.as_str()))?;
    Some(UserDeed::Protect {
        cloud: cloud.name.clone(),
        server: server.to_owned(),
    })
}

fn restore(stream: Stream, plan: &Plan) -> Option<UserDeed> {
    let (guard, _) = guard(stream, plan)?;
    Some(UserDeed::Restore { guard })
}

/// Only guards of packages have a line in bytes.
fn of_package(stream: Stream, plan: &Plan) -> Option<(String, i64)> {
    guard(stream, plan).filter(|(_, quota)| *quota > 0)
}

fn line(stream: Stream, plan: &Plan) -> Option<UserDeed> {
    let (guard, quota) = of_package(stream, plan)?;
    let limit = guards::limit(stream.named("limit"), quota);
    Some(UserDeed::Limit { guard, limit })
}

fn what_if(stream: Stream, plan: &Plan) -> Option<UserDeed> {
    let (guard, quota) = of_package(stream, plan)?;
    let limit = guards::limit(stream.named("limit"), quota);
    Some(UserDeed::WhatIf { guard, limit })
}

fn allocate(stream: Stream, plan: &Plan) -> Option<UserDeed> {
    let main = stream.choose(plan.mains.iter().map(|main| main.name.as_str()))?;
    let users = &plan.mains.iter().find(|of| of.name == main)?.users;
    let given = users.iter().filter(|user| user.allocated.is_some());
    let user = stream
        .named("user")
        .choose(given.map(|user| user.name.as_str()))?;
    Some(UserDeed::Allocate {
        main: main.to_owned(),
        user: user.to_owned(),
        amount: money::money(stream.named("amount").between(100, 20_000)),
    })
}
