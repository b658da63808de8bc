//! Operations on the insides of lists and maps.

mod answers;
mod chosen_items;
mod chosen_pairs;
mod container;
mod list;
mod map;
mod select;

use aerostride_wire::{particle_type as particle, result_code as code};

use crate::msgpack::{self, Item, Malformed};
use answers::End;
use container::{Container, List};

/// What an operation gives back, as msgpack; `None` is nothing.
pub(crate) type Answer = Option<Vec<u8>>;

/// What an operation leaves of its list or map: the new msgpack, if it changed anything, and its answer.
type Left = (Option<Vec<u8>>, Answer);

/// A list or map as a bin has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bin<'b> {
    pub(crate) particle: u8,
    pub(crate) value: &'b [u8],
}

/// The particle type and the value that a bin gets.
pub(crate) type NewBin = (u8, Vec<u8>);

/// An operation as it stands in an op: where, what, and with which arguments.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// The way into nested lists and maps: pairs of a kind and a value.
    context: Vec<(i64, &'a [u8])>,
    operation: i64,
    arguments: Vec<&'a [u8]>,
}

/// What an argument of an operation is.
#[derive(Clone, Copy)]
enum Argument {
    Integer,
    /// Anything, to be compared with.
    Payload,
    Storable,
}

/// Operations below this number are on lists, the others on maps.
const FIRST_MAP_OPERATION: i64 = 64;
/// The operation that sorts a list, which has to be there.
const SORT: i64 = 13;
/// Stands in front of a context.
const CONTEXT: i64 = 0xff;

impl From<Malformed> for u8 {
    fn from(_: Malformed) -> Self {
        code::PARAMETER
    }
}

impl<'a> Call<'a> {
    /// Reads `[operation, arguments...]` or `[0xff, context, [operation, arguments...]]`.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, u8> {
        let mut elements = msgpack::list_elements(bytes)?;
        let mut context = Vec::new();
        if elements.len() == 3 && integer(elements[0]) == Ok(CONTEXT) {
            context = read_context(elements[1])?;
            elements = msgpack::list_elements(elements[2])?;
        }
        let (operation, arguments) = elements.split_first().ok_or(code::PARAMETER)?;
        Ok(Self { context, operation: integer(operation)?, arguments: arguments.to_vec() })
    }

    /// Whether it changes nothing, whatever it is called with.
    const fn is_read(&self) -> bool {
        matches!(self.operation, 16..=31 | 96..=127)
    }

    const fn is_on_list(&self) -> bool {
        self.operation < FIRST_MAP_OPERATION
    }

    /// Whether it adds something, and makes its list or map for that.
    const fn adds(&self) -> bool {
        matches!(self.operation, 0..=4 | 9 | 12 | 64..=70 | 73 | 74)
    }

    fn argument(&self, at: usize) -> Result<&'a [u8], u8> {
        self.arguments.get(at).copied().ok_or(code::PARAMETER)
    }

    fn integer(&self, at: usize) -> Result<i64, u8> {
        integer(self.argument(at)?)
    }

    /// How many elements an operation is about; without it as many as there are.
    fn count(&self, at: usize) -> Result<u64, u8> {
        self.arguments
            .get(at)
            .map_or(Ok(u64::from(u32::MAX)), |bytes| integer(bytes).map(|count| count as u64))
    }

    /// The end of an interval, which may be left out.
    fn end(&self, at: usize) -> End<'a> {
        self.arguments.get(at).map_or(End::Open, |end| End::Before(end))
    }

    /// Refuses arguments that the operation does not take. One that does not take any does not look.
    fn check_arguments(&self) -> Result<(), u8> {
        use Argument::{Integer as I, Payload as P, Storable as S};
        let (kinds, optional): (&[Argument], usize) = match select::reading(self.operation) {
            0 | 5 | 7 | 17 | 64 => (&[I], 0),
            13 => (&[I], 1),
            1 | 2 | 68 => (&[S, I, I], 2),
            3 | 4 | 9 => (&[I, S, I], 1),
            6 | 8 | 18 => (&[I, I], 1),
            10 | 19 | 21 | 98 | 100 => (&[I, I], 0),
            12 => (&[I, P, I, I], 3),
            20 | 22 | 23 | 97 | 99 | 102 | 107 | 108 => (&[I, P], 0),
            24 | 26 | 104 | 106 => (&[I, I, I], 1),
            25 | 103 | 105 => (&[I, P, P], 1),
            27 | 109 | 110 => (&[I, P, I, I], 1),
            65 => (&[S, S, I], 1),
            66 => (&[S, I], 1),
            67 => (&[S, S, I, I], 2),
            69 => (&[S, S], 0),
            70 => (&[S], 0),
            73 | 74 => (&[P, P, I], 2),
            _ => return Ok(()),
        };
        // A wildcard in the context counts as one of what comes behind it, but in front of a key.
        let marks = |marked, (kind, value): &(i64, &[u8])| {
            !select::is_map_key(*kind) && (marked || !msgpack::is_storable(value))
        };
        let marked = self.context.iter().fold(false, marks);
        let fits = |(bytes, kind): (&&[u8], &Argument)| match kind {
            I => integer(bytes).is_ok(),
            P => true,
            S => !marked && msgpack::is_storable(bytes),
        };
        let counts = kinds.len() - optional..=kinds.len();
        let sound = counts.contains(&self.arguments.len()) && self.arguments.iter().zip(kinds).all(fits);
        if sound { Ok(()) } else { Err(code::PARAMETER) }
    }

    /// An argument that may be left out.
    fn integer_or(&self, at: usize, default: i64) -> Result<i64, u8> {
        self.arguments.get(at).map_or(Ok(default), |bytes| integer(bytes))
    }
}

/// The elements of a list that is an argument.
fn elements_of(bytes: &[u8]) -> Result<Vec<&[u8]>, u8> {
    Ok(msgpack::list_elements(bytes)?)
}

fn integer(bytes: &[u8]) -> Result<i64, u8> {
    match msgpack::item(&mut aerostride_wire::Cursor::new(bytes))? {
        Item::Int(value) => Ok(value),
        // Clients write negative numbers like this too.
        Item::Uint(value) => Ok(value as i64),
        _ => Err(code::PARAMETER),
    }
}

/// Reads from a bin. Nothing is read from a bin that is not there.
pub(crate) fn read(bin: Option<Bin<'_>>, call: &Call<'_>) -> Result<Answer, u8> {
    let Some(bin) = bin else { return Ok(None) };
    check_type(&bin, call)?;
    match descend(bin.value, &call.context, call, false)? {
        // What changes something is no read.
        (Some(_), _) => Err(code::PARAMETER),
        (None, answer) => Ok(answer),
    }
}

/// The particle type that an operation is for, as far as its first bytes say it.
pub(crate) fn particle_of(operation: &[u8]) -> Option<u8> {
    let mut cursor = aerostride_wire::Cursor::new(operation);
    match (msgpack::item(&mut cursor), msgpack::item(&mut cursor)) {
        (_, Ok(Item::Int(number))) if number < FIRST_MAP_OPERATION => Some(particle::LIST),
        (_, Ok(Item::Int(_))) => Some(particle::MAP),
        _ => None,
    }
}

/// Changes a bin, or makes it. Gives the particle type and value that it has then, if it changed, and the answer.
pub(crate) fn modify(bin: Option<Bin<'_>>, call: &Call<'_>) -> Result<(Option<NewBin>, Answer), u8> {
    if let Some(bin) = &bin {
        check_type(bin, call)?;
    }
    if call.is_read() {
        return Err(code::PARAMETER);
    }
    let (changed, answer) = match bin {
        Some(bin) => descend(bin.value, &call.context, call, true)?,
        None if call.context.is_empty() => perform(None, call, Place::Bin)?,
        None => {
            select::check_made(&call.context, true)?;
            if call.operation == SORT {
                return Err(code::BIN_TYPE);
            }
            make(&call.context, call)?
        }
    };
    let kind = bin.map_or_else(|| top_particle(call), |bin| bin.particle);
    Ok((changed.map(|value| (kind, value)), answer))
}

/// The type that a bin has, or gets.
fn top_particle(call: &Call<'_>) -> u8 {
    let on_list = call.context.first().map_or(call.is_on_list(), |(kind, _)| select::makes_list(*kind));
    if on_list { particle::LIST } else { particle::MAP }
}

/// A context leads into lists and maps, whatever the operation at its end is for.
fn check_type(bin: &Bin<'_>, call: &Call<'_>) -> Result<(), u8> {
    if !call.context.is_empty() {
        let leads = matches!(bin.particle, particle::LIST | particle::MAP);
        return if leads { Ok(()) } else { Err(code::PARAMETER) };
    }
    if bin.particle == top_particle(call) { Ok(()) } else { Err(code::BIN_TYPE) }
}

/// The value at the end of a context, if the context leads anywhere in this bin.
pub(crate) fn inside(bin: &Bin<'_>, context: &[u8]) -> Option<Vec<u8>> {
    if !matches!(bin.particle, particle::LIST | particle::MAP) {
        return None;
    }
    let mut value = bin.value.to_vec();
    for (kind, wanted) in read_context(context).ok()? {
        let container = Container::parse(&value).ok()?;
        let at = select::locate(&container, kind, wanted).ok()??;
        value = container.value(at).to_vec();
    }
    Some(value)
}

/// Reads a context: pairs of a kind and a value.
pub(crate) fn read_context(bytes: &[u8]) -> Result<Vec<(i64, &[u8])>, u8> {
    let way = msgpack::list_elements(bytes)?;
    let (pairs, rest) = way.as_chunks::<2>();
    if pairs.is_empty() || !rest.is_empty() {
        return Err(code::PARAMETER);
    }
    pairs.iter().map(|[kind, value]| Ok((integer(kind)?, *value))).collect()
}

/// Where there is no list or map for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The bin is not there. An operation that adds something makes it, even if it then adds nothing.
    Bin,
    /// The context makes it, if the operation adds something to it.
    Context,
}

/// Follows the context to the list or map that the operation is about. Only what changes something makes what is not
/// there.
fn descend(bytes: &[u8], context: &[(i64, &[u8])], call: &Call<'_>, modifies: bool) -> Result<Left, u8> {
    let Some(((kind, value), deeper)) = context.split_first() else {
        return perform(Some(Container::parse(bytes)?), call, Place::Bin);
    };
    let mut container = Container::parse(bytes).map_err(|_| code::OP_NOT_APPLICABLE)?;
    if let Some(at) = select::locate(&container, *kind, value)? {
        let (changed, answer) = descend(container.value(at), deeper, call, modifies)?;
        return Ok((
            changed.map(|changed| {
                container.replace(at, changed);
                container.encode()
            }),
            answer,
        ));
    }
    if !modifies || !select::makes(*kind) {
        return Err(code::OP_NOT_APPLICABLE);
    }
    let made = match &mut container {
        Container::Map(map) => {
            select::check_key(value)?;
            select::check_made(deeper, false)?;
            let (made, answer) = make(deeper, call)?;
            (made.map(|made| map.put(value.to_vec(), made)), answer)
        }
        Container::List(list) => {
            let place = list.place_behind(*kind, value, call.adds())?;
            select::check_made(deeper, false)?;
            let (made, answer) = make(deeper, call)?;
            (made.map(|made| list.put_behind(place, made)), answer)
        }
    };
    Ok((made.0.map(|()| container.encode()), made.1))
}

/// Performs an operation on nothing, and puts around what it makes the lists and maps that the contexts ask for.
fn make(context: &[(i64, &[u8])], call: &Call<'_>) -> Result<Left, u8> {
    let (made, answer) = perform(None, call, Place::Context)?;
    let around = |made, (kind, value): &(i64, &[u8])| select::made(*kind, value, made).encode();
    Ok((made.map(|made| context.iter().rev().fold(made, around)), answer))
}

fn perform(container: Option<Container>, call: &Call<'_>, place: Place) -> Result<Left, u8> {
    match container {
        Some(Container::List(list)) if call.is_on_list() => list::perform(Some(list), call, place),
        Some(Container::Map(map)) if !call.is_on_list() => map::perform(Some(map), call, place),
        Some(_) => Err(code::BIN_TYPE),
        None if call.is_on_list() => list::perform(None::<List>, call, place),
        None => map::perform(None, call, place),
    }
}

/// An answer as a bin's value.
pub(crate) fn as_particle(answer: &[u8]) -> Result<(u8, Vec<u8>), u8> {
    Ok(match msgpack::item(&mut aerostride_wire::Cursor::new(answer))? {
        Item::Nil => (particle::NIL, Vec::new()),
        Item::Bool(truth) => (particle::BOOL, vec![u8::from(truth)]),
        Item::Int(value) => (particle::INT, value.to_be_bytes().to_vec()),
        Item::Double(value) => (particle::DOUBLE, value.to_be_bytes().to_vec()),
        Item::Raw([kind, value @ ..]) => (*kind, value.to_vec()),
        Item::List(_) => (particle::LIST, answer.to_vec()),
        Item::Map(_) => (particle::MAP, answer.to_vec()),
        Item::Uint(_) | Item::Raw([]) | Item::Extension(..) => return Err(code::OP_NOT_APPLICABLE),
    })
}
