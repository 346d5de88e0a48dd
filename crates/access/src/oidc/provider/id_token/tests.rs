//! Signatures are those of RFC 7515, appendix A; everything that a token says is changed once.

use serde_json::{Value, json};

use super::*;

const PAYLOAD: &str =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

const RS256: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

const MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";

const ES256: &str = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

fn rsa() -> Value {
    json!({"kty": "RSA", "n": MODULUS, "e": "AQAB"})
}

fn ec() -> Value {
    json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})
}

fn with(mut key: Value, more: &Value) -> Value {
    key.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    key
}

/// What is found of a token with this header and signature, by these keys.
fn found(header: &Value, signature: &str, keys: &[Value]) -> Result<(), Fault> {
    let keys: Keys = serde_json::from_value(json!({"keys": keys})).expect("keys");
    // The RFC's own header has no white space, and neither has this one.
    let signed = format!("{}.{PAYLOAD}", BASE64_URL_SAFE_NO_PAD.encode(header.to_string()));
    let header: Header = serde_json::from_value(header.clone()).expect("a header");
    verify_signature(&header, &signed, &decode(signature).expect("base64"), &keys)
}

#[test]
fn a_signature_is_that_of_its_key_and_algorithm() {
    let (rs, es) = (json!({"alg": "RS256"}), json!({"alg": "ES256"}));
    assert_eq!(found(&rs, RS256, &[ec(), rsa()]), Ok(()));
    assert_eq!(found(&es, ES256, &[rsa(), ec()]), Ok(()));
    assert_eq!(found(&rs, RS256, &[with(rsa(), &json!({"use": "sig", "kid": "a"}))]), Ok(()));
    // Another key, none, one for another use.
    assert_eq!(found(&rs, RS256, &[ec()]), Err(Fault::UnknownKey));
    assert_eq!(found(&rs, RS256, &[with(rsa(), &json!({"use": "enc"}))]), Err(Fault::UnknownKey));
    assert_eq!(found(&es, ES256, &[with(ec(), &json!({"crv": "P-384"}))]), Err(Fault::UnknownKey));
    let other = MODULUS.replacen("ofgW", "ofgX", 1);
    assert_eq!(found(&rs, RS256, &[with(rsa(), &json!({"n": other}))]), Err(Fault::Signature));
    // Another signature, another text.
    assert_eq!(found(&rs, &RS256.replacen('c', "d", 1), &[rsa()]), Err(Fault::Signature));
    assert_eq!(found(&es, &ES256.replacen('D', "E", 1), &[ec()]), Err(Fault::Signature));
    assert_eq!(found(&json!({"alg": "ES256", "x": 1}), ES256, &[ec()]), Err(Fault::Signature));
    assert_eq!(found(&es, "", &[ec()]), Err(Fault::Signature));
    // Not signed at all, by what everybody has, or by a key that is named and not there.
    for algorithm in ["none", "None", "HS256", "RS1", "ES512", ""] {
        assert_eq!(
            found(&json!({"alg": algorithm}), RS256, &[rsa(), ec()]),
            Err(Fault::Algorithm),
            "{algorithm}"
        );
    }
    let named = with(rsa(), &json!({"kid": "a"}));
    assert_eq!(found(&json!({"alg": "RS256", "kid": "b"}), RS256, &[named]), Err(Fault::UnknownKey));
}

#[test]
fn everything_that_a_token_says_has_to_be_right() {
    let right = json!({"iss": "https://id.example", "aud": "stockbook", "exp": 1000, "nonce": "n"});
    let expected = Expected { issuer: "https://id.example", client_id: "stockbook", nonce: "n", now: 1000 };
    let found = |change: Value| {
        let frame: Frame = serde_json::from_value(with(right.clone(), &change)).expect("a frame");
        check(&frame, &expected)
    };
    for change in [
        json!({}),
        json!({"aud": ["stockbook"]}),
        json!({"aud": ["other", "stockbook"], "azp": "stockbook"}),
        json!({"exp": 941}),
        json!({"exp": i64::MAX}),
        json!({"nbf": 1060}),
    ] {
        assert_eq!(found(change.clone()), Ok(()), "{change}");
    }
    for (change, fault) in [
        (json!({"iss": "https://id.example/"}), Fault::Issuer),
        (json!({"aud": "other"}), Fault::Audience),
        (json!({"aud": []}), Fault::Audience),
        (json!({"aud": ["other", "stockbook"]}), Fault::Audience),
        (json!({"azp": "other"}), Fault::Audience),
        (json!({"exp": 940}), Fault::Time),
        (json!({"nbf": 1061}), Fault::Time),
        (json!({"nonce": "m"}), Fault::Nonce),
        (json!({"nonce": null}), Fault::Nonce),
    ] {
        assert_eq!(found(change.clone()), Err(fault), "{change}");
    }
}

#[test]
fn only_true_is_true() {
    let is_true = |verified: Value| {
        let claims = serde_json::from_value::<Claims>(json!({"sub": "1", "email_verified": verified}));
        claims.ok().map(|claims| claims.email_verified.is_true())
    };
    for (said, truth) in [
        (json!(true), Some(true)),
        (json!("true"), Some(true)),
        (json!(false), Some(false)),
        (json!("false"), Some(false)),
        (json!("True"), Some(false)),
        (json!(null), Some(false)),
        (json!(1), None),
        (json!([true]), None),
        (json!({"true": true}), None),
    ] {
        assert_eq!(is_true(said.clone()), truth, "{said}");
    }
    let silent: Claims = serde_json::from_value(json!({"sub": "1"})).expect("claims");
    assert!(!silent.email_verified.is_true());
}

#[test]
fn what_is_no_token_is_none() {
    let keys = Keys { keys: Vec::new() };
    let expected = Expected { issuer: "", client_id: "", nonce: "", now: 0 };
    for token in
        ["", ".", "..", "a.b.c", "eyJhbGciOiJSUzI1NiJ9", "e30.e30.", &format!("e30.{PAYLOAD}.{RS256}")]
    {
        assert!(matches!(verify(token, &keys, &expected), Err(Fault::Malformed)), "{token}");
    }
}
