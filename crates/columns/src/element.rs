/// The kind of one element of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are numpy's own")]
pub enum Element {
    I1,
    I2,
    I4,
    I8,
    U1,
    U2,
    U4,
    U8,
    F2,
    F4,
    F8,
    /// `?`: one byte, 0 or 1.
    Bool,
    /// `S{n}`: n bytes of text, padded with zeros.
    Text(usize),
    /// `V{n}`: n raw bytes.
    Void(usize),
    /// `datetime64[unit]`: ticks since 1970, stored as an int64.
    Date(TimeUnit),
    /// `utf8`: text of any length.
    Utf8,
    /// `binary`: bytes of any length.
    Binary,
    /// `any`: a value of any type, as it came: its particle type byte, then its bytes.
    Any,
    /// `list<E>`: any number of a numeric kind.
    List(&'static Element),
}

/// What a tick of a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    /// `s`.
    Second,
    /// `ms`.
    Millisecond,
    /// `us`.
    Microsecond,
    /// `ns`.
    Nanosecond,
}

impl TimeUnit {
    /// Every unit.
    pub const ALL: [Self; 4] = [Self::Second, Self::Millisecond, Self::Microsecond, Self::Nanosecond];

    /// As numpy writes it: `s`, `ms`, `us`, `ns`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Millisecond => "ms",
            Self::Microsecond => "us",
            Self::Nanosecond => "ns",
        }
    }
}

/// Bytes of a view cell, which are those of Arrow's BinaryView.
pub const VIEW_SIZE: usize = 16;

impl Element {
    /// Bytes of one element.
    pub const fn size(self) -> usize {
        match self {
            Self::I1 | Self::U1 | Self::Bool => 1,
            Self::I2 | Self::U2 | Self::F2 => 2,
            Self::I4 | Self::U4 | Self::F4 => 4,
            Self::I8 | Self::U8 | Self::F8 | Self::Date(_) => 8,
            Self::Text(n) | Self::Void(n) => n,
            Self::Utf8 | Self::Binary | Self::Any | Self::List(_) => VIEW_SIZE,
        }
    }

    /// Alignment in a C struct: the size of numbers, 1 for bytes, 8 for views.
    pub const fn alignment(self) -> usize {
        match self {
            Self::Text(_) | Self::Void(_) => 1,
            view if view.is_view() => 8,
            number => number.size(),
        }
    }

    /// Whether its cells are views on values in the blocks.
    pub const fn is_view(self) -> bool {
        matches!(self, Self::Utf8 | Self::Binary | Self::Any | Self::List(_))
    }

    /// The code without size, unit or element: `i1` to `f8`, `?`, `S`, `V`, `M8`, `utf8`, `binary`, `any`, `list`.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::I1 => "i1",
            Self::I2 => "i2",
            Self::I4 => "i4",
            Self::I8 => "i8",
            Self::U1 => "u1",
            Self::U2 => "u2",
            Self::U4 => "u4",
            Self::U8 => "u8",
            Self::F2 => "f2",
            Self::F4 => "f4",
            Self::F8 => "f8",
            Self::Bool => "?",
            Self::Text(_) => "S",
            Self::Void(_) => "V",
            Self::Date(_) => "M8",
            Self::Utf8 => "utf8",
            Self::Binary => "binary",
            Self::Any => "any",
            Self::List(_) => "list",
        }
    }

    /// The code as numpy's `dtype.descr` writes it, such as `<f8`, `|u1`, `|b1`, `|S32` or `<M8[ms]`. numpy has no views:
    /// to it they are 16 raw bytes.
    pub fn descr(self) -> String {
        match self {
            Self::Bool => "|b1".into(),
            Self::Text(n) => format!("|S{n}"),
            Self::Void(n) => format!("|V{n}"),
            Self::Date(unit) => format!("<M8[{}]", unit.code()),
            Self::I1 | Self::U1 => format!("|{}", self.kind()),
            view if view.is_view() => format!("|V{VIEW_SIZE}"),
            wide => format!("<{}", wide.kind()),
        }
    }

    /// Whether elements of this kind can form a sub-array or a list.
    pub(crate) const fn is_numeric(self) -> bool {
        !self.is_view() && !matches!(self, Self::Text(_) | Self::Void(_) | Self::Date(_))
    }
}
