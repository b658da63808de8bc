use aerostride_wire::particle_type as particle;

/// What an index is about. Two of the same are one index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Definition {
    /// The set whose records are in it; empty is all of them.
    pub(crate) set: String,
    pub(crate) source: Source,
    pub(crate) kind: Kind,
    pub(crate) collection: Collection,
}

/// Where the indexed values come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A bin, or with a context a place inside it.
    Bin { name: String, context: Option<Vec<u8>> },
    /// What an expression gives.
    Expression(Vec<u8>),
    /// Being in the set: it only makes scans of the set faster.
    Set,
}

/// The type of the indexed values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Numeric,
    String,
    Blob,
    Geo,
}

/// Which values of a list or map are indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Collection {
    /// The value itself.
    Default,
    List,
    MapKeys,
    MapValues,
}

impl Kind {
    pub(crate) const fn from_particle(particle: u8) -> Option<Self> {
        Some(match particle {
            particle::INT => Self::Numeric,
            particle::STRING => Self::String,
            particle::BLOB => Self::Blob,
            particle::GEOJSON => Self::Geo,
            _ => return None,
        })
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let known = [Self::Numeric, Self::String, Self::Blob, Self::Geo];
        known.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Numeric => "numeric",
            Self::String => "string",
            Self::Blob => "blob",
            Self::Geo => "geo2dsphere",
        }
    }
}

impl Collection {
    const ALL: [Self; 4] = [Self::Default, Self::List, Self::MapKeys, Self::MapValues];

    pub(crate) fn from_wire(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|collection| collection.name().eq_ignore_ascii_case(name))
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::List => "list",
            Self::MapKeys => "mapkeys",
            Self::MapValues => "mapvalues",
        }
    }
}
