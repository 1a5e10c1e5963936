//! The way to the other side: enrolling, and handing one batch in. One exchange each, over the program's one way out; what
//! an answer means is decided here, when to try again is not.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tidegate_egress::{Failure, FailureKind, Method, Request, Response, Timer, Transport, retry_after};
use tidegate_meter::handover::{EnrolBody, Enrolled, HandIn, Receipt};

use crate::spool::pack;
use crate::{AgentError, Place};

/// Longest text of the other side that is shown, in characters: it stands in one line of a log.
const SAID_CHARS: usize = 160;

/// What became of a hand-in.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The other side has it, or had it, or keeps it aside: it need not be kept here.
    Receipt(Receipt),
    /// It will never be taken as it is.
    Refused {
        /// The HTTP status.
        status: u16,
        /// What the other side says.
        said: String,
    },
    /// The token is not accepted.
    Barred {
        /// The HTTP status.
        status: u16,
        /// What the other side says.
        said: String,
    },
    /// Not now.
    Again {
        /// Our short words for it.
        why: String,
        /// How long to wait, where the other side says so.
        after: Option<Duration>,
    },
}

/// The other side.
pub(crate) struct Door {
    transport: Arc<dyn Transport>,
    timer: Arc<dyn Timer>,
    place: Place,
}

impl Door {
    pub(crate) const fn new(transport: Arc<dyn Transport>, timer: Arc<dyn Timer>, place: Place) -> Self {
        Self {
            transport,
            timer,
            place,
        }
    }

    /// Turns the one-time code into a device and its token.
    pub(crate) async fn enrol(&self, body: &EnrolBody) -> Result<Enrolled, AgentError> {
        let host = format!("{:?}", self.place);
        let silent = |why: &str| AgentError::NoAnswer {
            host: host.clone(),
            why: why.to_owned(),
        };
        let body = serde_json::to_vec(body).map_err(|_| silent("the code cannot be sent"))?;
        let request = self
            .request("api/v1/enrol", Vec::new(), body)
            .ok_or_else(|| silent("the address has no room for a route"))?;
        let answer = self.transport.exchange(request).await;
        let answer = answer.map_err(|failure| silent(&advised(&failure)))?;
        if !answer.is_success() {
            return Err(AgentError::CodeRefused {
                status: answer.status,
                said: said(&answer),
            });
        }
        serde_json::from_slice(&answer.body).map_err(|_| silent("what answers there is not Tidegate"))
    }

    /// Hands one batch in.
    pub(crate) async fn hand_in(&self, token: &SecretString, body: &HandIn) -> Answer {
        let Ok(packed) = pack(body) else {
            return again("the batch cannot be packed");
        };
        let headers = vec![
            ("content-encoding".to_owned(), "gzip".to_owned()),
            (
                "authorization".to_owned(),
                format!("Bearer {}", token.expose_secret()),
            ),
        ];
        let Some(request) = self.request("api/v1/ingest", headers, packed) else {
            return again("the address has no room for a route");
        };
        match self.transport.exchange(request).await {
            Ok(answer) => self.read(&answer, body.batch.sequence),
            Err(failure) => Answer::Again {
                why: advised(&failure),
                after: failure.retry_after,
            },
        }
    }

    fn request(&self, path: &str, mut headers: Vec<(String, String)>, body: Vec<u8>) -> Option<Request> {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
        Some(Request {
            method: Method::Post,
            url: self.place.route(path)?,
            headers,
            body: Bytes::from(body),
        })
    }

    fn read(&self, answer: &Response, sequence: u64) -> Answer {
        let said = said(answer);
        match answer.status {
            // Somebody in between may answer anything with a 200: only a receipt for this very batch is one.
            200..=299 => match serde_json::from_slice::<Receipt>(&answer.body) {
                Ok(receipt) if receipt.sequence == sequence => Answer::Receipt(receipt),
                _ => again("what answers there gave no receipt for this batch"),
            },
            status @ (400 | 413) => Answer::Refused { status, said },
            status @ (401 | 403) => Answer::Barred { status, said },
            status => Answer::Again {
                why: format!("HTTP {status} {said}").trim_end().to_owned(),
                after: retry_after(answer, self.timer.now().wall),
            },
        }
    }
}

fn again(why: &str) -> Answer {
    Answer::Again {
        why: why.to_owned(),
        after: None,
    }
}

/// The failure, with what helps where that is known.
fn advised(failure: &Failure) -> String {
    let advice = match failure.kind {
        FailureKind::Tls => "; a certificate of your own is named with --ca",
        _ => "",
    };
    format!("{failure}{advice}")
}

/// What the other side says of it, shortened and in one line.
fn said(answer: &Response) -> String {
    #[derive(Deserialize)]
    struct Told {
        message: String,
    }
    let told = serde_json::from_slice::<Told>(&answer.body).map(|told| told.message);
    let clean = |c: &char| !c.is_control();
    told.unwrap_or_default()
        .chars()
        .filter(clean)
        .take(SAID_CHARS)
        .collect()
}
