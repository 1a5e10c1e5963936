//! What makes an account of a kernel, out of the words of its configuration. Owns which parameters there are and what each
//! may be; an error names the parameter, never a value.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::{ExposeSecret as _, SecretString};
use tidegate_meter::DeviceId;

use super::{Controller, limits};
use crate::params::{ParamField, ParamMistake};
use crate::pin::Pin;
use crate::trust::Trust;

/// Its one secret, which a controller may do without.
pub const SECRET: &str = "secret";

/// Every parameter, in the order in which they are shown.
pub const FIELDS: [ParamField; 5] = [
    ParamField {
        key: "controller",
        zh: "auto，或 http://127.0.0.1:9090（明文 http 只用于本机与内网地址）、https://名称:端口、unix:/路径/到.sock、\
             pipe:\\\\.\\pipe\\名称",
        en: "auto, http://127.0.0.1:9090 (plain http for this machine and private addresses alone), https://name:port, \
             unix:/path/of/the.sock or pipe:\\\\.\\pipe\\name",
        accepts: |text| text.parse::<Controller>().is_ok(),
    },
    ParamField {
        key: "device",
        zh: "1 到 64 个 a-z、0-9、-、_、.，以字母或数字开头",
        en: "1 to 64 of a-z, 0-9, -, _, ., beginning with a letter or digit",
        accepts: |text| text.parse::<DeviceId>().is_ok(),
    },
    ParamField {
        key: "local_nodes",
        zh: "不经过任何代理的节点名称，以逗号分隔，最多 200 个",
        en: "names of nodes that lead past every proxy, separated by commas, at most 200",
        accepts: |text| {
            let names = names(text);
            !names.is_empty() && names.len() <= limits::LOCAL_NODES
        },
    },
    ParamField {
        key: "logs",
        zh: "on 或 off",
        en: "on or off",
        accepts: |text| matches!(text, "on" | "off"),
    },
    ParamField {
        key: "certificate",
        zh: "控制器证书的 SHA-256 指纹（64 位十六进制，可带冒号），或 PEM 格式的证书本身",
        en: "the SHA-256 fingerprint of the controller's certificate, 64 hexadecimal digits with or without colons, or \
             the certificate itself in PEM form",
        accepts: |text| text.parse::<Pin>().is_ok(),
    },
];

/// How a kernel is reached, and what is asked of it.
#[derive(Clone, Debug)]
pub struct KernelConfig {
    /// Where its controller is.
    pub controller: Controller,
    /// The controller's secret, where it has one. Not used over a unix socket or a pipe, where kernels ask for none.
    pub secret: Option<SecretString>,
    /// Whether its log is followed: better estimates for connections that no snapshot shows.
    pub logs: bool,
    /// Whose certificate is believed, where the controller speaks TLS.
    pub trust: Trust,
}

impl KernelConfig {
    /// A controller without a secret, believed by the system's certificates, with its log.
    #[must_use]
    pub fn new(controller: Controller) -> Self {
        Self {
            controller,
            secret: None,
            logs: true,
            trust: Trust::system(),
        }
    }

    /// From the parameters of an account.
    ///
    /// # Errors
    /// A parameter that cannot be used, by its name, with what is allowed.
    pub fn read(
        params: &BTreeMap<String, String>,
        secret: Option<&SecretString>,
    ) -> Result<Self, ParamMistake> {
        for field in &FIELDS {
            let told = params.get(field.key);
            if told.is_some_and(|text| !text.is_empty() && !field.accepts(text)) {
                return Err(ParamMistake::of(field));
            }
        }
        let told = |key: &str| {
            params
                .get(key)
                .map(String::as_str)
                .filter(|text| !text.is_empty())
        };
        let pin: Option<Pin> = told("certificate").and_then(|text| text.parse().ok());
        Ok(Self {
            controller: told("controller")
                .and_then(|text| text.parse().ok())
                .unwrap_or(Controller::Auto),
            secret: secret.and_then(trimmed),
            logs: told("logs") != Some("off"),
            trust: pin.map_or_else(Trust::system, Trust::pinned),
        })
    }
}

/// The device that an account counts for, where it is told; else the account's own id serves.
#[must_use]
pub fn device(params: &BTreeMap<String, String>) -> Option<DeviceId> {
    params.get("device")?.parse().ok()
}

/// The nodes that their owner says lead past every proxy, by name: `家里,nas`.
#[must_use]
pub fn local_nodes(params: &BTreeMap<String, String>) -> BTreeSet<String> {
    params
        .get("local_nodes")
        .map(|text| names(text))
        .unwrap_or_default()
}

fn names(text: &str) -> BTreeSet<String> {
    let names = text
        .split([',', '，', '\n'])
        .map(str::trim)
        .filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// A secret without the line break that copying leaves behind.
fn trimmed(secret: &SecretString) -> Option<SecretString> {
    let text = secret.expose_secret().trim();
    (!text.is_empty()).then(|| SecretString::from(text.to_owned()))
}
