//! Whether a body was signed by who shares the secret. Signatures are compared
//! in constant time.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// PagerDuty sends `v1=…` for each of its secrets, with commas between them; one
/// that matches is enough.
pub fn is_signed_by_pagerduty(secret: &str, header: &str, body: &[u8]) -> bool {
    let mut signatures = header.split(',').filter_map(|one| one.trim().strip_prefix("v1="));
    signatures.any(|one| matches(secret, one, &[body]))
}

/// Grafana signs the body, or its time and the body where it sends a time.
pub fn is_signed_by_grafana(secret: &str, header: &str, sent_at: Option<&str>, body: &[u8]) -> bool {
    match sent_at {
        Some(sent_at) => matches(secret, header.trim(), &[sent_at.trim().as_bytes(), b":", body]),
        None => matches(secret, header.trim(), &[body]),
    }
}

/// Whether a hexadecimal signature is that of the parts, one after the other.
fn matches(secret: &str, signature: &str, parts: &[&[u8]]) -> bool {
    let Some(signature) = bytes(signature) else { return false };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    for part in parts {
        mac.update(part);
    }
    !secret.is_empty() && mac.verify_slice(&signature).is_ok()
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        hex.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits?;
    (digits.len() == 64).then(|| digits.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 4231, test case 2.
    const SECRET: &str = "Jefe";
    const BODY: &[u8] = b"what do ya want for nothing?";
    const SIGNATURE: &str = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

    #[test]
    fn any_signature_of_pagerduty_that_matches_is_enough() {
        let wrong = "0".repeat(64);
        for header in [
            format!("v1={SIGNATURE}"),
            format!("v1={wrong},v1={SIGNATURE}"),
            format!("v1={SIGNATURE}, v1={wrong}"),
            format!("v1={}", SIGNATURE.to_uppercase()),
        ] {
            assert!(is_signed_by_pagerduty(SECRET, &header, BODY), "{header}");
        }
        for header in [
            "".to_owned(),
            format!("v1={wrong}"),
            format!("v2={SIGNATURE}"),
            SIGNATURE.to_owned(),
            "v1=é".to_owned(),
        ] {
            assert!(!is_signed_by_pagerduty(SECRET, &header, BODY), "{header}");
        }
        assert!(!is_signed_by_pagerduty("other", &format!("v1={SIGNATURE}"), BODY));
        assert!(!is_signed_by_pagerduty(SECRET, &format!("v1={SIGNATURE}"), b"another body"));
    }

    #[test]
    fn no_secret_signs_nothing() {
        // The HMAC of the empty text under the empty key.
        let of_nothing = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
        assert!(!is_signed_by_pagerduty("", &format!("v1={of_nothing}"), b""));
        assert!(!is_signed_by_grafana("", of_nothing, None, b""));
    }

    #[test]
    fn grafana_signs_the_time_as_well_where_it_sends_one() {
        assert!(is_signed_by_grafana(SECRET, SIGNATURE, None, BODY));
        assert!(!is_signed_by_grafana(SECRET, SIGNATURE, Some("17"), BODY));
        let signed = {
            let mut mac = Hmac::<Sha256>::new_from_slice(b"k").unwrap();
            mac.update(b"17:body");
            mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        assert!(is_signed_by_grafana("k", &signed, Some("17"), b"body"));
    }
}
