//! `sim`: simulated clouds for any client; `sim run` stands beside it.

use tidegate_sim::{Builder, Scenario, SimError, World, listen};

use super::configure::read;
use super::simulate;
use crate::args::{SimArgs, SimCommand};
use crate::context::Context;
use crate::exit::{Ended, Exit, Failure};
use crate::{out, run};

/// The first line of stdout says where everything is; then it serves until it is told to end.
pub(super) async fn sim(context: &Context, args: SimArgs) -> Ended {
    if let Some(SimCommand::Run(run)) = args.command {
        return simulate::simulate(context, run).await;
    }
    let listening = listen(&args.listen, world(&args)?.build_live()).await;
    let listening = listening.map_err(|error| not_listening(&error))?;
    out::json(&listening.first_line);
    tokio::select! {
        served = listening.run() => served.map_err(|error| Failure::Outside(error.to_string()))?,
        () = run::told_to_end() => {}
    }
    Ok(Exit::Done)
}

/// No address at all is usage; one that is taken or not ours is the machine's refusal.
fn not_listening(error: &SimError) -> Failure {
    match error {
        SimError::Listen { source, .. } if source.kind() == std::io::ErrorKind::InvalidInput => {
            Failure::Usage(format!(
                "{error}; write it as 127.0.0.1:18080, port 0 picks a free one"
            ))
        }
        SimError::Listen { source, .. } if source.kind() == std::io::ErrorKind::AddrInUse => {
            Failure::Outside(format!(
                "{error}; end the other program, or let port 0 pick a free one"
            ))
        }
        other => Failure::Outside(other.to_string()),
    }
}

fn world(args: &SimArgs) -> Result<Builder, Failure> {
    let Some(file) = &args.scenario else {
        return Ok(World::example(args.seed));
    };
    let built = match file.to_str().and_then(Scenario::told) {
        Some(text) => Scenario::parse(text),
        None => Scenario::parse(&read(file)?),
    };
    let built = built.and_then(|scenario| scenario.builder(args.seed));
    built.map_err(|error| Failure::Usage(error.to_string()))
}
