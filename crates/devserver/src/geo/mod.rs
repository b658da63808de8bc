//! Points and regions on the earth, as GeoJSON has them.

mod cell;
mod json;
mod sphere;

use json::Json;
use sphere::{Cap, Loop, Vector};

/// Longitude and latitude of a point, or the area of a region.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Geometry {
    Point(Vector),
    Region(Vec<Area>),
}

/// One connected part of a region.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Area {
    /// A ring, and those of its holes.
    Polygon(Vec<Loop>),
    Circle(Cap),
}

impl Geometry {
    /// Reads the text of a GeoJSON value: a point, a polygon or several, a circle, or a feature of one of these.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        Self::of_json(&json::parse(text)?)
    }

    fn of_json(json: &Json) -> Option<Self> {
        let coordinates = || json.get("coordinates");
        Some(match json.get("type")?.as_text()? {
            "Point" => Self::Point(point(coordinates()?)?),
            "Polygon" => Self::Region(vec![polygon(coordinates()?)?]),
            "MultiPolygon" => {
                Self::Region(coordinates()?.as_list()?.iter().map(polygon).collect::<Option<_>>()?)
            }
            "AeroCircle" => {
                let [center, radius] = coordinates()?.as_list()? else { return None };
                Self::Region(vec![Area::Circle(Cap::new(point(center)?, radius.as_number()?))])
            }
            "Feature" => Self::of_json(json.get("geometry")?)?,
            _ => return None,
        })
    }

    /// Whether one of the two is a point that lies in the other, a region.
    pub(crate) fn matches(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Point(point), Self::Region(areas)) | (Self::Region(areas), Self::Point(point)) => {
                let point = cell::middle(point);
                areas.iter().any(|area| area.contains(&point))
            }
            _ => false,
        }
    }

    /// The number of a cell of the earth that a secondary index files it under: a point's smallest one, and one that
    /// holds the corners of a region.
    pub(crate) fn cell(&self) -> u64 {
        match self {
            Self::Point(point) => cell::leaf(point),
            Self::Region(areas) => {
                let corners = areas.iter().flat_map(Area::corners).map(|corner| cell::leaf(&corner));
                corners.reduce(cell::common).unwrap_or(0)
            }
        }
    }
}

impl Area {
    fn contains(&self, point: &Vector) -> bool {
        match self {
            Self::Circle(cap) => cap.contains(point),
            Self::Polygon(rings) => {
                let mut rings = rings.iter();
                rings.next().is_some_and(|shell| shell.contains(point))
                    && !rings.any(|hole| hole.contains(point))
            }
        }
    }

    fn corners(&self) -> Vec<Vector> {
        match self {
            Self::Circle(cap) => vec![cap.center()],
            Self::Polygon(rings) => rings.first().map(|ring| ring.corners().to_vec()).unwrap_or_default(),
        }
    }
}

fn point(json: &Json) -> Option<Vector> {
    let [longitude, latitude] = json.as_list()? else { return None };
    let (longitude, latitude) = (longitude.as_number()?, latitude.as_number()?);
    let sound = longitude.abs() <= 180.0 && latitude.abs() <= 90.0;
    sound.then(|| Vector::of_degrees(longitude, latitude))
}

fn polygon(json: &Json) -> Option<Area> {
    Some(Area::Polygon(json.as_list()?.iter().map(ring).collect::<Option<_>>()?))
}

/// A ring ends where it began. Corners that are the same as the one before do not count.
fn ring(json: &Json) -> Option<Loop> {
    let mut corners = json.as_list()?.iter().map(point).collect::<Option<Vec<_>>>()?;
    corners.dedup();
    let closed = corners.len() >= 4 && corners.first() == corners.last();
    corners.pop();
    closed.then(|| Loop::new(corners))
}

/// The GeoJSON text of a bin's value, which begins with flags and the numbers of cells.
pub(crate) fn text_of_bin(value: &[u8]) -> Option<&[u8]> {
    let (&[_flags, high, low], rest) = value.split_first_chunk()?;
    rest.get(usize::from(u16::from_be_bytes([high, low])) * 8..)
}

/// A bin's value for GeoJSON text: a point has its cell in front, a region has none.
pub(crate) fn bin_of_text(text: &[u8]) -> Option<Vec<u8>> {
    let mut value = match Geometry::parse(text)? {
        geometry @ Geometry::Point(_) => [&[0, 0, 1], &geometry.cell().to_be_bytes()[..]].concat(),
        Geometry::Region(_) => vec![1, 0, 0],
    };
    value.extend_from_slice(text);
    Some(value)
}

/// The value that is stored of one that was sent: the cells of a region stay as they came.
pub(crate) fn stored(value: &[u8]) -> Option<Vec<u8>> {
    let text = text_of_bin(value)?;
    match Geometry::parse(text)? {
        Geometry::Region(_) => Some([&[1], &value[1..]].concat()),
        Geometry::Point(_) => bin_of_text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Geometry {
        Geometry::parse(text.as_bytes()).unwrap()
    }

    fn at(longitude: f64, latitude: f64) -> Geometry {
        parse(&format!(r#"{{"type": "Point", "coordinates": [{longitude}, {latitude}]}}"#))
    }

    #[test]
    fn points_lie_in_polygons_and_not_in_their_holes() {
        let square = parse(
            r#"{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,10],[0,0]],
                [[4,4],[4,6],[6,6],[6,4],[4,4]]]}"#,
        );
        for (longitude, latitude, inside) in
            [(1.0, 1.0, true), (9.9, 5.0, true), (5.0, 5.0, false), (11.0, 5.0, false), (-170.0, -5.0, false)]
        {
            assert_eq!(square.matches(&at(longitude, latitude)), inside, "{longitude} {latitude}");
            assert_eq!(at(longitude, latitude).matches(&square), inside);
        }
        assert!(!square.matches(&square) && !at(1.0, 1.0).matches(&at(1.0, 1.0)));
    }

    #[test]
    fn the_sides_of_polygons_are_great_circles() {
        // The side from (-60, 50) to (60, 50) goes as far north as 67 degrees.
        let cap = parse(r#"{"type":"Polygon","coordinates":[[[-60,50],[60,50],[0,10],[-60,50]]]}"#);
        assert!(cap.matches(&at(0.0, 60.0)) && !cap.matches(&at(0.0, 70.0)));
    }

    #[test]
    fn polygons_cross_the_date_line_and_hold_poles() {
        let date_line =
            parse(r#"{"type":"Polygon","coordinates":[[[170,-5],[-170,-5],[-170,5],[170,5],[170,-5]]]}"#);
        assert!(date_line.matches(&at(179.0, 0.0)) && date_line.matches(&at(-175.0, 1.0)));
        assert!(!date_line.matches(&at(0.0, 0.0)));
        let pole = parse(r#"{"type":"Polygon","coordinates":[[[0,80],[120,80],[-120,80],[0,80]]]}"#);
        assert!(pole.matches(&at(33.0, 89.0)) && !pole.matches(&at(33.0, 70.0)));
    }

    #[test]
    fn circles_are_measured_in_metres() {
        let circle = parse(r#"{"type": "AeroCircle", "coordinates": [[3.0, 3.0], 200000]}"#);
        assert!(circle.matches(&at(4.2, 4.2)) && !circle.matches(&at(4.3, 4.3)));
    }

    #[test]
    fn what_is_no_geometry_is_refused() {
        for text in [
            "",
            "{",
            "[1]",
            r#"{"type":"Point"}"#,
            r#"{"type":"Point","coordinates":[1]}"#,
            r#"{"type":"Point","coordinates":[200,1]}"#,
            r#"{"type":"Point","coordinates":[1,"2"]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,1],[0.5,0]]]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[0,0],[1,1],[0,0]]]}"#,
            r#"{"type":"Point","coordinates":[1,2,3]}"#,
            r#"{"type":"AeroCircle","coordinates":[[0,0],"1"]}"#,
        ] {
            assert_eq!(Geometry::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn regions_without_an_area_hold_nothing() {
        for text in [
            r#"{"type":"AeroCircle","coordinates":[[0,0],-1]}"#,
            r#"{"type":"Polygon","coordinates":[]}"#,
            r#"{"type":"MultiPolygon","coordinates":[]}"#,
        ] {
            assert!(!parse(text).matches(&at(0.0, 0.0)), "{text}");
        }
    }

    #[test]
    fn bins_have_flags_and_cells_in_front_of_the_text() {
        let text = br#"{"type": "Point", "coordinates": [1, 1]}"#;
        let bin = bin_of_text(text).unwrap();
        // As a real server sends it.
        assert_eq!(bin[..11], [0, 0, 1, 0x10, 0x01, 0x44, 0x15, 0x40, 0x80, 0x4b, 0xd5]);
        assert_eq!(text_of_bin(&bin), Some(&text[..]));
        assert_eq!(text_of_bin(&[0, 0, 1, 2]), None);
    }
}
