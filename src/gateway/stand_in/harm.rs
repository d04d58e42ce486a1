use std::any::Any;
use std::io;
use std::net::TcpStream;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody, SizedStream};
use actix_web::dev::Extensions;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use futures_util::stream;
use serde_json::json;

use crate::platform::clock::{Clock, Millis};

/// Parts of a second in which a slow answer comes.
const DRIPS: u32 = 10;
/// The clock may be moved while somebody waits for it.
const LOOK: Millis = 10;

/// A second hand on a connection, by which it can be broken.
struct Line(TcpStream);

/// Keeps a hand on a new connection.
pub(super) fn hold(connection: &dyn Any, data: &mut Extensions) {
    let stream = connection.downcast_ref::<tokio::net::TcpStream>();
    if let Some(line) = stream.and_then(second_hand) {
        data.insert(Line(line));
    }
}

#[cfg(unix)]
fn second_hand(stream: &tokio::net::TcpStream) -> Option<TcpStream> {
    use std::os::fd::AsFd;

    let hand = stream.as_fd().try_clone_to_owned();
    hand.ok().map(TcpStream::from)
}

#[cfg(not(unix))]
fn second_hand(_: &tokio::net::TcpStream) -> Option<TcpStream> {
    None
}

/// Waits until the clock shows this time, or until it is over before.
pub(super) async fn wait_until(clock: &Clock, time: Millis, is_over: impl Fn() -> bool) {
    loop {
        let left = time - clock.now();
        if left <= 0 || is_over() {
            return;
        }
        let step = u64::try_from(left.min(LOOK)).unwrap_or_default();
        tokio::time::sleep(Duration::from_millis(step)).await;
    }
}

/// An answer that breaks the connection before its first byte.
pub(super) fn reset(request: &HttpRequest) -> HttpResponse {
    if let Some(Line(line)) = request.conn_data::<Line>() {
        // Without lingering, the end of a connection is a reset instead of a farewell.
        let hand = line.try_clone().and_then(tokio::net::TcpStream::from_std);
        if let Err(error) = hand.and_then(|hand| hand.set_zero_linger()) {
            tracing::warn!(%error, "stand_in.no_reset");
        }
    }
    HttpResponse::Ok().body(Broken)
}

/// A body whose first part is an error, so that nothing is sent and the connection ends.
struct Broken;

impl MessageBody for Broken {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, io::Error>>> {
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))
    }
}

/// A body that comes in drips.
pub(super) fn slow(body: Bytes, bytes_per_second: u32, clock: Clock) -> BoxBody {
    let drip = (bytes_per_second / DRIPS).max(1) as usize;
    let began = clock.now();
    let length = body.len() as u64;
    let drips = stream::unfold((clock, 0_usize), move |(clock, sent)| {
        let body = body.clone();
        async move {
            if sent >= body.len() {
                return None;
            }
            let due = sent as u64 * 1000 / u64::from(bytes_per_second);
            wait_until(
                &clock,
                began + Millis::try_from(due).unwrap_or(Millis::MAX / 2),
                || false,
            )
            .await;
            let end = (sent + drip).min(body.len());
            Some((Ok::<_, io::Error>(body.slice(sent..end)), (clock, end)))
        }
    });
    SizedStream::new(length, Box::pin(drips)).boxed()
}

/// An answer that ends in the middle.
pub(super) fn cut(body: &Bytes) -> Bytes {
    body.slice(..body.len() / 2)
}

/// What Airtable's servers, and those before them, answer with an error status.
pub(super) fn status(code: u16) -> HttpResponse {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (kind, message) = match code {
        429 => return too_many(),
        500 => ("SERVER_ERROR", None),
        502 => {
            let page = "<html><head><title>502 Bad Gateway</title></head></html>";
            return HttpResponse::BadGateway()
                .content_type("text/html")
                .body(page);
        }
        503 => (
            "RETRIABLE_ERROR",
            Some(
                "Server encountered an error while processing your request, and it is safe to retry the request",
            ),
        ),
        _ => (
            "INVALID_REQUEST",
            Some("The stand-in refuses this as its fault plan says"),
        ),
    };
    let mut body = json!({"error": {"type": kind}});
    if let Some(message) = message {
        body["error"]["message"] = message.into();
    }
    HttpResponse::build(status).json(body)
}

/// The answer to one request too many.
pub(super) fn too_many() -> HttpResponse {
    let message = "Rate limit exceeded. Please try again later";
    HttpResponse::TooManyRequests()
        .json(json!({"error": {"type": "RATE_LIMIT_REACHED", "message": message}}))
}
