//! Pages for people who open an address of the interface in a browser: complete in themselves,
//! without scripts, fetching nothing.

use std::fmt::Write;

use actix_web::HttpResponseBuilder;
use actix_web::http::header;
use serde_json::Value;

use super::answer::HTML;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;\
                     padding:0 1rem;color:#1a1a1a}table{border-collapse:collapse;width:100%}\
                     th,td{border-bottom:1px solid #ccc;padding:.3rem .6rem;text-align:left;\
                     vertical-align:top;overflow-wrap:anywhere}th{font-weight:600}\
                     nav{margin:0 0 1rem}a{color:#0b57a4}.wide{overflow-x:auto}\
                     @media(prefers-color-scheme:dark){body{background:#16181c;color:#e8e8e8}\
                     a{color:#8ab8ff}th,td{border-color:#444}}";

/// Longest list shown in a cell; the document itself has all of it.
const LIST_MAX: usize = 1_000;

/// What a page declares: that it runs nothing and fetches nothing.
pub fn headers(answer: &mut HttpResponseBuilder) -> &mut HttpResponseBuilder {
    answer.content_type(HTML).insert_header((
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    ))
}

/// Text with the characters that mean something in HTML replaced.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://") || text.starts_with('/')
}

/// A document as a page: its links first, features as a table, everything else as it is nested.
pub fn page(title: &str, document: &Value) -> String {
    let title = escaped(title);
    let mut body = String::new();
    if let Some(links) = document["links"].as_array() {
        body.push_str("<nav aria-label=\"links\"><ul>");
        for link in links {
            let href = link["href"].as_str().unwrap_or_default();
            let name = link["title"].as_str().or(link["rel"].as_str()).unwrap_or(href);
            let kind = link["type"].as_str().unwrap_or_default();
            write_all(
                &mut body,
                format_args!(
                    "<li><a href=\"{}\">{}</a> <small>{}</small></li>",
                    escaped(href),
                    escaped(name),
                    escaped(kind)
                ),
            );
        }
        body.push_str("</ul></nav>");
    }
    match document["features"].as_array() {
        Some(features) => features_table(&mut body, features),
        None => value(&mut body, &without_links(document)),
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main><h1>{title}</h1>{body}\
         <p><small>Absence of a record does not mean absence of a hazard.</small></p>\
         </main></body></html>\n"
    )
}

fn without_links(document: &Value) -> Value {
    let mut document = document.clone();
    if let Some(members) = document.as_object_mut() {
        members.remove("links");
    }
    document
}

fn write_all(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _infallible = out.write_fmt(text);
}

fn features_table(out: &mut String, features: &[Value]) {
    let mut names: Vec<&str> = Vec::new();
    for feature in features {
        for name in feature["properties"].as_object().into_iter().flat_map(|it| it.keys()) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
    }
    out.push_str("<div class=\"wide\"><table><thead><tr><th scope=\"col\">id</th>");
    for name in &names {
        write_all(out, format_args!("<th scope=\"col\">{}</th>", escaped(name)));
    }
    out.push_str("</tr></thead><tbody>");
    for feature in features {
        let id = feature["id"].as_str().unwrap_or_default();
        let href = feature["href"].as_str().unwrap_or_default();
        write_all(
            out,
            format_args!(
                "<tr><th scope=\"row\"><a href=\"{}\">{}</a></th>",
                escaped(href),
                escaped(id)
            ),
        );
        for name in &names {
            out.push_str("<td>");
            match &feature["properties"][name] {
                Value::Null => {}
                other => value(out, other),
            }
            out.push_str("</td>");
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
}

fn value(out: &mut String, of: &Value) {
    match of {
        Value::Null => out.push('–'),
        Value::Bool(flag) => write_all(out, format_args!("{flag}")),
        Value::Number(number) => write_all(out, format_args!("{number}")),
        Value::String(text) if is_address(text) => {
            let text = escaped(text);
            write_all(out, format_args!("<a href=\"{text}\">{text}</a>"));
        }
        Value::String(text) => out.push_str(&escaped(text)),
        Value::Array(several) if several.iter().all(Value::is_number) => {
            let numbers: Vec<String> =
                several.iter().take(LIST_MAX).map(Value::to_string).collect();
            out.push_str(&numbers.join(", "));
        }
        Value::Array(several) => {
            out.push_str("<ul>");
            for one in several.iter().take(LIST_MAX) {
                out.push_str("<li>");
                value(out, one);
                out.push_str("</li>");
            }
            out.push_str("</ul>");
        }
        Value::Object(members) => {
            out.push_str("<table>");
            for (name, member) in members {
                write_all(out, format_args!("<tr><th scope=\"row\">{}</th><td>", escaped(name)));
                value(out, member);
                out.push_str("</td></tr>");
            }
            out.push_str("</table>");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_people_typed_is_shown_and_never_run() {
        let hostile = "<script>alert(1)</script>\" onclick='x'";
        let document = json!({
            "links": [{ "rel": hostile, "href": hostile }],
            "features": [{ "id": hostile, "href": "/x", "properties": { hostile: hostile } }],
        });
        let page = page(hostile, &document);
        assert!(!page.contains("<script") && !page.contains("onclick='"), "{page}");
    }
}
