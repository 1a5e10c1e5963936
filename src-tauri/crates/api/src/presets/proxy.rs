//! A proxy kernel as it is offered when an account is set up: where its controller is, its secret, and what else can be said
//! of it. Owns their texts in both languages; what each field takes is the provider's.

use tidegate_meter::{Lang, print_span};
use tidegate_providers::proxy::{FIELDS, SECRET};

use super::Said;
use crate::limits;
use crate::response::{FieldEntry, FieldForm, ProviderEntry};

pub(super) fn provider(lang: Lang) -> ProviderEntry {
    let mut every = vec![secret(lang)];
    every.extend(
        FIELDS
            .iter()
            .map(|field| field_of(field.key, field.allowed(lang), lang)),
    );
    // Where it is comes before who may enter.
    every.swap(0, 1);
    ProviderEntry {
        id: "proxy".to_owned(),
        name: Said("代理内核（Mihomo、Clash、sing-box）", "Proxy kernel (Mihomo, Clash, sing-box)").told(lang),
        fields: every,
        sites: Vec::new(),
        policies: Vec::new(),
        keys_at: Said(
            "Clash Verge Rev：设置 › Clash 设置 › 外部控制，地址与访问密钥都在那里（本机装有时 auto 会自己找到）；Mihomo：配置文件的 external-controller 与 secret；sing-box：experimental.clash_api 的 external_controller 与 secret",
            "Clash Verge Rev: Settings › Clash settings › External controller shows address and secret (on this machine auto \
             finds it by itself); Mihomo: external-controller and secret of its configuration; sing-box: \
             external_controller and secret in experimental.clash_api",
        )
        .told(lang),
        category: "network".to_owned(),
        standing: "supported".to_owned(),
        confidence: "code".to_owned(),
        note: Said(
            "只读：潮闸只看连接的字节数与节点，不改动内核的任何设置；访问的域名不保存、不上传。不经过内核的流量看不到。",
            "Read only: Tidegate counts the bytes of connections by node and changes nothing at the kernel. The names of the \
             hosts are neither stored nor sent. Traffic that goes past the kernel cannot be seen.",
        )
        .told(lang),
        docs_url: String::new(),
        interval: print_span(limits::INTERVAL_DEFAULT),
        interval_least: print_span(limits::INTERVAL_MIN),
    }
}

fn secret(lang: Lang) -> FieldEntry {
    FieldEntry {
        key: SECRET.to_owned(),
        label: Said("控制器密钥", "Controller's secret").told(lang),
        secret: true,
        required: false,
        hint: Said(
            "内核设置里的 secret；没有设置就留空，unix 套接字与管道不需要",
            "the secret of the kernel's settings; empty where none is set, not needed over a unix socket or a pipe",
        )
        .told(lang),
        form: FieldForm::Line,
        choices: Vec::new(),
        default: None,
    }
}

fn field_of(key: &str, allowed: &str, lang: Lang) -> FieldEntry {
    let choices: &[&str] = if key == "logs" { &["on", "off"] } else { &[] };
    let form = match key {
        "logs" => FieldForm::Choice,
        "certificate" => FieldForm::Text,
        _ => FieldForm::Line,
    };
    FieldEntry {
        key: key.to_owned(),
        label: label(key).told(lang),
        secret: false,
        required: false,
        hint: hint(key).map_or_else(|| allowed.to_owned(), |hint| hint.told(lang)),
        form,
        choices: choices.iter().map(|word| (*word).to_owned()).collect(),
        default: default(key).map(str::to_owned),
    }
}

fn label(key: &str) -> Said {
    match key {
        "controller" => Said("控制器地址", "Controller"),
        "device" => Said("设备标识", "Device"),
        "local_nodes" => Said("算作直连的节点", "Nodes that count as direct"),
        "logs" => Said("跟随日志", "Follow the log"),
        _ => Said("固定的证书", "Pinned certificate"),
    }
}

fn hint(key: &str) -> Option<Said> {
    Some(match key {
        "device" => Said(
            "这台机器在报表里的标识，如 laptop；留空则用账户的标识",
            "this machine in reports, such as laptop; empty: the account's id",
        ),
        "local_nodes" => Said(
            "通往家里或公司内网的节点名称，以逗号分隔；它们的流量不算代理",
            "names of nodes that lead home or to the office, separated by commas; their bytes count as direct",
        ),
        "logs" => Said(
            "on：极短的连接也能归到节点；off：不读日志，这部分按比例估算",
            "on: very short connections find their node too; off: the log is not read, and that part is estimated by shares",
        ),
        "certificate" => Said(
            "https 控制器多为自签名：填证书的 SHA-256 指纹或 PEM；公共证书留空",
            "an https controller mostly signs its own: the certificate's SHA-256 fingerprint, or its PEM; empty for a public one",
        ),
        _ => return None,
    })
}

fn default(key: &str) -> Option<&'static str> {
    match key {
        "controller" => Some("auto"),
        "logs" => Some("on"),
        _ => None,
    }
}
