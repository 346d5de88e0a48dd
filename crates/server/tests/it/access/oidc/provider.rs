//! A provider of OpenID Connect that is as strict as a real one, and lies only where a test has it lie.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as BASE64URL};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING as ES256, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What it calls the server under test, and what both know.
pub const CLIENT_ID: &str = "stockbook";
pub const ACCESS_TOKEN: &str = "canary-of-an-access-token";
pub const CLIENT_SECRET: &str = "canary: of the provider/+";

/// Where it sends browsers back to.
pub const PUBLIC_URL: &str = "https://stock.example";

/// A provider at an address of its own.
#[derive(Clone)]
pub struct Provider {
    pub issuer: String,
    state: Arc<Mutex<Inner>>,
}

struct Inner {
    key: EcdsaKeyPair,
    key_id: u32,
    /// What was granted to whom, by code.
    granted: HashMap<String, HashMap<String, String>>,
    lies: Lies,
    /// How often it was asked for its keys.
    keys_given: u32,
}

/// What is not as it should be.
#[derive(Clone, Default)]
pub struct Lies {
    /// Claims of the ID token that replace the right ones; null: left out.
    pub claims: Value,
    /// Whether the ID token is signed by a key that nobody has published.
    pub forged: bool,
    /// Whether the ID token leaves out what userinfo tells.
    pub is_thin: bool,
    /// Whose userinfo it tells.
    pub userinfo_sub: Option<&'static str>,
    /// What it calls itself in its description.
    pub issuer: Option<&'static str>,
    /// Whether it takes the secret in the form only.
    pub by_form: bool,
}

impl Provider {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let inner = Inner {
            key: new_key(),
            key_id: 1,
            granted: HashMap::new(),
            lies: Lies::default(),
            keys_given: 0,
        };
        let provider = Self { issuer, state: Arc::new(Mutex::new(inner)) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// From now on it lies so.
    pub fn lie(&self, lies: Lies) {
        self.inner().lies = lies;
    }

    /// From now on it signs by another key.
    pub fn rotate(&self) {
        let mut inner = self.inner();
        (inner.key, inner.key_id) = (new_key(), inner.key_id + 1);
    }

    pub fn keys_given(&self) -> u32 {
        self.inner().keys_given
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.state.lock().expect("nobody panics with it")
    }

    #[expect(clippy::disallowed_methods, reason = "it is another machine, with a clock of its own")]
    fn id_token(&self, inner: &Inner, asked: &HashMap<String, String>) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        let mut claims = json!({"iss": self.issuer, "sub": "u-1", "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]});
        let members = claims.as_object_mut().expect("an object");
        if !inner.lies.is_thin {
            members.extend(person().as_object().expect("an object").clone());
        }
        for (name, value) in inner.lies.claims.as_object().into_iter().flatten() {
            let value = if *name == "exp" {
                json!(now.cast_signed() + value.as_i64().expect("seconds"))
            } else {
                value.clone()
            };
            members.insert(name.clone(), value);
        }
        members.retain(|_, value| !value.is_null());
        let header = json!({"alg": "ES256", "typ": "JWT", "kid": inner.key_id.to_string()});
        let signed =
            format!("{}.{}", BASE64URL.encode(header.to_string()), BASE64URL.encode(claims.to_string()));
        let forger = new_key();
        let key = if inner.lies.forged { &forger } else { &inner.key };
        let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).expect("a signature");
        format!("{signed}.{}", BASE64URL.encode(signature))
    }
}

/// Whom it lets in.
fn person() -> Value {
    json!({"email": "Anna@stock.example", "email_verified": true, "name": "Anna Nagy"})
}

fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ES256, &random).expect("a key");
    EcdsaKeyPair::from_pkcs8(&ES256, document.as_ref(), &random).expect("a key")
}

async fn describe(State(provider): State<Provider>) -> Json<Value> {
    let issuer = &provider.issuer;
    let lies = provider.inner().lies.clone();
    let methods = if lies.by_form { "client_secret_post" } else { "client_secret_basic" };
    Json(json!({
        "issuer": lies.issuer.unwrap_or(issuer),
        "authorization_endpoint": format!("{issuer}/authorize?tenant=a"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "token_endpoint_auth_methods_supported": [methods],
        "response_types_supported": ["code"], "subject_types_supported": ["public"], "claims_supported": 3.5,
    }))
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let mut inner = provider.inner();
    inner.keys_given += 1;
    let point = inner.key.public_key().as_ref();
    let (x, y) = (BASE64URL.encode(&point[1..33]), BASE64URL.encode(&point[33..]));
    let other = json!({"kty": "oct", "kid": "9", "k": "AA"});
    Json(
        json!({"keys": [other, {"kty": "EC", "use": "sig", "crv": "P-256", "kid": inner.key_id.to_string(), "x": x, "y": y}]}),
    )
}

/// Lets in whoever comes: who they are at the provider is its business.
async fn authorize(
    State(provider): State<Provider>,
    Query(asked): Query<HashMap<String, String>>,
) -> impl IntoResponse {
    assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", CLIENT_ID));
    assert_eq!((asked["tenant"].as_str(), asked["code_challenge_method"].as_str()), ("a", "S256"));
    assert_eq!(asked["redirect_uri"], format!("{PUBLIC_URL}/oidc/callback"));
    assert!(asked["scope"].split(' ').any(|scope| scope == "openid"), "{asked:?}");
    let mut inner = provider.inner();
    let code = format!("code-{}", inner.granted.len() + 1);
    let mut back = url::Url::parse(&asked["redirect_uri"]).expect("an address");
    back.query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("state", &asked["state"])
        .append_pair("iss", &provider.issuer)
        .append_pair("session_state", "of no interest");
    inner.granted.insert(code, asked);
    (StatusCode::FOUND, [(header::LOCATION, back.to_string())])
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, Json<Value>) {
    let form: HashMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let refuse = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": error})));
    let mut inner = provider.inner();
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let basic = format!(
        "Basic {}",
        BASE64_STANDARD.encode(format!("{}:{}", encoded(CLIENT_ID), encoded(CLIENT_SECRET)))
    );
    let by_header = headers.get(header::AUTHORIZATION).is_some_and(|value| *value == *basic);
    let by_form = form.get("client_secret").is_some_and(|secret| secret == CLIENT_SECRET);
    if (inner.lies.by_form && !by_form) || (!inner.lies.by_form && (!by_header || by_form)) {
        return refuse("invalid_client");
    }
    let Some(asked) = inner.granted.get_mut(&form["code"]).map(std::mem::take) else {
        return refuse("invalid_grant");
    };
    let challenge = BASE64URL.encode(Sha256::digest(&form["code_verifier"]));
    let is_same = |name: &str, value: &str| asked.get(name).is_some_and(|asked| asked == value);
    if form["grant_type"] != "authorization_code"
        || !is_same("code_challenge", &challenge)
        || !is_same("redirect_uri", &form["redirect_uri"])
    {
        return refuse("invalid_grant"); // also a code that was used: nothing is left of it
    }
    let id_token = provider.id_token(&inner, &asked);
    (
        StatusCode::OK,
        Json(
            json!({"token_type": "Bearer", "expires_in": 300, "access_token": ACCESS_TOKEN, "id_token": id_token}),
        ),
    )
}

async fn userinfo(State(provider): State<Provider>, headers: HeaderMap) -> (StatusCode, Json<Value>) {
    if headers.get(header::AUTHORIZATION).is_none_or(|value| *value != *format!("Bearer {ACCESS_TOKEN}")) {
        return (StatusCode::UNAUTHORIZED, Json(Value::Null));
    }
    let mut person = person();
    person["sub"] = json!(provider.inner().lies.userinfo_sub.unwrap_or("u-1"));
    (StatusCode::OK, Json(person))
}
