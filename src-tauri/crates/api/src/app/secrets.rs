//! Secrets on their way in: set and delete by a person, listed by name only. No value ever comes back out.

use tidegate_vault::Fields;

use super::App;
use crate::request::SecretFields;
use crate::response::VaultView;
use crate::{ApiError, ErrorCode, Response, limits};

impl App {
    pub(super) async fn vault_list(&self) -> Result<Response, ApiError> {
        let items = self.vault.list().await?;
        Ok(Response::VaultItems(VaultView {
            backend: self.vault.name().to_owned(),
            items,
        }))
    }

    /// Fields that are not named keep their value, so that one field can be renewed alone.
    pub(super) async fn vault_set(&self, item: &str, fields: SecretFields) -> Result<Response, ApiError> {
        check_fields(item, &fields)?;
        let _one = self.arranging.lock().await;
        let mut whole: Fields = self.vault.get(item).await?.unwrap_or_default();
        whole.extend(fields.into_iter().map(|(field, text)| (field, text.0)));
        self.vault.set(item, whole).await?;
        Ok(Response::Done)
    }

    pub(super) async fn vault_delete(&self, item: &str) -> Result<Response, ApiError> {
        named(item)?;
        let _one = self.arranging.lock().await;
        if self.vault.delete(item).await? {
            Ok(Response::Done)
        } else {
            Err(ApiError::new(ErrorCode::NotFound, "the vault has no such item"))
        }
    }
}

/// An item and its fields are named plainly, and are not too many.
pub(super) fn check_fields(item: &str, fields: &SecretFields) -> Result<(), ApiError> {
    named(item)?;
    if fields.is_empty()
        || fields.len() > limits::SECRET_FIELDS
        || fields.keys().any(|field| named(field).is_err())
    {
        return Err(ApiError::new(
            ErrorCode::BadRequest,
            "an item needs 1 to 16 fields with plain names",
        ));
    }
    Ok(())
}

/// The same names that a `vault:NAME` reference can hold.
fn named(text: &str) -> Result<(), ApiError> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if !text.is_empty() && text.len() <= 128 && text.bytes().all(letter) {
        return Ok(());
    }
    Err(ApiError::new(
        ErrorCode::BadRequest,
        "a vault name is 1 to 128 of letters, digits, '-', '_', '.'",
    ))
}
