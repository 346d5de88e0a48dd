//! Which provider of OpenID Connect people can sign in with.

use std::path::PathBuf;

use access::oidc::OidcSettings;
use serde::Deserialize;

use crate::failure::Failure;

/// What was given: `[oidc]` in the settings file.
#[derive(Default, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
#[command(next_help_heading = "OpenID Connect (a provider that people can sign in with)")]
pub struct GivenOidc {
    /// What the provider calls itself, an address: https://id.example.com
    #[arg(
        id = "oidc_issuer",
        long = "oidc-issuer",
        global = true,
        env = "STOCKBOOK_OIDC_ISSUER",
        value_name = "URL"
    )]
    issuer: Option<String>,

    /// What the provider calls this server
    #[arg(
        id = "oidc_client_id",
        long = "oidc-client-id",
        global = true,
        env = "STOCKBOOK_OIDC_CLIENT_ID",
        value_name = "ID"
    )]
    client_id: Option<String>,

    /// File with what the provider knows this server by; or the variable STOCKBOOK_OIDC_CLIENT_SECRET
    #[arg(
        id = "oidc_client_secret_file",
        long = "oidc-client-secret-file",
        global = true,
        env = "STOCKBOOK_OIDC_CLIENT_SECRET_FILE",
        value_name = "FILE"
    )]
    client_secret_file: Option<PathBuf>,

    /// The same itself. Not as a flag, which everybody on the machine could read
    #[arg(skip)]
    client_secret: Option<String>,

    /// By which address browsers reach this server: https://stock.example.com
    #[arg(
        id = "oidc_public_url",
        long = "oidc-public-url",
        global = true,
        env = "STOCKBOOK_OIDC_PUBLIC_URL",
        value_name = "URL"
    )]
    public_url: Option<String>,

    /// What people know the provider as [default: the host of the issuer]
    #[arg(
        id = "oidc_name",
        long = "oidc-name",
        global = true,
        env = "STOCKBOOK_OIDC_NAME",
        value_name = "NAME"
    )]
    name: Option<String>,

    /// Domains whose verified addresses become viewers: example.com,example.org [default: none; only users who were added]
    #[arg(
        id = "oidc_new_viewers",
        long = "oidc-new-viewers",
        global = true,
        env = "STOCKBOOK_OIDC_NEW_VIEWERS",
        value_name = "DOMAINS"
    )]
    new_viewers: Option<String>,
}

/// A provider, checked; what it knows us by may still have to be read.
pub struct Provider {
    settings: OidcSettings,
    client_secret_file: Option<PathBuf>,
}

impl GivenOidc {
    /// With what the file has and flags and environment have not.
    pub(super) fn over(self, below: Self) -> Self {
        Self {
            issuer: self.issuer.or(below.issuer),
            client_id: self.client_id.or(below.client_id),
            client_secret_file: self.client_secret_file.or(below.client_secret_file),
            client_secret: super::variable("STOCKBOOK_OIDC_CLIENT_SECRET").or(below.client_secret),
            public_url: self.public_url.or(below.public_url),
            name: self.name.or(below.name),
            new_viewers: self.new_viewers.or(below.new_viewers),
        }
    }

    /// The settings, if there is an issuer.
    pub(super) fn checked(self) -> Result<Option<Provider>, Failure> {
        let usage = |message: &str| Failure::Usage(format!("OpenID Connect: {message}"));
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        let Some(issuer) = filled(self.issuer) else {
            let texts = [self.client_id, self.client_secret, self.public_url, self.name, self.new_viewers];
            let is_begun = self.client_secret_file.is_some_and(|path| !path.as_os_str().is_empty())
                || texts.into_iter().any(|text| filled(text).is_some());
            return if is_begun { Err(usage("--oidc-issuer is missing")) } else { Ok(None) };
        };
        let client_id = filled(self.client_id).ok_or_else(|| usage("--oidc-client-id is missing"))?;
        let public_url = filled(self.public_url).ok_or_else(|| usage("--oidc-public-url is missing"))?;
        let client_secret = filled(self.client_secret);
        let host =
            issuer.split("://").last().unwrap_or_default().split(['/', ':']).next().unwrap_or_default();
        let name = filled(self.name).unwrap_or_else(|| host.to_owned());
        let domains = self.new_viewers.unwrap_or_default();
        let domains = domains.split(',').map(str::trim).filter(|domain| !domain.is_empty());
        let new_viewers: Vec<String> = domains.map(str::to_owned).collect();
        if let Some(other) =
            new_viewers.iter().find(|domain| domain.contains(['@', '*', ' ']) || !domain.contains('.'))
        {
            return Err(usage(&format!("--oidc-new-viewers: {other} is no domain such as example.com")));
        }
        let settings = OidcSettings { issuer, client_id, client_secret, public_url, name, new_viewers };
        Ok(Some(Provider { settings, client_secret_file: self.client_secret_file }))
    }
}

impl Provider {
    /// With the secret, which only whoever serves has to be able to read.
    pub async fn with_secret(&self) -> Result<OidcSettings, Failure> {
        let settings = self.settings.clone();
        let Some(path) = &self.client_secret_file else { return Ok(settings) };
        let failed =
            |what: &str| Failure::Usage(format!("OpenID Connect: cannot read {}: {what}", path.display()));
        let text = tokio::fs::read_to_string(path).await.map_err(|error| failed(&error.to_string()))?;
        match text.trim_end_matches(['\r', '\n']) {
            "" => Err(failed("it is empty")),
            secret => Ok(OidcSettings { client_secret: Some(secret.to_owned()), ..settings }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn given() -> GivenOidc {
        GivenOidc {
            issuer: Some("https://id.example.com:8443/realms/a".into()),
            client_id: Some("stockbook".into()),
            public_url: Some("https://stock.example.com".into()),
            ..GivenOidc::default()
        }
    }

    #[test]
    fn a_provider_is_set_whole_or_not_at_all() {
        assert!(matches!(GivenOidc::default().checked(), Ok(None)));
        let Ok(Some(Provider { settings, .. })) = given().checked() else { panic!("refused") };
        assert_eq!(
            (settings.name.as_str(), settings.client_secret, settings.new_viewers.len()),
            ("id.example.com", None, 0)
        );
        let text = || Some("stock.example.com".to_owned());
        for begun in [
            GivenOidc { client_id: text(), ..GivenOidc::default() },
            GivenOidc { client_secret_file: Some("/secret".into()), ..GivenOidc::default() },
            GivenOidc { client_secret: text(), ..GivenOidc::default() },
            GivenOidc { public_url: text(), ..GivenOidc::default() },
            GivenOidc { name: text(), ..GivenOidc::default() },
            GivenOidc { new_viewers: text(), issuer: Some(String::new()), ..GivenOidc::default() },
        ] {
            let Err(failure) = begun.checked() else { panic!("taken without an issuer") };
            assert!(failure.to_string().contains("--oidc-issuer is missing"), "{failure}");
        }
        for (without, missing) in [
            (GivenOidc { client_id: None, ..given() }, "--oidc-client-id is missing"),
            (GivenOidc { public_url: Some(String::new()), ..given() }, "--oidc-public-url is missing"),
            (GivenOidc { new_viewers: Some("*".into()), ..given() }, "--oidc-new-viewers"),
            (
                GivenOidc { new_viewers: Some("example.com,@example.org".into()), ..given() },
                "--oidc-new-viewers",
            ),
        ] {
            let Err(failure) = without.checked() else { panic!("taken without: {missing}") };
            assert!(failure.to_string().contains(missing), "{failure}");
        }
    }

    #[tokio::test]
    async fn a_secret_is_read_from_its_file_without_the_end_of_its_line() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(b"s3cret \n").expect("written");
        let new_viewers = Some(" example.com, example.org,".to_owned());
        let given = GivenOidc { client_secret_file: Some(file.path().into()), new_viewers, ..given() };
        let Ok(Some(provider)) = given.checked() else { panic!("refused") };
        let Ok(settings) = provider.with_secret().await else { panic!("it cannot be read") };
        assert_eq!(settings.client_secret.as_deref(), Some("s3cret "));
        assert_eq!(settings.new_viewers, ["example.com", "example.org"]);
        for wrong in ["/nowhere/at all", "/dev/null"] {
            let provider =
                Provider { client_secret_file: Some(wrong.into()), settings: provider.settings.clone() };
            let Err(failure) = provider.with_secret().await else { panic!("read: {wrong}") };
            assert!(failure.to_string().contains(wrong), "{failure}");
        }
    }
}
