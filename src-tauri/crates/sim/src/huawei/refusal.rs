//! Refusals in the shapes of the real services: no two of them agree.

use serde_json::{Value, json};

use crate::Answer;

/// Whose error body it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// The gateway: `error_msg`, `error_code`, `request_id`.
    Gateway,
    /// BSS and Config: `error_code`, `error_msg`.
    Service,
    /// ECS: `{"error":{"code","message"}}`.
    Nested,
    /// ECS jobs and EIP: `code`, `message` at the top.
    Top,
    /// IAM: `{"error":{"code":403,"message","title"}}`, the code a number.
    Identity,
}

/// A refused request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) shape: Shape,
    pub(crate) retry_after: Option<u64>,
}

impl Refusal {
    fn new(shape: Shape, status: u16, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
            shape,
            retry_after: None,
        }
    }

    pub(crate) fn gateway(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self::new(Shape::Gateway, status, code, message)
    }

    pub(crate) fn service(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self::new(Shape::Service, status, code, message)
    }

    pub(crate) fn nested(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self::new(Shape::Nested, status, code, message)
    }

    pub(crate) fn top(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self::new(Shape::Top, status, code, message)
    }

    pub(crate) fn identity(status: u16, message: impl Into<String>) -> Self {
        Self::new(Shape::Identity, status, &status.to_string(), message)
    }

    /// Wrong credentials: the one code for all of them.
    pub(crate) fn unauthenticated(message: impl Into<String>) -> Self {
        Self::gateway(
            401,
            "APIGW.0301",
            format!("Incorrect IAM authentication information: {}", message.into()),
        )
    }

    /// The answer on the wire.
    pub(crate) fn answer(&self, request_id: &str) -> Answer {
        let answer = Answer::json(self.status, &self.body(request_id));
        match self.retry_after {
            Some(seconds) => answer.with("retry-after", seconds.to_string()),
            None => answer,
        }
    }

    fn body(&self, request_id: &str) -> Value {
        let (code, message) = (&self.code, &self.message);
        match self.shape {
            Shape::Gateway => json!({"error_msg": message, "error_code": code, "request_id": request_id}),
            Shape::Service => json!({"error_code": code, "error_msg": message}),
            Shape::Nested => json!({"error": {"code": code, "message": message}}),
            Shape::Top => json!({"code": code, "message": message}),
            Shape::Identity => {
                let title = if self.status == 403 {
                    "Forbidden"
                } else {
                    "Bad Request"
                };
                json!({"error": {"code": self.status, "message": message, "title": title}})
            }
        }
    }
}
