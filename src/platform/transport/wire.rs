use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::RESYNC;
use crate::platform::ids::BootId;
use crate::platform::signals::Signal;

/// PostgreSQL takes less than 8000 bytes in one notification.
const LONGEST: usize = 7900;

#[derive(Serialize, Deserialize)]
struct Envelope {
    from: BootId,
    signals: Vec<(String, String)>,
}

/// The payloads that carry these signals, each once; no signals make one empty payload, a heartbeat.
pub(super) fn encode(from: BootId, signals: Vec<Signal>) -> Vec<String> {
    let empty = write(from, Vec::new());
    let (mut payloads, mut batch, mut length) = (Vec::new(), Vec::new(), empty.len());
    let mut seen = HashSet::new();
    for Signal { topic, key } in signals {
        let pair = fitting(topic, key, LONGEST - empty.len());
        if !seen.insert(pair.clone()) {
            continue;
        }
        let weight = written_length(&pair) + 1;
        if length + weight > LONGEST {
            payloads.push(write(from, std::mem::take(&mut batch)));
            length = empty.len();
        }
        length += weight;
        batch.push(pair);
    }
    if !batch.is_empty() || payloads.is_empty() {
        payloads.push(write(from, batch));
    }
    payloads
}

/// The signals of another instance's payload; none of our own echo, `None` when it cannot be read.
pub(super) fn decode(own: BootId, payload: &str) -> Option<Vec<Signal>> {
    let envelope: Envelope = serde_json::from_str(payload).ok()?;
    if envelope.from == own {
        return Some(Vec::new());
    }
    let signals = envelope.signals.into_iter();
    Some(signals.map(|(topic, key)| Signal { topic, key }).collect())
}

/// The signal itself, or a call to look at the database where no payload could hold it.
fn fitting(topic: String, key: String, room: usize) -> (String, String) {
    let pair = (topic, key);
    if written_length(&pair) < room {
        pair
    } else {
        (RESYNC.to_owned(), String::new())
    }
}

fn written_length(pair: &(String, String)) -> usize {
    serde_json::to_string(pair).map_or(usize::MAX / 2, |text| text.len())
}

fn write(from: BootId, signals: Vec<(String, String)>) -> String {
    serde_json::to_string(&Envelope { from, signals }).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(topic: &str, key: &str) -> Signal {
        Signal {
            topic: topic.to_owned(),
            key: key.to_owned(),
        }
    }

    #[test]
    fn signals_arrive_once_elsewhere_and_not_at_home() {
        let (here, there) = (BootId::fresh(), BootId::fresh());
        let sent = vec![signal("a", "1"), signal("b", "\"2\""), signal("a", "1")];
        let payloads = encode(here, sent.clone());
        assert_eq!(payloads.len(), 1);
        assert_eq!(decode(there, &payloads[0]), Some(sent[..2].to_vec()));
        assert_eq!(decode(here, &payloads[0]), Some(Vec::new()));
        assert_eq!(decode(there, "{}"), None);
    }

    #[test]
    fn many_signals_are_cut_into_payloads_that_fit() {
        let (here, there) = (BootId::fresh(), BootId::fresh());
        let sent: Vec<_> = (0..2000)
            .map(|n| signal("base.changed", &format!("\"{n}")))
            .collect();
        let payloads = encode(here, sent.clone());
        assert!(payloads.len() > 5 && payloads.iter().all(|payload| payload.len() <= LONGEST));
        let arrived = payloads
            .iter()
            .flat_map(|payload| decode(there, payload).unwrap_or_default());
        assert_eq!(arrived.collect::<Vec<_>>(), sent);
    }

    #[test]
    fn an_oversized_signal_becomes_a_call_to_look() {
        let payloads = encode(BootId::fresh(), vec![signal("a", &"k".repeat(9000))]);
        assert_eq!(
            decode(BootId::fresh(), &payloads[0]),
            Some(vec![signal(RESYNC, "")])
        );
    }

    #[test]
    fn nothing_to_say_is_a_heartbeat() {
        let payloads = encode(BootId::fresh(), Vec::new());
        assert_eq!(payloads.len(), 1);
        assert_eq!(decode(BootId::fresh(), &payloads[0]), Some(Vec::new()));
    }
}
