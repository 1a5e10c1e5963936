//! `agents`: devices on other machines that hand in what they counted. A new code is printed once, in the line that is
//! pasted there.

use tidegate_api::request::{DeviceAsked, InviteAgent};
use tidegate_api::response::InvitedView;
use tidegate_api::{Request, Response};

use super::show;
use crate::args::AgentsCommand;
use crate::ask::ask;
use crate::context::Context;
use crate::exit::{Ended, Exit};
use crate::out;

pub(super) async fn agents(context: &Context, what: Option<AgentsCommand>) -> Ended {
    let request = match what {
        None | Some(AgentsCommand::List) => Request::Devices,
        Some(AgentsCommand::Invite { device, name }) => Request::InviteAgent(InviteAgent {
            name: name.unwrap_or_else(|| device.to_string()),
            device,
        }),
        Some(AgentsCommand::End { device }) => Request::EndDevice(DeviceAsked { device }),
    };
    match ask(context, request).await? {
        Response::Invited(invited) if !context.json => {
            let door = match ask(context, Request::Devices).await? {
                Response::Devices(view) => view.door,
                _ => None,
            };
            invite(context, &invited, door.as_deref());
        }
        other => show(context, &other),
    }
    Ok(Exit::Done)
}

/// The line for the other machine, and what a person must know of it.
fn invite(context: &Context, invited: &InvitedView, door: Option<&str>) {
    let report_to = door.unwrap_or("https://THIS-MACHINE");
    out::line(&format!(
        "tidegated agent --report-to {report_to} --code {}",
        invited.code.0
    ));
    out::to_person(context.say(
        "在那台机器上运行这一行。代码只显示这一次，15 分钟内有效，只能用一次。",
        "Run this line on that machine. The code is shown this once, works once, and for 15 minutes.",
    ));
    if door.is_none() {
        out::to_person(context.say(
            "这里还没有对其他机器开放的 HTTP 门：用 `tidegated run --listen 地址:端口` 打开（前面放一个带 TLS 的反向代理），并把 THIS-MACHINE 换成它的地址。",
            "No HTTP door is open to other machines here: open one with `tidegated run --listen ADDRESS:PORT`, a reverse proxy with TLS before it, and put its address in the place of THIS-MACHINE.",
        ));
    }
}
