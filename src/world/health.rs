//! Asks services of this machine whether they are well.

use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many are asked at once.
const AT_ONCE: usize = 32;

/// How one service is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthQuestion {
    /// Where it listens.
    pub address: SocketAddr,
    /// The path that is to answer over HTTP; `None` where a connection is enough.
    pub path: Option<String>,
}

/// What a service answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HealthAnswer {
    /// It is well.
    Ok,
    /// It answered with this HTTP status, 400 or above.
    Status(u16),
    /// It did not answer as it should: why.
    Failed(String),
}

/// Asks all of them, many at once; the answers in the order of the questions.
///
/// No proxy is used and no redirect followed: the answer is the service's own.
pub fn ask_health(questions: &[HealthQuestion]) -> Vec<HealthAnswer> {
    let next = Mutex::new(questions.iter().enumerate());
    let answers = Mutex::new(vec![HealthAnswer::Failed("not asked".to_owned()); questions.len()]);
    let work = || {
        while let Some((index, question)) = next.lock().ok().and_then(|mut next| next.next()) {
            let answer = ask(question);
            if let Some(place) = answers.lock().ok().as_mut().and_then(|answers| answers.get_mut(index)) {
                *place = answer;
            }
        }
    };
    std::thread::scope(|scope| {
        // A system without threads to spare asks one after the other.
        for _ in 1..questions.len().min(AT_ONCE) {
            if std::thread::Builder::new().spawn_scoped(scope, work).is_err() {
                break;
            }
        }
        work();
    });
    answers.into_inner().unwrap_or_default()
}

fn ask(question: &HealthQuestion) -> HealthAnswer {
    match &question.path {
        Some(path) => get(&format!("http://{}{path}", question.address)),
        None => connect(question.address),
    }
}

fn get(url: &str) -> HealthAnswer {
    let config = ureq::Agent::config_builder()
        .proxy(None)
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .user_agent("portgen")
        .build();
    match ureq::Agent::new_with_config(config).get(url).call() {
        Ok(response) if response.status().as_u16() < 400 => HealthAnswer::Ok,
        Ok(response) => HealthAnswer::Status(response.status().as_u16()),
        Err(ureq::Error::Timeout(_)) => HealthAnswer::Failed("no answer within a second".to_owned()),
        Err(error) => HealthAnswer::Failed(error.to_string()),
    }
}

fn connect(address: SocketAddr) -> HealthAnswer {
    match TcpStream::connect_timeout(&address, PATIENCE) {
        // A port that nobody listens on any more can connect to itself.
        Ok(stream) if stream.local_addr().ok() == stream.peer_addr().ok() => {
            HealthAnswer::Failed("nobody listens".to_owned())
        }
        Ok(_) => HealthAnswer::Ok,
        Err(error) => HealthAnswer::Failed(error.to_string()),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests hold real ports")]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// Answers one connection with a text, and closes it.
    fn answering(text: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(text.as_bytes());
        });
        address
    }

    #[test]
    fn answers_are_told_apart_and_stay_in_order() {
        let path = Some("/health".to_owned());
        let texts = [
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n",
            "SSH-2.0-none\r\n",
        ];
        let mut questions: Vec<HealthQuestion> = texts
            .iter()
            .map(|text| HealthQuestion { address: answering(text), path: path.clone() })
            .collect();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        questions.push(HealthQuestion { address, path: None });
        let answers = ask_health(&questions);
        assert_eq!(answers[..3], [HealthAnswer::Ok, HealthAnswer::Status(500), HealthAnswer::Ok]);
        assert!(matches!(&answers[3], HealthAnswer::Failed(_)), "{answers:?}");
        assert_eq!(answers[4], HealthAnswer::Ok);
    }
}
