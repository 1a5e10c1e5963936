//! Serves a simulated world: `cargo run -p tidegate-sim --example serve -- [ADDRESS] [SCENARIO.toml] [SEED]`.
//! The first line of standard output is JSON that says where everything is.

use std::io::Write as _;

use tidegate_sim::{Scenario, SimError, World, listen};

#[tokio::main]
async fn main() -> Result<(), SimError> {
    let mut words = std::env::args().skip(1);
    let address = words.next().unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let scenario = words.next().filter(|path| !path.is_empty());
    let seed = words.next().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let builder = match scenario {
        Some(path) => Scenario::parse(&std::fs::read_to_string(path)?)?.builder(seed)?,
        None => World::example(seed),
    };
    let listening = listen(&address, builder.build_live()).await?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", listening.first_line)?;
    out.flush()?;
    listening.run().await
}
