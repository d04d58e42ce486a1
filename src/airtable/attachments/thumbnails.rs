use std::io::{BufReader, Cursor};
use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::super::service::Airtable;
use super::super::store::StoredFile;
use super::facts::{Thumbnail, Thumbnails};
use super::links::Variant;
use crate::platform::files::Error;
use crate::platform::ids::TenantId;

/// An image with more pixels is not decoded.
const MOST_PIXELS: u64 = 50_000_000;
/// Bytes that decoding one may take.
const MOST_MEMORY: u64 = 512 * 1024 * 1024;
/// A thumbnail is no larger than the largest of them could be.
const LARGEST_THUMBNAIL: u64 = 64 * 1024 * 1024;

/// A picture ready to be kept.
struct Made {
    variant: Variant,
    bytes: Vec<u8>,
    media_type: &'static str,
    size: (u32, u32),
}

/// What was found out about an image.
struct Work {
    made: Vec<Made>,
    /// Of these it is its own thumbnail.
    own: Vec<Variant>,
}

impl Variant {
    /// The box that a thumbnail fits into.
    fn bounds(self) -> (u32, u32) {
        match self {
            Self::Original => (u32::MAX, u32::MAX),
            Self::Small => (u32::MAX, 36),
            Self::Large => (512, 512),
            Self::Full => (3000, 3000),
        }
    }

    /// The size that an image has in the box; none is made larger.
    fn fit(self, (width, height): (u32, u32)) -> (u32, u32) {
        let (most_width, most_height) = self.bounds();
        let ratio = f64::min(
            f64::from(most_width) / f64::from(width.max(1)),
            f64::from(most_height) / f64::from(height.max(1)),
        );
        if ratio >= 1.0 {
            return (width, height);
        }
        // Far within the range of u32, for both were.
        let scaled = |side: u32| ((f64::from(side) * ratio).round() as u32).max(1);
        (scaled(width), scaled(height))
    }
}

/// Makes and keeps the thumbnails of an image; none where it cannot be decoded or would take too much memory.
pub(super) async fn make(
    engine: &Airtable,
    tenant: TenantId,
    file: &StoredFile,
) -> Result<Thumbnails, Error> {
    let path = engine.platform.files.path(tenant, file.hash);
    let Some(format) = ImageFormat::from_mime_type(&file.media_type) else {
        return Ok(Thumbnails::new());
    };
    let Ok(_turn) = engine.images.acquire().await else {
        return Ok(Thumbnails::new());
    };
    let done = tokio::task::spawn_blocking(move || work(&path, format)).await;
    // A decoder that panics has met a broken image.
    let Ok(Some(Work { made, own })) = done else {
        return Ok(Thumbnails::new());
    };
    let mut thumbnails = Thumbnails::new();
    let (width, height) = file.dimensions.unwrap_or_default();
    let whole = |side| u32::try_from(side).unwrap_or_default();
    for variant in own {
        let size = (whole(width), whole(height));
        let thumbnail = Thumbnail::new(file.hash, &file.media_type, size);
        thumbnails.insert(variant.as_str().to_owned(), thumbnail);
    }
    for made in made {
        let mut upload = engine
            .platform
            .files
            .begin(tenant, LARGEST_THUMBNAIL)
            .await?;
        upload.write(&made.bytes).await?;
        let hash = upload.keep().await?;
        let thumbnail = Thumbnail::new(hash, made.media_type, made.size);
        thumbnails.insert(made.variant.as_str().to_owned(), thumbnail);
    }
    Ok(thumbnails)
}

fn work(path: &Path, format: ImageFormat) -> Option<Work> {
    let mut work = Work {
        made: Vec::new(),
        own: Vec::new(),
    };
    let (image, stored) = decode(path, format)?;
    // From the largest on, each made of the one before, which costs a fraction of making it of the whole.
    let mut larger = image;
    for variant in [Variant::Full, Variant::Large, Variant::Small] {
        let size = variant.fit((larger.width(), larger.height()));
        if size == stored {
            work.own.push(variant);
            continue;
        }
        if size != (larger.width(), larger.height()) {
            larger = larger.thumbnail_exact(size.0, size.1);
        }
        let (bytes, media_type) = encode(&larger)?;
        work.made.push(Made {
            variant,
            bytes,
            media_type,
            size,
        });
    }
    Some(work)
}

/// The image the right way up, and the size that it has in its file; `None` where it is none or too large.
fn decode(path: &Path, format: ImageFormat) -> Option<(DynamicImage, (u32, u32))> {
    let file = BufReader::new(std::fs::File::open(path).ok()?);
    let mut reader = ImageReader::with_format(file, format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return None;
    }
    let orientation = decoder.orientation().ok()?;
    let mut image = DynamicImage::from_decoder(decoder).ok()?;
    image.apply_orientation(orientation);
    Some((image, (width, height)))
}

/// What may be transparent stays so.
fn encode(image: &DynamicImage) -> Option<(Vec<u8>, &'static str)> {
    let mut bytes = Cursor::new(Vec::new());
    let (format, media_type) = match image.color().has_alpha() {
        true => (ImageFormat::Png, "image/png"),
        false => (ImageFormat::Jpeg, "image/jpeg"),
    };
    let written = match format {
        ImageFormat::Jpeg => DynamicImage::from(image.to_rgb8()).write_to(&mut bytes, format),
        _ => DynamicImage::from(image.to_rgba8()).write_to(&mut bytes, format),
    };
    written.ok()?;
    Some((bytes.into_inner(), media_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbnails_keep_the_shape_and_never_grow() {
        for (size, small, large) in [
            ((1000, 500), (72, 36), (512, 256)),
            ((500, 1000), (18, 36), (256, 512)),
            ((30, 30), (30, 30), (30, 30)),
            ((100_000, 1), (100_000, 1), (512, 1)),
            ((1, 100_000), (1, 36), (1, 512)),
        ] {
            assert_eq!(Variant::Small.fit(size), small);
            assert_eq!(Variant::Large.fit(size), large);
            assert_eq!(Variant::Original.fit(size), size);
        }
    }

    #[test]
    fn an_image_that_is_too_large_is_not_decoded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bomb.png");
        // The head of a picture of 60,000 by 60,000 points, which would take 14 GB.
        let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bomb.extend_from_slice(&60_000_u32.to_be_bytes());
        bomb.extend_from_slice(&60_000_u32.to_be_bytes());
        bomb.extend_from_slice(&[8, 6, 0, 0, 0]);
        bomb.extend_from_slice(&crc(&bomb[12..]).to_be_bytes());
        std::fs::write(&path, bomb).unwrap();
        assert!(work(&path, ImageFormat::Png).is_none());
    }

    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xEDB8_8320 * (crc & 1))
            })
        })
    }
}
