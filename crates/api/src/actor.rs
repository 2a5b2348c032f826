//! Who asks: every handler that touches a programme takes a [`Caller`], so none can forget it.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use survey::access::Role;

use crate::app::App;
use crate::problem::{INVALID_HEADER, Problem, UNAUTHENTICATED};

/// The actor behind a request: the bearer of a token, or the public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    name: Option<String>,
    roles: BTreeMap<String, Role>,
}

impl Caller {
    /// Somebody without a token.
    pub fn public() -> Self {
        Self { name: None, roles: BTreeMap::new() }
    }

    /// The bearer of a token, with a role in each of some programmes.
    pub fn bearer(name: String, roles: BTreeMap<String, Role>) -> Self {
        Self { name: Some(name), roles }
    }

    /// Name for the audit: the token's, or `public`.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("public")
    }

    /// Whether no token was presented.
    pub fn is_public(&self) -> bool {
        self.name.is_none()
    }

    /// Whether they have a role in a programme; names of people are told to its members only.
    pub fn is_member(&self, programme: &str) -> bool {
        self.role(programme).is_some()
    }

    /// Role in a programme, if any.
    pub fn role(&self, programme: &str) -> Option<Role> {
        self.roles.get(programme).copied()
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let app = request.app_data::<web::Data<App>>().cloned();
        let header = request.headers().get(header::AUTHORIZATION).cloned();
        Box::pin(async move {
            let Some(header) = header else { return Ok(Self::public()) };
            let text = header.to_str().map_err(|error| {
                Problem::new(INVALID_HEADER, "Authorization holds characters that are not ASCII")
                    .caused_by(error)
            })?;
            let secret = text
                .split_once(' ')
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
                .map(|(_, secret)| secret.trim().to_owned())
                .ok_or_else(|| {
                    Problem::new(INVALID_HEADER, "send the token as \"Authorization: Bearer …\"")
                })?;
            let app = app.ok_or_else(|| Problem::internal("the application is not set up"))?;
            match app.token_bearer(secret).await? {
                Some(caller) => Ok(caller),
                None => Err(Problem::new(
                    UNAUTHENTICATED,
                    "this token is not known here, has expired or was revoked",
                )),
            }
        })
    }
}
