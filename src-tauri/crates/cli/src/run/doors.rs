//! The doors of a run: for other programs, and for a Prometheus. Owns that it opens only where it was asked for, and never to a network
//! while nobody has a token.

use std::net::SocketAddr;
use std::sync::Arc;

use tidegate_api::Hosted;
use tidegate_api::door::Door;
use tidegate_server::http::{self, HttpOptions};
use tidegate_server::metrics;

use crate::args::DoorArgs;
use crate::context::Context;
use crate::exit::Failure;
use crate::out;

/// The open doors of a run.
pub(super) struct Doors {
    http: Option<http::Serving>,
    metrics: Option<http::Serving>,
}

impl Doors {
    /// Opens what was asked for, and tells where. Errors: an address that is another's, or a network without a token.
    pub(super) async fn open(context: &Context, app: &Arc<Hosted>, args: &DoorArgs) -> Result<Self, Failure> {
        let http = match args.listen {
            Some(address) => {
                refuse_open_network(context, app, address).await?;
                let options = HttpOptions::new(address, Arc::clone(&context.timer));
                let door: Arc<dyn Door> = app.clone();
                Some(
                    http::serve(door, options)
                        .await
                        .map_err(|error| failed(context, &error))?,
                )
            }
            None => None,
        };
        let metrics = match args.metrics {
            Some(address) => {
                let door: Arc<dyn Door> = app.clone();
                Some(
                    metrics::serve(door, address)
                        .await
                        .map_err(|error| failed(context, &error))?,
                )
            }
            None => None,
        };
        let doors = Self { http, metrics };
        doors.tell(context);
        Ok(doors)
    }

    fn tell(&self, context: &Context) {
        let http = self
            .http
            .as_ref()
            .map(|serving| format!("http://{}/api/v1", serving.address()));
        let metrics = self
            .metrics
            .as_ref()
            .map(|serving| format!("http://{}/metrics", serving.address()));
        if http.is_none() && metrics.is_none() {
            return;
        }
        if context.json {
            let told = serde_json::json!({
                "event": "listening", "at": context.now(), "http": http, "metrics": metrics,
            });
            return out::json(&told);
        }
        if let Some(http) = http {
            out::line(&format!(
                "{}{http}",
                context.say("供其他程序使用：", "For other programs: ")
            ));
        }
        if let Some(metrics) = metrics {
            out::line(&format!(
                "{}{metrics}",
                context.say("供 Prometheus 抓取：", "For a Prometheus: ")
            ));
        }
    }

    /// Answers in hand go out first.
    pub(super) async fn close(self) {
        for serving in [self.http, self.metrics].into_iter().flatten() {
            serving.end().await;
        }
    }
}

/// Beyond this machine anybody could knock: without a token there is nobody to let in, and most likely a mistake.
async fn refuse_open_network(context: &Context, app: &Hosted, address: SocketAddr) -> Result<(), Failure> {
    if address.ip().is_loopback() || app.has_tokens().await? {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "{address}: {}",
        context.say(
            "这个地址对网络开放，但还没有任何令牌。先用 `tidegated tokens create NAME` 创建一个，或改用 127.0.0.1。",
            "This address is open to a network, and there is no token yet. Make one with `tidegated tokens create NAME`, or listen on 127.0.0.1."
        )
    )))
}

fn failed(context: &Context, error: &http::HttpError) -> Failure {
    let next = context.say("换一个地址或端口。", "Take another address or port.");
    Failure::Outside(format!("{error} {next}"))
}
