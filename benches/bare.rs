//! What the measurements compare with: a handler that sends ready bytes, and a loop that inserts rows.

use std::str::FromStr;
use std::time::Instant;

use actix_web::{App, HttpResponse, HttpServer, web};
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

type Failure = Box<dyn std::error::Error>;

const ROWS_PER_TRANSACTION: usize = 10;

#[actix_web::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["http", port, file] => serve(port.parse()?, file).await,
        ["sqlite", file, requests] => insert(file, requests.parse()?).await,
        _ => Err("usage: bare http PORT FILE | bare sqlite FILE REQUESTS".into()),
    }
}

/// Answers every request with the bytes of a file, from one worker.
async fn serve(port: u16, file: &str) -> Result<(), Failure> {
    let body = bytes::Bytes::from(std::fs::read(file)?);
    let app = move || {
        let body = body.clone();
        let answer = move || {
            let body = body.clone();
            async move {
                HttpResponse::Ok()
                    .content_type("application/json")
                    .body(body)
            }
        };
        App::new().default_service(web::to(answer))
    };
    Ok(HttpServer::new(app)
        .workers(1)
        .bind(("127.0.0.1", port))?
        .run()
        .await?)
}

/// Inserts ten rows a transaction and prints transactions a second; durable as the server is.
async fn insert(file: &str, requests: usize) -> Result<(), Failure> {
    let options = SqliteConnectOptions::from_str(file)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await?;
    let create =
        "CREATE TABLE records (id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, cells TEXT NOT NULL)";
    sqlx::query(create).execute(&mut connection).await?;
    let began = Instant::now();
    for request in 0..requests {
        insert_ten(&mut connection, request).await?;
    }
    let rate = requests as f64 / began.elapsed().as_secs_f64();
    std::io::Write::write_all(&mut std::io::stdout(), format!("{rate:.1}\n").as_bytes())?;
    Ok(())
}

async fn insert_ten(
    connection: &mut sqlx::SqliteConnection,
    request: usize,
) -> Result<(), Failure> {
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut *connection)
        .await?;
    for row in 0..ROWS_PER_TRANSACTION {
        sqlx::query("INSERT INTO records VALUES (?, ?, ?)")
            .bind(format!("rec{:014}", request * ROWS_PER_TRANSACTION + row))
            .bind("tenBench000000001")
            .bind(r#"{"fldTest0000000001":"Bench","fldTest0000000005":1.5,"fldTest0000000006":"2026-01-02"}"#)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query("COMMIT").execute(&mut *connection).await?;
    Ok(())
}
