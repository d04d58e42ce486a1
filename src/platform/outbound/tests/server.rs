use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A server on 127.0.0.1 that answers each connection once, as its function says.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    hits: Arc<AtomicUsize>,
    heard: Arc<Mutex<String>>,
    task: tokio::task::JoinHandle<()>,
}

/// What a server does with one request.
pub(super) type Answer = Arc<dyn Fn(TcpStream) -> BoxFuture<'static, ()> + Send + Sync>;

impl Server {
    /// Serves the same bytes to everybody.
    pub(super) async fn saying(answer: impl Into<Vec<u8>>) -> Self {
        let answer = Arc::new(answer.into());
        let answering: Answer = Arc::new(move |mut stream| {
            let answer = Arc::clone(&answer);
            Box::pin(async move {
                // The client may have hung up on purpose.
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            })
        });
        Self::doing(answering).await
    }

    /// Serves a redirect.
    pub(super) async fn redirecting(status: u16, location: &str) -> Self {
        Self::saying(head(
            status,
            &format!("Location: {location}\r\nContent-Length: 0\r\n"),
        ))
        .await
    }

    /// Sends a byte every now and then and never ends.
    pub(super) async fn dripping() -> Self {
        let answering: Answer = Arc::new(|mut stream| {
            Box::pin(async move {
                let mut next = head(200, "Content-Length: 10000\r\n").into_bytes();
                while stream.write_all(&next).await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    next = vec![b'.'];
                }
            })
        });
        Self::doing(answering).await
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a test's server ends with the test"
    )]
    async fn doing(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let (hits, heard) = (
            Arc::new(AtomicUsize::new(0)),
            Arc::<Mutex<String>>::default(),
        );
        let (counter, ear) = (Arc::clone(&hits), Arc::clone(&heard));
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                let mut request = [0_u8; 4096];
                let length = stream.read(&mut request).await.unwrap_or(0);
                let text = String::from_utf8_lossy(&request[..length]).to_lowercase();
                *ear.lock().unwrap_or_else(PoisonError::into_inner) = text;
                answer(stream).await;
            }
        });
        Self {
            address,
            hits,
            heard,
            task,
        }
    }

    pub(super) fn url(&self, host: &str) -> String {
        format!("http://{host}:{}/", self.address.port())
    }

    pub(super) fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }

    /// The last request, in lower case.
    pub(super) fn heard(&self) -> String {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A status line and headers that close the connection.
pub(super) fn head(status: u16, headers: &str) -> String {
    format!("HTTP/1.1 {status} Status\r\nConnection: close\r\n{headers}\r\n")
}
