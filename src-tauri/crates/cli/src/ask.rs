//! Whom a command asks: the guard process when one runs, else the store, opened here for a moment.

use std::time::Duration;

use tidegate_api::{ApiError, App, ErrorCode, Face, Request, Response};
use tidegate_server::link::{Client, LinkError};

use crate::context::Context;
use crate::exit::Failure;

/// A guard that is just starting holds the lease before its link answers: so long is it waited for.
const STARTING: Duration = Duration::from_secs(5);
/// Between two tries.
const AGAIN: Duration = Duration::from_millis(200);

/// Whoever answers.
pub(crate) enum Asked {
    /// The guard process.
    Guard(Client),
    /// This process.
    Own(Box<App>),
}

impl Asked {
    /// The guard process when one answers, else this process.
    pub(crate) async fn open(context: &Context) -> Result<Self, Failure> {
        match Client::connect(&context.place(), "cli").await {
            Ok(client) => Ok(Self::Guard(client)),
            Err(LinkError::Nobody) => Ok(Self::Own(Box::new(App::open(context.options()?).await?))),
            Err(error) => Err(error.into()),
        }
    }

    fn face(&self) -> &dyn Face {
        match self {
            Self::Guard(client) => client,
            Self::Own(app) => &**app,
        }
    }

    /// One request.
    pub(crate) async fn ask(&self, request: Request) -> Result<Response, Failure> {
        Ok(self.face().handle(request, "cli").await?)
    }

    /// Gives back what was taken.
    pub(crate) async fn close(self) {
        if let Self::Own(app) = self {
            app.stop().await;
        }
    }
}

/// One request to whoever answers.
pub(crate) async fn ask(context: &Context, request: Request) -> Result<Response, Failure> {
    let begun = context.timer.now().mono;
    loop {
        let asked = Asked::open(context).await?;
        let answer = asked.face().handle(request.clone(), "cli").await;
        asked.close().await;
        match answer {
            Err(ApiError {
                code: ErrorCode::NotHolder,
                ..
            }) if context.timer.now().mono.since(begun) < STARTING => {
                context.timer.sleep(AGAIN).await;
            }
            other => return Ok(other?),
        }
    }
}
