//! One admitted request with what its handler needs: who, where, when, and its parameters checked.

use serde_json::Value;
use tidegate_meter::Time;

use super::entry::Entered;
use super::refusal::Refusal;
use super::route::{Route, Service};
use crate::Call;
use crate::world::{Account, Lie, Spot, State};

/// An admitted request.
pub(crate) struct Ask<'a> {
    pub(crate) operation: &'static str,
    service: Service,
    pub(crate) entered: Entered,
    /// The account's name, for lies.
    pub(crate) account: String,
    /// Project id and region of the path.
    pub(crate) project: Option<(String, String)>,
    /// What else the path names.
    pub(crate) names: Vec<&'a str>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Value,
    pub(crate) now: Time,
}

impl<'a> Ask<'a> {
    pub(crate) fn new(
        state: &State,
        call: &Call,
        route: &Route<'a>,
        entered: Entered,
        body: Value,
        now: Time,
    ) -> Result<Self, Refusal> {
        let account = state
            .accounts
            .get(entered.account)
            .ok_or_else(|| Refusal::unauthenticated("ak not exist"))?;
        let project = account
            .projects
            .iter()
            .find(|project| Some(project.id.as_str()) == route.scope)
            .map(|project| (project.id.clone(), project.name.clone()));
        let ask = Self {
            operation: route.operation.name,
            service: route.operation.service,
            entered,
            account: account.name.clone(),
            project,
            names: route.names.clone(),
            query: call.pairs(),
            body,
            now,
        };
        if call.method == "POST" && !ask.body.is_object() {
            return Err(ask.bad("the body is no JSON object"));
        }
        Ok(ask)
    }

    /// The account that asks.
    pub(crate) fn of<'s>(&self, state: &'s State) -> Result<&'s Account, Refusal> {
        state
            .accounts
            .get(self.entered.account)
            .ok_or_else(|| Refusal::unauthenticated("ak not exist"))
    }

    /// Project id; empty for global services.
    pub(crate) fn project_id(&self) -> &str {
        self.project.as_ref().map_or("", |(id, _)| id)
    }

    /// Region of the project; empty for global services.
    pub(crate) fn region(&self) -> &str {
        self.project.as_ref().map_or("", |(_, region)| region)
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A wrong parameter, in the service's own way.
    pub(crate) fn bad(&self, message: &str) -> Refusal {
        match self.service {
            Service::Bss => Refusal::service(400, "CBC.0100", message),
            Service::Rms => Refusal::service(400, "RMS.00010000", message),
            Service::Ecs => Refusal::nested(400, "Ecs.0005", message),
            Service::Ces => Refusal::service(400, "ces.0014", message),
            Service::Eip => Refusal::top(400, "VPC.0002", message),
            Service::Iam | Service::Sts => Refusal::identity(400, message),
        }
    }

    /// A whole number of the query within bounds.
    pub(crate) fn number(
        &self,
        name: &str,
        default: usize,
        min: usize,
        max: usize,
    ) -> Result<usize, Refusal> {
        let Some(text) = self.parameter(name) else {
            return Ok(default);
        };
        text.parse()
            .ok()
            .filter(|number| (min..=max).contains(number))
            .ok_or_else(|| self.bad(&format!("{name} must be within {min} and {max}")))
    }

    /// A whole number of the body within bounds; a number in text form is refused.
    pub(crate) fn member(
        &self,
        name: &str,
        default: usize,
        min: usize,
        max: usize,
    ) -> Result<usize, Refusal> {
        match self.body.get(name) {
            None | Some(Value::Null) => Ok(default),
            Some(value) => value
                .as_u64()
                .and_then(|number| usize::try_from(number).ok())
                .filter(|number| (min..=max).contains(number))
                .ok_or_else(|| self.bad(&format!("{name} must be a number within {min} and {max}"))),
        }
    }

    /// Text of the body, if it is there.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str)
    }

    /// Where a lie about a thing with this id and name would be told.
    pub(crate) fn about<'s>(&'s self, id: &'s str, name: &'s str) -> Spot<'s> {
        Spot {
            operation: self.operation,
            account: Some(&self.account),
            subject: Some((id, name)),
        }
    }

    /// Where a lie about the whole answer would be told.
    pub(crate) fn here(&self) -> Spot<'_> {
        Spot {
            operation: self.operation,
            account: Some(&self.account),
            subject: None,
        }
    }

    /// A page of rows; empty, repeating or skipping when a lie says so.
    pub(crate) fn page<T>(&self, state: &mut State, rows: Vec<T>, offset: usize, limit: usize) -> Vec<T> {
        let lie = state.faults.tell(self.now, self.here(), |lie, _| match lie {
            Lie::Empty => Some(Lie::Empty),
            Lie::RepeatRow | Lie::SkipRow if offset > 0 => Some(lie.clone()),
            _ => None,
        });
        let offset = match lie {
            Some(Lie::Empty) => rows.len(),
            Some(Lie::RepeatRow) => offset.saturating_sub(1),
            Some(Lie::SkipRow) => offset.saturating_add(1),
            _ => offset,
        };
        rows.into_iter().skip(offset).take(limit).collect()
    }

    /// A page after a marker, and the marker of the next one. An unknown marker gives `None`.
    pub(crate) fn after<T>(
        &self,
        state: &mut State,
        rows: Vec<T>,
        marker: Option<&str>,
        limit: usize,
        id: impl Fn(&T) -> String,
    ) -> Option<(Vec<T>, Option<String>)> {
        let offset = match marker {
            Some(marker) => rows.iter().position(|row| id(row) == marker)? + 1,
            None => 0,
        };
        let total = rows.len();
        let page = self.page(state, rows, offset, limit);
        let more = offset.saturating_add(limit) < total && !page.is_empty();
        let next = page.last().map(id).filter(|_| more);
        Some((page, next))
    }
}

/// `YYYY-MM-DDTHH:MM:SSZ`.
pub(crate) fn stamp(at: Time) -> String {
    Time::from_ms(at.seconds().saturating_mul(1000)).to_string()
}

/// `YYYY-MM-DDTHH:MM:SS.000Z`.
pub(crate) fn stamp_ms(at: Time) -> String {
    at.to_jiff().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
