//! Whether a sender is who it says. Owns the reading of one Authentication-Results field (RFC 8601), and which of them
//! counts: only one that the user's own mail host wrote, and only for a DKIM signature of the sender's own domain.
//! Everything else is "unverified". Tested below.

use super::rule::belongs;

/// Whether the topmost field says that the domain in From signed this mail.
pub(super) fn is_verified(field: Option<&str>, servers: &[String], from_domain: &str) -> bool {
    let Some(field) = field else {
        return false;
    };
    let plain = without_comments(field);
    let mut results = plain.split(';');
    let server = results
        .next()
        .and_then(|first| first.split_whitespace().next())
        .unwrap_or_default();
    let ours = servers.iter().any(|known| known.eq_ignore_ascii_case(server));
    ours && !from_domain.is_empty() && results.any(|result| is_aligned_pass(result, from_domain))
}

/// `dkim=pass header.d=example.com`, the domain being that of the sender, above it, or below it.
fn is_aligned_pass(result: &str, from_domain: &str) -> bool {
    let mut words = result.split_whitespace();
    if !words
        .next()
        .is_some_and(|method| method.eq_ignore_ascii_case("dkim=pass"))
    {
        return false;
    }
    let signer = words.find_map(|word| {
        let (name, value) = word.split_once('=')?;
        match name.to_ascii_lowercase().as_str() {
            "header.d" => Some(value),
            "header.i" => value.rsplit_once('@').map(|(_, domain)| domain),
            _ => None,
        }
    });
    signer.is_some_and(|signer| {
        signer.contains('.') && (belongs(from_domain, signer) || belongs(signer, from_domain))
    })
}

/// The field without `(…)`, which may hold anything, and without quotes.
fn without_comments(field: &str) -> String {
    let (mut plain, mut depth, mut quoted) = (String::with_capacity(field.len()), 0_usize, false);
    let mut letters = field.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted && depth > 0 => depth -= 1,
            // What is quoted is a value, never a delimiter.
            ';' if quoted => {}
            _ if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verified(field: &str, from: &str) -> bool {
        is_verified(Some(field), &["mx.example.net".to_owned()], from)
    }

    #[test]
    fn a_signature_of_the_senders_domain_verifies_it() {
        assert!(verified(
            "mx.example.net; dkim=pass header.d=cloud.example",
            "cloud.example"
        ));
        assert!(verified(
            "mx.example.net 1; spf=fail; dkim=pass (2048-bit) header.i=@cloud.example header.s=a",
            "notice.cloud.example"
        ));
    }

    #[test]
    fn a_signature_of_somebody_else_does_not() {
        assert!(!verified(
            "mx.example.net; dkim=pass header.d=evil.example",
            "cloud.example"
        ));
        assert!(!verified(
            "mx.example.net; dkim=pass header.d=notcloud.example",
            "cloud.example"
        ));
        assert!(!verified(
            "mx.example.net; dkim=pass header.d=example",
            "cloud.example"
        ));
        assert!(!verified(
            "mx.example.net; dkim=fail header.d=cloud.example",
            "cloud.example"
        ));
        assert!(!verified(
            "mx.example.net; spf=pass smtp.mailfrom=cloud.example",
            "cloud.example"
        ));
    }

    #[test]
    fn a_field_of_another_server_does_not() {
        assert!(!verified(
            "mx.evil.example; dkim=pass header.d=cloud.example",
            "cloud.example"
        ));
        assert!(!is_verified(
            None,
            &["mx.example.net".to_owned()],
            "cloud.example"
        ));
    }

    #[test]
    fn what_stands_in_a_comment_or_in_quotes_is_no_result() {
        assert!(!verified(
            "mx.example.net; spf=fail (; dkim=pass header.d=cloud.example",
            "cloud.example"
        ));
        assert!(!verified(
            "mx.example.net; spf=fail reason=\"; dkim=pass header.d=cloud.example\"",
            "cloud.example"
        ));
    }
}
