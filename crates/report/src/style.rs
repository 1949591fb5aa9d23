//! A style says how a layer looks: its colours, which every map of it shares, and the style file that
//! QGIS takes up by itself when it opens a layer, with the times by which its temporal controller
//! shows features.
//!
//! What was observed is drawn solid, what is silence or inferred is dashed. The colours are of Okabe
//! and Ito's palette, which people with any kind of colour vision can tell apart (M. Okabe and K. Ito,
//! "Color Universal Design", 2008).

use crate::Layer;
use crate::shape::ShapeType;
use std::fmt::Write;

/// A colour: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colour(u8, u8, u8);

const BLUE: Colour = Colour(0x00, 0x72, 0xb2);
const SKY: Colour = Colour(0x56, 0xb4, 0xe9);
const GREEN: Colour = Colour(0x00, 0x9e, 0x73);
const ORANGE: Colour = Colour(0xe6, 0x9f, 0x00);
const VERMILION: Colour = Colour(0xd5, 0x5e, 0x00);
const PURPLE: Colour = Colour(0xcc, 0x79, 0xa7);
const GREY: Colour = Colour(0x80, 0x80, 0x80);
const LIGHT_GREY: Colour = Colour(0xb0, 0xb0, 0xb0);

impl Colour {
    /// As KML writes it.
    pub(crate) fn abgr(self, alpha: u8) -> String {
        let Self(red, green, blue) = self;
        format!("{alpha:02x}{blue:02x}{green:02x}{red:02x}")
    }

    /// As QGIS writes it.
    fn rgba(self, alpha: u8) -> String {
        let Self(red, green, blue) = self;
        format!("{red},{green},{blue},{alpha}")
    }
}

/// How a layer looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) colour: Colour,
    is_dashed: bool,
    /// By which property its features differ, and how.
    by: Option<(&'static str, &'static [(&'static str, Colour)])>,
}

impl Look {
    /// The look of a layer.
    pub(crate) fn of(layer: Layer) -> Self {
        let plain = |colour| Self {
            colour,
            is_dashed: false,
            by: None,
        };
        let dashed = |colour| Self {
            is_dashed: true,
            ..plain(colour)
        };
        let by = |colour, property, values| Self {
            by: Some((property, values)),
            ..plain(colour)
        };
        match layer {
            Layer::PortCalls => by(GREEN, "kind", CALL_KINDS),
            Layer::Passages => plain(LIGHT_GREY),
            Layer::Stops => by(SKY, "kind", STOP_KINDS),
            Layer::Transits => plain(ORANGE),
            Layer::Voyages | Layer::Tracks => plain(BLUE),
            Layer::Gaps => Self {
                by: Some(("kind", GAP_KINDS)),
                ..dashed(GREY)
            },
            Layer::Reach => dashed(PURPLE),
            Layer::Interference => plain(VERMILION),
            Layer::Places => by(GREEN, "kind", PLACE_KINDS),
            Layer::DarkLegs => Self {
                by: Some(("part", PARTS)),
                ..dashed(VERMILION)
            },
            Layer::DarkCalls => by(VERMILION, "grade", GRADES),
            Layer::Sightings => by(PURPLE, "verdict", VERDICTS),
        }
    }
}

const CALL_KINDS: &[(&str, Colour)] = &[
    ("berth", GREEN),
    ("anchorage", SKY),
    ("unknown", LIGHT_GREY),
];
const PLACE_KINDS: &[(&str, Colour)] = &[("berth", GREEN), ("anchorage", SKY)];
const STOP_KINDS: &[(&str, Colour)] = &[
    ("alongside", GREEN),
    ("anchored", SKY),
    ("drifting", PURPLE),
    ("aground or waiting", ORANGE),
    ("unknown", LIGHT_GREY),
];
const GAP_KINDS: &[(&str, Colour)] = &[
    ("silence", GREY),
    ("no_position", SKY),
    ("left_area", GREEN),
    ("outage", LIGHT_GREY),
];
const GRADES: &[(&str, Colour)] = &[
    ("D4", VERMILION),
    ("D3", ORANGE),
    ("D2", PURPLE),
    ("D1", GREY),
];
const VERDICTS: &[(&str, Colour)] = &[
    ("confirmed", GREEN),
    ("possible", ORANGE),
    ("contradicted", VERMILION),
    ("unknown vessel", GREY),
];
const PARTS: &[(&str, Colour)] = &[(OBSERVED, BLUE), ("inferred", VERMILION)];
/// The part of a dark leg that reports carry.
const OBSERVED: &str = "observed";

/// A layer's style file for QGIS 3.22 and later.
pub(crate) fn qml(layer: Layer) -> String {
    let look = Look::of(layer);
    let mut out = String::from(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n\
         <qgis version=\"3.22.0\" styleCategories=\"Symbology|Temporal|MapTips\">\n",
    );
    push_temporal(&mut out, layer);
    let mut symbols = String::new();
    match look.by {
        None => {
            out.push_str(" <renderer-v2 type=\"singleSymbol\" symbollevels=\"0\" enableorderby=\"0\" forceraster=\"0\">\n");
            push_symbol(&mut symbols, layer, 0, look.colour, look.is_dashed);
        }
        Some((property, values)) => {
            let _ = writeln!(
                out,
                " <renderer-v2 type=\"categorizedSymbol\" attr=\"{property}\" symbollevels=\"0\" enableorderby=\"0\" forceraster=\"0\">\n  <categories>"
            );
            for (number, (value, colour)) in values.iter().enumerate() {
                let _ = writeln!(
                    out,
                    "   <category symbol=\"{number}\" value=\"{value}\" label=\"{value}\" render=\"true\" type=\"string\"/>"
                );
                let is_dashed = look.is_dashed && *value != OBSERVED;
                push_symbol(&mut symbols, layer, number, *colour, is_dashed);
            }
            let other = values.len();
            let _ = writeln!(
                out,
                "   <category symbol=\"{other}\" value=\"\" label=\"other\" render=\"true\" type=\"string\"/>\n  </categories>"
            );
            push_symbol(&mut symbols, layer, other, GREY, look.is_dashed);
        }
    }
    let _ = write!(out, "  <symbols>\n{symbols}  </symbols>\n");
    out.push_str(" </renderer-v2>\n");
    out.push_str(match layer {
        // It is of no one vessel.
        Layer::Interference => {
            " <mapTip>[% replace(\"reason\", '&lt;', '&amp;lt;') %]</mapTip>\n"
        }
        Layer::Places => " <mapTip>[% replace(\"name\", '&lt;', '&amp;lt;') %]</mapTip>\n",
        _ => {
            " <mapTip>&lt;b&gt;[% replace(coalesce(\"name\", \"vessel_id\"), '&lt;', '&amp;lt;') %]&lt;/b&gt; \
             [% replace(\"id\", '&lt;', '&amp;lt;') %]</mapTip>\n"
        }
    });
    out.push_str("</qgis>\n");
    out
}

/// By which times the temporal controller shows a feature: mode 2 is start and end from fields.
fn push_temporal(out: &mut String, layer: Layer) {
    let Some((start, end)) = layer.span() else {
        out.push_str(" <temporal enabled=\"0\"/>\n");
        return;
    };
    let _ = writeln!(
        out,
        " <temporal enabled=\"1\" mode=\"2\" startField=\"{start}\" endField=\"{end}\" startExpression=\"\" endExpression=\"\" durationField=\"\" durationUnit=\"min\" fixedDuration=\"0\" accumulate=\"0\" limitMode=\"1\">\n  \
         <fixedRange>\n   <start></start>\n   <end></end>\n  </fixedRange>\n </temporal>"
    );
}

fn push_symbol(out: &mut String, layer: Layer, number: usize, colour: Colour, is_dashed: bool) {
    let line = if is_dashed { "dash" } else { "solid" };
    let (kind, class, options) = match ShapeType::of(layer) {
        // A sighting is a point, but for the few whose outline is known.
        ShapeType::Point | ShapeType::Mixed => {
            let (name, size) = match layer {
                Layer::DarkCalls => ("diamond", "4"),
                Layer::Sightings => ("star", "4.5"),
                Layer::Passages => ("circle", "1.6"),
                Layer::Stops => ("square", "2"),
                Layer::Transits => ("triangle", "3"),
                _ => ("circle", "2.6"),
            };
            (
                "marker",
                "SimpleMarker",
                vec![
                    ("color", colour.rgba(255)),
                    ("name", name.to_owned()),
                    ("outline_color", "255,255,255,255".to_owned()),
                    ("outline_style", "solid".to_owned()),
                    ("outline_width", "0.3".to_owned()),
                    ("size", size.to_owned()),
                    ("size_unit", "MM".to_owned()),
                ],
            )
        }
        ShapeType::MultiLineString => (
            "line",
            "SimpleLine",
            vec![
                ("line_color", colour.rgba(255)),
                ("line_style", line.to_owned()),
                ("line_width", "0.6".to_owned()),
                ("line_width_unit", "MM".to_owned()),
                ("capstyle", "round".to_owned()),
                ("joinstyle", "round".to_owned()),
            ],
        ),
        ShapeType::MultiPolygon => (
            "fill",
            "SimpleFill",
            vec![
                ("color", colour.rgba(30)),
                ("style", "solid".to_owned()),
                ("outline_color", colour.rgba(160)),
                ("outline_style", line.to_owned()),
                ("outline_width", "0.3".to_owned()),
                ("outline_width_unit", "MM".to_owned()),
            ],
        ),
    };
    let _ = writeln!(
        out,
        "   <symbol type=\"{kind}\" name=\"{number}\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">\n    \
         <layer class=\"{class}\" enabled=\"1\" locked=\"0\" pass=\"0\">\n     <Option type=\"Map\">"
    );
    for (name, value) in options {
        let _ = writeln!(
            out,
            "      <Option type=\"QString\" name=\"{name}\" value=\"{value}\"/>"
        );
    }
    out.push_str("     </Option>\n");
    // What QGIS before 3.26 reads instead is left out: it takes the options since 3.22.
    out.push_str("    </layer>\n   </symbol>\n");
}
