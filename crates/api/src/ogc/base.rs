//! Absolute addresses: clients of OGC APIs join nothing.

use actix_web::HttpRequest;

use crate::app::App;

/// Where this server is, as its clients see it: scheme, host and perhaps a path, without a slash at
/// the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base(String);

impl Base {
    /// The configured address, or else the one the request was sent to.
    pub fn of(app: &App, request: &HttpRequest) -> Self {
        if let Some(address) = app.public_url() {
            return Self(address.trim_end_matches('/').to_owned());
        }
        let connection = request.connection_info();
        Self(format!("{}://{}", connection.scheme(), connection.host()))
    }

    /// The address of a path that begins with a slash.
    pub fn href(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The root of a programme.
    pub fn programme(&self, code: &str) -> String {
        self.href(&format!("/programmes/{code}"))
    }

    /// The address of a collection.
    pub fn collection(&self, code: &str, collection: &str) -> String {
        self.href(&format!("/programmes/{code}/collections/{collection}"))
    }
}
