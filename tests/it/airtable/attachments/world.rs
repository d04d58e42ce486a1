use pyairtable::platform::durable::Kernel;
use pyairtable::platform::settings::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Actor, Answer};
use crate::v0::fixture::Fixture;

/// How links begin: the address of the settings, which is not the one that a test's instance listens on.
const SITE: &str = "http://127.0.0.1:8080";
const BOUNDARY: &str = "a-boundary-of-the-test";

/// An instance whose `Tasks` have a field of attachments, and whose runs only the test drives.
pub(crate) struct World {
    pub(crate) fixture: Fixture,
    pub(crate) field: String,
    kernel: Kernel,
}

/// A part of a form.
pub(crate) struct Part<'a> {
    pub(crate) name: &'a str,
    pub(crate) filename: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) bytes: &'a [u8],
}

impl<'a> Part<'a> {
    pub(crate) fn file(filename: &'a str, content_type: &'a str, bytes: &'a [u8]) -> Self {
        Self {
            name: "file",
            filename,
            content_type,
            bytes,
        }
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with_settings(|_| {}).await
    }

    pub(crate) async fn with_settings(change: impl FnOnce(&mut Settings)) -> Self {
        let fixture = Fixture::with_settings(|settings| {
            settings.durable.workers = 0;
            settings.outbound.allow_private = vec!["127.0.0.0/8".parse().unwrap()];
            change(settings);
        })
        .await;
        let files = json!({"name": "Files", "type": "multipleAttachments", "options": {}});
        let made = fixture.add_field(files).await.expect(200).json;
        Self {
            field: made["id"].as_str().unwrap().to_owned(),
            kernel: fixture.app.kernel(),
            fixture,
        }
    }

    /// The owner has a key, which outlives a session, from here on.
    pub(crate) async fn for_months(mut self) -> Self {
        let scopes = [
            "data.records:read",
            "data.records:write",
            "schema.bases:read",
        ];
        self.fixture.owner = self.fixture.app.key(self.owner(), &scopes).await;
        self
    }

    pub(crate) fn owner(&self) -> &Actor {
        &self.fixture.owner
    }

    /// A record with these attachments.
    pub(crate) async fn record(&self, files: Value) -> String {
        let fields = json!({"Name": "A", "Files": files});
        self.fixture.create("Tasks", fields).await
    }

    /// The attachments of a record.
    pub(crate) async fn files(&self, record: &str) -> Vec<Value> {
        let record = self.fixture.get("Tasks", record).await;
        let files = record["fields"]["Files"].as_array();
        files.cloned().unwrap_or_default()
    }

    pub(crate) async fn set(&self, record: &str, files: Value) -> Answer {
        let path = self.fixture.path(&format!("Tasks/{record}"));
        let body = json!({"fields": {"Files": files}});
        self.owner().patch(&path, body).await
    }

    /// Does all that is due.
    pub(crate) async fn run(&self) {
        while self.kernel.run_due().await.unwrap() > 0 {}
    }

    pub(crate) fn upload_path(&self, table: &str, record: &str, field: &str) -> String {
        let base = &self.fixture.base;
        format!("/api/airtable/bases/{base}/tables/{table}/records/{record}/attachments/{field}")
    }

    pub(crate) async fn upload(&self, record: &str, parts: &[Part<'_>]) -> Answer {
        let path = self.upload_path("Tasks", record, &self.field);
        self.upload_to(self.owner(), &path, parts).await
    }

    pub(crate) async fn upload_to(&self, actor: &Actor, path: &str, parts: &[Part<'_>]) -> Answer {
        let request = actor.request(Method::POST, path);
        let request = request
            .header("content-type", form_type())
            .body(form(parts));
        actor.send(request).await
    }

    /// Follows a link, which needs no credential.
    pub(crate) async fn follow(&self, url: &Value) -> Answer {
        self.follow_with(url, &[]).await
    }

    pub(crate) async fn follow_with(&self, url: &Value, headers: &[(&str, &str)]) -> Answer {
        let anonymous = self.fixture.app.anonymous();
        let mut request = anonymous.request(Method::GET, path_of(url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        anonymous.send(request).await
    }

    /// Files in the store, of whatever tenant.
    pub(crate) fn stored(&self) -> usize {
        count(&self.fixture.app.data_dir().join("files"))
    }
}

fn count(folder: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .map(|path| if path.is_dir() { count(&path) } else { 1 })
        .sum()
}

pub(crate) fn form_type() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

pub(crate) fn form(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(&head_of(part));
        body.extend_from_slice(part.bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

/// What comes before the bytes of a part.
pub(crate) fn head_of(part: &Part<'_>) -> Vec<u8> {
    format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
        part.name, part.filename, part.content_type
    )
    .into_bytes()
}

/// The path of a link of the instance.
pub(crate) fn path_of(url: &Value) -> &str {
    let url = url.as_str().expect("a link");
    url.strip_prefix(SITE).unwrap_or_else(|| panic!("{url}"))
}

/// A picture of this size in which every point has another colour.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let color = |x: u32, y: u32| image::Rgb([(x % 256) as u8, (y % 256) as u8, 7]);
    let picture = image::RgbImage::from_fn(width, height, color);
    let mut bytes = std::io::Cursor::new(Vec::new());
    let format = image::ImageFormat::Png;
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}
