//! Runs the cases of rskafka by the conversation of ../foreign.ts: a line in per case, a verdict out.

mod cases;

use std::io::{BufRead, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures::FutureExt;

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// What one run of a case may reach.
#[derive(Clone)]
pub struct Context {
    pub bootstrap: String,
}

impl Context {
    pub fn unique(&self, what: &str) -> String {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        format!("{what}-rs-{}-{count}", std::process::id())
    }

    /// Has the broker ended or started again, and waits until it is.
    pub async fn ask(&self, what: &'static str) {
        tokio::task::spawn_blocking(move || {
            say(&format!("{{\"ask\":{}}}", quoted(what)));
            assert_eq!(heard().as_deref(), Some("done"));
        })
        .await
        .expect("the driver to answer");
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("standard output");
}

fn heard() -> Option<String> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line).expect("standard input");
    (read > 0).then(|| line.trim_end_matches('\n').to_owned())
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for one in text.chars() {
        match one {
            '"' | '\\' => quoted.extend(['\\', one]),
            control if control.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(control))),
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    quoted
}

#[tokio::main]
async fn main() {
    let said = Arc::new(Mutex::new(String::new()));
    let heard_panic = Arc::clone(&said);
    panic::set_hook(Box::new(move |panic| *heard_panic.lock().expect("the last panic") = panic.to_string()));
    let cases = cases::all();
    let names: Vec<String> = cases.iter().map(|(name, _)| quoted(name)).collect();
    say(&format!("{{\"cases\":[{}]}}", names.join(",")));
    while let Some(line) = tokio::task::spawn_blocking(heard).await.expect("standard input") {
        let (bootstrap, name) = line.split_once('\t').expect("a bootstrap address and a case");
        let (_, body) = cases.iter().find(|(known, _)| known == name).expect("a known case");
        let context = Context { bootstrap: bootstrap.to_owned() };
        let ended = AssertUnwindSafe(body(context)).catch_unwind().await;
        let verdict = match ended {
            Ok(()) => String::from("\"ok\":true"),
            Err(_) => format!("\"ok\":false,\"error\":{}", quoted(&said.lock().expect("the last panic"))),
        };
        say(&format!("{{\"case\":{},{verdict}}}", quoted(name)));
    }
}
