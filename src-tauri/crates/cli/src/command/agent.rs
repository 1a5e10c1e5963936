//! `agent`: collects on this machine and hands in elsewhere. The same as the small program `tidegate-agent`; needs no
//! guard, and opens neither vault nor database.

use tidegate_agent::AgentError;
use tidegate_agent::command::{self, AgentArgs, Surroundings};
use tidegate_api::words::Lang;

use crate::context::{Context, environment};
use crate::exit::{Ended, Exit, Failure};
use crate::out;

/// Collects until it is told to end; with `--status` tells how the agent of this home stands.
pub(crate) async fn agent(context: &Context, args: AgentArgs) -> Ended {
    let home = context.home.root().to_owned();
    if args.status {
        let status = command::status(&command::folder(&home), context.now())
            .map_err(|error| failure(&error, context.lang))?;
        if context.json {
            out::json(&status.json());
        } else {
            out::line(&status.say(context.lang));
        }
        return Ok(if status.is_well() { Exit::Done } else { Exit::No });
    }
    let surroundings = Surroundings {
        home,
        controller_secret: environment()("TIDEGATE_CONTROLLER_SECRET"),
        json: context.json,
    };
    let ended = command::run(args, surroundings, command::told_to_end()).await;
    ended.map_err(|error| failure(&error, context.lang))?;
    Ok(Exit::Done)
}

fn failure(error: &AgentError, lang: Lang) -> Failure {
    let told = error.say(lang);
    if error.is_usage() {
        Failure::Usage(told)
    } else {
        Failure::Outside(told)
    }
}
