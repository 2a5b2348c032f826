//! A client of HTTP servers.

use std::io::Read;
use std::time::Duration;

use serde_json::Value;

use crate::Outcome;

/// How long an answer may take before the run ends.
const PATIENCE: Duration = Duration::from_secs(300);

/// A client with a connection of its own, which stays open.
#[derive(Debug)]
pub struct Client {
    agent: ureq::Agent,
}

impl Client {
    pub fn new() -> Self {
        let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build();
        Self { agent: ureq::Agent::new_with_config(config) }
    }

    /// The answer to a GET, read to the end.
    pub fn get(&self, url: &str) -> Outcome<Vec<u8>> {
        let mut body = Vec::new();
        self.agent.get(url).call()?.into_body().into_reader().read_to_end(&mut body)?;
        Ok(body)
    }

    /// Reads the answer to a GET to the end, and keeps nothing of it.
    pub fn read(&self, url: &str) -> Outcome<u64> {
        let mut body = self.agent.get(url).call()?.into_body().into_reader();
        Ok(std::io::copy(&mut body, &mut std::io::sink())?)
    }

    /// As [`Self::get`], and how long the server says that it worked on the answer.
    pub fn get_timed(&self, url: &str) -> Outcome<(Vec<u8>, Duration)> {
        let answer = self.agent.get(url).call()?;
        let told = answer.headers().get("server-timing").ok_or("no time was told")?;
        let number =
            told.to_str()?.rsplit_once("dur=").ok_or("no time was told")?.1.parse::<f64>()?;
        let mut body = Vec::new();
        answer.into_body().into_reader().read_to_end(&mut body)?;
        Ok((body, Duration::from_secs_f64(number / 1e3)))
    }

    /// Sends a feature and waits until it is recorded.
    pub fn send(&self, url: &str, token: &str, feature: &str) -> Outcome<()> {
        let post = self.agent.post(url).header("Authorization", format!("Bearer {token}"));
        let answer = post.header("Content-Type", "application/geo+json").send(feature)?;
        answer.into_body().into_reader().read_to_end(&mut Vec::new())?;
        Ok(())
    }

    /// A page of a listing: how many items it holds, and the link to the next.
    pub fn page(&self, url: &str) -> Outcome<(u64, Option<String>)> {
        let body = self.get(url)?;
        Ok((returned(&body)?, next_page(&body)))
    }
}

/// What a page says it holds.
pub fn returned(body: &[u8]) -> Outcome<u64> {
    let text = str::from_utf8(body)?;
    let said = text.rsplit_once("\"numberReturned\":").map(|(_, rest)| rest.trim_start());
    let digits = said.and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
    digits.and_then(|it| it.parse().ok()).ok_or_else(|| "a page without numberReturned".into())
}

/// The link to the next page. Only the object around the relation is parsed, since reading whole
/// pages would take the client longer than some servers.
fn next_page(body: &[u8]) -> Option<String> {
    let text = str::from_utf8(body).ok()?;
    let at = ["\"rel\":\"next\"", "\"rel\": \"next\""].iter().find_map(|it| text.find(it))?;
    let (start, end) = (text[..at].rfind('{')?, at + text[at..].find('}')?);
    let link: Value = serde_json::from_str(&text[start..=end]).ok()?;
    link["href"].as_str().map(str::to_owned)
}
