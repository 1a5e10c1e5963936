//! Lines of the log, as the kernels write them: one for each connection whose dialling succeeded.

use bytes::Bytes;
use serde_json::json;

use super::Dialect;
use super::state::Held;

/// What the log says of a connection that was opened.
pub(super) fn opened(dialect: Dialect, held: &Held) -> Vec<Bytes> {
    let (node, group) = (
        held.chain.first().map_or("", String::as_str),
        held.chain.last().map_or("", String::as_str),
    );
    let port = held.port;
    let payloads = match dialect {
        Dialect::SingBox => {
            let number = 3_700_000_000_u64 + u64::from(port);
            vec![
                format!("[{number} 0ms] inbound/mixed[mixed-in]: inbound connection from 127.0.0.1:{port}"),
                format!("[{number} 2ms] outbound/shadowsocks[{node}]: outbound connection to fake.test:443"),
            ]
        }
        Dialect::Mihomo | Dialect::Clash | Dialect::ClashRs => {
            let using = if held.chain.len() > 1 {
                format!("{group}[{node}]")
            } else {
                node.to_owned()
            };
            vec![format!(
                "[TCP] 127.0.0.1:{port}(curl) --> fake.test:443 match Match using {using}"
            )]
        }
    };
    let told = payloads.into_iter().map(|payload| line(&payload));
    told.collect()
}

fn line(payload: &str) -> Bytes {
    Bytes::from(format!("{}\n", json!({ "type": "info", "payload": payload })))
}
