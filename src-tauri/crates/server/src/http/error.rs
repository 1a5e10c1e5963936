//! Every answer that is not what was asked for: `{code, args, message, retryable}`, in the caller's language, with the
//! status that says the same. Never a secret: a message is ours, or the api's.

use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use tidegate_api::words::Lang;
use tidegate_api::{ApiError, ErrorCode};

use super::check::Mistake;

/// What went wrong.
#[derive(Debug)]
pub(super) enum Wrong {
    /// The api's own word.
    Api(ApiError),
    /// A parameter is not what belongs there.
    Parameter(Mistake),
    /// The door's own word.
    Door(DoorError),
}

/// What the door itself refuses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum DoorError {
    /// No token, or none that is known.
    Unauthorized,
    /// A token in the address.
    TokenInQuery,
    /// The token may not do that; this scope is missing.
    Forbidden(&'static str),
    /// The token is no agent's.
    NotAnAgent,
    /// The batch is of another device than the token.
    OtherDevice,
    /// The code is not good, or not any more.
    Code,
    /// Nothing is there.
    NoRoute,
    /// It is there, but not by this method.
    Method(Arc<str>),
    /// The body is not JSON by its type.
    Media,
    /// The body is packed in a way that is not known here.
    Packing,
    /// The body is not an object.
    Json,
    /// The body is no batch of an agent.
    Batch,
    /// The body is too long.
    TooLarge,
    /// The address is too long.
    UriTooLong,
    /// The headers are too long.
    HeadersTooLarge,
    /// The host that was asked for is not this machine.
    Host,
    /// Asked too often; again after so many seconds.
    TooMany(u64),
    /// Not answered in time.
    Timeout,
    /// A defect of ours.
    Defect,
}

impl DoorError {
    /// The status and the code that a program matches on.
    pub(super) const fn status(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized"),
            Self::TokenInQuery | Self::Json | Self::Batch => (StatusCode::BAD_REQUEST, "bad_request"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden"),
            Self::NotAnAgent => (StatusCode::FORBIDDEN, "not_an_agent"),
            Self::OtherDevice => (StatusCode::FORBIDDEN, "other_device"),
            Self::Code => (StatusCode::FORBIDDEN, "code_refused"),
            Self::NoRoute => (StatusCode::NOT_FOUND, "not_found"),
            Self::Method(_) => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::Media | Self::Packing => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::UriTooLong => (StatusCode::URI_TOO_LONG, "too_large"),
            Self::HeadersTooLarge => (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "too_large"),
            Self::Host => (StatusCode::MISDIRECTED_REQUEST, "misdirected"),
            Self::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
            Self::Timeout => (StatusCode::GATEWAY_TIMEOUT, "timeout"),
            Self::Defect => (StatusCode::INTERNAL_SERVER_ERROR, "defect"),
        }
    }

    const fn said(&self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::NotAnAgent | Self::OtherDevice | Self::Code | Self::Packing | Self::Batch, _) => {
                self.said_to_agent(lang)
            }
            (Self::Unauthorized, Lang::Zh) => {
                "没有有效的令牌，未执行任何操作。用 `tidegated tokens create` 创建，并放入 Authorization: Bearer 头。"
            }
            (Self::Unauthorized, Lang::En) => {
                "No valid token was shown; nothing was done. Make one with `tidegated tokens create` and send it as Authorization: Bearer."
            }
            (Self::TokenInQuery, Lang::Zh) => {
                "令牌不能放在地址里，那里会被记录。请放入 Authorization: Bearer 头，并吊销这个令牌。"
            }
            (Self::TokenInQuery, Lang::En) => {
                "A token may not stand in the address, where it is logged. Send it as Authorization: Bearer, and revoke this one."
            }
            (Self::Forbidden(_), Lang::Zh) => {
                "这个令牌没有所需的权限，未执行任何操作。请用带有该权限的令牌。"
            }
            (Self::Forbidden(_), Lang::En) => {
                "The token lacks the scope for this; nothing was done. Use one that has it."
            }
            (Self::NoRoute, Lang::Zh) => "这里什么都没有。/api/v1/openapi.json 列出所有路径。",
            (Self::NoRoute, Lang::En) => "Nothing is here. /api/v1/openapi.json lists every path.",
            (Self::Method(_), Lang::Zh) => "这个路径不接受该方法；Allow 头列出可用的方法。",
            (Self::Method(_), Lang::En) => {
                "This path does not take that method; the Allow header lists those it takes."
            }
            (Self::Media, Lang::Zh) => "请求体应为 application/json。",
            (Self::Media, Lang::En) => "The body must be application/json.",
            (Self::Json, Lang::Zh) => "请求体应为一个 JSON 对象。",
            (Self::Json, Lang::En) => "The body must be one JSON object.",
            (Self::TooLarge, Lang::Zh) => "请求体太长，未执行任何操作。请分成几次。",
            (Self::TooLarge, Lang::En) => "The body is too long; nothing was done. Send it in parts.",
            (Self::UriTooLong, Lang::Zh) => "地址太长，未执行任何操作。",
            (Self::UriTooLong, Lang::En) => "The address is too long; nothing was done.",
            (Self::HeadersTooLarge, Lang::Zh) => "请求头太长，未执行任何操作。",
            (Self::HeadersTooLarge, Lang::En) => "The headers are too long; nothing was done.",
            (Self::Host, Lang::Zh) => "请求的主机名不是本机，未执行任何操作。请用 127.0.0.1 或 localhost。",
            (Self::Host, Lang::En) => {
                "The host that was asked for is not this machine; nothing was done. Use 127.0.0.1 or localhost."
            }
            (Self::TooMany(_), Lang::Zh) => "请求太频繁，未执行任何操作。请在 Retry-After 秒后再试。",
            (Self::TooMany(_), Lang::En) => {
                "Asked too often; nothing was done. Try again after Retry-After seconds."
            }
            (Self::Timeout, Lang::Zh) => "没有及时得到回答；命令仍会执行完。请查看状态后再试。",
            (Self::Timeout, Lang::En) => {
                "Not answered in time; a command still goes on to its end. Look at the state before trying again."
            }
            (Self::Defect, Lang::Zh) => "程序内部出错。请查看日志并反馈。",
            (Self::Defect, Lang::En) => "A defect of the program. See its log, and report it.",
        }
    }

    /// What only an agent can do wrong.
    const fn said_to_agent(&self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::NotAnAgent, Lang::Zh) => {
                "这个令牌不属于任何设备，没有计入。请用 `tidegated agents invite` 邀请这台设备，并用显示的代码登记。"
            }
            (Self::NotAnAgent, Lang::En) => {
                "This token belongs to no device; nothing was counted. Invite the device with `tidegated agents invite`, and enrol with the code it shows."
            }
            (Self::OtherDevice, Lang::Zh) => "这一批属于另一台设备，没有计入。每台设备都要用自己的代码登记。",
            (Self::OtherDevice, Lang::En) => {
                "The batch is of another device than the token; nothing was counted. Enrol each device with a code of its own."
            }
            (Self::Code, Lang::Zh) => {
                "这个代码不对、已用过或已过期，没有登记任何设备。请用 `tidegated agents invite` 取一个新的。"
            }
            (Self::Code, Lang::En) => {
                "The code is wrong, used, or out of time; nobody was enrolled. Make a new one with `tidegated agents invite`."
            }
            (Self::Packing, Lang::Zh) => "请求体可以不压缩，或用 Content-Encoding: gzip。",
            (Self::Packing, Lang::En) => "The body may be plain, or packed with Content-Encoding: gzip.",
            (_, Lang::Zh) => "请求体不是一批流量，没有计入。/api/v1/openapi.json 说明了它的格式。",
            (_, Lang::En) => {
                "The body is no batch of flows; nothing was counted. /api/v1/openapi.json tells its form."
            }
        }
    }

    fn args(&self) -> Value {
        match self {
            Self::Forbidden(scope) => json!({ "scope": scope }),
            Self::Method(allow) => json!({ "allow": &**allow }),
            Self::TooMany(seconds) => json!({ "retry_after": seconds }),
            _ => json!({}),
        }
    }
}

/// The status of a code of the api.
pub(super) const fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        // The call is well-formed, or it would not have come so far: what it asks for does not fit what there is.
        ErrorCode::BadRequest | ErrorCode::ConfigInvalid | ErrorCode::Refused => StatusCode::CONFLICT,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::NotRunning | ErrorCode::NotHolder | ErrorCode::Store => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::Outside | ErrorCode::Link => StatusCode::BAD_GATEWAY,
    }
}

impl From<ApiError> for Wrong {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<Mistake> for Wrong {
    fn from(mistake: Mistake) -> Self {
        Self::Parameter(mistake)
    }
}

impl From<DoorError> for Wrong {
    fn from(error: DoorError) -> Self {
        Self::Door(error)
    }
}

impl Wrong {
    /// As it is answered.
    pub(super) fn answer(&self, lang: Lang) -> Response {
        let (status, body) = match self {
            Self::Api(error) => (status_of(error.code), api_body(error, lang)),
            Self::Parameter(mistake) => (StatusCode::BAD_REQUEST, parameter_body(mistake, lang)),
            Self::Door(error) => door_body(error, lang),
        };
        let mut response = (status, Body::from(body.to_string())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        match self {
            Self::Door(DoorError::Unauthorized) => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::Door(DoorError::TooMany(seconds)) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
            }
            Self::Door(DoorError::Method(allow)) => {
                if let Ok(allow) = HeaderValue::from_str(allow) {
                    headers.insert(header::ALLOW, allow);
                }
            }
            _ => {}
        }
        response
    }
}

/// The finding codes and places stand in `args`, the words in `message`.
fn api_body(error: &ApiError, lang: Lang) -> Value {
    let message = if error.findings.is_empty() {
        error.detail.clone()
    } else {
        let lines: Vec<String> = error
            .findings
            .iter()
            .map(|finding| finding.render(lang))
            .collect();
        lines.join("\n")
    };
    let args = if error.findings.is_empty() {
        json!({})
    } else {
        json!({ "findings": error.findings })
    };
    json!({
        "code": error.code,
        "args": args,
        "message": format!("{message} {}", error.next_step(lang)),
        "retryable": error.retryable,
    })
}

fn parameter_body(mistake: &Mistake, lang: Lang) -> Value {
    let next = match lang {
        Lang::Zh => "没有做任何改动。改正后再试。",
        Lang::En => "Nothing was changed. Correct it and try again.",
    };
    json!({
        "code": "bad_request",
        "args": { "parameter": mistake.place },
        "message": format!("{} {next}", mistake.said(lang)),
        "retryable": false,
    })
}

fn door_body(error: &DoorError, lang: Lang) -> (StatusCode, Value) {
    let (status, code) = error.status();
    let body = json!({
        "code": code,
        "args": error.args(),
        "message": error.said(lang),
        "retryable": matches!(error, DoorError::TooMany(_) | DoorError::Timeout),
    });
    (status, body)
}
