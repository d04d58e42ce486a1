use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use pyairtable::contracts::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::world::{Part, World, form, form_type, png};

const TEXT: &[u8] = b"Two planks, one saw.\n";

impl World {
    /// Uploads as Airtable's clients do.
    async fn send(&self, record: &str, body: Value) -> crate::support::Answer {
        let path = self
            .fixture
            .path(&format!("{record}/Files/uploadAttachment"));
        self.owner().post(&path, body).await
    }
}

fn note(file: &str) -> Value {
    json!({"contentType": "text/plain", "filename": "note.txt", "file": file})
}

#[tokio::test]
async fn what_is_uploaded_is_stored_and_served() {
    let world = World::new().await;
    let record = world.record(json!([])).await;
    let parts = [
        Part::file("planks.txt", "text/plain", TEXT),
        Part::file("second.txt", "text/plain", b"second"),
    ];
    let made = world.upload(&record, &parts).await.expect(201).json;
    assert!(made["change_set_id"].is_string());
    let files = made["records"][0]["fields"][&world.field].clone();
    assert_eq!(files.as_array().unwrap().len(), 2);
    assert_eq!(files[0]["filename"], "planks.txt");
    assert_eq!(files[0]["size"], TEXT.len());
    assert_eq!(files[0]["type"], "text/plain");
    assert_eq!(Value::from(world.files(&record).await), files);
    let served = world.follow(&files[0]["url"]).await.expect(200);
    assert_eq!(served.text.as_bytes(), TEXT);
    assert_eq!(served.header("content-type"), "text/plain");
    // A second upload adds to the cell.
    let third = [Part::file("third.txt", "text/plain", b"third")];
    world.upload(&record, &third).await.expect(201);
    let names: Vec<Value> = world.files(&record).await;
    assert_eq!(names.len(), 3);
    assert_eq!(
        (&names[0]["id"], &names[2]["filename"]),
        (&files[0]["id"], &json!("third.txt"))
    );
}

#[tokio::test]
async fn airtables_clients_upload_in_base64_with_line_breaks() {
    let world = World::new().await;
    let record = world.record(json!([])).await;
    let mut file = BASE64_STANDARD.encode(TEXT.repeat(20));
    file.insert(76, '\n');
    let made = world.send(&record, note(&file)).await.expect(200).json;
    let fields = made["fields"].as_object().unwrap();
    assert_eq!(fields.keys().collect::<Vec<_>>(), [&world.field]);
    assert_eq!(made["id"], record);
    let files = &fields[&world.field];
    assert_eq!(files[0]["filename"], "note.txt");
    assert_eq!(files[0]["size"], TEXT.len() * 20);
    let served = world.follow(&files[0]["url"]).await.expect(200);
    assert_eq!(served.text.as_bytes(), TEXT.repeat(20));
    let path = world
        .fixture
        .path(&format!("{record}/{}/uploadAttachment", world.field));
    let again = world.owner().post(&path, note(&file)).await.expect(200);
    assert_eq!(
        again.json["fields"][&world.field].as_array().unwrap().len(),
        2
    );
    assert_eq!(world.stored(), 1, "the same bytes are kept once");
}

#[tokio::test]
async fn a_wrong_upload_by_airtables_way_says_what_is_wrong_and_keeps_nothing() {
    let world = World::new().await;
    let record = world.record(json!([])).await;
    let kind = |answer: &crate::support::Answer| answer.json["error"]["type"].clone();
    let wrong = world.send(&record, note("no base64!")).await.expect(422);
    assert_eq!(kind(&wrong), "INVALID_REQUEST_UNKNOWN");
    assert!(wrong.text.contains("base64"), "{}", wrong.text);
    let wrong = world
        .send(&record, json!({"filename": "a"}))
        .await
        .expect(422);
    assert_eq!(kind(&wrong), "INVALID_REQUEST_UNKNOWN");
    let large = BASE64_STANDARD.encode(vec![7; 5 * 1024 * 1024 + 1]);
    let wrong = world.send(&record, note(&large)).await.expect(413);
    assert_eq!(kind(&wrong), "REQUEST_TOO_LARGE");
    let path = world
        .fixture
        .path(&format!("{record}/Name/uploadAttachment"));
    let wrong = world.owner().post(&path, note("aGk=")).await.expect(422);
    assert_eq!(kind(&wrong), "INVALID_VALUE_FOR_COLUMN");
    let path = world
        .fixture
        .path(&format!("{record}/Nope/uploadAttachment"));
    let wrong = world.owner().post(&path, note("aGk=")).await.expect(422);
    assert_eq!(kind(&wrong), "UNKNOWN_FIELD_NAME");
    let path = world
        .fixture
        .path("rec00000000000000/Files/uploadAttachment");
    world.owner().post(&path, note("aGk=")).await.expect(403);
    assert_eq!((world.files(&record).await.len(), world.stored()), (0, 0));
}

#[tokio::test]
async fn only_who_may_write_records_uploads_and_nothing_is_read_of_the_others() {
    let world = World::new().await;
    let record = world.record(json!([])).await;
    let path = world.upload_path("Tasks", &record, "Files");
    let part = [Part::file("a.txt", "text/plain", TEXT)];
    let reader = world.fixture.app.member(world.owner(), Role::Viewer).await;
    let refused = world.upload_to(&reader, &path, &part).await;
    refused.expect_problem(403, "forbidden");
    let key = world
        .fixture
        .app
        .key(world.owner(), &["data.records:read"])
        .await;
    world
        .upload_to(&key, &path, &part)
        .await
        .expect_problem(404, "not_found");
    let stranger = world.fixture.app.other_tenant().await;
    let refused = world.upload_to(&stranger, &path, &part).await;
    refused.expect_problem(404, "not_found");
    let refused = world
        .upload_to(&world.fixture.app.anonymous(), &path, &part)
        .await;
    refused.expect_problem(401, "unauthenticated");
    assert_eq!(world.stored(), 0);
}

#[tokio::test]
async fn a_form_must_name_its_files() {
    let world = World::new().await;
    let record = world.record(json!([])).await;
    world
        .upload(&record, &[])
        .await
        .expect_problem(422, "invalid_request");
    let other = Part {
        name: "attachment",
        ..Part::file("a.txt", "text/plain", TEXT)
    };
    world
        .upload(&record, &[other])
        .await
        .expect_problem(422, "invalid_request");
    let nameless = [Part::file("", "text/plain", TEXT)];
    world
        .upload(&record, &nameless)
        .await
        .expect_problem(422, "invalid_request");
    let path = world.upload_path("Tasks", &record, "Files");
    let json = world.owner().post(&path, json!({})).await;
    json.expect_problem(415, "unsupported_media_type");
    let path = world.upload_path("Tasks", &record, "Name");
    let part = [Part::file("a.txt", "text/plain", TEXT)];
    let refused = world.upload_to(world.owner(), &path, &part).await;
    refused.expect_problem(422, "invalid_request");
    let part = [Part::file("../../etc/passwd", "text/plain", TEXT)];
    world.upload(&record, &part).await.expect(201);
    assert_eq!(world.files(&record).await[0]["filename"], "passwd");
}

#[tokio::test]
async fn the_same_upload_with_its_key_is_done_once() {
    let world = World::new().await;
    let record = world.record(json!([])).await;
    let path = world.upload_path("Tasks", &record, "Files");
    let send = async |bytes: &[u8]| {
        let request = world.owner().request(Method::POST, &path);
        let body = form(&[Part::file("a.txt", "text/plain", bytes)]);
        let request = request.header("content-type", form_type());
        world
            .owner()
            .send(request.header("idempotency-key", "k1").body(body))
            .await
    };
    let first = send(TEXT).await.expect(201);
    let second = send(TEXT).await.expect(201);
    if cfg!(feature = "saga") {
        assert_eq!(first.text, second.text);
        assert_eq!(world.files(&record).await.len(), 1);
        send(b"other")
            .await
            .expect_problem(409, "idempotency_key_reused");
    }
}

#[tokio::test]
async fn an_image_is_measured_at_once_and_gets_its_thumbnails_later() {
    let world = World::new().await;
    let record = world.record(json!([])).await;
    let picture = png(1200, 600);
    // What is said of it is wrong.
    let part = [Part::file("p.bin", "text/html", &picture)];
    world.upload(&record, &part).await.expect(201);
    let file = world.files(&record).await.remove(0);
    assert_eq!(
        (&file["type"], &file["width"], &file["height"]),
        (&json!("image/png"), &json!(1200), &json!(600))
    );
    assert!(file.get("thumbnails").is_none());
    let modified = world.fixture.get("Tasks", &record).await;
    world.run().await;
    let file = world.files(&record).await.remove(0);
    let thumbnails = &file["thumbnails"];
    for (name, width, height) in [("small", 72, 36), ("large", 512, 256), ("full", 1200, 600)] {
        let thumbnail = &thumbnails[name];
        assert_eq!(
            (&thumbnail["width"], &thumbnail["height"]),
            (&json!(width), &json!(height))
        );
        let served = world.follow(&thumbnail["url"]).await.expect(200);
        assert!(served.header("content-type").starts_with("image/"));
        assert!(served.header("content-disposition").starts_with("inline"));
    }
    let now = world.fixture.get("Tasks", &record).await;
    assert_eq!(modified["createdTime"], now["createdTime"]);
}

#[tokio::test]
async fn a_broken_or_monstrous_image_is_kept_without_thumbnails() {
    let world = World::new().await;
    let record = world.record(json!([])).await;
    let mut broken = png(64, 64);
    broken.truncate(120);
    let mut bomb = png(1, 1);
    bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    let parts = [
        Part::file("broken.png", "image/png", &broken),
        Part::file("bomb.png", "image/png", &bomb),
    ];
    world.upload(&record, &parts).await.expect(201);
    world.run().await;
    for file in world.files(&record).await {
        assert!(file.get("thumbnails").is_none(), "{file}");
        world.follow(&file["url"]).await.expect(200);
    }
}
