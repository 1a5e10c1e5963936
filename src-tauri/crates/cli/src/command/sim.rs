//! `sim`: simulated clouds for any client.

use tidegate_sim::{Builder, Scenario, World, listen};

use super::configure::read;
use crate::args::SimArgs;
use crate::exit::{Ended, Exit, Failure};
use crate::{out, run};

/// The first line of stdout says where everything is; then it serves until it is told to end.
pub(super) async fn sim(args: SimArgs) -> Ended {
    let listening = listen(&args.listen, world(&args)?.build_live()).await;
    let listening = listening.map_err(|error| Failure::Outside(error.to_string()))?;
    out::json(&listening.first_line);
    tokio::select! {
        served = listening.run() => served.map_err(|error| Failure::Outside(error.to_string()))?,
        () = run::told_to_end() => {}
    }
    Ok(Exit::Done)
}

fn world(args: &SimArgs) -> Result<Builder, Failure> {
    let Some(file) = &args.scenario else {
        return Ok(World::example(args.seed));
    };
    let scenario = Scenario::parse(&read(file)?).map_err(|error| Failure::Usage(error.to_string()))?;
    scenario
        .builder(args.seed)
        .map_err(|error| Failure::Usage(error.to_string()))
}
