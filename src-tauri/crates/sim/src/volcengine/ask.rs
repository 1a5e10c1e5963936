//! One request that was let in, and its parameters: from the query, a form or a JSON body alike, except that JSON says
//! its types and must say the right ones.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde_json::Value;
use tidegate_meter::Time;

use super::account::Account;
use super::estate::{Estate, User};
use super::lie::Lies;
use super::refusal::Refusal;
use crate::Call;
use crate::balances::pairs;

/// Whose key signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Caller {
    /// The main account.
    Root,
    /// A sub-account, by its id.
    User(i64),
}

/// A request at work.
pub(crate) struct Ask<'a> {
    pub(crate) account: &'a mut Account,
    pub(crate) caller: Caller,
    pub(crate) params: Params,
    /// The region of its signature's scope.
    pub(crate) region: String,
    pub(crate) lies: &'a Lies,
    pub(crate) now: Time,
}

impl Ask<'_> {
    /// The estate as a read sees it.
    pub(crate) fn seen(&self) -> &Estate {
        self.account.estate.seen(self.now)
    }

    /// The estate for a write.
    pub(crate) fn change(&mut self) -> &mut Estate {
        self.account.estate.change(self.now)
    }

    /// The sub-account that the request names, as a read sees it.
    pub(crate) fn user(&self) -> Result<&User, Refusal> {
        let name = self.params.need("UserName")?;
        self.seen().user(&name).ok_or_else(|| Refusal::no_user(&name))
    }

    /// The sub-account that the request names, for a write.
    pub(crate) fn user_mut(&mut self) -> Result<&mut User, Refusal> {
        let name = self.params.need("UserName")?;
        if self.account.estate.newest().user(&name).is_none() {
            return Err(Refusal::no_user(&name));
        }
        self.change()
            .user_mut(&name)
            .ok_or_else(|| Refusal::no_user(&name))
    }
}

/// The parameters of a request.
pub(crate) struct Params {
    /// From the query or a form: everything is text.
    text: BTreeMap<String, String>,
    /// From a JSON body.
    json: Value,
    malformed: bool,
}

impl Params {
    pub(crate) fn of(call: &Call) -> Self {
        let kind = call.header("content-type").unwrap_or("");
        let mut text: BTreeMap<String, String> = pairs(&call.query).into_iter().collect();
        let (mut json, mut malformed) = (Value::Null, false);
        if kind.starts_with("application/x-www-form-urlencoded") {
            text.extend(pairs(&String::from_utf8_lossy(&call.body)));
        } else if kind.starts_with("application/json") && !call.body.is_empty() {
            let read = serde_json::from_slice::<Value>(&call.body).ok();
            malformed = !read.as_ref().is_some_and(Value::is_object);
            json = read.unwrap_or(Value::Null);
        }
        Self {
            text,
            json,
            malformed,
        }
    }

    /// The body said that it is JSON, and is none.
    pub(crate) const fn malformed(&self) -> bool {
        self.malformed
    }

    /// Whom or what the request speaks of, for lies about one of them.
    pub(crate) fn subject(&self) -> String {
        let names = [
            "UserName",
            "PrincipalName",
            "Id",
            "InstanceIds.1",
            "ProjectName",
            "PolicyName",
            "BillPeriod",
        ];
        let mut told = names.iter().filter_map(|name| self.text(name).ok().flatten());
        told.next().unwrap_or_default()
    }

    /// A text; an empty one counts as given.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Refusal> {
        match self.json.get(name) {
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Null) | None => Ok(self.text.get(name).cloned()),
            Some(_) => Err(invalid(name)),
        }
    }

    /// A text that must be there.
    pub(crate) fn need(&self, name: &str) -> Result<String, Refusal> {
        let told = self.text(name)?.filter(|text| !text.is_empty());
        told.ok_or_else(|| {
            let message = format!("Parameter '{name}' is required, but not found.");
            Refusal::new("ParameterNotFound", message)
        })
    }

    /// A whole number.
    pub(crate) fn int(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.scalar(name, Value::as_i64)
    }

    /// A switch: `true` or `false`.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        self.scalar(name, Value::as_bool)
    }

    /// What is a text in a query and no text in JSON.
    fn scalar<T: FromStr>(
        &self,
        name: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        match self.json.get(name) {
            Some(Value::Null) | None => {
                let text = self.text.get(name).filter(|text| !text.is_empty());
                text.map(|text| text.parse().map_err(|_| invalid(name)))
                    .transpose()
            }
            Some(told) => read(told).map(Some).ok_or_else(|| invalid(name)),
        }
    }

    /// A list of texts: `Name.1`, `Name.2`, … or a JSON array. One text alone stands for a list of one.
    pub(crate) fn list(&self, name: &str) -> Result<Vec<String>, Refusal> {
        match self.json.get(name) {
            Some(Value::Array(items)) => {
                let words = items.iter().map(|item| item.as_str().map(str::to_owned));
                words.collect::<Option<_>>().ok_or_else(|| invalid(name))
            }
            Some(Value::Null) | None => {
                let numbered = (1..).map_while(|index| self.text.get(&format!("{name}.{index}")));
                Ok(self.text.get(name).into_iter().chain(numbered).cloned().collect())
            }
            Some(_) => Err(invalid(name)),
        }
    }

    /// A member of a JSON body as it is.
    pub(crate) fn json(&self, name: &str) -> &Value {
        self.json.get(name).unwrap_or(&Value::Null)
    }

    /// `Limit` and `Offset` as IAM takes them.
    pub(crate) fn page(&self, most: i64) -> Result<(usize, usize), Refusal> {
        let limit = self.int("Limit")?.unwrap_or(10);
        let offset = self.int("Offset")?.unwrap_or(0);
        if !(1..=most).contains(&limit) {
            return Err(Refusal::new(
                "InvalidLimit",
                format!("Limit must be from 1 to {most}."),
            ));
        }
        let offset =
            usize::try_from(offset).map_err(|_| Refusal::new("InvalidOffset", "Offset is below 0."))?;
        Ok((usize::try_from(limit).unwrap_or(0), offset))
    }
}

fn invalid(name: &str) -> Refusal {
    Refusal::new(
        "InvalidParameter",
        format!("Parameter '{name}' has a wrong type."),
    )
}
