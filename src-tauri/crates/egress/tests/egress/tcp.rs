//! The real wire, against a server on loopback that behaves badly.

use bytes::Bytes;
use tidegate_egress::{FailureKind, Glance, HttpTransport, Method, Request, Transport, limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Serves one connection: reads the request's head, writes `answer`, closes. Returns the address and what was read.
async fn server(answer: Vec<u8>) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            if stream.read_buf(&mut head).await.unwrap() == 0 {
                break;
            }
        }
        // The client may hang up in the middle: that is what some of the tests are about.
        let _ = stream.write_all(&answer).await;
        String::from_utf8_lossy(&head).into_owned()
    });
    (address, served)
}

fn get(address: &str) -> Request {
    Request {
        method: Method::Get,
        url: address.parse().unwrap(),
        headers: vec![("x-sdk-date".to_owned(), "20260126T030000Z".to_owned())],
        body: Bytes::new(),
    }
}

async fn exchange(answer: impl Into<Vec<u8>>) -> Result<tidegate_egress::Response, tidegate_egress::Failure> {
    let (address, _served) = server(answer.into()).await;
    HttpTransport::new().unwrap().exchange(get(&address)).await
}

#[tokio::test]
async fn an_answer_comes_whole_with_lower_case_headers() {
    let response = exchange("HTTP/1.1 404 Not Found\r\nX-Request-Id: r1\r\nContent-Length: 2\r\n\r\nno")
        .await
        .unwrap();
    assert_eq!(response.status, 404);
    assert_eq!(response.header("x-request-id"), Some("r1"));
    assert_eq!(response.body, "no");
}

#[tokio::test]
async fn the_request_leaves_as_it_was_made() {
    let (address, served) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()).await;
    let asked = get(&format!("{address}/v1/x?b=%2C&a="));
    HttpTransport::new().unwrap().exchange(asked).await.unwrap();
    let head = served.await.unwrap();
    assert!(head.starts_with("GET /v1/x?b=%2C&a= HTTP/1.1\r\n"), "{head}");
    let host = address.trim_start_matches("http://");
    assert!(
        head.contains(&format!("host: {host}\r\n")) && head.contains("x-sdk-date: 20260126T030000Z"),
        "{head}"
    );
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let response =
        exchange("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
            .await
            .unwrap();
    assert_eq!(response.status, 302);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_whether_it_is_announced_or_not() {
    let body = vec![b'x'; limits::BODY_BYTES + 1];
    let announced = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    for head in [announced.as_str(), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"] {
        let error = exchange([head.as_bytes(), &body].concat()).await.unwrap_err();
        assert_eq!(error.kind, FailureKind::TooLarge);
    }
    let most = [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", &body[1..]].concat();
    assert_eq!(exchange(most).await.unwrap().body.len(), limits::BODY_BYTES);
}

#[tokio::test]
async fn a_body_that_breaks_off_may_have_done_its_work() {
    let error = exchange("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"job")
        .await
        .unwrap_err();
    assert_eq!(error.kind, FailureKind::Broken);
    assert!(error.may_have_arrived);
    let error = exchange("").await.unwrap_err();
    assert_eq!(error.kind, FailureKind::Broken);
}

#[tokio::test]
async fn nobody_listening_means_that_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/path?token=FAKE-canary", listener.local_addr().unwrap());
    drop(listener);
    let error = HttpTransport::new()
        .unwrap()
        .exchange(get(&address))
        .await
        .unwrap_err();
    assert_eq!(error.kind, FailureKind::Connect);
    assert!(!error.may_have_arrived);
    let said = format!("{error} {error:?}");
    assert!(!said.contains("canary") && !said.contains("path"), "{said}");
}

#[tokio::test]
async fn plain_http_stays_on_this_machine() {
    let transport = HttpTransport::new().unwrap();
    for address in [
        "http://example.com/",
        "http://203.0.113.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest",
        "http://localhost.example.com/",
        "ftp://127.0.0.1/",
        "http://user@127.0.0.1/",
    ] {
        let error = transport.exchange(get(address)).await.unwrap_err();
        assert_eq!(error.kind, FailureKind::Refused, "{address}");
        assert!(!error.may_have_arrived);
    }
    let public = HttpTransport::new().unwrap().allow_private_http();
    let error = public.exchange(get("http://203.0.113.1/")).await.unwrap_err();
    assert_eq!(
        error.kind,
        FailureKind::Refused,
        "a private address is not any address"
    );
}

#[tokio::test]
async fn https_to_a_server_that_speaks_no_tls_is_refused_and_sends_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}/path", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        let mut heard = Vec::new();
        let _ = stream.read_to_end(&mut heard).await;
        heard
    });
    let error = HttpTransport::new()
        .unwrap()
        .exchange(get(&address))
        .await
        .unwrap_err();
    assert_eq!(error.kind, FailureKind::Tls, "{error}");
    assert!(!error.may_have_arrived);
    let heard = served.await.unwrap();
    assert!(
        !heard.windows(10).any(|part| part == b"x-sdk-date"),
        "no header left in clear"
    );
}

fn straight(bytes: usize) -> Glance {
    Glance { bytes, via: None }
}

async fn glance(
    answer: impl Into<Vec<u8>>,
    bytes: usize,
) -> Result<tidegate_egress::Response, tidegate_egress::Failure> {
    let (address, _served) = server(answer.into()).await;
    let wire = HttpTransport::new().unwrap();
    wire.glance(get(&address), &straight(bytes)).await
}

#[tokio::test]
async fn a_glance_takes_in_the_beginning_of_a_body_however_long_it_is_or_where_it_breaks_off() {
    let body = vec![b'x'; limits::BODY_BYTES + 1];
    let head = b"HTTP/1.1 200 OK\r\nX-Used: 7\r\nConnection: close\r\n\r\n";
    let long = glance([head.as_slice(), &body].concat(), 1000).await.unwrap();
    assert_eq!((long.body.len(), long.header("x-used")), (1000, Some("7")));
    let broken = "HTTP/1.1 200 OK\r\nX-Used: 7\r\nContent-Length: 100\r\n\r\nhalf";
    let broken = glance(broken, 1000).await.unwrap();
    assert_eq!(
        (broken.body.as_ref(), broken.header("x-used")),
        (b"half".as_slice(), Some("7"))
    );
}

#[tokio::test]
async fn a_glance_at_nobody_fails_as_any_other_exchange() {
    let wire = HttpTransport::new().unwrap();
    let failure = wire
        .glance(get("http://127.0.0.1:1/"), &straight(1))
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::Connect);
}

#[tokio::test]
async fn a_glance_goes_through_the_proxy_that_it_names_and_only_through_one_on_this_machine() {
    let (proxy, served) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_vec()).await;
    let wire = HttpTransport::new().unwrap();
    let via = |address: &str| Glance {
        bytes: 10,
        via: Some(address.parse().unwrap()),
    };
    let asked = get("http://127.0.0.1:9/list?a=1");
    let answer = wire.glance(asked.clone(), &via(&proxy)).await.unwrap();
    assert_eq!(answer.body, "ok");
    let head = served.await.unwrap();
    assert!(
        head.starts_with("GET http://127.0.0.1:9/list?a=1 HTTP/1.1\r\n"),
        "{head}"
    );
    for elsewhere in [
        "http://192.168.0.1:7890",
        "https://127.0.0.1:7890",
        "http://u:p@127.0.0.1:7890",
    ] {
        let failure = wire.glance(asked.clone(), &via(elsewhere)).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Refused, "{elsewhere}");
    }
}
