//! The cells that the earth is divided into: the six faces of a cube around it, each divided into four again and again
//! along a Hilbert curve, so that cells near one another mostly have numbers near one another.

use super::sphere::Vector;

/// Divisions of a face down to the smallest cells.
const LEVELS: u32 = 30;
/// The place of a quarter on the curve, by the curve's direction and the quarter's column and row.
const PLACES: [[u64; 4]; 4] = [[0, 1, 3, 2], [0, 3, 1, 2], [2, 3, 1, 0], [2, 1, 3, 0]];
/// How the direction of the curve changes inside a quarter, by its place.
const TURNS: [usize; 4] = [1, 0, 0, 3];

/// The number of the smallest cell that a point is in.
pub(super) fn leaf(point: &Vector) -> u64 {
    let (face, u, v) = project(point);
    let (column, row) = (step(u), step(v));
    let mut direction = (face & 1) as usize;
    let mut number = face;
    for level in (0..LEVELS).rev() {
        let quarter = ((column >> level) & 1) << 1 | ((row >> level) & 1);
        let place = PLACES[direction][quarter as usize];
        number = number << 2 | place;
        direction ^= TURNS[place as usize];
    }
    number << 1 | 1
}

/// The middle of the smallest cell that a point is in, which is what real servers take the point for.
pub(super) fn middle(point: &Vector) -> Vector {
    let (face, u, v) = project(point);
    let (u, v) = (unbent(step(u)), unbent(step(v)));
    let seen = match face {
        0 => [1.0, u, v],
        1 => [-u, 1.0, v],
        2 => [-u, -v, 1.0],
        3 => [-1.0, -v, -u],
        4 => [v, -1.0, -u],
        _ => [v, u, -1.0],
    };
    let length = seen.iter().map(|part| part * part).sum::<f64>().sqrt();
    Vector(seen.map(|part| part / length))
}

/// The coordinate on a face of the middle of a step.
fn unbent(step: u64) -> f64 {
    let s = (step as f64 + 0.5) / f64::from(1_u32 << LEVELS);
    if s >= 0.5 { (4.0 * s * s - 1.0) / 3.0 } else { (1.0 - 4.0 * (1.0 - s) * (1.0 - s)) / 3.0 }
}

/// The number of the smallest cell that two cells are in; 0 for cells of different faces.
pub(super) fn common(a: u64, b: u64) -> u64 {
    let lowest = |cell: u64| cell & cell.wrapping_neg();
    let differ = (a ^ b) | lowest(a).max(lowest(b));
    let highest = 63 - differ.leading_zeros();
    if highest > 60 {
        return 0;
    }
    // A cell's number ends with a 1 and zeros for the divisions that it is not told apart by.
    let end = 1 << ((highest + 1) & !1);
    (a & !(end - 1)) & !end | end
}

/// The face of the cube that a point is seen on, and where.
fn project(point: &Vector) -> (u64, f64, f64) {
    let [x, y, z] = point.0;
    let (ax, ay, az) = (x.abs(), y.abs(), z.abs());
    if ax > ay && ax > az {
        if x > 0.0 { (0, y / x, z / x) } else { (3, z / x, y / x) }
    } else if ay > az {
        if y > 0.0 { (1, -x / y, z / y) } else { (4, z / y, -x / y) }
    } else if z > 0.0 {
        (2, -x / z, -y / z)
    } else {
        (5, -y / z, -x / z)
    }
}

/// A coordinate on a face in steps of the smallest cells. It is bent so that cells have about the same size.
fn step(u: f64) -> u64 {
    let s = if u >= 0.0 { 0.5 * (1.0 + 3.0 * u).sqrt() } else { 1.0 - 0.5 * (1.0 - 3.0 * u).sqrt() };
    let steps = f64::from(1_u32 << LEVELS);
    (s * steps).floor().clamp(0.0, steps - 1.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_those_of_a_real_server() {
        for (degrees, cell) in [
            (0.0, 0x1000_0000_0000_0001),
            (1.0, 0x1001_4415_4080_4bd5),
            (2.0, 0x1005_1011_a440_f1f3),
            (3.0, 0x1010_5147_1e0b_e6fd),
            (5.0, 0x1015_55b5_2791_eb4b),
            (7.0, 0x1044_5378_e708_8e5d),
        ] {
            assert_eq!(leaf(&Vector::of_degrees(degrees, degrees)), cell, "{degrees}");
        }
    }

    #[test]
    fn the_middle_of_a_cell_is_in_it_and_near() {
        for step in -30..30_i32 {
            let (longitude, latitude) = (f64::from(step) * 5.9, f64::from(step) * 2.9);
            let point = Vector::of_degrees(longitude, latitude);
            let near = middle(&point);
            assert_eq!(leaf(&near), leaf(&point), "{longitude} {latitude}");
            assert!(near.0.iter().zip(point.0).all(|(a, b)| (a - b).abs() < 1e-8), "{near:?} {point:?}");
        }
    }

    #[test]
    fn a_common_cell_holds_both() {
        let contains = |cell: u64, leaf: u64| {
            let lowest = cell & cell.wrapping_neg();
            (cell - (lowest - 1)..=cell + (lowest - 1)).contains(&leaf)
        };
        let points: Vec<u64> =
            (0..40).map(|step| leaf(&Vector::of_degrees(f64::from(step), f64::from(step) / 2.0))).collect();
        for a in &points {
            assert_eq!(common(*a, *a), *a);
            for b in &points {
                let cell = common(*a, *b);
                assert!(contains(cell, *a) && contains(cell, *b), "{a:x} {b:x} {cell:x}");
            }
        }
    }
}
