use super::value::{Type, Value};

/// The smallest float that no integer holds.
const TOO_LARGE: f64 = 9_223_372_036_854_775_808.0;

/// Operations on integers or floats, never on a mix of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Logarithm,
    Modulo,
    Least,
    Greatest,
}

impl Arithmetic {
    pub(super) const fn from_wire(operation: i64) -> Option<Self> {
        Some(match operation {
            20 => Self::Add,
            21 => Self::Subtract,
            22 => Self::Multiply,
            23 => Self::Divide,
            24 => Self::Power,
            25 => Self::Logarithm,
            26 => Self::Modulo,
            50 => Self::Least,
            51 => Self::Greatest,
            _ => return None,
        })
    }

    /// The result for all operands; unknown where it is not defined, as for a division by 0.
    pub(super) fn apply<'a>(self, mut operands: impl Iterator<Item = Value<'a>>) -> Value<'a> {
        match operands.next() {
            Some(Value::Int(first)) => {
                let pick = |value| if let Value::Int(value) = value { Some(value) } else { None };
                let result = with_rest(operands.map(pick), |rest| self.integers(first, rest));
                result.map_or(Value::Unknown, Value::Int)
            }
            Some(Value::Float(first)) => {
                let pick = |value| if let Value::Float(value) = value { Some(value) } else { None };
                let result = with_rest(operands.map(pick), |rest| self.floats(first, rest));
                result.map_or(Value::Unknown, Value::Float)
            }
            _ => Value::Unknown,
        }
    }

    fn integers(self, first: i64, rest: &[i64]) -> Option<i64> {
        let (first, rest) = match (self, rest) {
            (Self::Subtract, []) => (0, &[first][..]),
            (Self::Divide, []) => (1, &[first][..]),
            _ => (first, rest),
        };
        if self == Self::Divide {
            // Once, by all divisors together.
            return first.checked_div(rest.iter().fold(1, |product, divisor| product.wrapping_mul(*divisor)));
        }
        rest.iter().try_fold(first, |left, &right| {
            Some(match self {
                Self::Add => left.wrapping_add(right),
                Self::Subtract => left.wrapping_sub(right),
                Self::Multiply => left.wrapping_mul(right),
                Self::Modulo => left.checked_rem(right)?,
                Self::Least => left.min(right),
                Self::Greatest => left.max(right),
                Self::Divide | Self::Power | Self::Logarithm => return None,
            })
        })
    }

    fn floats(self, first: f64, rest: &[f64]) -> Option<f64> {
        let (first, rest) = match (self, rest) {
            (Self::Subtract, []) => (0.0, &[first][..]),
            (Self::Divide, []) => (1.0, &[first][..]),
            _ => (first, rest),
        };
        if self == Self::Divide {
            return Some(first / rest.iter().product::<f64>());
        }
        rest.iter().try_fold(first, |left, &right| {
            Some(match self {
                Self::Add => left + right,
                Self::Subtract => left - right,
                Self::Multiply => left * right,
                Self::Power => left.powf(right),
                Self::Logarithm => left.ln() / right.ln(),
                Self::Least => {
                    if left > right {
                        right
                    } else {
                        left
                    }
                }
                Self::Greatest => {
                    if left < right {
                        right
                    } else {
                        left
                    }
                }
                Self::Divide | Self::Modulo => return None,
            })
        })
    }
}

/// Operations on one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rounding {
    Absolute,
    Floor,
    Ceil,
    ToInt,
    ToFloat,
}

impl Rounding {
    pub(super) const fn from_wire(operation: i64) -> Option<Self> {
        Some(match operation {
            27 => Self::Absolute,
            28 => Self::Floor,
            29 => Self::Ceil,
            30 => Self::ToInt,
            31 => Self::ToFloat,
            _ => return None,
        })
    }

    /// The type of the result, where it is not that of the operand.
    pub(super) const fn kind(self) -> Option<Type> {
        match self {
            Self::Absolute => None,
            Self::Floor | Self::Ceil | Self::ToFloat => Some(Type::Float),
            Self::ToInt => Some(Type::Int),
        }
    }

    /// Whether it is for operands of that type.
    pub(super) const fn takes(self, operand: Type) -> bool {
        match self {
            Self::Absolute => matches!(operand, Type::Int | Type::Float),
            Self::Floor | Self::Ceil | Self::ToInt => matches!(operand, Type::Float),
            Self::ToFloat => matches!(operand, Type::Int),
        }
    }

    pub(super) fn apply<'a>(self, operand: &Value<'a>) -> Value<'a> {
        match (self, operand) {
            (Self::Absolute, Value::Int(value)) => Value::Int(value.wrapping_abs()),
            (Self::Absolute, Value::Float(value)) => Value::Float(value.abs()),
            (Self::Floor, Value::Float(value)) => Value::Float(value.floor()),
            (Self::Ceil, Value::Float(value)) => Value::Float(value.ceil()),
            // Out of range of an integer is what the processor of a real server makes of it.
            (Self::ToInt, Value::Float(value)) if !(-TOO_LARGE..TOO_LARGE).contains(value) => {
                Value::Int(i64::MIN)
            }
            (Self::ToInt, Value::Float(value)) => Value::Int(*value as i64),
            (Self::ToFloat, Value::Int(value)) => Value::Float(*value as f64),
            _ => Value::Unknown,
        }
    }
}

/// Operations on the bits of integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bitwise {
    And,
    Or,
    Xor,
    Not,
    ShiftLeft,
    ShiftRight,
    ShiftRightArithmetic,
    Count,
    ScanFromLeft,
    ScanFromRight,
}

impl Bitwise {
    pub(super) const fn from_wire(operation: i64) -> Option<Self> {
        Some(match operation {
            32 => Self::And,
            33 => Self::Or,
            34 => Self::Xor,
            35 => Self::Not,
            36 => Self::ShiftLeft,
            37 => Self::ShiftRight,
            38 => Self::ShiftRightArithmetic,
            39 => Self::Count,
            40 => Self::ScanFromLeft,
            41 => Self::ScanFromRight,
            _ => return None,
        })
    }

    /// How many of its operands are truths, and how few and how many operands it has.
    pub(super) const fn operands(self) -> (usize, usize, usize) {
        match self {
            Self::And | Self::Or | Self::Xor => (0, 1, usize::MAX),
            Self::Not | Self::Count => (0, 1, 1),
            Self::ShiftLeft | Self::ShiftRight | Self::ShiftRightArithmetic => (0, 2, 2),
            Self::ScanFromLeft | Self::ScanFromRight => (1, 2, 2),
        }
    }

    /// The result for integers.
    pub(super) fn apply<'a>(self, operands: &[Value<'a>], truth: Option<bool>) -> Value<'a> {
        let integers: Option<Vec<i64>> = operands
            .iter()
            .map(|value| if let Value::Int(value) = value { Some(*value) } else { None })
            .collect();
        match (self, integers.as_deref(), truth) {
            (Self::And, Some([first, rest @ ..]), _) => Value::Int(rest.iter().fold(*first, |a, b| a & b)),
            (Self::Or, Some([first, rest @ ..]), _) => Value::Int(rest.iter().fold(*first, |a, b| a | b)),
            (Self::Xor, Some([first, rest @ ..]), _) => Value::Int(rest.iter().fold(*first, |a, b| a ^ b)),
            (Self::Not, Some([value]), _) => Value::Int(!value),
            (Self::Count, Some([value]), _) => Value::Int(i64::from(value.count_ones())),
            (Self::ShiftLeft, Some([value, by]), _) => Value::Int(shift(*value, *by, |v, n| v << n)),
            (Self::ShiftRight, Some([value, by]), _) => {
                Value::Int(shift(*value, *by, |v, n| ((v as u64) >> n) as i64))
            }
            (Self::ShiftRightArithmetic, Some([value, by]), _) => {
                Value::Int(shift(*value, *by, |v, n| v >> n))
            }
            (Self::ScanFromLeft, Some([value]), Some(bit)) => {
                Value::Int(scan(*value, bit, i64::leading_zeros))
            }
            (Self::ScanFromRight, Some([value]), Some(bit)) => {
                // Positions count from the left in both directions.
                match scan(*value, bit, i64::trailing_zeros) {
                    -1 => Value::Int(-1),
                    from_right => Value::Int(63 - from_right),
                }
            }
            _ => Value::Unknown,
        }
    }
}

/// Only the lowest 6 bits of the distance count: a shift by 64 is none.
fn shift(value: i64, by: i64, shifted: impl Fn(i64, u32) -> i64) -> i64 {
    shifted(value, (by & 63) as u32)
}

/// The place of the first bit that is `bit`; -1 when there is none.
fn scan(value: i64, bit: bool, zeros: impl Fn(i64) -> u32) -> i64 {
    let value = if bit { value } else { !value };
    if value == 0 { -1 } else { i64::from(zeros(value)) }
}

/// Makes something of the operands behind the first one, if all of them are there. Most operations have one.
fn with_rest<T, R>(
    mut operands: impl Iterator<Item = Option<T>>,
    make: impl FnOnce(&[T]) -> Option<R>,
) -> Option<R> {
    let Some(second) = operands.next() else { return make(&[]) };
    let second = second?;
    match operands.next() {
        None => make(&[second]),
        Some(third) => {
            let mut rest = vec![second, third?];
            for operand in operands {
                rest.push(operand?);
            }
            make(&rest)
        }
    }
}
