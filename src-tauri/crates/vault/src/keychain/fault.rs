//! What a keychain's error means. The platform's clients tell a locked collection in several ways, some as an access
//! error and some as a failed bus call, so the words of the error decide. Never quotes a value.

use keyring_core::Error;

use crate::VaultError;

/// Words of a bus error that means: nobody is there.
const ABSENT: [&str; 6] = [
    "ServiceUnknown",
    "NameHasNoOwner",
    "NoReply",
    "Disconnected",
    "Broken pipe",
    "no secret service provider",
];
/// Words of an error that means: there, but locked.
const LOCKED: [&str; 4] = [
    "IsLocked",
    "object locked",
    "prompt dismissed",
    "before prompt completed",
];
/// Words of an access error that means: unlocked, yet there is no default keyring to write to.
const NO_DEFAULT: &str = "result not returned";

/// An error of a call.
pub(super) fn read(error: &Error) -> VaultError {
    match error {
        Error::NoStorageAccess(cause) if cause.to_string().contains(NO_DEFAULT) => VaultError::Failed(
            "it has no default keyring yet; create one in the system's password settings".to_owned(),
        ),
        Error::NoStorageAccess(_) => VaultError::Locked,
        Error::PlatformFailure(cause) => platform(&cause.to_string()),
        Error::TooLong(_, limit) => VaultError::TooLarge(usize::try_from(*limit).unwrap_or(0)),
        Error::Ambiguous(_) => {
            VaultError::Failed("it holds the item more than once; remove the copies".to_owned())
        }
        Error::Invalid(what, why) => VaultError::Failed(format!("{what}: {why}")),
        Error::NotSupportedByStore(_) => VaultError::Failed("it cannot do that".to_owned()),
        _ => VaultError::Failed("the item is not in Tidegate's form; store it again".to_owned()),
    }
}

fn platform(words: &str) -> VaultError {
    let says = |known: &[&str]| known.iter().any(|word| words.contains(word));
    if says(&LOCKED) {
        VaultError::Locked
    } else if says(&ABSENT) {
        VaultError::Absent
    } else {
        VaultError::Failed(words.chars().take(160).collect())
    }
}

/// An error of opening: without a bus or a service there is no keychain, whatever the words.
pub(super) fn opening(error: &Error) -> VaultError {
    match error {
        Error::PlatformFailure(_) => VaultError::Absent,
        other => read(other),
    }
}

/// Whether the connection itself may be at fault and a fresh one may do better.
pub(super) const fn is_broken(error: &Error) -> bool {
    matches!(error, Error::PlatformFailure(_))
}
