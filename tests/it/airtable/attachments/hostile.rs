use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::world::{Part, World, form_type, head_of};

const GIGABYTE: usize = 1_000_000_000;
const MIB: usize = 1024 * 1024;
/// What may lie in the buffers of the network beside what the server has read.
const UNDERWAY: usize = 24 * MIB;

/// Sends a file for as long as the server takes it: how many bytes that were, and how the server answered.
async fn send(world: &World, record: &str, length: Option<usize>) -> (usize, String) {
    let path = world.upload_path("Tasks", record, "Files");
    let address = world.fixture.app.address;
    let token = world.owner().token().unwrap().to_owned();
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut from, mut to) = stream.into_split();
    let body = match length {
        Some(length) => format!("Content-Length: {length}"),
        None => "Transfer-Encoding: chunked".to_owned(),
    };
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nContent-Type: {}\r\n{body}\r\n\r\n",
        form_type()
    );
    let writing = async {
        let _ = to.write_all(head.as_bytes()).await;
        let first = head_of(&Part::file("a.bin", "application/zip", b""));
        let mut sent = 0;
        let mut next = first;
        while sent < GIGABYTE {
            let framed = match length {
                Some(_) => next.clone(),
                None => [format!("{:x}\r\n", next.len()).as_bytes(), &next, b"\r\n"].concat(),
            };
            match to.write_all(&framed).await {
                Ok(()) => sent += next.len(),
                Err(_) => break,
            }
            next = vec![b'x'; 64 * 1024];
        }
        sent
    };
    let reading = async {
        let mut answer = vec![0; 16 * 1024];
        let read = from.read(&mut answer).await.unwrap_or(0);
        String::from_utf8_lossy(&answer[..read]).into_owned()
    };
    let both = async {
        let mut writing = std::pin::pin!(writing);
        let mut reading = std::pin::pin!(reading);
        tokio::select! {
            sent = &mut writing => (sent, reading.await),
            answer = &mut reading => (0, answer),
        }
    };
    let done = tokio::time::timeout(Duration::from_secs(60), both).await;
    done.expect("the server answers")
}

#[tokio::test]
async fn a_gigabyte_is_refused_before_it_is_read() {
    let world = World::with_settings(|settings| settings.files.upload_limit = MIB).await;
    let record = world.record(json!([])).await;
    for length in [Some(GIGABYTE), None, Some(15 * MIB)] {
        let (sent, answer) = send(&world, &record, length).await;
        assert!(answer.starts_with("HTTP/1.1 413"), "{length:?} {answer}");
        assert!(sent <= MIB + UNDERWAY, "{length:?} {sent}");
        assert_eq!(world.stored(), 0, "nothing half written stays");
    }
    assert!(world.files(&record).await.is_empty());
}

#[tokio::test]
async fn more_files_than_one_request_may_have_are_refused() {
    let world = World::new().await;
    let record = world.record(json!([])).await;
    let parts: Vec<Part<'_>> = (0..11)
        .map(|_| Part::file("a.txt", "text/plain", b"a"))
        .collect();
    world
        .upload(&record, &parts)
        .await
        .expect_problem(413, "too_large");
    assert!(world.files(&record).await.is_empty());
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let world = World::new().await;
    let record = world.record(json!([])).await;
    let path = world.upload_path("Tasks", &record, "Files");
    let part = Part::file("a.txt", "text/plain", b"");
    let request = world.owner().request(reqwest::Method::POST, &path);
    let mut body = head_of(&part);
    body.extend_from_slice(b"half of it");
    let request = request.header("content-type", form_type()).body(body);
    world
        .owner()
        .send(request)
        .await
        .expect_problem(400, "bad_request");
    assert_eq!((world.stored(), world.files(&record).await.len()), (0, 0));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_a_clear_error() {
    let world = World::with_settings(|settings| {
        // Where a folder should be there is a file.
        let path = settings.data_dir.join("no-folder");
        std::fs::write(&path, b"").unwrap();
        settings.files.folder = Some(path);
    })
    .await;
    let record = world.record(json!([])).await;
    let part = [Part::file("a.txt", "text/plain", b"a")];
    let refused = world.upload(&record, &part).await;
    refused.expect_problem(500, "internal");
    assert!(world.files(&record).await.is_empty());
}
