/// The radius of the earth in metres that real servers measure circles with.
const EARTH: f64 = 6_371_000.0;

/// A point on the unit sphere.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Vector(pub(super) [f64; 3]);

impl Vector {
    pub(super) fn of_degrees(longitude: f64, latitude: f64) -> Self {
        let (lambda, phi) = (longitude.to_radians(), latitude.to_radians());
        Self([phi.cos() * lambda.cos(), phi.cos() * lambda.sin(), phi.sin()])
    }

    fn dot(&self, other: &Self) -> f64 {
        self.0.iter().zip(other.0).map(|(a, b)| a * b).sum()
    }

    fn cross(&self, other: &Self) -> Self {
        let ([a, b, c], [x, y, z]) = (self.0, other.0);
        Self([b * z - c * y, c * x - a * z, a * y - b * x])
    }

    fn length(&self) -> f64 {
        self.dot(self).sqrt()
    }

    fn scaled(&self, factor: f64) -> Self {
        Self(self.0.map(|part| part * factor))
    }

    /// The angle between two points, exact for small ones too.
    fn angle(&self, other: &Self) -> f64 {
        self.cross(other).length().atan2(self.dot(other))
    }
}

/// A circle.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cap {
    center: Vector,
    angle: f64,
}

impl Cap {
    pub(super) fn new(center: Vector, metres: f64) -> Self {
        Self { center, angle: metres / EARTH }
    }

    pub(super) fn contains(&self, point: &Vector) -> bool {
        self.center.angle(point) <= self.angle
    }

    pub(super) const fn center(&self) -> Vector {
        self.center
    }
}

/// A ring of corners joined by great circles. What it holds is its smaller side, whichever way round it goes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Loop {
    corners: Vec<Vector>,
    /// The plane that touches the sphere in the middle of the corners: its normal and two directions in it. Seen from the
    /// centre of the earth, great circles are straight lines there.
    middle: Vector,
    east: Vector,
    north: Vector,
}

impl Loop {
    pub(super) fn new(corners: Vec<Vector>) -> Self {
        let sum = corners.iter().fold([0.0; 3], |sum, corner| {
            let mut next = sum;
            next.iter_mut().zip(corner.0).for_each(|(part, more)| *part += more);
            next
        });
        let sum = Vector(sum);
        let middle =
            if sum.length() > 0.0 { sum.scaled(sum.length().recip()) } else { Vector([0.0, 0.0, 1.0]) };
        let aside = if middle.0[2].abs() < 0.9 { Vector([0.0, 0.0, 1.0]) } else { Vector([1.0, 0.0, 0.0]) };
        let east = aside.cross(&middle);
        let east = east.scaled(east.length().recip());
        let north = middle.cross(&east);
        Self { corners, middle, east, north }
    }

    pub(super) fn corners(&self) -> &[Vector] {
        &self.corners
    }

    /// Whether a line from the point to the far east crosses an odd number of sides.
    pub(super) fn contains(&self, point: &Vector) -> bool {
        let Some((x, y)) = self.flat(point) else { return false };
        let mut inside = false;
        let mut earlier = self.corners.last().and_then(|corner| self.flat(corner));
        for corner in &self.corners {
            let here = self.flat(corner);
            if let (Some((ax, ay)), Some((bx, by))) = (earlier, here)
                && (ay > y) != (by > y)
                && x < (bx - ax) * (y - ay) / (by - ay) + ax
            {
                inside = !inside;
            }
            earlier = here;
        }
        inside
    }

    /// Where a point is seen in the plane; what is behind the earth is not seen.
    fn flat(&self, point: &Vector) -> Option<(f64, f64)> {
        let depth = point.dot(&self.middle);
        (depth > 0.0).then(|| (point.dot(&self.east) / depth, point.dot(&self.north) / depth))
    }
}
