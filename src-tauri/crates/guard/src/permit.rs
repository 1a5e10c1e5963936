//! The token without which no request that changes anything can leave. Only this module makes one: either judgement
//! cleared the action just before sending, or a person asked for it by name.

use tidegate_meter::{Target, Time};

use crate::{ActionKind, StopManner};

/// A person's explicit wish to act on one named target, with its reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Consent {
    /// Who asked: `cli`, `window`, `api`.
    pub by: String,
    /// The target's name as the person confirmed it.
    pub typed_name: String,
}

/// Permission to send one request to one target now. Not cloneable, not storable: a stored intent must be cleared
/// again after a restart.
///
/// Nobody else makes one:
/// ```compile_fail,E0451
/// # use tidegate_guard::{ActionKind, Permit, StopManner};
/// # use tidegate_meter::{Target, Time};
/// fn forged(target: Target, at: Time) -> Permit {
///     Permit { target, action: ActionKind::Stop, manner: StopManner::Soft, at }
/// }
/// ```
/// ```compile_fail,E0624
/// # use tidegate_guard::{ActionKind, Permit, StopManner};
/// # use tidegate_meter::{Target, Time};
/// fn forged(target: Target, at: Time) -> Permit {
///     Permit::cleared(target, ActionKind::Stop, StopManner::Soft, at)
/// }
/// ```
/// One is good for one request:
/// ```compile_fail,E0277
/// fn twice(permit: tidegate_guard::Permit) {
///     fn is_clone<T: Clone>(_: &T) {}
///     is_clone(&permit);
/// }
/// ```
/// And none outlives its process:
/// ```compile_fail,E0277
/// fn kept(permit: tidegate_guard::Permit) {
///     fn is_stored<T: serde::Serialize + serde::de::DeserializeOwned>(_: &T) {}
///     is_stored(&permit);
/// }
/// ```
/// What may be done with it:
/// ```
/// fn read(permit: &tidegate_guard::Permit) -> tidegate_guard::ActionKind {
///     permit.action()
/// }
/// ```
#[derive(Debug)]
pub struct Permit {
    target: Target,
    action: ActionKind,
    manner: StopManner,
    at: Time,
}

impl Permit {
    /// Made by `clear` after the belts held once more.
    pub(crate) const fn cleared(target: Target, action: ActionKind, manner: StopManner, at: Time) -> Self {
        Self {
            target,
            action,
            manner,
            at,
        }
    }

    /// For what a person asked for by name. `None` when the typed name is not the target's name or id.
    #[must_use]
    pub fn by_person(
        target: Target,
        action: ActionKind,
        manner: StopManner,
        at: Time,
        consent: &Consent,
    ) -> Option<Self> {
        let named = consent.typed_name == target.name || consent.typed_name == target.id.as_str();
        named.then(|| Self::cleared(target, action, manner, at))
    }

    /// On what.
    #[must_use]
    pub const fn target(&self) -> &Target {
        &self.target
    }

    /// What.
    #[must_use]
    pub const fn action(&self) -> ActionKind {
        self.action
    }

    /// How.
    #[must_use]
    pub const fn manner(&self) -> StopManner {
        self.manner
    }

    /// When it was given.
    #[must_use]
    pub const fn at(&self) -> Time {
        self.at
    }
}
