//! `doctor`, `version`, `backup` and `restore-backup`: the program's own footing.

use std::path::Path;

use tidegate_api::response::FootingView;
use tidegate_api::{ApiError, ErrorCode, Request, Response};
use tidegate_server::link::{Client, LinkError};

use super::show;
use crate::ask::ask;
use crate::context::Context;
use crate::exit::{Ended, Exit, Failure};
use crate::out;

/// Exit 1 when anything does not hold.
pub(super) async fn doctor(context: &Context, outside: bool) -> Ended {
    let link = link(context).await;
    let response = ask(
        context,
        Request::Doctor {
            outside,
            lang: context.lang,
        },
    )
    .await?;
    let Response::Doctor(mut rows) = response else {
        return Ok(Exit::Done);
    };
    rows.push(link);
    let sound = rows.iter().all(|row| row.ok || row.what == "guard");
    show(context, &Response::Doctor(rows));
    Ok(if sound { Exit::Done } else { Exit::No })
}

async fn link(context: &Context) -> FootingView {
    let what = "link".to_owned();
    let place = context.place();
    match Client::connect(&place, "cli").await {
        Ok(client) => FootingView {
            what,
            ok: true,
            found: client.version().to_owned(),
            next: None,
        },
        Err(LinkError::Nobody) => FootingView {
            what,
            ok: true,
            found: "-".to_owned(),
            next: None,
        },
        Err(error) => FootingView {
            what,
            ok: false,
            found: error.to_string(),
            next: Some(
                context
                    .say(
                        "用同一版本的 tidegated 重启守护进程。",
                        "Restart the guard with the same version.",
                    )
                    .to_owned(),
            ),
        },
    }
}

/// This program, and the one that guards, when one does.
pub(super) async fn version(context: &Context) -> Ended {
    let own = tidegate_api::version();
    let guard = Client::connect(&context.place(), "cli")
        .await
        .ok()
        .map(|client| client.version().to_owned());
    if context.json {
        let (version, protocol) = (&own.version, own.protocol);
        out::json(&serde_json::json!({ "version": version, "protocol": protocol, "guard": guard }));
    } else {
        out::line(&format!("tidegated {}", own.version));
        let running = guard.unwrap_or_else(|| context.say("未运行", "not running").to_owned());
        out::line(&format!("{}: {running}", context.say("守护进程", "guard")));
    }
    Ok(Exit::Done)
}

pub(super) async fn backup(context: &Context, file: &Path) -> Ended {
    let file = std::path::absolute(file).map_err(|error| Failure::Outside(error.to_string()))?;
    let file = file
        .to_str()
        .ok_or_else(|| Failure::Usage("the path is no text".to_owned()))?
        .to_owned();
    show(context, &ask(context, Request::Backup { file }).await?);
    Ok(Exit::Done)
}

/// Only without a running guard: the database is replaced under nobody's feet.
pub(super) async fn restore(context: &Context, file: &Path, yes: bool) -> Ended {
    if Client::connect(&context.place(), "cli").await.is_ok() {
        let text = context.say(
            "守护进程正在运行；先停止它。",
            "The guard is running; stop it first.",
        );
        return Err(ApiError::new(ErrorCode::Refused, text).into());
    }
    let question = context.say(
        "用备份替换当前数据库？旧库会保留，所有守护规则回到只提醒。",
        "Replace the database by the backup? The old one is kept, and every guard goes back to watching.",
    );
    if !yes && out::can_ask() && !out::confirm(question) {
        return Ok(Exit::No);
    }
    let kept = tidegate_api::restore_backup(&context.home, file, context.now()).await?;
    let kept = kept.map(|path| path.display().to_string());
    if context.json {
        out::json(&serde_json::json!({ "restored": true, "kept": kept }));
    } else {
        out::line(context.say("已恢复。", "Restored."));
        if let Some(kept) = kept {
            out::line(&format!("{}: {kept}", context.say("旧库", "The old database")));
        }
    }
    Ok(Exit::Done)
}
