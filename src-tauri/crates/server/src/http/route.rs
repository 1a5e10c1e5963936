//! What a route is: method, path, scope, parameters, the request it becomes, the answer it gives. Data only: router,
//! document and tests read the same entries, so that they cannot disagree.

use http::Method;
use tidegate_api::door::Scope;

use super::kind::Kind;

/// One way in.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// `GET`, `POST`, `PUT`, `DELETE`.
    pub verb: Verb,
    /// Below `/api/v1`, with `{name}` for its parameters.
    pub path: &'static str,
    /// What the token must be allowed to.
    pub scope: Scope,
    /// Nobody needs a token.
    pub open: bool,
    /// What it becomes.
    pub asks: Asks,
    /// Its parameters.
    pub fields: &'static [Field],
    /// Parts of the request that the route itself decides.
    pub fixed: &'static [(&'static str, bool)],
    /// What it gives.
    pub gives: Gives,
    /// Whether its answer is kept for a moment.
    pub kept: bool,
    /// In one sentence.
    pub summary: &'static str,
}

/// The method of a route.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verb {
    /// Reads; nothing happens by it.
    Get,
    /// Does something.
    Post,
    /// Puts something in the place of what stands there.
    Put,
    /// Removes something.
    Delete,
}

impl Verb {
    /// As HTTP has it.
    #[must_use]
    pub const fn method(self) -> Method {
        match self {
            Self::Get => Method::GET,
            Self::Post => Method::POST,
            Self::Put => Method::PUT,
            Self::Delete => Method::DELETE,
        }
    }
}

/// What a route becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asks {
    /// A request of the api, by its name.
    Request(&'static str),
    /// A request of the api that asks somebody outside: a job, whose result is fetched later.
    Job(&'static str),
    /// A job and its result.
    JobState,
    /// The stream of changes.
    Changes,
    /// The description of all of it.
    Document,
    /// An agent made by a code.
    Enrol,
    /// A batch of an agent.
    Ingest,
}

/// What a route gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gives {
    /// 200 and the data of the api's answer of that name.
    Data(&'static str),
    /// 202 and the data of that answer: it has begun, and goes on.
    Begun(&'static str),
    /// 204.
    Done,
    /// 200 and a text of this type.
    Text(&'static str),
    /// What the server itself makes.
    Own,
}

/// Where a parameter stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In the body's object.
    Body,
}

/// One parameter.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name, here and in the request.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// What belongs there.
    pub kind: Kind,
    /// Whether it must be there, and what stands for it when it need not.
    pub when_absent: Absent,
    /// In one sentence.
    pub about: &'static str,
}

/// What an absent parameter means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Absent {
    /// It may not be absent.
    Refused,
    /// Nothing is said of it.
    Left,
    /// This number.
    Number(i64),
    /// This text.
    Text(&'static str),
    /// No.
    No,
    /// An empty list.
    Empty,
    /// An empty object.
    Nothing,
}

impl Field {
    /// In the path.
    #[must_use]
    pub const fn path(name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self::new(name, Place::Path, kind, Absent::Refused, about)
    }

    /// In the query.
    #[must_use]
    pub const fn query(name: &'static str, kind: Kind, when_absent: Absent, about: &'static str) -> Self {
        Self::new(name, Place::Query, kind, when_absent, about)
    }

    /// In the body, and needed.
    #[must_use]
    pub const fn body(name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self::new(name, Place::Body, kind, Absent::Refused, about)
    }

    /// In the body, and not needed.
    #[must_use]
    pub const fn option(name: &'static str, kind: Kind, when_absent: Absent, about: &'static str) -> Self {
        Self::new(name, Place::Body, kind, when_absent, about)
    }

    const fn new(
        name: &'static str,
        place: Place,
        kind: Kind,
        when_absent: Absent,
        about: &'static str,
    ) -> Self {
        Self {
            name,
            place,
            kind,
            when_absent,
            about,
        }
    }
}

impl Route {
    /// A query: the request and the answer of one name.
    #[must_use]
    pub const fn get(
        path: &'static str,
        request: &'static str,
        answer: &'static str,
        summary: &'static str,
    ) -> Self {
        Self::new(
            Verb::Get,
            path,
            Scope::Read,
            Asks::Request(request),
            Gives::Data(answer),
            summary,
        )
    }

    /// A command that is done when it is answered.
    #[must_use]
    pub const fn post(
        path: &'static str,
        scope: Scope,
        request: &'static str,
        summary: &'static str,
    ) -> Self {
        Self::new(
            Verb::Post,
            path,
            scope,
            Asks::Request(request),
            Gives::Done,
            summary,
        )
    }

    const fn new(
        verb: Verb,
        path: &'static str,
        scope: Scope,
        asks: Asks,
        gives: Gives,
        summary: &'static str,
    ) -> Self {
        Self {
            verb,
            path,
            scope,
            open: false,
            asks,
            fields: &[],
            fixed: &[],
            gives,
            kept: false,
            summary,
        }
    }

    /// Its answer is large and often asked for.
    #[must_use]
    pub const fn kept(mut self) -> Self {
        self.kept = true;
        self
    }

    /// Without a token.
    #[must_use]
    pub const fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// With these parameters.
    #[must_use]
    pub const fn with(mut self, fields: &'static [Field]) -> Self {
        self.fields = fields;
        self
    }

    /// With these parts decided.
    #[must_use]
    pub const fn fixed(mut self, fixed: &'static [(&'static str, bool)]) -> Self {
        self.fixed = fixed;
        self
    }

    /// Giving that.
    #[must_use]
    pub const fn gives(mut self, gives: Gives) -> Self {
        self.gives = gives;
        self
    }

    /// By another method.
    #[must_use]
    pub const fn by(mut self, verb: Verb) -> Self {
        self.verb = verb;
        self
    }

    /// Becoming that.
    #[must_use]
    pub const fn asks(mut self, asks: Asks) -> Self {
        self.asks = asks;
        self
    }

    /// Whether it reads a body.
    #[must_use]
    pub fn has_body(&self) -> bool {
        self.fields.iter().any(|field| field.place == Place::Body)
    }

    /// Its parameters of one place.
    pub fn fields_in(&self, place: Place) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().filter(move |field| field.place == place)
    }
}
