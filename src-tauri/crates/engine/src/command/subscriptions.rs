//! What is asked of subscriptions: the way in.

use jiff::civil::Date;

use crate::subscriptions::{self, SubscriptionDay, SubscriptionView};
use crate::{Engine, EngineError};

impl Engine {
    /// Every subscription as it stands, in the order of their ids. Errors: the database.
    pub async fn subscriptions(&self) -> Result<Vec<SubscriptionView>, EngineError> {
        subscriptions::views(&self.inner).await
    }

    /// What every subscription was used on a calendar day of the user's zone, and the leak checks that ended on it.
    /// Errors: the database.
    pub async fn subscriptions_on(&self, day: Date) -> Result<Vec<SubscriptionDay>, EngineError> {
        subscriptions::on_day(&self.inner, day).await
    }
}
