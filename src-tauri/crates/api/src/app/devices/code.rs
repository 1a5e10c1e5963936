//! The one-time code of an invitation: read from one screen and typed on another machine. Owns its letters (none that is
//! taken for another), its form, and that what a person types is read leniently. Never kept: only what it hashes to is.

use super::super::tokens::{hash, random};
use crate::ApiError;

/// No I, O, 0 or 1; 32 letters, so that each is five bits and all are equally likely.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Letters of a code: 80 bits.
const LONG: usize = 16;
/// Letters of a group.
const GROUP: usize = 4;

/// A new code: `XXXX-XXXX-XXXX-XXXX`. Errors: `outside`.
pub(super) fn fresh() -> Result<String, ApiError> {
    let mut code = String::with_capacity(LONG + LONG / GROUP);
    for (at, byte) in random::<LONG>()?.into_iter().enumerate() {
        if at > 0 && at % GROUP == 0 {
            code.push('-');
        }
        let letter = LETTERS.get(usize::from(byte & 31)).copied().unwrap_or(b'A');
        code.push(char::from(letter));
    }
    Ok(code)
}

/// What a typed code hashes to; `None` when it is none: case, spaces and hyphens do not matter.
pub(super) fn hashed(typed: &str) -> Option<[u8; 32]> {
    let letters: String = typed
        .chars()
        .filter(|c| !matches!(c, '-' | ' '))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let is_code = letters.len() == LONG && letters.bytes().all(|letter| LETTERS.contains(&letter));
    is_code.then(|| hash(&letters))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_code_has_sixteen_letters_that_nobody_confuses_in_groups_of_four() {
        let codes: BTreeSet<String> = (0..200).map(|_| fresh().unwrap()).collect();
        assert_eq!(codes.len(), 200, "no two are the same");
        let mut met = BTreeSet::new();
        for code in &codes {
            let groups: Vec<&str> = code.split('-').collect();
            assert!(
                groups.len() == 4 && groups.iter().all(|group| group.len() == 4),
                "{code}"
            );
            assert!(!code.contains(['I', 'O', '0', '1']), "{code}");
            met.extend(code.chars().filter(|c| *c != '-'));
        }
        assert_eq!(met.len(), LETTERS.len(), "every letter is used");
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = fresh().unwrap();
        let hash = hashed(&code).unwrap();
        for typed in [
            code.to_lowercase(),
            code.replace('-', ""),
            code.replace('-', " "),
            format!(" {code} "),
        ] {
            assert_eq!(hashed(&typed), Some(hash), "{typed}");
        }
        for wrong in [
            "",
            "ABCD-EFGH-JKLM-NPQ",
            "ABCD-EFGH-JKLM-NPQ0",
            "ABCD-EFGH-JKLM-NPQRS",
            "ＡBCD-EFGH-JKLM-NPQR",
        ] {
            assert_eq!(hashed(wrong), None, "{wrong}");
        }
    }
}
