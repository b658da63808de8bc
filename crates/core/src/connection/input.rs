use std::ops::Deref;

/// Bytes that were received, in order. Behind them is room to receive more, all of it written to, as the system takes only such
/// memory. It comes from the system as zeros and is not touched before it is used.
#[derive(Debug, Default)]
pub(crate) struct Input {
    memory: Vec<u8>,
    received: usize,
}

impl Deref for Input {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.memory[..self.received]
    }
}

impl Input {
    /// Bytes that there is room for, those that were received included.
    pub(super) const fn capacity(&self) -> usize {
        self.memory.len()
    }

    /// Makes room for as many more bytes, where there is no room at all.
    pub(super) fn grow_if_full(&mut self, by: usize) {
        if self.received == self.memory.len() {
            let mut larger = vec![0; self.received + by];
            larger[..self.received].copy_from_slice(self);
            self.memory = larger;
        }
    }

    /// Where the next bytes go, and no more than `most` of them; [`add`](Self::add) says how many have come.
    pub(crate) fn room(&mut self, most: usize) -> &mut [u8] {
        let end = self.received.saturating_add(most).min(self.memory.len());
        &mut self.memory[self.received..end]
    }

    /// Notes that so many bytes have come into the room.
    pub(crate) fn add(&mut self, bytes: usize) {
        self.received = (self.received + bytes).min(self.memory.len());
    }

    /// Forgets the first bytes.
    pub(super) fn discard(&mut self, bytes: usize) {
        self.memory.copy_within(bytes..self.received, 0);
        self.received -= bytes;
    }

    /// Gives up what is beyond `most` bytes of memory, and all that was received.
    pub(super) fn reset(&mut self, most: usize) {
        self.received = 0;
        self.memory.truncate(most);
        self.memory.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Receives these bytes, as far as there is room.
    fn receive(input: &mut Input, bytes: &[u8]) {
        let room = input.room(bytes.len());
        let fits = room.len();
        room.copy_from_slice(&bytes[..fits]);
        input.add(fits);
    }

    #[test]
    fn bytes_stay_in_order_while_the_memory_grows_and_the_first_are_discarded() {
        let mut input = Input::default();
        assert!(input.room(1).is_empty());
        input.grow_if_full(4);
        receive(&mut input, b"abc");
        input.grow_if_full(4);
        assert_eq!(input.capacity(), 4, "there was room");
        receive(&mut input, b"def");
        assert_eq!(&*input, b"abcd");
        input.grow_if_full(4);
        receive(&mut input, b"ef");
        input.discard(3);
        assert_eq!((&*input, input.capacity()), (&b"def"[..], 8));
        input.discard(3);
        assert!(input.is_empty());
    }

    #[test]
    fn a_reset_keeps_no_more_memory_than_it_may() {
        let mut input = Input::default();
        input.grow_if_full(8);
        receive(&mut input, b"abcdefgh");
        input.reset(4);
        assert_eq!((input.len(), input.capacity()), (0, 4));
        input.reset(8);
        assert_eq!(input.capacity(), 4);
    }
}
