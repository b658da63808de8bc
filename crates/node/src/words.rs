/// An enum of the words that JavaScript has for the core's own: `words!(NativeReplica => Replica { Sequence, Master })`.
macro_rules! words {
    ($(#[$doc:meta])* $case:literal $native:ident => $core:ident { $($variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[napi(string_enum = $case)]
        #[derive(Clone, Copy)]
        #[allow(missing_docs, reason = "they are those of the core")]
        pub enum $native {
            $($variant),+
        }

        impl From<$native> for $core {
            fn from(given: $native) -> Self {
                match given {
                    $($native::$variant => Self::$variant),+
                }
            }
        }
    };
}

pub(crate) use words;
