//! Devices for people.

use tidegate_api::Response;
use tidegate_api::response::{
    BytesView, CoverageView, DeviceState, DeviceView, DevicesView, InviteView, SaidView,
};
use tidegate_api::words::Lang;

use super::{age, amount, sheet};
use crate::context::Context;

/// An answer about devices; `None`: it is about something else.
pub(super) fn text(context: &Context, response: &Response) -> Option<String> {
    match response {
        Response::Devices(view) => Some(list(context, view)),
        _ => None,
    }
}

fn list(context: &Context, view: &DevicesView) -> String {
    let head = [
        ("标识", "id"),
        ("名称", "name"),
        ("状态", "state"),
        ("最近", "heard"),
        ("今日代理", "proxied today"),
        ("今日直连", "direct today"),
        ("今日覆盖", "covered today"),
    ];
    let rows = view.devices.iter().map(|device| row(context, device));
    let mut text = sheet(context, &head, rows.collect());
    for device in view.devices.iter().filter(|device| needs_words(device)) {
        text.push_str(&format!("\n{}: {}", device.device, said(context, &device.said)));
    }
    for invite in &view.invites {
        text.push('\n');
        text.push_str(&waiting(context, invite));
    }
    text
}

fn row(context: &Context, device: &DeviceView) -> Vec<String> {
    let total = |bytes: BytesView| amount(Some(bytes.total), false);
    vec![
        device.device.to_string(),
        device.name.clone(),
        state(context, device.state).to_owned(),
        age(context, device.seen_at),
        total(device.today.proxy),
        total(device.today.direct),
        covered(&device.coverage),
    ]
}

/// One that is watched and needs nothing is told by its state alone.
fn needs_words(device: &DeviceView) -> bool {
    let is_well = device.state == DeviceState::Watched
        && device.quarantined == 0
        && device.clock_ahead_ms.is_none()
        && device.backlog.unwrap_or(0) == 0;
    !is_well && device.state != DeviceState::Ended
}

fn said<'a>(context: &Context, said: &'a SaidView) -> &'a str {
    match context.lang {
        Lang::Zh => &said.zh,
        Lang::En => &said.en,
    }
}

const fn state(context: &Context, state: DeviceState) -> &'static str {
    match state {
        DeviceState::Watched => context.say("采集中", "watched"),
        DeviceState::Lost => context.say("无应答", "no answer"),
        DeviceState::Silent => context.say("失联", "silent"),
        DeviceState::Ended => context.say("已停用", "ended"),
        DeviceState::New => context.say("新登记", "new"),
    }
}

/// In whole percent, rounded down: only all of it is all of it.
fn covered(coverage: &CoverageView) -> String {
    let percent = coverage.watched.saturating_mul(100).checked_div(coverage.of);
    percent.map_or_else(|| "-".to_owned(), |percent| format!("{percent}%"))
}

fn waiting(context: &Context, invite: &InviteView) -> String {
    match context.lang {
        Lang::Zh => format!(
            "{}（{}）：邀请等待登记，有效至 {}",
            invite.device, invite.name, invite.expires_at
        ),
        Lang::En => format!(
            "{} ({}): an invitation waits, good until {}",
            invite.device, invite.name, invite.expires_at
        ),
    }
}
