use std::ops::Range;

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    self, ByteRangeSpec, Charset, ContentDisposition, DispositionParam, DispositionType,
    ExtendedValue, Header, HeaderValue,
};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;

use super::Engine;
use super::error::problem;
use crate::airtable::attachments::{BadLink, Target, is_shown_inline};
use crate::airtable::service_attachments::{Linked, not_kept};
use crate::contracts::{BaseError, BaseErrorKind};
use crate::platform::ids::{AttachmentId, BaseId, TenantId};
use crate::platform::problem::Problem;

/// Nothing in a file may run, whatever it is.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

/// The parts of a link.
#[derive(Deserialize)]
struct Link {
    tenant: TenantId,
    base: BaseId,
    attachment: AttachmentId,
    variant: String,
    expires: i64,
    signature: String,
}

/// Answers the file that a signed link leads to; no other credential is asked for.
#[utoipa::path(
    tag = "files",
    path = "/{tenant}/{base}/{attachment}/{variant}/{expires}/{signature}/{name}",
    params(
        ("tenant" = String, Path, description = "Whose file it is"),
        ("base" = String, Path, description = "Base id"),
        ("attachment" = String, Path, description = "Attachment id"),
        ("variant" = String, Path, description = "`original`, `small`, `large` or `full`"),
        ("expires" = i64, Path, description = "When the link ends, in seconds since 1970"),
        ("signature" = String, Path, description = "What makes the link valid"),
        ("name" = String, Path, description = "The name of the file, for people"),
        ("Range" = Option<String>, Header, description = "One range of bytes"),
    ),
    security(()),
    responses(
        (status = 200, description = "The file", content_type = "application/octet-stream"),
        (status = 206, description = "The range asked for", content_type = "application/octet-stream"),
        (status = 304, description = "It is as the caller has it"),
        (status = 403, description = "The link was not made here, or has been changed", body = crate::platform::problem::ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "The attachment or its file is gone", body = crate::platform::problem::ProblemDocument, content_type = "application/problem+json"),
        (status = 410, description = "The link has ended", body = crate::platform::problem::ProblemDocument, content_type = "application/problem+json"),
        (status = 416, description = "The range is outside of the file", body = crate::platform::problem::ProblemDocument, content_type = "application/problem+json"),
    )
)]
#[get("/{tenant}/{base}/{attachment}/{variant}/{expires}/{signature}/{name:.*}")]
pub(super) async fn find_file(
    engine: Engine,
    link: Path<Link>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let link = link.into_inner();
    let target = Target {
        tenant: link.tenant,
        base: link.base,
        attachment: link.attachment,
        variant: link.variant.parse().map_err(|()| forged())?,
        expires: link.expires,
    };
    let checked = engine.signer.check(&target, &link.signature, engine.now());
    checked.map_err(|bad| match bad {
        BadLink::Forged => forged(),
        BadLink::Expired => ended(),
    })?;
    let file = engine.linked_file(&target).await.map_err(gone)?;
    let seconds = target.expires - engine.now() / 1000;
    answer(&engine, &target, file, seconds, &request).await
}

async fn answer(
    engine: &Engine,
    target: &Target,
    file: Linked,
    seconds: i64,
    request: &HttpRequest,
) -> Result<HttpResponse, Problem> {
    let tag = format!("\"{}\"", file.hash);
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::ETAG, tag.clone()))
        .insert_header((header::CACHE_CONTROL, format!("private, max-age={seconds}")))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        // Ranges are of the file as it is, and most files are compressed already.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(disposition(&file));
    if has_tag(request, header::IF_NONE_MATCH, &tag) {
        return Ok(response.status(StatusCode::NOT_MODIFIED).finish());
    }
    let stored = engine.platform.files.open(target.tenant, file.hash).await;
    let blob = stored.map_err(|error| match error {
        crate::platform::files::Error::Missing => lost(),
        error => problem(not_kept(error)),
    })?;
    let size = blob.size();
    let range = match asked_range(request, &tag, size) {
        Asked::Whole => 0..size,
        Asked::Part(range) => {
            let told = format!("bytes {}-{}/{size}", range.start, range.end - 1);
            response.status(StatusCode::PARTIAL_CONTENT);
            response.insert_header((header::CONTENT_RANGE, told));
            range
        }
        Asked::Outside => return Err(outside(size)),
    };
    let length = range.end - range.start;
    let body = blob.read(range).await;
    let body = body.map_err(|error| problem(not_kept(error)))?;
    let media_type = HeaderValue::try_from(file.media_type);
    let unknown = HeaderValue::from_static("application/octet-stream");
    response.insert_header((header::CONTENT_TYPE, media_type.unwrap_or(unknown)));
    Ok(response.body(SizedStream::new(length, body)))
}

/// What a request wants of a file.
enum Asked {
    Whole,
    Part(Range<u64>),
    Outside,
}

/// Several ranges at once, and those of another version, are answered with the whole file.
fn asked_range(request: &HttpRequest, tag: &str, size: u64) -> Asked {
    let headers = request.headers();
    let is_other =
        headers.contains_key(header::IF_RANGE) && !has_tag(request, header::IF_RANGE, tag);
    if !headers.contains_key(header::RANGE) || is_other {
        return Asked::Whole;
    }
    let Ok(header::Range::Bytes(ranges)) = header::Range::parse(request) else {
        return Asked::Whole;
    };
    let [range] = &ranges[..] else {
        return Asked::Whole;
    };
    if matches!(range, ByteRangeSpec::FromTo(from, to) if to < from) {
        return Asked::Whole;
    }
    match range.to_satisfiable_range(size) {
        Some((first, last)) => Asked::Part(first..last + 1),
        None => Asked::Outside,
    }
}

fn has_tag(request: &HttpRequest, name: header::HeaderName, tag: &str) -> bool {
    let values = request.headers().get_all(name);
    let mut tags = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    tags.any(|one| matches!(one.trim(), "*") || one.trim().trim_start_matches("W/") == tag)
}

/// Only images are shown in a page; whatever else might do harm there is only ever saved.
fn disposition(file: &Linked) -> ContentDisposition {
    let disposition = match is_shown_inline(&file.media_type) {
        true => DispositionType::Inline,
        false => DispositionType::Attachment,
    };
    let is_plain = |character: &char| {
        character.is_ascii_graphic() && !matches!(character, '"' | '\\' | '%') || *character == ' '
    };
    let plain: String = file.filename.chars().filter(is_plain).collect();
    let mut parameters = Vec::new();
    if !plain.trim().is_empty() {
        parameters.push(DispositionParam::Filename(plain.clone()));
    }
    if plain != file.filename {
        parameters.push(DispositionParam::FilenameExt(ExtendedValue {
            charset: Charset::Ext("UTF-8".to_owned()),
            language_tag: None,
            value: file.filename.clone().into_bytes(),
        }));
    }
    ContentDisposition {
        disposition,
        parameters,
    }
}

fn forged() -> Problem {
    let title = "This link is not one of this instance";
    Problem::new(StatusCode::FORBIDDEN, "link_not_valid", title)
        .next("Take the link as the record has it, whole and unchanged")
}

fn ended() -> Problem {
    let title = "This link has ended";
    Problem::new(StatusCode::GONE, "link_expired", title)
        .next("Read the record again for a fresh link")
}

fn lost() -> Problem {
    Problem::not_found()
        .detail("The attachment is there, but its file is not in this instance's folder")
        .next("Tell the operator: all instances must share files.folder, and a backup must have it")
}

fn gone(error: BaseError) -> Problem {
    match error.kind {
        BaseErrorKind::NotFoundOrForbidden => Problem::not_found()
            .detail("The attachment or its file is gone")
            .next("Read the record again"),
        _ => problem(error),
    }
}

fn outside(size: u64) -> Problem {
    let title = "The range is outside of the file";
    Problem::new(
        StatusCode::RANGE_NOT_SATISFIABLE,
        "range_not_satisfiable",
        title,
    )
    .detail(format!("The file has {size} bytes"))
    .next("Ask for bytes that it has")
}
