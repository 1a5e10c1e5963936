//! `demo`: the whole story, told to people or to programs.

use std::path::PathBuf;

use serde_json::{Value, json};
use tidegate_api::demo::{self, Check, DemoOptions, Story};
use tidegate_api::words::Lang;

use crate::args::{DemoArgs, DemoStory};
use crate::context::Context;
use crate::exit::{Ended, Exit, Failure};
use crate::{out, run};

/// Exit 0 only when everything happened that had to.
pub(super) async fn demo(context: &Context, args: DemoArgs) -> Ended {
    let temporary = tempfile::tempdir().map_err(|error| Failure::Outside(error.to_string()))?;
    let home = match args.keep {
        Some(folder) => new_folder(context, folder)?,
        None => temporary.path().to_owned(),
    };
    let options = DemoOptions {
        story: match args.scenario {
            DemoStory::Traffic => Story::Traffic,
            DemoStory::Quota => Story::Quota,
        },
        home,
        speed: args.speed,
        lang: context.lang,
    };
    if !context.json {
        introduce(context, args.scenario, args.speed);
    }
    let checks = tokio::select! {
        shown = demo::show(options, |event| tell(context, event)) => shown?,
        // Ended here and not by the signal itself, so that its folder goes with it.
        () = run::told_to_end() => {
            out::to_person(context.say("演示中断了。", "The demonstration was broken off."));
            return Ok(Exit::No);
        }
    };
    let ok = checks.iter().all(|check| check.ok);
    end(context, &checks, ok);
    Ok(if ok { Exit::Done } else { Exit::No })
}

fn new_folder(context: &Context, folder: PathBuf) -> Result<PathBuf, Failure> {
    if folder.exists() {
        let text = context.say(
            "--keep 要一个尚不存在的文件夹。",
            "--keep needs a folder that does not exist yet.",
        );
        return Err(Failure::Usage(text.to_owned()));
    }
    Ok(folder)
}

fn introduce(context: &Context, story: DemoStory, speed: u32) {
    let (cloud, what) = match story {
        DemoStory::Traffic => (
            context.say("华为云", "Huawei Cloud"),
            context.say(
                "web-01 的流量包将用尽，db-01 还很充裕。",
                "The package of web-01 runs dry, db-01 has plenty.",
            ),
        ),
        DemoStory::Quota => (
            context.say("火山引擎", "Volcengine"),
            context.say(
                "子账户 bob 将用尽额度，alice 还很充裕。",
                "The sub-account bob uses its quota up, alice has plenty.",
            ),
        ),
    };
    match context.lang {
        Lang::Zh => {
            out::line(&format!(
                "潮闸演示：模拟的{cloud}，真实的 HTTP、数据库、加密文件与守护引擎。"
            ));
            out::line(&format!("时间走得快 {speed} 倍。{what}"));
        }
        Lang::En => {
            out::line(&format!(
                "Tidegate's demonstration: a simulated {cloud}; real HTTP, database, sealed file and engine."
            ));
            out::line(&format!("Time goes {speed} times as fast. {what}"));
        }
    }
}

fn tell(context: &Context, event: &Value) {
    if context.json {
        return out::json(event);
    }
    let name = event.get("event").and_then(Value::as_str).unwrap_or("");
    match name {
        "scenery" => {
            let text = |key: &str| event.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
            out::line(&format!("{}: {}", context.say("模拟云", "cloud"), text("cloud")));
            out::line(&format!("{}: {}\n", context.say("文件夹", "home"), text("home")));
            for line in text("config").lines() {
                out::line(&format!("    {line}"));
            }
            out::line("");
        }
        "check" => {}
        "allocated" => allocated(context, event),
        "card" => card(event),
        "armed" => {
            let names = event
                .get("targets")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            let names: Vec<&str> = names.filter_map(|target| target.get("name")?.as_str()).collect();
            out::line(&format!(
                "          {}: {}",
                context.say("只可停止", "may stop only"),
                names.join(", ")
            ));
        }
        _ => {
            if let Some(line) = run::story_line(event, context.lang) {
                out::line(&line);
            }
        }
    }
}

/// An entry of the ledger.
fn allocated(context: &Context, event: &Value) {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    out::line(&format!(
        "          {}: {} +{} {} → {}",
        context.say("划拨", "allocated"),
        text("/name"),
        text("/amount/value"),
        text("/amount/unit"),
        text("/total/value"),
    ));
}

/// A message as the group reads it.
fn card(event: &Value) {
    let title = event.get("title").and_then(Value::as_str).unwrap_or_default();
    out::line(&format!("\n  ┃ {title}"));
    for line in event.get("lines").and_then(Value::as_array).into_iter().flatten() {
        out::line(&format!("  ┃   {}", line.as_str().unwrap_or_default()));
    }
}

fn end(context: &Context, checks: &[Check], ok: bool) {
    if context.json {
        return out::json(&json!({ "event": "summary", "at": context.now(), "ok": ok, "checks": checks }));
    }
    out::line(context.say(
        "\n核对（以数据库和模拟云自己的记录为准）：",
        "\nChecked against the database and the simulated cloud's own records:",
    ));
    for check in checks {
        let sign = if check.ok { "✓" } else { "✗" };
        out::line(&format!("  {sign} {:<18} {}", check.check, check.found));
    }
    out::line(if ok {
        context.say("全部发生了。", "All of it happened.")
    } else {
        context.say("有些没有发生。", "Some of it did not happen.")
    });
}
