use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::Shared;
use tokio::sync::oneshot;

use super::request::{Asks, Reply};
use crate::contracts::CallRef;
use crate::mcp::kit::{Audience, Seat};
use crate::platform::ids::TenantId;

/// Which calls are one: of the same credential, with the same arguments, key and answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct FlightId {
    pub(super) tenant: TenantId,
    pub(super) principal: String,
    pub(super) call: CallRef,
    pub(super) asks: Asks,
}

struct Flight {
    audience: Audience,
    reply: Shared<oneshot::Receiver<Reply>>,
}

/// The calls that this process is carrying out; who sends one of them again waits for the same answer.
#[derive(Clone, Default)]
pub(in crate::mcp) struct Flights(Arc<Mutex<HashMap<FlightId, Flight>>>);

/// A place among those who wait for a call's answer.
pub(super) struct Ticket {
    reply: Shared<oneshot::Receiver<Reply>>,
    _seat: Seat,
}

/// The duty to carry a call out; whoever drops it ends the call.
pub(super) struct Duty {
    flights: Flights,
    id: FlightId,
    reply: Option<oneshot::Sender<Reply>>,
    pub(super) audience: Audience,
}

impl Flights {
    /// A place for whoever sends the call, and for the first of them the duty to carry it out.
    pub(super) fn join(&self, id: FlightId) -> (Ticket, Option<Duty>) {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(&id) {
            let ticket = Ticket {
                reply: flight.reply.clone(),
                _seat: flight.audience.join(),
            };
            return (ticket, None);
        }
        let (sender, receiver) = oneshot::channel();
        let (audience, reply) = (Audience::empty(), receiver.shared());
        let ticket = Ticket {
            reply: reply.clone(),
            _seat: audience.join(),
        };
        let flight = Flight {
            audience: audience.clone(),
            reply,
        };
        flights.insert(id.clone(), flight);
        let duty = Duty {
            flights: self.clone(),
            id,
            reply: Some(sender),
            audience,
        };
        (ticket, Some(duty))
    }
}

impl Ticket {
    /// The answer; `None` when the call broke down.
    pub(super) async fn reply(self) -> Option<Reply> {
        self.reply.clone().await.ok()
    }
}

impl Duty {
    /// Answers all who wait.
    pub(super) fn fulfil(mut self, reply: Reply) {
        // From now on the call is a new one; those who wait still get this answer.
        self.flights.forget(&self.id);
        if let Some(sender) = self.reply.take() {
            let _ = sender.send(reply);
        }
    }
}

impl Flights {
    fn forget(&self, id: &FlightId) {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        flights.remove(id);
    }
}

impl Drop for Duty {
    fn drop(&mut self) {
        if self.reply.is_some() {
            self.flights.forget(&self.id);
        }
    }
}
