use std::time::Duration;

use serde_json::{Value, json};

use super::world::{Part, World, path_of, png};

const HOUR: Duration = Duration::from_secs(3600);

/// A world with one record that has one file.
async fn with_file(filename: &str, content_type: &str, bytes: &[u8]) -> (World, String, Value) {
    let world = World::new().await;
    let record = world.record(json!([])).await;
    let part = [Part::file(filename, content_type, bytes)];
    world.upload(&record, &part).await.expect(201);
    let url = world.files(&record).await[0]["url"].clone();
    (world, record, url)
}

#[tokio::test]
async fn a_file_can_do_nothing_in_a_browser() {
    let page = b"<!DOCTYPE html><script>alert(1)</script>";
    for (name, declared, served) in [
        ("page.html", "text/html", "text/html"),
        ("picture.png", "image/png", "text/html"),
    ] {
        let (world, _, url) = with_file(name, declared, page).await;
        let answer = world.follow(&url).await.expect(200);
        assert_eq!(answer.header("content-type"), served);
        let disposition = answer.header("content-disposition");
        assert_eq!(disposition, format!("attachment; filename=\"{name}\""));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"));
        assert_eq!(answer.header("set-cookie"), "");
    }
    let (world, _, url) = with_file("a.svg", "image/svg+xml", b"<svg onload='x()'/>").await;
    let answer = world.follow(&url).await.expect(200);
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment")
    );
    let (world, _, url) = with_file("a.png", "image/png", &png(2, 2)).await;
    let answer = world.follow(&url).await.expect(200);
    assert!(answer.header("content-disposition").starts_with("inline"));
}

#[tokio::test]
async fn a_name_of_any_letters_arrives_as_it_was() {
    let (world, record, url) = with_file("Bücher; 'Ära' 100%.txt", "text/plain", b"x").await;
    let answer = world.follow(&url).await.expect(200);
    let name = world.files(&record).await[0]["filename"].clone();
    let disposition = answer.header("content-disposition").to_owned();
    let encoded = disposition.split_once("filename*=UTF-8''").unwrap().1;
    let query = format!("a={encoded}");
    let decoded = url::form_urlencoded::parse(query.as_bytes()).next();
    assert_eq!(decoded.unwrap().1, name.as_str().unwrap());
}

#[tokio::test]
async fn parts_of_a_file_and_unchanged_files_are_answered_as_browsers_ask() {
    let (world, _, url) = with_file("a.txt", "text/plain", b"0123456789").await;
    let whole = world.follow(&url).await.expect(200);
    assert_eq!(
        (
            whole.header("accept-ranges"),
            whole.header("content-length")
        ),
        ("bytes", "10")
    );
    let tag = whole.header("etag").to_owned();
    for (range, told, text) in [
        ("bytes=2-4", "bytes 2-4/10", "234"),
        ("bytes=7-", "bytes 7-9/10", "789"),
        ("bytes=-2", "bytes 8-9/10", "89"),
        ("bytes=5-500", "bytes 5-9/10", "56789"),
    ] {
        let part = world
            .follow_with(&url, &[("range", range)])
            .await
            .expect(206);
        assert_eq!(
            (part.header("content-range"), part.text.as_str()),
            (told, text)
        );
        let same = [("range", range), ("if-range", tag.as_str())];
        world.follow_with(&url, &same).await.expect(206);
        let other = [("range", range), ("if-range", "\"other\"")];
        world.follow_with(&url, &other).await.expect(200);
    }
    let outside = world.follow_with(&url, &[("range", "bytes=10-")]).await;
    outside.expect_problem(416, "range_not_satisfiable");
    for range in ["bytes=0-1,3-4", "bytes=4-2", "lines=1-2", "nonsense"] {
        let answer = world
            .follow_with(&url, &[("range", range)])
            .await
            .expect(200);
        assert_eq!(answer.text, "0123456789", "{range}");
    }
    let same = world
        .follow_with(&url, &[("if-none-match", tag.as_str())])
        .await;
    assert_eq!(same.expect(304).text, "");
    let gzip = world
        .follow_with(&url, &[("accept-encoding", "gzip")])
        .await
        .expect(200);
    assert_eq!(gzip.header("content-length"), "10");
}

#[tokio::test]
async fn forged_links_and_those_of_others_lead_nowhere() {
    let (world, record, url) = with_file("a.txt", "text/plain", b"x").await;
    let path = path_of(&url).to_owned();
    let parts: Vec<&str> = path.split('/').collect();
    let forge = |place: usize, other: &str| {
        let mut parts = parts.clone();
        parts[place] = other;
        json!(format!("http://127.0.0.1:8080{}", parts.join("/")))
    };
    let later = (parts[6].parse::<i64>().unwrap() + 1).to_string();
    for (place, other) in [
        (2, "ten00000000000000"),
        (3, "app00000000000000"),
        (4, "att00000000000000"),
        (5, "small"),
        (6, later.as_str()),
        (7, "AAAAAAAAAAAAAAAAAAAAAA"),
        (7, ""),
    ] {
        let answer = world.follow(&forge(place, other)).await;
        assert!(
            matches!(answer.status, 403 | 404),
            "{place} {}",
            answer.status
        );
        if answer.status == 403 {
            answer.expect_problem(403, "link_not_valid");
        }
    }
    // The name at the end is for people.
    world.follow(&forge(8, "other.txt")).await.expect(200);
    // Whoever is signed in elsewhere gains nothing by it, and whoever has the link needs nothing else.
    let stranger = world.fixture.app.other_tenant().await;
    stranger.get(&path).await.expect(200);
    let missing = forge(5, "small");
    stranger
        .get(path_of(&missing))
        .await
        .expect_problem(403, "link_not_valid");
    assert_eq!(world.files(&record).await.len(), 1);
}

#[tokio::test]
async fn a_link_ends_and_no_page_shows_one_that_has_ended() {
    let (world, record, first) = with_file("a.txt", "text/plain", b"x").await;
    let clock = &world.fixture.app.clock;
    let key = world
        .fixture
        .app
        .key(world.owner(), &["data.records:read", "data.records:write"])
        .await;
    let one = world.fixture.path(&format!("Tasks/{record}"));
    let list = world.fixture.path("Tasks");
    let shown = async |path: &str| {
        let answer = key.get(path).await.expect(200).json;
        let record = match answer.get("records") {
            Some(records) => records[0].clone(),
            None => answer,
        };
        record["fields"]["Files"][0]["url"].clone()
    };
    for _ in 0..20 {
        for path in [&one, &list, &list] {
            let url = shown(path).await;
            clock.advance(2 * HOUR - Duration::from_secs(1));
            world.follow(&url).await.expect(200);
            assert_ne!(shown(path).await, Value::Null);
        }
    }
    let ended = world.follow(&first).await;
    ended.expect_problem(410, "link_expired");
    // A write answers with fresh ones too, after a long silence.
    clock.advance(100 * HOUR);
    let changed = key
        .patch(&one, json!({"fields": {"Name": "B"}}))
        .await
        .expect(200)
        .json;
    world
        .follow(&changed["fields"]["Files"][0]["url"])
        .await
        .expect(200);
}

#[tokio::test]
async fn a_file_that_is_not_in_the_folder_says_whom_to_tell() {
    let (world, _, url) = with_file("a.txt", "text/plain", b"x").await;
    std::fs::remove_dir_all(world.fixture.app.data_dir().join("files")).unwrap();
    let answer = world.follow(&url).await.expect_problem(404, "not_found");
    assert!(answer.text.contains("files.folder"), "{}", answer.text);
}

#[tokio::test]
async fn text_and_sql_name_files_and_formulas_follow_them() {
    let (world, record, url) = with_file("a.txt", "text/plain", b"x").await;
    let field = json!({"name": "Shown", "type": "formula", "options": {"formula": "{Files}"}});
    world.fixture.add_field(field).await.expect(200);
    let found = world.fixture.get("Tasks", &record).await;
    assert_eq!(found["fields"]["Shown"], json!(["a.txt"]));
    let path = format!("Tasks/{record}?cellFormat=string&timeZone=utc&userLocale=en-gb");
    let text = world
        .owner()
        .get(&world.fixture.path(&path))
        .await
        .expect(200)
        .json;
    assert_eq!(
        text["fields"]["Files"],
        format!("a.txt ({})", url.as_str().unwrap())
    );
}
